"""Background work of payments (rulebook §12.2, worker 3): what is due is also found by a sweep over rows."""

from sqlmodel import col, select

from auction.listing.models import Lot
from auction.payments.match import match_bank_line
from auction.payments.models import BankLine, BankLineState, PaymentOrder, PaymentOrderState
from auction.payments.orders import execute_payment
from auction.payments.refunds import ENDED, HELD, release_deposits
from auction.registration.models import Registration
from core.database import Work
from core.outbox import every

__all__ = ["execute_payment", "find_money_left_behind", "match_bank_line", "release_deposits"]

BATCH = 200


@every(seconds=15)
async def find_money_left_behind(work: Work) -> None:
    """Lines not matched, orders not executed, deposits not released: give each its message again."""
    lines = await work.session.exec(
        select(BankLine.id)
        .where(BankLine.state == BankLineState.NEW)
        .order_by(col(BankLine.booked_at))
        .limit(BATCH)
    )
    for line_id in lines:
        await match_bank_line.later(work, key=str(line_id), line_id=line_id)
    orders = await work.session.exec(
        select(PaymentOrder.id)
        .where(PaymentOrder.state == PaymentOrderState.DUE)
        .order_by(col(PaymentOrder.due_at))
        .limit(BATCH)
    )
    for order_id in orders:
        await execute_payment.later(work, key=str(order_id), order_id=order_id)
    lots = await work.session.exec(
        select(Lot.id, Lot.state)
        .join(Registration, col(Registration.lot_id) == col(Lot.id))
        .where(
            col(Lot.state).in_([str(state) for state in ENDED]),
            col(Registration.deposit_state).in_(HELD),
            col(Registration.deposit_paid_fen) > 0,
            col(Registration.id).is_distinct_from(col(Lot.winning_registration_id)),
        )
        .distinct()
        .limit(BATCH)
    )
    for lot_id, state in lots.all():
        await release_deposits.later(work, key=f"{lot_id}:{state}", lot_id=lot_id)
