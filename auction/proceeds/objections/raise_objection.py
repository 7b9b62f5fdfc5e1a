"""Object to a served plan, and speak against an objection: on line, or written down from paper (D-23, L-32)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from auction.proceeds.models import Proceeds
from auction.proceeds.objections import rules
from auction.proceeds.objections.models import Demand, ObjectionView, PlanObjection, PlanObjectionState
from auction.proceeds.objections.queries import objection_for_update, views_of
from auction.proceeds.papers import issue_objection_notice
from auction.proceeds.plan.divide import Rank
from auction.proceeds.plan.models import DistributionPlan, PlanService, PlanState
from auction.proceeds.plan.serve import service_for_update, services_of
from auction.proceeds.queries import note_proceeds, proceeds_for_update
from auction.proceeds.rules import RANK_LABELS
from core.database import Work
from core.deadlines import also_kept_in, open_deadline
from core.deadlines.rules import day_in_court, period_end, start_of_day
from core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, may, require
from core.ids import new_id
from core.legal_settings import legal
from core.money import yuan
from core.notices import notify
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text

S = PlanObjectionState
WRONG = msg("异议有误，请按提示修改。")

also_kept_in("L-32", table=PlanObjection, end="counter_ends_at")


async def object_to_plan(
    work: Work,
    service_id: UUID,
    *,
    target_claim_id: UUID,
    demand: Demand,
    demanded_fen: int | None,
    demanded_rank: Rank | None,
    reasons: str,
    posted_on: date | None = None,
) -> PlanObjection:
    """Object within the own fifteen days. The person does it, or an officer writes a paper down (`posted_on`).

    Raises `InvalidInput` by field, `RuleViolation` (too late, not received yet), `Conflict` for a second one about the same
    claim, `NotFound` for everybody else's service.
    """
    service, plan, proceeds = await _service(work, service_id)
    rules.check_in_window(service.window_ends_at, work.now, posted_at=_posted(work, posted_on))
    target = next((each for each in plan.claims if each["id"] == str(target_claim_id)), None)
    fields: dict[str, Message] = {}
    reasons = clean_text(reasons, "reasons", fields, longest=2000)
    if target is None:
        fields["target"] = msg("请从列出的选项中选择。")
    elif problem := rules.demand_problem(
        demand,
        fen=demanded_fen,
        rank=demanded_rank,
        now_fen=target["title_fen"],
        now_rank=Rank(target["rank"]),
    ):
        fields["demanded" if demand is Demand.AMOUNT else "new_rank"] = problem
    if fields:
        raise InvalidInput(WRONG, fields=fields, rule="D-23")
    objection = PlanObjection(
        id=new_id(),
        plan_id=plan.id,
        proceeds_id=proceeds.id,
        service_id=service.id,
        target_claim_id=target_claim_id,
        demand=demand,
        demanded_fen=demanded_fen if demand is Demand.AMOUNT else None,
        demanded_rank=demanded_rank if demand is Demand.RANK else None,
        reasons=reasons,
        filed_at=work.now,
        entered_by=work.actor.account_id if service.account_id != work.actor.account_id else None,
    )
    try:
        async with work.session.begin_nested():
            work.session.add(objection)
    except IntegrityError as error:
        raise Conflict(msg("您已就同一债权提出异议。"), rule="D-23") from error
    await note_proceeds(work, proceeds, "plan.objected", "D-23", name=service.name, demand=str(demand))
    await _tell_others(work, proceeds, plan, service, objection)
    return objection


async def _tell_others(
    work: Work, proceeds: Proceeds, plan: DistributionPlan, service: PlanService, objection: PlanObjection
) -> None:
    """The notice to all others; where everybody has an account it has arrived, and their fifteen days begin (C-07)."""
    paper = await issue_objection_notice(
        work,
        proceeds,
        key=f"objection:{objection.id}",
        facts=await notice_facts(work, plan, objection, step="views", addressee="各债权人、被执行人"),
    )
    objection.document_id = paper.id
    others = [each for each in await services_of(work, plan.id) if each.id != service.id]
    for each in others:
        if each.account_id is not None:
            await notify(
                work,
                account_id=each.account_id,
                key=f"plan-objection:{objection.id}:{each.id}",
                title=msg("有人对分配方案提出异议"),
                body=msg(
                    "对“{title}”的分配方案有异议；您有反对意见的，请在十五日内提出。", title=proceeds.title
                ),
                link=f"/my/proceeds/{proceeds.id}",
            )
    await tell_court(
        work,
        proceeds.court_code,
        Role.CASE_OFFICER,
        key=f"plan-objection:{objection.id}",
        title=msg("收到对分配方案的异议"),
        body=msg("“{title}”的分配方案收到异议，请通知没有账号的当事人。", title=proceeds.title),
        link=f"/team/proceeds/{proceeds.id}/objections",
    )
    if all(each.account_id is not None for each in others):
        await start_counter_window(work, proceeds, objection, work.now)


async def note_others_told(work: Work, objection_id: UUID, *, told_on: date) -> PlanObjection:
    """The officer records that everybody else has the notice; the last receipt starts the fifteen days. Raises
    `InvalidInput`, `RuleViolation`, `NotPermitted`."""
    objection, proceeds = await objection_for_update(work, objection_id)
    require(work.actor, Permission.DRAFT_DISTRIBUTION, court_code=proceeds.court_code)
    rules.check_state(S(objection.state), S.FILED)
    if objection.others_told_at is not None:
        raise Conflict(msg("已经登记通知。"), rule="D-23")
    _check_day(work, told_on, objection.filed_at)
    await start_counter_window(work, proceeds, objection, max(objection.filed_at, start_of_day(told_on)))
    return objection


async def start_counter_window(
    work: Work, proceeds: Proceeds, objection: PlanObjection, at: datetime
) -> None:
    """The others' fifteen days begin."""
    days = legal().plan_window_days
    objection.others_told_at, objection.counter_ends_at = at, period_end(at, days=days)
    await open_deadline(
        work,
        "L-32",
        subject_kind="plan_objection",
        subject_id=objection.id,
        started_at=at,
        days=days,
        owner_role=Role.CREDITOR,
        owner_court=proceeds.court_code,
        asset_id=proceeds.asset_id,
        case_id=proceeds.case_id,
        lot_id=proceeds.lot_id,
        trigger_event="plan.objection_told",
    )


async def speak_against(
    work: Work, objection_id: UUID, service_id: UUID, *, reasons: str, posted_on: date | None = None
) -> ObjectionView:
    """A view against an objection, within its fifteen days. Raises `InvalidInput`, `RuleViolation`, `Conflict`, `NotFound`."""
    objection, proceeds = await objection_for_update(work, objection_id)
    service, plan, _ = await _service(work, service_id)
    if plan.id != objection.plan_id or service.id == objection.service_id:
        raise NotFound(msg("没有找到可以发表意见的异议。"))
    rules.check_state(S(objection.state), S.FILED)
    rules.check_in_window(objection.counter_ends_at, work.now, posted_at=_posted(work, posted_on))
    fields: dict[str, Message] = {}
    reasons = clean_text(reasons, "view", fields, longest=2000)
    if fields:
        raise InvalidInput(msg("请写明反对的理由。"), fields=fields, rule="D-23")
    if service.id in {each.service_id for each, _ in await views_of(work, objection.id)}:
        raise Conflict(msg("您已经提出反对意见。"), rule="D-23")
    view = ObjectionView(
        id=new_id(),
        objection_id=objection.id,
        service_id=service.id,
        reasons=reasons,
        given_at=work.now,
        entered_by=work.actor.account_id if service.account_id != work.actor.account_id else None,
    )
    work.session.add(view)
    await work.session.flush()
    await note_proceeds(work, proceeds, "plan.objection_opposed", "D-23", name=service.name)
    return view


async def notice_facts(
    work: Work, plan: DistributionPlan, objection: PlanObjection, *, step: str, addressee: str
) -> dict[str, object]:
    """What the notices of an objection say of it."""
    service = await work.session.get_one(PlanService, objection.service_id)
    target = next(each for each in plan.claims if each["id"] == str(objection.target_claim_id))
    return {
        "addressee": addressee,
        "objector": service.name,
        "target": f"{target['creditor']}的债权{yuan(target['title_fen'])}元",
        "demand": demand_words(objection),
        "reasons": objection.reasons,
        "views": [f"{name}：{view.reasons}" for view, name in await views_of(work, objection.id)],
        "step": step,
    }


def demand_words(objection: PlanObjection) -> str:
    """What is demanded, as the papers say it."""
    words = rules.DEMAND_LABELS[Demand(objection.demand)]
    if objection.demanded_fen is not None:
        return f"{words}{yuan(objection.demanded_fen)}元"
    return f"{words}“{RANK_LABELS[Rank(objection.demanded_rank)]}”" if objection.demanded_rank else words


async def _service(work: Work, service_id: UUID) -> tuple[PlanService, DistributionPlan, Proceeds]:
    """The service with its plan, for the person itself or an officer of the court. Raises `NotFound`, `RuleViolation`."""
    service = await service_for_update(work, service_id)
    plan = await work.session.get_one(DistributionPlan, service.plan_id)
    proceeds = await proceeds_for_update(work, plan.proceeds_id)
    is_own = work.actor.account_id is not None and service.account_id == work.actor.account_id
    if not is_own and not may(work.actor, Permission.DRAFT_DISTRIBUTION, court_code=proceeds.court_code):
        raise NotFound(msg("没有找到送达您的分配方案。"))
    if not is_own and not work.actor.is_staff:
        raise NotFound(msg("没有找到送达您的分配方案。"))
    if plan.state != PlanState.SERVED:
        raise RuleViolation("D-23", msg("该版分配方案已经不再送达。"))
    return service, plan, proceeds


def _posted(work: Work, posted_on: date | None) -> datetime | None:
    return None if posted_on is None or not work.actor.is_staff else start_of_day(posted_on)


def _check_day(work: Work, day: date, since: datetime) -> None:
    if not day_in_court(since) <= day <= day_in_court(work.now):
        problem = {"told_on": msg("日期应在异议提出之后、今天或者以前。")}
        raise InvalidInput(msg("登记有误，请按提示修改。"), fields=problem, rule="D-23")
