"""Stay a valuation and let it go on with the time that was left, or end it without a price (V-35)."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from core.database import Work
from core.deadlines import Stop, pause_deadlines, resume_deadlines, waive_deadline
from core.deadlines.rules import resumed_end
from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from disposal_teams.plain_text import clean_text
from valuation import rules
from valuation.appraisal.demands import drop_report, open_demand
from valuation.appraisal.entrust import engagements_of
from valuation.appraisal.models import EngagementState
from valuation.fees.count import count_fees
from valuation.models import Valuation, ValuationState
from valuation.note import note_valuation
from valuation.objections.progress import objections_of, services_of, supersede
from valuation.online_inquiry.entrust import inquiries_of
from valuation.online_inquiry.models import InquiryState
from valuation.queries import valuation_for_update
from valuation.selection.begin import selections_of
from valuation.selection.models import SelectionState
from valuation.ways.enter import end_step, open_step
from valuation.ways.models import StepOutcome

STAY_GROUNDS: dict[str, Message] = {
    "case_stayed": msg("案件暂缓或者中止执行"),
    "material_contradicts": msg("评估材料与事实不符"),
    "other": msg("其他事由"),
}
WITHDRAWAL_GROUNDS: dict[str, Message] = {
    "applicant_withdraws": msg("申请执行人撤回申请"),
    "debt_paid": msg("债务已经清偿"),
    "title_revoked": msg("执行依据被撤销"),
    "price_agreed": msg("当事人就价格另行达成一致"),
    "no_sale_agreed": msg("当事人协商不予处置"),
    "cannot_appraise": msg("股权按现有材料无法出具评估报告"),
    "other": msg("其他事由"),
}


async def stay_valuation(work: Work, valuation_id: UUID, *, ground: str, reason: str) -> Valuation:
    """Stop every clock of the search (V-35). Raises `RuleViolation` (§11.2), `InvalidInput` by field."""
    valuation, asset = await valuation_for_update(work, valuation_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    reason = _checked(ground, STAY_GROUNDS, reason)
    if valuation.state == ValuationState.FIXED:
        raise RuleViolation("V-35", msg("参考价已经确定，不能暂缓；案件暂缓执行的，请暂缓拍卖。"))
    rules.check_transition(ValuationState(valuation.state), ValuationState.STAYED)
    valuation.stayed_from, valuation.stayed_at = valuation.state, work.now
    valuation.state = ValuationState.STAYED
    await pause_deadlines(work, asset_id=asset.id, stop=Stop.VALUATION)
    await note_valuation(work, asset, valuation.id, "valuation.stayed", "V-35", ground=ground, reason=reason)
    return valuation


async def resume_valuation(work: Work, valuation_id: UUID) -> Valuation:
    """Go on where the search stood; every period ends later by the time it stood still (V-23, V-35).

    Raises `RuleViolation` when it does not stand still.
    """
    valuation, asset = await valuation_for_update(work, valuation_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    if valuation.state != ValuationState.STAYED or valuation.stayed_at is None:
        raise RuleViolation("V-35", msg("该参考价程序没有暂缓，无需恢复。"))
    stopped = valuation.stayed_at

    def later(due_at: datetime) -> datetime:
        return resumed_end(due_at, stopped, work.now, whole_days=True)

    valuation.state = valuation.stayed_from or ValuationState.NOT_STARTED
    valuation.stayed_from = valuation.stayed_at = None
    if valuation.objection_window_ends_at is not None and valuation.objection_window_ends_at > stopped:
        valuation.objection_window_ends_at = later(valuation.objection_window_ends_at)
    await _move_periods(work, valuation, stopped, later)
    await resume_deadlines(work, asset_id=asset.id, stop=Stop.VALUATION)
    await note_valuation(
        work, asset, valuation.id, "valuation.resumed", "V-35", stopped_at=stopped.isoformat()
    )
    return valuation


async def _move_periods(
    work: Work, valuation: Valuation, stopped: datetime, later: Callable[[datetime], datetime]
) -> None:
    step = await open_step(work, valuation.id)
    if step is not None and step.due_at is not None and step.due_at > stopped:
        step.due_at = later(step.due_at)
    for inquiry in await inquiries_of(work, valuation.id, lock=True):
        if inquiry.state == InquiryState.SENT and inquiry.due_at > stopped:
            inquiry.due_at = later(inquiry.due_at)
        if inquiry.correction_due_at is not None and inquiry.correction_due_at > stopped:
            inquiry.correction_due_at = later(inquiry.correction_due_at)
    for selection in await selections_of(work, valuation.id):
        if selection.state == SelectionState.AGREEING and selection.due_at > stopped:
            selection.due_at = later(selection.due_at)
    for engagement in await engagements_of(work, valuation.id):
        if (
            engagement.state == EngagementState.ENTRUSTED
            and engagement.due_at
            and engagement.due_at > stopped
        ):
            engagement.due_at = later(engagement.due_at)
    for service in await services_of(work, valuation.id):
        if service.window_ends_at is not None and service.window_ends_at > stopped:
            service.window_ends_at = later(service.window_ends_at)
    demand = await open_demand(work, valuation.id)
    if demand is not None and demand.due_at > stopped:
        demand.due_at = later(demand.due_at)
    for objection in await objections_of(work, valuation.id):
        for name in ("answer_due_at", "contest_due_at", "review_due_at"):
            ends_at = getattr(objection, name)
            if objection.is_open and ends_at is not None and ends_at > stopped:
                setattr(objection, name, later(ends_at))
    await work.session.flush()


async def withdraw_valuation(work: Work, valuation_id: UUID, *, ground: str, reason: str) -> Valuation:
    """End the search without a price (V-35): everybody who was asked is released. A new one may begin.

    Raises `RuleViolation` (§11.2), `InvalidInput` by field.
    """
    valuation, asset = await valuation_for_update(work, valuation_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    reason = _checked(ground, WITHDRAWAL_GROUNDS, reason)
    state = ValuationState(valuation.state)
    if state is ValuationState.FIXED:
        raise RuleViolation("V-35", msg("参考价已经确定，不能撤回；过期的请重新出具。"))
    rules.check_transition(state, ValuationState.WITHDRAWN)
    was_stayed = state is ValuationState.STAYED
    valuation.state, valuation.ended_reason = ValuationState.WITHDRAWN, reason
    valuation.stayed_from = valuation.stayed_at = None
    await end_step(work, valuation, asset, StepOutcome.WITHDRAWN, note=reason)
    await supersede(work, valuation, asset)
    await drop_report(work, valuation)
    for inquiry in await inquiries_of(work, valuation.id, lock=True):
        if inquiry.state == InquiryState.SENT:
            inquiry.state = InquiryState.WITHDRAWN
    for selection in await selections_of(work, valuation.id):
        if selection.state in (SelectionState.AGREEING, SelectionState.COMMITTED):
            selection.state = SelectionState.CANCELLED
    for engagement in await engagements_of(work, valuation.id):
        if engagement.state in (EngagementState.ENTRUSTED, EngagementState.IN_RESERVE):
            await waive_deadline(
                work,
                "L-03",
                subject_kind="engagement",
                subject_id=engagement.id,
                reason="valuation.withdrawn",
            )
            engagement.state, engagement.ended_at = EngagementState.WITHDRAWN, work.now
            engagement.end_reason = reason
    for rule in ("V-02", "V-20", "L-02"):
        await waive_deadline(
            work, rule, subject_kind="valuation", subject_id=valuation.id, reason="valuation.withdrawn"
        )
    if was_stayed:
        await resume_deadlines(work, asset_id=asset.id, stop=Stop.VALUATION)
    await note_valuation(
        work, asset, valuation.id, "valuation.withdrawn", "V-35", ground=ground, reason=reason
    )
    await work.session.flush()
    await count_fees(work, valuation, asset)
    return valuation


def _checked(ground: str, grounds: dict[str, Message], reason: str) -> str:
    fields: dict[str, Message] = {}
    clean = clean_text(reason, "stay_reason", fields, longest=200)
    if ground not in grounds:
        fields["ground"] = msg("请从列出的选项中选择。")
    if fields:
        raise InvalidInput(msg("没有提交成功，请按提示修改。"), fields=fields, rule="V-35")
    return clean
