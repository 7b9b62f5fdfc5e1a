"""What follows an order: the chosen court files its case, the old one is struck off; the court below may ask once more (T-23)."""

from uuid import UUID

from sqlmodel import col, select

from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import meet_deadline, open_deadline, waive_deadline
from core.deadlines.rules import period_end
from core.errors import Conflict, NotFound, RuleViolation
from core.i18n import msg
from core.identity import Permission, Role
from disposal_teams.assets.advance import lock_asset
from disposal_teams.assets.models import AssetState
from disposal_teams.assets.queries import asset_of
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.cases.queries import case_of
from disposal_teams.conclusions.strike_off import conclude_struck_off
from disposal_teams.courts.tell import tell_court
from disposal_teams.instructions.models import Instruction, InstructionKind
from disposal_teams.instructions.progress import locked, move, note, require_own, written
from disposal_teams.instructions.rules import STEPS, Step
from disposal_teams.orders import rules
from disposal_teams.orders.carry_over import carry_over_case
from disposal_teams.orders.issue import TO_FILE
from disposal_teams.orders.models import CourtOrder, Verdict
from disposal_teams.orders.papers import issue_closing_paper
from disposal_teams.orders.queries import order_of
from disposal_teams.transfers.hand_over import move_disposal

BATCH = 200


async def _locked(work: Work, order_id: UUID) -> CourtOrder:
    found = await work.session.exec(
        select(CourtOrder)
        .where(CourtOrder.instruction_id == order_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    order = found.first()
    if order is None:
        raise NotFound(msg("没有找到该命令，或它与本院无关。"), rule="P-03")
    return await order_of(work, order.instruction_id)


async def file_new_case(work: Work, order_id: UUID, *, case_no: str) -> EnforcementCase:
    """The chosen court files its case: parties, claims and assets go over, the old case is struck off (销案, T-12).

    Raises `RuleViolation`, `InvalidInput` and `Conflict` for the number, `NotPermitted`.
    """
    order = await _locked(work, order_id)
    require_own(work, Permission.REGISTER_ASSET, order.chosen_court)
    if InstructionKind(order.kind) not in rules.MOVING or order.verdict == Verdict.REVOKED:
        raise RuleViolation("T-12", msg("该命令没有变更执行法院，无需另行立案。"))
    if order.new_case_id is not None:
        raise Conflict(msg("已经立案，请直接使用新案号。"), rule="T-12")
    old = await case_of(work, order.old_case_id)
    new = await carry_over_case(
        work, old, case_no=case_no, court_code=order.chosen_court, assets=order.moved_assets
    )
    order.new_case_id = new.id
    paper = await issue_closing_paper(work, order, old, new)
    order.closing_document_id = paper.id
    await conclude_struck_off(work, old, new, document_id=paper.id)
    await meet_deadline(
        work, TO_FILE, subject_kind="order", subject_id=order.instruction_id, done_event="case.registered"
    )
    await record(
        work, "case.struck_off", stream=f"case:{old.id}", rule="T-12", case_id=old.id, document_id=paper.id,
        order=str(order.instruction_id), new_case=new.case_no,
    )  # fmt: skip
    await tell_court(
        work, order.old_court, Role.COMMAND_CENTRE, Role.BUREAU_DIRECTOR, key=f"order:{order_id}:struck-off",
        title=msg("案件已销案"), body=msg("{old} 已由 {new} 承继。", old=old.case_no, new=new.case_no),
        link=f"/court/orders/{order_id}",
    )  # fmt: skip
    return new


async def ask_reconsideration(work: Work, order_id: UUID, *, reason: str) -> CourtOrder:
    """The court below thinks the order wrong and says so within five days of receipt; it obeys meanwhile (T-23, L-42)."""
    reason = written(reason, "reason", msg("请写明请求复议的理由。"), longest=2000)
    order = await _locked(work, order_id)
    require_own(work, Permission.APPROVE_INSTRUCTION, order.old_court)
    rules.check_reconsideration(asked_before=order.asked_at is not None)
    if work.now >= period_end(order.served_at, days=rules.RECONSIDER_DAYS):
        raise RuleViolation(
            "L-42",
            msg("收到命令已超过 {days} 日，不能再请求复议。", days=rules.RECONSIDER_DAYS),
            remedy=msg("请执行命令；确有错误的，另行书面报告上级法院。"),
        )
    order.asked_at, order.asked_why = work.now, reason
    await meet_deadline(
        work, "L-42", subject_kind="order", subject_id=order_id, done_event="order.reconsideration_asked"
    )
    await note(work, await _instruction(work, order_id), "reconsideration_asked", rule="T-23", reason=reason)
    await tell_court(
        work, order.superior_court, Role.INTERMEDIATE_COURT, key=f"order:{order_id}:asked",
        title=msg("下级法院请求复议"), body=msg("请审查并答复；复议期间不停止执行。"),
        link=f"/court/orders/{order_id}",
    )  # fmt: skip
    return order


async def judge_reconsideration(work: Work, order_id: UUID, *, verdict: Verdict, reason: str) -> CourtOrder:
    """The court above upholds its order, or revokes it: then the disposal goes back, as long as no new case has been filed."""
    reason = written(reason, "judged_why", msg("请写明复议意见。"), longest=2000)
    order = await _locked(work, order_id)
    require_own(work, Permission.ORDER_COURTS, order.superior_court)
    if order.asked_at is None or order.verdict is not None:
        raise Conflict(msg("没有待答复的复议请求。"), rule="T-23")
    if Verdict(verdict) is Verdict.REVOKED:
        await _take_back(work, order)
    order.verdict, order.judged_at, order.judged_why = Verdict(verdict), work.now, reason
    await note(
        work,
        await _instruction(work, order_id),
        "reconsidered",
        rule="T-23",
        verdict=str(verdict),
        reason=reason,
    )
    await tell_court(
        work, order.old_court, Role.COMMAND_CENTRE, Role.BUREAU_DIRECTOR, key=f"order:{order_id}:judged",
        title=msg("复议已答复"), body=msg(rules.VERDICT_LABELS[Verdict(verdict)]),
        link=f"/court/orders/{order_id}",
    )  # fmt: skip
    return order


async def _take_back(work: Work, order: CourtOrder) -> None:
    if order.new_case_id is not None:
        raise RuleViolation(
            "T-23",
            msg("接收法院已经立案，原命令不能直接撤销。"),
            remedy=msg("请另行作出裁定，再次指定执行法院。"),
        )
    for asset_id in sorted(order.moved_assets):
        asset = await lock_asset(work, await asset_of(work, asset_id))
        if asset.court_code == order.chosen_court:
            rules.check_may_move(
                asset.asset_no, AssetState(asset.state), was_listed=asset.first_listed_at is not None
            )
            await move_disposal(
                work, asset, to_court=order.old_court, rule="T-23", order=str(order.instruction_id)
            )
    await waive_deadline(
        work, TO_FILE, subject_kind="order", subject_id=order.instruction_id, reason="命令已撤销"
    )
    instruction = await locked(work, order.instruction_id)
    if instruction.state in STEPS[Step.WITHDRAW][0]:
        await move(work, instruction, Step.WITHDRAW, rule="T-23", reason="命令已撤销")


async def _instruction(work: Work, order_id: UUID) -> Instruction:
    found = await work.session.get(Instruction, order_id)
    assert found is not None
    return found


async def missed_orders(work: Work) -> list[UUID]:
    """督促执行令 whose last day has passed without a result, not yet put before the court above."""
    rows = await work.session.exec(
        select(CourtOrder.instruction_id)
        .join(Instruction, col(Instruction.id) == col(CourtOrder.instruction_id))
        .where(
            CourtOrder.kind == InstructionKind.URGE,
            col(CourtOrder.missed_at).is_(None),
            col(CourtOrder.verdict).is_distinct_from(str(Verdict.REVOKED)),
            col(CourtOrder.due_on) < work.now.astimezone(COURT_ZONE).date(),
            col(Instruction.feedback_at).is_(None),
            col(Instruction.closed_at).is_(None),
        )
        .limit(BATCH)
    )
    return list(rows)


async def put_missed_order_up(work: Work, order_id: UUID) -> None:
    """The time limit has passed: unless there is an excuse, the court above must take or reassign the case (T-20)."""
    order = await _locked(work, order_id)
    if order.missed_at is not None:
        return
    order.missed_at = work.now
    await note(
        work, await _instruction(work, order_id), "order_missed", rule="T-20", due_on=order.due_on.isoformat()
    )
    await open_deadline(
        work, "T-20", subject_kind="order", subject_id=order_id, days=rules.FILING_DAYS,
        owner_role=Role.INTERMEDIATE_COURT, owner_court=order.superior_court, case_id=order.old_case_id,
    )  # fmt: skip
    await tell_court(
        work, order.superior_court, Role.INTERMEDIATE_COURT, key=f"order:{order_id}:missed",
        title=msg("限期执行逾期"), body=msg("无正当理由的，应当裁定提级执行或者指令其他法院执行。"),
        link=f"/court/orders/{order_id}",
    )  # fmt: skip
