"""Read cases. A court sees its own cases, the intermediate court all (P-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, may, require
from disposal_teams.cases.models import CaseLink, EnforcementCase, Party, PartyClaim, PartyRole
from disposal_teams.cases.sealing import match_code
from disposal_teams.plain_text import searchable

PAGE = 50


@dataclass(frozen=True, slots=True)
class CasePage:
    """A page of cases, newest first; `next_after` continues, None at the end."""

    cases: Sequence[EnforcementCase]
    next_after: UUID | None


async def case_by_number(work: Work, case_no: str) -> EnforcementCase | None:
    """The case of this canonical number, for use cases that check permission themselves."""
    return (
        await work.session.exec(select(EnforcementCase).where(EnforcementCase.case_no == searchable(case_no)))
    ).first()


async def case_of(work: Work, case_id: UUID) -> EnforcementCase:
    """A case by id, for use cases that check permission themselves. Raises `NotFound`."""
    case = await work.session.get(EnforcementCase, case_id)
    if case is None:
        raise NotFound(msg("没有找到该案件。"))
    return case


async def open_case_file(work: Work, case_id: UUID) -> EnforcementCase:
    """A case for its page. Another court's case is as unknown as a missing one (P-03)."""
    require(work.actor, Permission.SEE_COURT_FILES)
    case = await work.session.get(EnforcementCase, case_id)
    if case is None or not may(work.actor, Permission.SEE_COURT_FILES, court_code=case.court_code):
        raise NotFound(msg("没有找到该案件，或它不属于本院。"), rule="P-03")
    return case


async def cases_of_court(
    work: Work, court_code: str, *, search: str = "", after: UUID | None = None, limit: int = PAGE
) -> CasePage:
    """The cases of a court, newest first; `search` finds part of the number or the cause."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    query = select(EnforcementCase).where(EnforcementCase.court_code == court_code)
    if wanted := searchable(search, longest=60):
        query = query.where(
            col(EnforcementCase.case_no).contains(wanted, autoescape=True)
            | col(EnforcementCase.cause).contains(wanted, autoescape=True)
        )
    if after is not None:
        query = query.where(col(EnforcementCase.id) < after)
    found = list(await work.session.exec(query.order_by(col(EnforcementCase.id).desc()).limit(limit + 1)))
    page = found[:limit]
    return CasePage(page, page[-1].id if len(found) > limit else None)


async def parties_of(work: Work, case_id: UUID) -> list[Party]:
    """The persons of a case, applicants first."""
    return list(
        await work.session.exec(
            select(Party).where(Party.case_id == case_id).order_by(Party.role, col(Party.id))
        )
    )


async def claims_of(work: Work, case_id: UUID) -> dict[UUID, PartyClaim]:
    """The claims of a case in their parts, by party, for who may see the case."""
    rows = await work.session.exec(
        select(PartyClaim).join(Party, col(Party.id) == PartyClaim.party_id).where(Party.case_id == case_id)
    )
    return {claim.party_id: claim for claim in rows}


async def linked_cases(work: Work, case: EnforcementCase) -> list[tuple[str, EnforcementCase | None]]:
    """The cases of the same matter, whichever of the two names the other, for who may see the case: number, and the case
    where it is registered and the reader may open it (P-03)."""
    named = select(CaseLink.linked_case_no).where(CaseLink.case_id == case.id)
    naming = (
        select(EnforcementCase.case_no)
        .join(CaseLink, col(CaseLink.case_id) == EnforcementCase.id)
        .where(CaseLink.linked_case_no == case.case_no)
    )
    numbers = sorted({*await work.session.exec(named), *await work.session.exec(naming)})
    if not numbers:
        return []
    rows = await work.session.exec(select(EnforcementCase).where(col(EnforcementCase.case_no).in_(numbers)))
    known = {
        each.case_no: each
        for each in rows
        if may(work.actor, Permission.SEE_COURT_FILES, court_code=each.court_code)
    }
    return [(number, known.get(number)) for number in numbers]


async def claim_of(work: Work, case_id: UUID, identity_number: str) -> int:
    """The claim in fen for which the holder of this number enforces in the case; 0 for who is no applicant (B-31).

    Compares keyed hashes; for use cases that check themselves who asks.
    """
    rows = await work.session.exec(
        select(Party.claim_fen).where(
            Party.case_id == case_id,
            Party.role == PartyRole.APPLICANT,
            Party.identity_match == match_code(identity_number),
        )
    )
    return max(rows, default=0)
