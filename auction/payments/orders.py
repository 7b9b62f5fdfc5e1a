"""Orders to the bank: written once per key, executed once, booked in the ledger when executed (B-33, M-01)."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from auction.payments.accounts import (
    bank_account,
    deposit_account,
    money_account,
    price_account,
    unclaimed_account,
)
from auction.payments.bank import ask_bank
from auction.payments.models import (
    BankLine,
    MoneyChannel,
    PaymentOrder,
    PaymentOrderKind,
    PaymentOrderState,
)
from auction.payments.rules import next_attempt_at
from auction.registration.models import DepositState, Registration
from core.audit import record
from core.database import Work
from core.deadlines import lock_deadlines, meet_deadline
from core.errors import Conflict, NotFound
from core.i18n import msg
from core.identity import Permission, require
from core.ids import new_id
from core.ledger import AccountRef, Line, post
from core.legal_settings import legal
from core.outbox import task

__all__ = [
    "bank_account",
    "cancel_order",
    "deposit_account",
    "execute_payment",
    "order_payment",
    "price_account",
    "retry_order",
    "unclaimed_account",
]

DESCRIPTIONS = {
    PaymentOrderKind.DEPOSIT_REFUND: ("退还保证金", "B-33"),
    PaymentOrderKind.DEPOSIT_CAPTURE: ("冻结保证金划入法院账户", "B-33"),
}


async def order_payment(
    work: Work,
    *,
    key: str,
    kind: PaymentOrderKind,
    court_code: str,
    amount_fen: int,
    due_at: datetime | None = None,
    lot_id: UUID | None = None,
    registration_id: UUID | None = None,
    bank_line_id: UUID | None = None,
    channel: str = MoneyChannel.BANK,
) -> bool:
    """Order the bank (or the platform) to pay `amount_fen`. The same key again is a no-op; whether the order is new."""
    order_id = new_id()
    inserted = await work.session.execute(
        insert(PaymentOrder)
        .values(
            id=order_id,
            key=key,
            kind=kind,
            state=PaymentOrderState.DUE,
            channel=channel,
            court_code=court_code,
            lot_id=lot_id,
            registration_id=registration_id,
            bank_line_id=bank_line_id,
            amount_fen=amount_fen,
            due_at=due_at or work.now + timedelta(hours=24),
            created_at=work.now,
            attempts=0,
        )
        .on_conflict_do_nothing(constraint="payment_order_key")
        .returning(col(PaymentOrder.id))
    )
    if inserted.first() is None:
        return False
    await execute_payment.later(work, key=str(order_id), order_id=order_id)
    return True


@task(queue="money")
async def execute_payment(work: Work, *, order_id: UUID) -> None:
    """Have the bank pay, book it, and close what waited for it. Running it twice pays once.

    What the bank refuses stays due: it is tried again after a growing pause, and finance sees the reason (L-16).
    """
    order = await work.session.get(PaymentOrder, order_id, with_for_update=True)
    assert order is not None
    if order.state != PaymentOrderState.DUE:
        return
    line = await work.session.get(BankLine, order.bank_line_id) if order.bank_line_id else None
    registration = None
    if order.registration_id is not None:
        registration = await work.session.get(Registration, order.registration_id, with_for_update=True)
    order.attempts += 1
    answer = await ask_bank(order, line.bank_reference if line else None)
    if not answer.accepted:
        order.problem = answer.text[:200]
        order.next_attempt_at = next_attempt_at(
            work.now, order.attempts, first_minutes=legal().refund_retry_minutes
        )
        await _note(work, order, "payment.refused")
        return
    source, target = _accounts(order, registration)
    description, rule = DESCRIPTIONS.get(PaymentOrderKind(order.kind), ("退回款项", "M-01"))
    await post(
        work,
        key=f"payment:{order.key}",
        description=description,
        rule=rule,
        lines=[Line(source, order.amount_fen), Line(target, -order.amount_fen)],
    )
    order.state = PaymentOrderState.EXECUTED
    order.executed_at = work.now
    order.bank_answer = answer.text[:120]
    order.problem, order.next_attempt_at = None, None
    await work.session.flush()
    if registration is not None:
        await _close(work, order, registration)


def _accounts(order: PaymentOrder, registration: Registration | None) -> tuple[AccountRef, AccountRef]:
    """Which account is debited, and from where the money goes."""
    money = money_account(order.channel, order.court_code)
    if order.kind == PaymentOrderKind.DEPOSIT_CAPTURE:
        return bank_account(order.court_code), money
    if order.kind == PaymentOrderKind.DEPOSIT_REFUND:
        assert registration is not None
        return deposit_account(registration), money
    owner = order.bank_line_id or order.registration_id
    assert owner is not None
    return unclaimed_account(owner, order.lot_id), money


async def _close(work: Work, order: PaymentOrder, registration: Registration) -> None:
    """When the last order of its kind is executed, the deposit has gone where it should."""
    waiting = await work.session.exec(
        select(PaymentOrder.id)
        .where(
            PaymentOrder.registration_id == registration.id,
            PaymentOrder.kind == order.kind,
            PaymentOrder.state == PaymentOrderState.DUE,
        )
        .limit(1)
    )
    if waiting.first() is not None:
        return
    if (
        order.kind == PaymentOrderKind.DEPOSIT_REFUND
        and registration.deposit_state == DepositState.REFUND_DUE
    ):
        registration.deposit_state = DepositState.REFUNDED
        registration.refunded_at = work.now
        await work.session.flush()
        await close_refund_clock(work, registration)
    if order.kind == PaymentOrderKind.DEPOSIT_CAPTURE and registration.deposit_state == DepositState.TO_COURT:
        registration.deposit_state = DepositState.APPLIED_TO_PRICE
        await meet_deadline(
            work, "L-17", subject_kind="lot", subject_id=registration.lot_id, done_event="deposit.captured"
        )


async def close_refund_clock(work: Work, registration: Registration) -> None:
    """The clock of an entry's own refund ends with it; that of the lot with the last refund of the lot."""
    await meet_deadline(
        work,
        "L-16",
        subject_kind="registration",
        subject_id=registration.id,
        done_event="registration.deposit_refunded",
    )
    await lock_deadlines(work, "L-16", subject_kind="lot", subject_id=registration.lot_id)
    waiting = await work.session.exec(
        select(Registration.id)
        .where(
            Registration.lot_id == registration.lot_id,
            Registration.deposit_state == DepositState.REFUND_DUE,
        )
        .limit(1)
    )
    if waiting.first() is None:
        await meet_deadline(
            work,
            "L-16",
            subject_kind="lot",
            subject_id=registration.lot_id,
            done_event="registration.deposits_refunded",
        )


async def cancel_order(work: Work, key: str) -> PaymentOrder | None:
    """Cancel an order that is not executed. Returns the order that was cancelled, or None when there is nothing to cancel."""
    order = (
        await work.session.exec(select(PaymentOrder).where(PaymentOrder.key == key).with_for_update())
    ).first()
    if order is None or order.state != PaymentOrderState.DUE:
        return None
    order.state = PaymentOrderState.CANCELLED
    order.next_attempt_at = None
    await work.session.flush()
    return order


async def retry_order(work: Work, order_id: UUID) -> PaymentOrder:
    """Finance has settled what the bank complained of: try again now. Raises `NotFound`, `Conflict`."""
    order = await work.session.get(PaymentOrder, order_id, with_for_update=True)
    if order is None:
        raise NotFound(msg("没有找到该付款指令。"))
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=order.court_code)
    if order.state != PaymentOrderState.DUE:
        raise Conflict(msg("该付款指令已经完成，无需重试。"), rule="B-33")
    order.next_attempt_at = work.now
    await execute_payment.later(work, key=f"{order.id}:{order.attempts}", order_id=order.id)
    await _note(work, order, "payment.retried")
    return order


async def _note(work: Work, order: PaymentOrder, event: str) -> None:
    await record(
        work, event, stream=f"bank:{order.court_code}", rule="L-16", lot_id=order.lot_id, order=str(order.id),
        kind=order.kind, amount_fen=order.amount_fen, attempts=order.attempts, problem=order.problem,
    )  # fmt: skip
