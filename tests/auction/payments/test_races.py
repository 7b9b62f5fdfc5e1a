"""Money whose booking and whose lot's end happen at the same time (B-33), refunds that are executed at the same time (L-16)."""

import asyncio
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import select

from auction.listing.models import Lot, LotBidding, LotState
from auction.payments.match import match_bank_line
from auction.payments.models import PaymentOrder, PaymentOrderState
from auction.payments.orders import execute_payment
from auction.payments.record_line import StatementLine, record_bank_line
from auction.payments.refunds import release_deposits
from auction.registration.models import DepositState, Registration
from core.database import Database
from core.deadlines import Deadline, DeadlineState
from core.identity import SYSTEM
from core.ledger import trial_balance
from tests.auction.listing.workshop import YUAN
from tests.auction.market import FINANCE, published_lot, qualified, registered, reloaded, signed_up
from tests.conftest import CourtClock
from tests.working_off import sweep

DEPOSIT = 70_000 * YUAN


async def test_B33_a_deposit_booked_while_the_lot_ended_goes_back_all_the_same(
    database: Database, clock: CourtClock
) -> None:
    """A part was booked by a transaction that began before the end and was committed after all others were released."""
    lot = await published_lot(database, clock)
    early, person = await signed_up(database), await signed_up(database)
    await qualified(database, lot, early)
    entry = await registered(database, lot.id, person)
    assert lot.starts_at is not None
    assert lot.scheduled_end_at is not None
    await clock.travel_to(lot.starts_at)
    await sweep(database, "open_lots")
    async with database.begin(FINANCE) as work:
        part = StatementLine("slow", entry.virtual_account_no, DEPOSIT // 2, person.name, work.now)
        booked = await record_bank_line(work, FINANCE.court_code or "", part)
    async with database.begin(SYSTEM) as slow:
        await slow.session.execute(text("SELECT 1 FROM outbox_message WHERE done_at IS NULL FOR UPDATE"))
        await match_bank_line(slow, line_id=booked.id)
        await clock.travel_to(lot.scheduled_end_at + timedelta(seconds=1))
        await sweep(database, "close_lots")
    assert (await reloaded(database, entry.id)).deposit_state == DepositState.PARTIAL
    await sweep(database, "find_money_left_behind")
    async with database.read(SYSTEM) as work:
        states = await work.session.exec(select(Registration.deposit_state))
        assert list(states) == [DepositState.REFUNDED] * 2
        assert not any((await trial_balance(work)).values())


async def test_L16_two_refunds_executed_at_the_same_time_end_the_clock_of_the_lot(
    database: Database, clock: CourtClock
) -> None:
    """Each sees the other's refund as still due, unless the clock itself orders them."""
    lot = await published_lot(database, clock)
    for person in (await signed_up(database), await signed_up(database)):
        await qualified(database, lot, person)
    async with database.begin(SYSTEM) as work:
        ended = await work.session.get_one(Lot, lot.id)
        ended.state, ended.ended_at = LotState.FAILED, work.now
        (await work.session.get_one(LotBidding, lot.id)).phase = "closed"
        await release_deposits(work, lot_id=lot.id)
    async with database.read(SYSTEM) as work:
        due = PaymentOrder.state == PaymentOrderState.DUE
        first, second = await work.session.exec(select(PaymentOrder.id).where(due))

    async def execute(order_id: UUID) -> None:
        async with database.begin(SYSTEM) as work:
            await execute_payment(work, order_id=order_id)

    async with database.begin(SYSTEM) as slow:
        await execute_payment(slow, order_id=first)
        other = asyncio.create_task(execute(second))
        await asyncio.wait({other}, timeout=0.5)
    await other
    async with database.read(SYSTEM) as work:
        (waited,) = await work.session.exec(select(Deadline).where(Deadline.rule == "L-16"))
        assert waited.state == DeadlineState.MET
