"""A case goes on in another court: its own ends as struck off (销案), without a proposal of its own (T-12)."""

from uuid import UUID

from core.clock import COURT_ZONE
from core.database import Work
from core.ids import new_id
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.conclusions.facts import applied_fen
from disposal_teams.conclusions.models import CaseConclusion, ConclusionState, Ground, Way


async def conclude_struck_off(
    work: Work, old: EnforcementCase, new: EnforcementCase, *, document_id: UUID | None
) -> CaseConclusion:
    """Keep the conclusion of a case that `new` has taken over; the caller has checked, told and issued the paper."""
    today = work.now.astimezone(COURT_ZONE).date()
    conclusion = CaseConclusion(
        id=new_id(), case_id=old.id, court_code=old.court_code, way=Way.STRUCK_OFF, ground=Ground.GOES_ON_ELSEWHERE,
        state=ConclusionState.CONCLUDED, reason=new.case_no, applied_fen=await applied_fen(work, old),
        proposed_by_name=work.actor.name, proposed_at=work.now, decided_by_name=work.actor.name, decided_at=work.now,
        concluded_on=today, document_id=document_id, new_case_id=new.id, is_demo=old.is_demo,
    )  # fmt: skip
    work.session.add(conclusion)
    await work.session.flush()
    return conclusion
