"""Tell the people around a lot what has become of it, without telling anybody who they are (P-01)."""

from uuid import UUID

from sqlmodel import col, select

from auction.listing.models import Lot
from auction.registration.models import Registration, RegistrationState
from auction.registration.tell import tell_bidder
from core.database import Work
from core.i18n import Message
from core.notices import notify
from disposal_teams.cases.queries import parties_of


async def tell_bidders(
    work: Work, lot: Lot, *, key: str, title: Message, body: Message, but: UUID | None = None
) -> None:
    """Into the inbox of everyone who registered (`but` the registration named); nobody learns who that is."""
    registrations = await work.session.exec(
        select(Registration).where(
            Registration.lot_id == lot.id,
            col(Registration.state) != RegistrationState.REJECTED,
            col(Registration.id).is_distinct_from(but),
        )
    )
    for registration in registrations:
        await tell_bidder(work, registration, key=key, title=title, body=body)


async def tell_parties(work: Work, lot: Lot, *, key: str, title: Message, body: Message) -> None:
    """Into the inbox of the case's parties who have an account."""
    for party in await parties_of(work, lot.case_id):
        if party.account_id is not None:
            await notify(
                work,
                account_id=party.account_id,
                key=f"party:{key}",
                title=title,
                body=body,
                link=f"/lots/{lot.lot_no}",
            )
