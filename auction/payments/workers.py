"""Background work of payments (rulebook §12.2, worker 3): what is due is also found by a sweep over rows."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import String, cast, func
from sqlmodel import col, or_, select

from auction.listing.models import Lot
from auction.payments.match import match_bank_line
from auction.payments.models import (
    BankLine,
    BankLineState,
    BankReversal,
    PaymentOrder,
    PaymentOrderState,
    ReversalState,
)
from auction.payments.orders import execute_payment
from auction.payments.refunds import ENDED, HELD, refund_entry, release_deposits
from auction.payments.reversal import apply_reversal
from auction.registration.models import Registration
from auction.registration.rules import LEFT
from core.audit import record
from core.database import Work
from core.deadlines.breaches import on_breach
from core.deadlines.models import Deadline, DeadlineState
from core.i18n import Message, msg
from core.identity import Role
from core.legal_settings import legal
from core.outbox import every, task
from disposal_teams.courts.tell import tell_court

__all__ = [
    "apply_reversal",
    "execute_payment",
    "find_money_left_behind",
    "match_bank_line",
    "raise_refund_alarm",
    "release_deposits",
    "watch_refund_clocks",
]

BATCH = 200
MONEY_CLOCKS = ("L-16", "L-17")


@every(seconds=15)
async def find_money_left_behind(work: Work) -> None:
    """Lines not matched, reversals not applied, orders to be tried (again), deposits not released: see to each again."""
    lines = await work.session.exec(
        select(BankLine.id)
        .where(BankLine.state == BankLineState.NEW)
        .order_by(col(BankLine.booked_at))
        .limit(BATCH)
    )
    for line_id in lines:
        await match_bank_line.later(work, key=str(line_id), line_id=line_id)
    await _orders_to_try(work)
    reversals = await work.session.exec(
        select(BankReversal.id)
        .where(BankReversal.state == ReversalState.UNMATCHED)
        .order_by(col(BankReversal.booked_at).desc())
        .limit(BATCH)
    )
    for reversal_id in reversals:
        await apply_reversal(work, reversal_id=reversal_id)
    lots = await work.session.exec(
        select(Lot.id, Lot.state, func.min(cast(col(Registration.id), String)))
        .join(Registration, col(Registration.lot_id) == col(Lot.id))
        .where(
            col(Lot.state).in_([str(state) for state in ENDED]),
            col(Registration.deposit_state).in_(HELD),
            col(Registration.deposit_paid_fen) > 0,
            col(Registration.id).is_distinct_from(col(Lot.winning_registration_id)),
        )
        .group_by(col(Lot.id), col(Lot.state))
        .limit(BATCH)
    )
    for lot_id, state, registration_id in lots.all():
        # Named by the money that is left: a deposit may be booked by a transaction that began before the end and was
        # committed after the release, whose own message is done.
        await release_deposits.later(work, key=f"{lot_id}:{state}:{registration_id}", lot_id=lot_id)
    left = await work.session.exec(
        select(Registration)
        .where(
            col(Registration.state).in_(LEFT),
            col(Registration.deposit_state).in_(HELD),
            col(Registration.deposit_paid_fen) > 0,
        )
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    for registration in left:
        await refund_entry(work, registration)


async def _orders_to_try(work: Work) -> None:
    orders = await work.session.exec(
        select(PaymentOrder.id, PaymentOrder.attempts)
        .where(
            PaymentOrder.state == PaymentOrderState.DUE,
            or_(col(PaymentOrder.next_attempt_at).is_(None), col(PaymentOrder.next_attempt_at) <= work.now),
        )
        .order_by(col(PaymentOrder.due_at))
        .limit(BATCH)
    )
    for order_id, attempts in orders.all():
        key = f"{order_id}:{attempts}" if attempts else str(order_id)
        await execute_payment.later(work, key=key, order_id=order_id)


@every(seconds=30)
async def watch_refund_clocks(work: Work) -> None:
    """Raise an alarm when a refund or a deposit on its way to the court is late: after 12 and 20 hours (L-16, L-17)."""
    hours = sorted(legal().refund_alarm_hours)
    if not hours:
        return
    running = await work.session.exec(
        select(Deadline.id, Deadline.started_at)
        .where(
            col(Deadline.rule).in_(MONEY_CLOCKS),
            Deadline.state == DeadlineState.RUNNING,
            col(Deadline.started_at) <= work.now - timedelta(hours=hours[0]),
        )
        .order_by(col(Deadline.due_at))
        .limit(BATCH)
    )
    for deadline_id, started_at in running.all():
        passed = max(each for each in hours if started_at <= work.now - timedelta(hours=each))
        await raise_refund_alarm.later(
            work, key=f"{deadline_id}:{passed}", deadline_id=deadline_id, hours=passed
        )


@task(queue="money")
async def raise_refund_alarm(work: Work, *, deadline_id: UUID, hours: int) -> None:
    """Tell finance, and the record, that money has been under way for so many hours."""
    deadline = await work.session.get(Deadline, deadline_id)
    if deadline is None or deadline.state != DeadlineState.RUNNING:
        return
    await _alarm(
        work,
        deadline,
        "refund.alarm",
        (Role.FINANCE,),
        str(hours),
        msg("应退保证金超过 {hours} 小时未退，期限为 24 小时，请立即核对付款指令。", hours=hours),
    )


@on_breach("L-16")
async def refunds_are_late(work: Work, deadline: Deadline) -> None:
    """The 24 hours are over and a refund is not executed (L-16)."""
    text = msg("保证金未在 24 小时内退还，已经逾期。请立即处理并说明原因。")
    await _alarm(work, deadline, "refund.late", (Role.FINANCE, Role.BUREAU_DIRECTOR), "breach", text)


@on_breach("L-17")
async def deposit_is_late(work: Work, deadline: Deadline) -> None:
    """The winner's deposit is not at the court after 24 hours (L-17)."""
    text = msg("买受人保证金未在 24 小时内划入法院账户，已经逾期。请立即处理并说明原因。")
    await _alarm(work, deadline, "deposit.late", (Role.FINANCE, Role.BUREAU_DIRECTOR), "breach", text)


async def _alarm(
    work: Work, deadline: Deadline, event: str, roles: tuple[Role, ...], step: str, body: Message
) -> None:
    await record(
        work, event, stream=f"lot:{deadline.lot_id}", rule=deadline.rule, lot_id=deadline.lot_id, step=step,
        due_at=deadline.due_at.isoformat(),
    )  # fmt: skip
    if deadline.owner_court is None:
        return
    await tell_court(
        work,
        deadline.owner_court,
        *roles,
        key=f"{event}:{deadline.id}:{step}",
        title=msg("退款预警"),
        body=body,
        link="/finance#orders",
    )
