"""The suit over a third party's claim (执行异议之诉): brought within fifteen days of service (B-61, L-36)."""

from datetime import datetime
from uuid import UUID

from core.database import Work
from core.deadlines.rules import period_end
from core.errors import InvalidInput
from core.i18n import Message, msg
from core.identity import Permission, require
from disposal_teams.objections import rules
from disposal_teams.objections.models import Objection, ObjectionState, Outcome, Remedy
from disposal_teams.objections.progress import (
    end,
    lock_for_panel,
    lock_objection,
    move,
    note,
    require_state,
    stop_clock,
)
from disposal_teams.plain_text import clean_text


async def record_suit(work: Work, objection_id: UUID, *, case_no: str, brought_at: datetime) -> Objection:
    """Note that the filer or the applicant has sued, with proof of the court's acceptance. Raises `RuleViolation` (too
    late), `InvalidInput`, `NotPermitted`."""
    objection = await lock_objection(work, objection_id)
    require(work.actor, Permission.RECORD_OBJECTION, court_code=objection.court_code)
    fields: dict[str, Message] = {}
    case_no = clean_text(case_no, "case_no", fields, longest=60)
    if brought_at > work.now:
        fields["brought_at"] = msg("起诉时间不能晚于现在。")
    if fields:
        raise InvalidInput(msg("起诉记录有误，请按提示修改。"), fields=fields, rule="L-36")
    rules.check_transition(ObjectionState(objection.state), ObjectionState.SUIT)
    ends_at = objection.served_at and period_end(objection.served_at, days=rules.SUIT_DAYS)
    rules.check_window(now=brought_at, served_at=objection.served_at, ends_at=ends_at, rule="L-36")
    move(objection, ObjectionState.SUIT)
    objection.suit_case_no = case_no
    await stop_clock(work, objection, rules.SUIT_WINDOW, "objection.sued")
    await note(work, objection, "sued", "L-36", case_no=case_no)
    return objection


async def record_judgment(
    work: Work, objection_id: UUID, *, judgment_no: str, claim_upheld: bool, remedy: Remedy | None = None
) -> Objection:
    """Note the judgment that has taken effect: whether the third party may keep the asset out of the execution.

    `remedy` (STOP_SALE when not named) only when it may. Raises `InvalidInput`, `RuleViolation`, `NotPermitted`.
    """
    objection = await lock_for_panel(work, objection_id)
    fields: dict[str, Message] = {}
    judgment_no = clean_text(judgment_no, "judgment_no", fields, longest=60)
    if fields:
        raise InvalidInput(msg("请填写生效判决的文号。"), fields=fields, rule="L-36")
    require_state(objection, ObjectionState.SUIT)
    objection.judgment_no = judgment_no
    outcome = Outcome.FOUNDED if claim_upheld else Outcome.DISMISSED
    objection.outcome = outcome
    objection.remedy = (remedy or objection.remedy or Remedy.STOP_SALE) if claim_upheld else None
    if objection.remedy != Remedy.REVOKE_SALE:
        objection.revocation_ground = None
    await end(work, objection, outcome, event="judged", rule="L-36")
    return objection
