"""Deposits go back to everyone who did not win, within 24 hours of the end (B-33, L-16), each to where it came from."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select

from auction.listing.models import Lot, LotState
from auction.payments.models import BankLine, BankLineState, PaymentOrderKind
from auction.payments.orders import order_payment
from auction.registration.models import DepositState, Registration
from auction.registration.tell import tell_bidder, work_as_nobody
from core.audit import record
from core.database import Work
from core.deadlines import open_deadline
from core.i18n import Message, msg
from core.identity import Role
from core.notices import Topic
from core.outbox import task

REFUND_HOURS = 24
HELD = (DepositState.RECEIVED, DepositState.FROZEN, DepositState.PARTIAL, DepositState.PREPAID_FULL)
ENDED = frozenset(
    {
        LotState.SOLD,
        LotState.FAILED,
        LotState.SELLOFF_FAILED,
        LotState.WITHDRAWN,
        LotState.DEFAULTED,
        LotState.REVOKED,
    }
)


@task(queue="money")
async def release_deposits(work: Work, *, lot_id: UUID) -> None:
    """Order the refund of every deposit of an ended lot but the winner's. Repeating orders nothing twice."""
    lot = await work.session.get(Lot, lot_id)
    assert lot is not None
    if lot.state not in ENDED:
        return
    held = list(
        await work.session.exec(
            select(Registration)
            .where(
                Registration.lot_id == lot_id,
                col(Registration.deposit_state).in_(HELD),
                col(Registration.deposit_paid_fen) > 0,
                col(Registration.id).is_distinct_from(lot.winning_registration_id),
            )
            .with_for_update()
        )
    )
    if not held:
        return
    ended_at = lot.ended_at or work.now
    due_at = max(ended_at, work.now - timedelta(hours=REFUND_HOURS)) + timedelta(hours=REFUND_HOURS)
    await _open_clock(work, lot, subject=("lot", lot.id), started_at=ended_at, due_at=due_at)
    for registration in held:
        await _order_refund(
            work,
            lot,
            registration,
            due_at,
            msg("拍卖没有成交即告结束。保证金将在 24 小时内原路退还。")
            if lot.state == LotState.WITHDRAWN
            else msg("竞价已结束，您未竞得该标的物。保证金将在 24 小时内原路退还。"),
        )
    await record(
        work, "lot.refunds_ordered", stream=f"lot:{lot.id}", rule="B-33", lot_id=lot.id, count=len(held)
    )


async def refund_entry(work: Work, registration: Registration) -> None:
    """Order the refund of an entry that was withdrawn or rejected, within 24 hours from then (§11.4, L-16)."""
    if registration.deposit_state not in HELD or registration.deposit_paid_fen <= 0:
        return
    lot = await work.session.get_one(Lot, registration.lot_id)
    due_at = work.now + timedelta(hours=REFUND_HOURS)
    await _open_clock(
        work, lot, subject=("registration", registration.id), started_at=work.now, due_at=due_at
    )
    await _order_refund(
        work, lot, registration, due_at, msg("您的报名已结束。保证金将在 24 小时内原路退还。")
    )
    await record(
        work_as_nobody(work), "registration.refund_ordered", stream=f"lot:{lot.id}", rule="B-33", lot_id=lot.id,
        registration=str(registration.id),
    )  # fmt: skip


async def _open_clock(
    work: Work, lot: Lot, *, subject: tuple[str, UUID], started_at: datetime, due_at: datetime
) -> None:
    await open_deadline(
        work,
        "L-16",
        subject_kind=subject[0],
        subject_id=subject[1],
        started_at=started_at,
        due_at=due_at,
        owner_role=Role.FINANCE,
        owner_court=lot.court_code,
        asset_id=lot.asset_id,
        case_id=lot.case_id,
        lot_id=lot.id,
        trigger_event="lot.ended" if subject[0] == "lot" else "registration.left",
    )


async def _order_refund(
    work: Work, lot: Lot, registration: Registration, due_at: datetime, why: Message
) -> None:
    """One order for each payment that the deposit is made of: a line is refunded once, by its own key (原路退回)."""
    for line in await deposit_lines(work, registration.id):
        await order_payment(
            work,
            key=f"refund:{line.id}",
            kind=PaymentOrderKind.DEPOSIT_REFUND,
            court_code=lot.court_code,
            amount_fen=line.booked_fen,
            due_at=due_at,
            lot_id=lot.id,
            registration_id=registration.id,
            bank_line_id=line.id,
            channel=line.channel,
        )
    registration.deposit_state = DepositState.REFUND_DUE
    registration.refund_due_at = due_at
    await tell_bidder(
        work,
        registration,
        key=f"refund:{registration.id}:{registration.withdrawals}",
        title=msg("保证金退还中"),
        body=why,
        topic=Topic.MONEY,
    )


async def deposit_lines(work: Work, registration_id: UUID) -> list[BankLine]:
    """The payments that a deposit is made of, oldest first."""
    rows = await work.session.exec(
        select(BankLine)
        .where(
            BankLine.registration_id == registration_id,
            BankLine.state == BankLineState.MATCHED,
            BankLine.matched_to == "deposit",
            col(BankLine.booked_fen) > 0,
        )
        .order_by(col(BankLine.booked_at), col(BankLine.id))
    )
    return list(rows)
