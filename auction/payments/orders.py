"""Orders to the bank: written once per key, executed once, booked in the ledger when executed (B-33, M-01)."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from auction.payments.models import PaymentOrder, PaymentOrderKind, PaymentOrderState
from auction.registration.models import DepositState, Registration
from core.database import Work
from core.deadlines import meet_deadline
from core.ids import new_id
from core.ledger import AccountKind, AccountRef, Line, post
from core.outbox import task


def bank_account(court_code: str) -> AccountRef:
    """The court's money at the bank."""
    return AccountRef(AccountKind.BANK, court_code)


def deposit_account(registration: Registration) -> AccountRef:
    """The deposit of one registration."""
    return AccountRef(AccountKind.DEPOSIT_HELD, str(registration.id), lot_id=registration.lot_id)


def price_account(lot_id: UUID, case_id: UUID) -> AccountRef:
    """The price of a sold lot on its case's account (一案一账号)."""
    return AccountRef(AccountKind.PRICE_BALANCE, str(lot_id), lot_id=lot_id, case_id=case_id)


def unclaimed_account(owner_id: UUID, lot_id: UUID | None = None) -> AccountRef:
    """Money of a bank line (or of a prepayment) that nobody awaits, until it has gone back."""
    return AccountRef(AccountKind.UNCLAIMED, str(owner_id), lot_id=lot_id)


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
) -> None:
    """Order the bank to pay `amount_fen`. The same key again is a no-op."""
    order_id = new_id()
    inserted = await work.session.execute(
        insert(PaymentOrder)
        .values(
            id=order_id,
            key=key,
            kind=kind,
            state=PaymentOrderState.DUE,
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
    if inserted.first() is not None:
        await execute_payment.later(work, key=str(order_id), order_id=order_id)


@task(queue="money")
async def execute_payment(work: Work, *, order_id: UUID) -> None:
    """Have the bank pay, book it, and close what waited for it. Running it twice pays once.

    The demo bank accepts every order at once. A real bank's adapter sends the order with its id as the end-to-end reference
    and books on the bank's confirmation.
    """
    order = await work.session.get(PaymentOrder, order_id, with_for_update=True)
    assert order is not None
    if order.state == PaymentOrderState.EXECUTED:
        return
    order.attempts += 1
    registration = None
    if order.kind == PaymentOrderKind.DEPOSIT_REFUND:
        assert order.registration_id is not None
        registration = await work.session.get(Registration, order.registration_id, with_for_update=True)
        assert registration is not None
        source = deposit_account(registration)
    else:
        owner = order.bank_line_id or order.registration_id
        assert owner is not None
        source = unclaimed_account(owner, order.lot_id)
    await post(
        work,
        key=f"payment:{order.key}",
        description="退还保证金" if registration else "退回款项",
        rule="B-33" if registration else "M-01",
        lines=[Line(source, order.amount_fen), Line(bank_account(order.court_code), -order.amount_fen)],
    )
    order.state = PaymentOrderState.EXECUTED
    order.executed_at = work.now
    if registration is not None:
        registration.deposit_state = DepositState.REFUNDED
        registration.refunded_at = work.now
        await work.session.flush()
        await _close_refund_clock(work, registration.lot_id)


async def _close_refund_clock(work: Work, lot_id: UUID) -> None:
    waiting = await work.session.exec(
        select(Registration.id)
        .where(Registration.lot_id == lot_id, Registration.deposit_state == DepositState.REFUND_DUE)
        .limit(1)
    )
    if waiting.first() is None:
        await meet_deadline(
            work, "L-16", subject_kind="lot", subject_id=lot_id, done_event="registration.deposits_refunded"
        )
