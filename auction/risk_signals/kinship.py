"""What bidders are to the debtor, seen at registration while numbers and telephone are at hand (B-82)."""

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import col, select

from auction.risk_signals.facts import DEBTOR, DEBTOR_PHONE
from core.database import Work
from disposal_teams.cases.models import Party, PartyRole
from disposal_teams.cases.register import party_roles_of

SHORTEST_PHONE = 7


async def kinship_of(work: Work, case_id: UUID, numbers: Iterable[str], phone: str | None) -> str | None:
    """`DEBTOR` when a buyer is the debtor, `DEBTOR_PHONE` when they can be reached under the debtor's number, else None."""
    for number in numbers:
        if PartyRole.DEBTOR in await party_roles_of(work, case_id, number):
            return DEBTOR
    own = _digits(phone)
    if len(own) < SHORTEST_PHONE:
        return None
    phones = await work.session.exec(
        select(Party.phone).where(
            Party.case_id == case_id, Party.role == PartyRole.DEBTOR, col(Party.phone).is_not(None)
        )
    )
    return DEBTOR_PHONE if own in map(_digits, phones) else None


def _digits(phone: str | None) -> str:
    return "".join(each for each in phone or "" if each.isdigit())
