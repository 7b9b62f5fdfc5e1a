"""Read conclusions. A court sees its own, the intermediate court all (P-03)."""

from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, require
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.conclusions.models import CaseConclusion, ConclusionState, PropertySearch, SearchState

PAGE = 50


async def conclusions_of(work: Work, case_id: UUID) -> list[CaseConclusion]:
    """Every proposal and conclusion of a case, the newest first; the caller has checked who reads."""
    rows = await work.session.exec(
        select(CaseConclusion)
        .where(CaseConclusion.case_id == case_id)
        .order_by(col(CaseConclusion.proposed_at).desc(), col(CaseConclusion.id).desc())
    )
    return list(rows)


async def locked_conclusion(work: Work, conclusion_id: UUID) -> CaseConclusion:
    """A conclusion for an act on it. Raises `NotFound`."""
    found = await work.session.get(
        CaseConclusion, conclusion_id, with_for_update=True, populate_existing=True
    )
    if found is None:
        raise NotFound(msg("没有找到该结案申请。"))
    return found


async def conclusions_of_court(
    work: Work, court_code: str, state: ConclusionState | None = None, *, limit: int = PAGE
) -> list[tuple[CaseConclusion, EnforcementCase]]:
    """The court's conclusions with their cases, the newest first."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    query = (
        select(CaseConclusion, EnforcementCase)
        .join(EnforcementCase, col(EnforcementCase.id) == col(CaseConclusion.case_id))
        .where(CaseConclusion.court_code == court_code)
    )
    if state is not None:
        query = query.where(CaseConclusion.state == state)
    return list(await work.session.exec(query.order_by(col(CaseConclusion.proposed_at).desc()).limit(limit)))


async def resumed_from(work: Work, case_id: UUID) -> EnforcementCase | None:
    """The case that this one resumes or took over, if any."""
    rows = await work.session.exec(
        select(EnforcementCase)
        .join(CaseConclusion, col(CaseConclusion.case_id) == col(EnforcementCase.id))
        .where(CaseConclusion.new_case_id == case_id)
    )
    return rows.first()


async def searches_of(work: Work, case_id: UUID) -> list[PropertySearch]:
    """The searches of a case, newest first; the caller has checked who reads."""
    rows = await work.session.exec(
        select(PropertySearch)
        .where(PropertySearch.case_id == case_id)
        .order_by(col(PropertySearch.due_on).desc())
    )
    return list(rows)


async def searches_of_court(
    work: Work, court_code: str, *, state: SearchState, limit: int = PAGE, offset: int = 0
) -> list[tuple[PropertySearch, EnforcementCase]]:
    """The court's searches in that state whose case has not gone on, what is due first leading."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    rows = await work.session.exec(
        select(PropertySearch, EnforcementCase)
        .join(EnforcementCase, col(EnforcementCase.id) == col(PropertySearch.case_id))
        .join(CaseConclusion, col(CaseConclusion.id) == col(PropertySearch.conclusion_id))
        .where(
            PropertySearch.court_code == court_code,
            PropertySearch.state == state,
            CaseConclusion.state == ConclusionState.CONCLUDED,
        )
        .order_by(col(PropertySearch.due_on), col(PropertySearch.id))
        .offset(offset)
        .limit(limit)
    )
    return list(rows)
