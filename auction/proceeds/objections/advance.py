"""An objection goes on by itself when a window ends; a suit and its result are proven (D-23, M-07)."""

from datetime import date, datetime
from uuid import UUID

from auction.proceeds.models import Proceeds
from auction.proceeds.objections import rules
from auction.proceeds.objections.models import Demand, PlanObjection, PlanObjectionState
from auction.proceeds.objections.queries import objection_for_update, views_of
from auction.proceeds.objections.raise_objection import notice_facts
from auction.proceeds.papers import issue_objection_notice
from auction.proceeds.plan.models import DistributionPlan, PlanService
from auction.proceeds.queries import note_proceeds
from core.database import Work
from core.deadlines import also_kept_in, meet_deadline, open_deadline
from core.deadlines.rules import day_in_court, period_end, start_of_day
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, Role, may, require
from core.legal_settings import legal
from core.notices import notify
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text

S = PlanObjectionState
SUIT = "plan_suit"

also_kept_in("L-32", table=PlanObjection, end="suit_ends_at")


async def advance_objection(work: Work, objection_id: UUID) -> PlanObjection:
    """What follows from a window that has ended: amended as objected, a suit window, or the plan as it is. Safe to repeat."""
    objection, proceeds = await objection_for_update(work, objection_id)
    state, now = S(objection.state), work.now
    if state is S.FILED and objection.counter_ends_at is not None and objection.counter_ends_at <= now:
        await meet_deadline(
            work,
            "L-32",
            subject_kind="plan_objection",
            subject_id=objection.id,
            done_event="plan.views_closed",
        )
        if await views_of(work, objection.id):
            await _contest(work, proceeds, objection)
        else:
            await _close(work, proceeds, objection, S.UPHELD, "plan.objection_upheld")
    elif state is S.CONTESTED and objection.suit_ends_at is not None and objection.suit_ends_at <= now:
        await meet_deadline(
            work, "L-32", subject_kind=SUIT, subject_id=objection.id, done_event="plan.no_suit"
        )
        await _close(work, proceeds, objection, S.FAILED, "plan.objection_failed")
    return objection


async def _contest(work: Work, proceeds: Proceeds, objection: PlanObjection) -> None:
    """The objector is told of the views against it; with an account the fifteen days for the suit begin at once."""
    objection.state = S.CONTESTED
    plan = await work.session.get_one(DistributionPlan, objection.plan_id)
    service = await work.session.get_one(PlanService, objection.service_id)
    await issue_objection_notice(
        work,
        proceeds,
        key=f"objection-suit:{objection.id}",
        facts=await notice_facts(work, plan, objection, step="suit", addressee=service.name),
    )
    await note_proceeds(work, proceeds, "plan.objection_contested", "D-23", name=service.name)
    if service.account_id is not None:
        await notify(
            work,
            account_id=service.account_id,
            key=f"plan-suit:{objection.id}",
            title=msg("您的异议有反对意见"),
            body=msg(
                "对您就“{title}”提出的异议有反对意见；您可以在十五日内起诉，逾期按原方案分配。",
                title=proceeds.title,
            ),
            link=f"/my/proceeds/{proceeds.id}",
        )
        await _start_suit_window(work, proceeds, objection, work.now)


async def note_objector_told(work: Work, objection_id: UUID, *, told_on: date) -> PlanObjection:
    """The officer records when an objector without an account got the views. Raises `InvalidInput`, `Conflict`."""
    objection, proceeds = await objection_for_update(work, objection_id)
    require(work.actor, Permission.DRAFT_DISTRIBUTION, court_code=proceeds.court_code)
    rules.check_state(S(objection.state), S.CONTESTED)
    if objection.objector_told_at is not None:
        raise Conflict(msg("已经登记通知。"), rule="D-23")
    if not day_in_court(objection.filed_at) <= told_on <= day_in_court(work.now):
        problem = {"told_on": msg("日期应在异议提出之后、今天或者以前。")}
        raise InvalidInput(msg("登记有误，请按提示修改。"), fields=problem, rule="D-23")
    ended = objection.counter_ends_at or objection.filed_at
    await _start_suit_window(work, proceeds, objection, max(ended, start_of_day(told_on)))
    return objection


async def _start_suit_window(work: Work, proceeds: Proceeds, objection: PlanObjection, at: datetime) -> None:
    days = legal().plan_window_days
    objection.objector_told_at, objection.suit_ends_at = at, period_end(at, days=days)
    await open_deadline(
        work,
        "L-32",
        subject_kind=SUIT,
        subject_id=objection.id,
        started_at=at,
        days=days,
        owner_role=Role.CREDITOR,
        owner_court=proceeds.court_code,
        asset_id=proceeds.asset_id,
        case_id=proceeds.case_id,
        lot_id=proceeds.lot_id,
        trigger_event="plan.objector_told",
    )


async def prove_suit(work: Work, objection_id: UUID, *, case_no: str, filed_on: date) -> PlanObjection:
    """The objector has sued those who spoke against it: the contested sum is deposited, the rest paid (M-07).

    By the objector, or an officer. Raises `InvalidInput` by field, `RuleViolation` after the fifteen days, `NotFound`.
    """
    objection, proceeds = await objection_for_update(work, objection_id)
    service = await work.session.get_one(PlanService, objection.service_id)
    is_own = work.actor.account_id is not None and service.account_id == work.actor.account_id
    is_officer = work.actor.is_staff and may(
        work.actor, Permission.DRAFT_DISTRIBUTION, court_code=proceeds.court_code
    )
    if not is_own and not is_officer:
        raise NotFound(msg("没有找到该异议。"))
    rules.check_state(S(objection.state), S.CONTESTED)
    fields: dict[str, Message] = {}
    case_no = clean_text(case_no, "case_no", fields, longest=60)
    if filed_on > day_in_court(work.now):
        fields["filed_on"] = msg("日期不能晚于今天。")
    if fields:
        raise InvalidInput(msg("起诉证明有误，请按提示修改。"), fields=fields, rule="D-23")
    rules.check_in_window(
        objection.suit_ends_at, work.now, posted_at=start_of_day(filed_on) if is_officer else None
    )
    objection.state, objection.suit_case_no, objection.suit_filed_on = S.SUED, case_no, filed_on
    await meet_deadline(work, "L-32", subject_kind=SUIT, subject_id=objection.id, done_event="plan.sued")
    await note_proceeds(work, proceeds, "plan.sued", "M-07", name=service.name, suit=case_no)
    return objection


async def note_judgment(
    work: Work, objection_id: UUID, *, founded: bool, fen: int | None, ref: str
) -> PlanObjection:
    """The suit is decided: as objected, as planned, or (for an amount) at the judged sum. Raises `InvalidInput`,
    `RuleViolation`, `NotPermitted`."""
    objection, proceeds = await objection_for_update(work, objection_id)
    require(work.actor, Permission.DRAFT_DISTRIBUTION, court_code=proceeds.court_code)
    rules.check_state(S(objection.state), S.SUED)
    fields: dict[str, Message] = {}
    ref = clean_text(ref, "ref", fields, longest=200)
    if fen is not None and (fen < 0 or objection.demand != Demand.AMOUNT or not founded):
        fields["fen"] = msg("只有数额异议成立时才填写判决确定的数额。")
    if fields:
        raise InvalidInput(msg("判决登记有误，请按提示修改。"), fields=fields, rule="D-23")
    objection.outcome_ref = ref
    if fen is not None:
        objection.demanded_fen = fen
    await _close(
        work,
        proceeds,
        objection,
        S.UPHELD if founded else S.FAILED,
        "plan.suit_won" if founded else "plan.suit_lost",
    )
    return objection


async def withdraw_objection(work: Work, objection_id: UUID) -> PlanObjection:
    """The objector takes the objection back while it is open. Raises `RuleViolation`, `NotFound` for everybody else's."""
    objection, proceeds = await objection_for_update(work, objection_id)
    service = await work.session.get_one(PlanService, objection.service_id)
    if work.actor.account_id is None or service.account_id != work.actor.account_id:
        raise NotFound(msg("没有找到该异议。"))
    rules.check_state(S(objection.state), *rules.OPEN)
    await _close(work, proceeds, objection, S.WITHDRAWN, "plan.objection_withdrawn")
    return objection


async def _close(
    work: Work, proceeds: Proceeds, objection: PlanObjection, state: PlanObjectionState, event: str
) -> None:
    objection.state, objection.closed_at = state, work.now
    for kind in ("plan_objection", SUIT):
        await meet_deadline(work, "L-32", subject_kind=kind, subject_id=objection.id, done_event=event)
    service = await work.session.get_one(PlanService, objection.service_id)
    await note_proceeds(work, proceeds, event, "D-23", name=service.name)
    await tell_court(
        work,
        proceeds.court_code,
        Role.CASE_OFFICER,
        key=f"plan-objection-closed:{objection.id}",
        title=msg("对分配方案的异议已有结果"),
        body=msg(
            "“{title}”的分配方案异议：{state}。", title=proceeds.title, state=msg(rules.STATE_LABELS[state])
        ),
        link=f"/team/proceeds/{proceeds.id}/objections",
    )
