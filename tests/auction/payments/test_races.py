"""Money whose booking and whose lot's end happen at the same time (B-33)."""

from datetime import timedelta

from sqlalchemy import text
from sqlmodel import select

from auction.payments.match import match_bank_line
from auction.payments.record_line import StatementLine, record_bank_line
from auction.registration.models import DepositState, Registration
from core.database import Database
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
