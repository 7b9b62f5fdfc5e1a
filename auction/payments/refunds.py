"""Deposits go back to everyone who did not win, within 24 hours of the end (B-33, L-16)."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from auction.listing.models import Lot, LotState
from auction.payments.models import PaymentOrderKind
from auction.payments.orders import order_payment
from auction.registration.models import DepositState, Registration
from auction.registration.register import tell_bidder
from core.audit import record
from core.database import Work
from core.deadlines import open_deadline
from core.i18n import msg
from core.identity import Role
from core.outbox import task

REFUND_HOURS = 24
HELD = (DepositState.RECEIVED, DepositState.PARTIAL, DepositState.PREPAID_FULL)
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
    await open_deadline(
        work,
        "L-16",
        subject_kind="lot",
        subject_id=lot.id,
        started_at=ended_at,
        due_at=due_at,
        owner_role=Role.FINANCE,
        owner_court=lot.court_code,
        asset_id=lot.asset_id,
        case_id=lot.case_id,
        lot_id=lot.id,
        trigger_event="lot.ended",
    )
    for registration in held:
        registration.deposit_state = DepositState.REFUND_DUE
        registration.refund_due_at = due_at
        await order_payment(
            work,
            key=f"refund:{registration.id}",
            kind=PaymentOrderKind.DEPOSIT_REFUND,
            court_code=lot.court_code,
            amount_fen=registration.deposit_paid_fen,
            due_at=due_at,
            lot_id=lot.id,
            registration_id=registration.id,
        )
        await tell_bidder(
            work,
            registration,
            key=f"refund:{registration.id}",
            title=msg("保证金退还中"),
            body=msg("拍卖没有成交即告结束。保证金将在 24 小时内原路退还。")
            if lot.state == LotState.WITHDRAWN
            else msg("竞价已结束，您未竞得该标的物。保证金将在 24 小时内原路退还。"),
        )
    await record(
        work, "lot.refunds_ordered", stream=f"lot:{lot.id}", rule="B-33", lot_id=lot.id, count=len(held)
    )
