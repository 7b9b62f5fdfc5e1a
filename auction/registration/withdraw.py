"""Withdraw from a lot before bidding starts; the deposit goes back within 24 hours (B-33, §11.4)."""

from uuid import UUID

from sqlmodel import select

from auction.listing.models import Lot, LotBidding, LotState
from auction.payments.refunds import refund_entry
from auction.registration import rules
from auction.registration.identity import account_match
from auction.registration.models import DepositState, Registration, RegistrationState
from auction.registration.tell import work_as_nobody
from core.audit import record
from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, require


async def withdraw_registration(work: Work, lot_id: UUID) -> Registration:
    """Take back the own entry. Raises `NotFound`, `RuleViolation` once bidding has begun (B-32)."""
    require(work.actor, Permission.REGISTER_TO_BID)
    registration = await own_entry_for_update(work, lot_id)
    lot = await work.session.get_one(Lot, lot_id)
    bidding = await work.session.get(LotBidding, lot_id)
    rules.check_may_withdraw(
        RegistrationState(registration.state),
        LotState(lot.state),
        starts_at=bidding.starts_at if bidding else lot.starts_at,
        now=work.now,
    )
    registration.state = RegistrationState.WITHDRAWN
    registration.code = None
    await work.session.flush()
    await record(
        work_as_nobody(work), "registration.withdrawn", stream=f"lot:{lot_id}", rule="B-32", lot_id=lot_id,
        registration=str(registration.id),
    )  # fmt: skip
    if registration.deposit_paid_fen:
        await refund_entry(work, registration)
    elif registration.deposit_state == DepositState.WAIVED:
        registration.deposit_state = DepositState.PENDING
    registration.withdrawals += 1
    return registration


async def own_entry_for_update(work: Work, lot_id: UUID) -> Registration:
    """The actor's own entry for a lot, locked. Raises `NotFound`."""
    if work.actor.account_id is None:
        raise NotFound(msg("您尚未报名该标的物。"))
    rows = await work.session.exec(
        select(Registration)
        .where(
            Registration.lot_id == lot_id, Registration.account_match == account_match(work.actor.account_id)
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = rows.first()
    if found is None:
        raise NotFound(msg("您尚未报名该标的物。"))
    return found
