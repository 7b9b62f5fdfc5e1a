"""Tell the audit chain, the creditors who were asked, and the court how an inquiry goes on."""

from collections.abc import Iterable
from typing import Any

from sqlmodel import col, select

from auction.in_kind.models import InKindInquiry, InKindOffer
from auction.listing.models import Lot
from core.audit import record
from core.database import Work
from core.i18n import Message
from core.identity import Role
from core.notices import notify
from disposal_teams.cases.models import Party
from disposal_teams.courts.tell import tell_court


async def tell_creditors(
    work: Work,
    offer: InKindOffer,
    inquiries: Iterable[InKindInquiry],
    *,
    key: str,
    title: Message,
    body: Message,
) -> None:
    """A notice to those of the creditors who have an account; the others get the court's letter."""
    parties = [each.party_id for each in inquiries]
    if not parties:
        return
    accounts = await work.session.exec(
        select(Party.account_id).where(col(Party.id).in_(parties), col(Party.account_id).is_not(None))
    )
    lot = await work.session.get_one(Lot, offer.lot_id)
    for account_id in accounts:
        if account_id is not None:
            await notify(
                work,
                account_id=account_id,
                key=f"in-kind:{offer.id}:{key}",
                title=title,
                body=body,
                link=f"/my/in-kind/{lot.lot_no}",
            )


async def tell_team(work: Work, offer: InKindOffer, *, key: str, title: Message, body: Message) -> None:
    """A notice to the disposal team and the case officers of the court."""
    lot = await work.session.get_one(Lot, offer.lot_id)
    await tell_court(
        work,
        offer.court_code,
        Role.DISPOSAL_TEAM,
        Role.CASE_OFFICER,
        key=f"in-kind:{offer.id}:{key}",
        title=title,
        body=body,
        link=f"/team/lots/{lot.lot_no}/in-kind",
    )


async def note_offer(work: Work, offer: InKindOffer, event: str, **details: Any) -> None:
    """Write the event into the chain of the failed lot."""
    await record(
        work,
        event,
        stream=f"lot:{offer.lot_id}",
        rule="B-74",
        lot_id=offer.lot_id,
        asset_id=offer.asset_id,
        case_id=offer.case_id,
        **details,
    )
