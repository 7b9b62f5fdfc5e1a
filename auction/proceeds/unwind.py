"""A sale is undone: what has not been paid out goes back to its price; what has been comes back first (B-55, B-56)."""

from uuid import UUID

from sqlmodel import col, select

from auction.payments.accounts import unclaimed_account
from auction.payments.bank_lines import line_for_update, note_line, open_lines
from auction.payments.models import BankLine, BankLineState
from auction.proceeds.accounts import (
    cost_account,
    creditor_account,
    deposited_account,
    escrow_account,
    reserve_account,
    source_account,
    surplus_account,
)
from auction.proceeds.models import Proceeds, ProceedsState
from auction.proceeds.payout.models import Payout, PayoutState
from auction.proceeds.payout.queries import payout_for_update
from auction.proceeds.plan.models import DistributionPlan, PlanState
from auction.proceeds.queries import costs_of, note_proceeds, proceeds_for_update, proceeds_of_lot
from core.database import Work
from core.deadlines import waive_deadline
from core.errors import Conflict, RuleViolation
from core.i18n import msg
from core.identity import Permission, require
from core.ledger import AccountRef, Line, balance, post


async def unwind_proceeds(work: Work, lot_id: UUID) -> None:
    """Take a distribution back before its sale is revoked. Raises `RuleViolation` while a payment is with the bank.

    What was paid out stays paid: whoever revokes checks that the price is whole again (B-56).
    """
    standing = await proceeds_of_lot(work, lot_id)
    if standing is None:
        return
    proceeds = await proceeds_for_update(work, standing.id)
    payouts = list(
        await work.session.exec(select(Payout).where(Payout.proceeds_id == proceeds.id).with_for_update())
    )
    if any(each.state == PayoutState.SENT for each in payouts):
        raise RuleViolation(
            "B-56",
            msg("有款项已交银行、尚无结果，不能撤销成交。"),
            remedy=msg("请先导入银行回执，再办理撤销。"),
        )
    lines = []
    for account in await _accounts(work, proceeds, payouts):
        standing_fen = -await balance(work, account)
        if standing_fen > 0:
            lines.append(Line(account, standing_fen))
    if lines:
        total = sum(line.amount_fen for line in lines)
        await post(
            work,
            key=f"unwound:{proceeds.id}",
            description="成交撤销，分配款项退回案款",
            rule="B-55",
            lines=[*lines, Line(source_account(proceeds), -total)],
        )
    for each in payouts:
        if each.state != PayoutState.PAID:
            each.state, each.file_id = PayoutState.CANCELLED, None
    plans = await work.session.exec(
        select(DistributionPlan).where(
            DistributionPlan.proceeds_id == proceeds.id,
            col(DistributionPlan.state).in_([PlanState.DRAFT, PlanState.SERVED]),
        )
    )
    for plan in plans:
        plan.state = PlanState.DROPPED if plan.state == PlanState.DRAFT else PlanState.REPLACED
    proceeds.state = ProceedsState.REVOKED
    for clock in ("L-33", "L-34"):
        await waive_deadline(
            work, clock, subject_kind="proceeds", subject_id=proceeds.id, reason="sale.revoked"
        )
    await note_proceeds(work, proceeds, "proceeds.revoked", "B-55")


async def _accounts(work: Work, proceeds: Proceeds, payouts: list[Payout]) -> list[AccountRef]:
    accounts = [cost_account(proceeds, cost) for cost in await costs_of(work, proceeds.id)]
    plans = await work.session.exec(
        select(DistributionPlan).where(DistributionPlan.proceeds_id == proceeds.id)
    )
    claims = sorted({claim["id"] for plan in plans for claim in plan.claims})
    for claim in claims:
        accounts += [creditor_account(proceeds, claim), reserve_account(proceeds, claim)]
    accounts += [deposited_account(proceeds, each.id) for each in payouts]
    return [*accounts, escrow_account(proceeds), surplus_account(proceeds)]


async def returned_money(work: Work, court_code: str) -> list[BankLine]:
    """The suspended lines of a court: one of them may be money that was paid out. Raises `NotPermitted`."""
    return [line for line in await open_lines(work, court_code) if line.state == BankLineState.SUSPENDED]


async def note_recovery(work: Work, payout_id: UUID, line_id: UUID) -> Payout:
    """Money that was paid out has come back (执行回转): a suspended line of the statement joins the price again (B-56).

    Raises `Conflict` for a line that is not suspended, `RuleViolation` when it is more than is missing, `NotPermitted`.
    """
    payout, proceeds = await payout_for_update(work, payout_id)
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=proceeds.court_code)
    line = await line_for_update(work, line_id)
    if line.state != BankLineState.SUSPENDED or line.court_code != proceeds.court_code:
        raise Conflict(msg("该笔流水不是本院的待查款项。"), rule="M-01")
    if payout.state != PayoutState.PAID or payout.recovered_fen + line.amount_fen > payout.amount_fen:
        raise RuleViolation("B-56", msg("追回的金额超过该笔付款尚未追回的部分。"))
    await post(
        work,
        key=f"recovered:{line.id}",
        description="执行回转，已发放款项追回",
        rule="B-56",
        lines=[
            Line(unclaimed_account(line.id), line.amount_fen),
            Line(source_account(proceeds), -line.amount_fen),
        ],
    )
    payout.recovered_fen += line.amount_fen
    line.state, line.matched_to, line.matched_at = BankLineState.MATCHED, "recovery", work.now
    line.booked_fen = line.amount_fen
    await work.session.flush()
    await note_line(work, line, "bank_line.recovered")
    await note_proceeds(
        work, proceeds, "payout.recovered", "B-56", payout=str(payout.id), amount_fen=line.amount_fen
    )
    return payout
