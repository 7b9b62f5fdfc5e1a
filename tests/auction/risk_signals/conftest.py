"""The contested lot as a fixture."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from auction.bidding.sequencer import BiddingDesk
from auction.payments.record_line import StatementLine, record_bank_line
from auction.risk_signals.traces import Footprint, note_footprint
from core.database import Database
from core.identity import Role
from core.settings import get_settings
from tests.auction.market import FINANCE, published_lot, registered, signed_up
from tests.auction.risk_signals.contested import ACCOUNT, HOME, Case, post_holder
from tests.conftest import CourtClock
from tests.disposal_teams.city import KUNSHAN
from tests.working_off import sweep, work_off


@pytest.fixture
async def case(database: Database, clock: CourtClock) -> AsyncIterator[Case]:
    lot = await published_lot(database, clock)
    people = [await signed_up(database) for _ in range(3)]
    officer = await post_holder(database, Role.RISK_OFFICER)
    leader = await post_holder(database, Role.VICE_PRESIDENT)
    desk = BiddingDesk(database, get_settings().encryption_key())
    case = Case(database, clock, lot, people, officer, leader, desk)
    for number, person in enumerate(people):
        entry = await registered(database, lot.id, person)
        async with database.begin(FINANCE) as work:
            await note_footprint(work, entry.id, HOME if number < 2 else Footprint("e" * 32, "5.6.7.8"))
            account = ACCOUNT if number < 2 else f"{number}"
            line = StatementLine(
                f"ref-{uuid4()}",
                entry.virtual_account_no,
                entry.deposit_due_fen,
                person.name,
                work.now,
                payer_account=account,
            )
            await record_bank_line(work, KUNSHAN, line)
    await work_off(database)
    assert lot.starts_at is not None
    await clock.travel_to(lot.starts_at)
    await sweep(database, "open_lots")
    await case.bid(people[0], 700_000)
    await case.bid(people[1], 703_000)
    await case.bid(people[2], 1_003_000)
    yield case
    await desk.close()
