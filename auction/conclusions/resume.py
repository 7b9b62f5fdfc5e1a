"""A case that ended without full result goes on with what its creditors are still owed (D-06)."""

from uuid import UUID

from auction.proceeds.outstanding import outstanding_of
from core.database import Work
from core.identity import Permission
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.cases.queries import case_of
from disposal_teams.conclusions.models import ResumeGround
from disposal_teams.conclusions.resume import resume_case
from disposal_teams.instructions.progress import require_own


async def resume_with_the_rest(
    work: Work, case_id: UUID, *, case_no: str, ground: ResumeGround, note: str
) -> EnforcementCase:
    """Register the resumed case: each creditor claims what was not paid, whatever was claimed before. Raises as `resume_case`."""
    case = await case_of(work, case_id)
    require_own(work, Permission.CONCLUDE_CASE, case.court_code)
    due = {
        each.party_id: each.due_fen
        for each in await outstanding_of(work, case)
        if each.party_id is not None and each.claimed_fen > 0
    }
    return await resume_case(work, case_id, case_no=case_no, ground=ground, note=note, due=due)
