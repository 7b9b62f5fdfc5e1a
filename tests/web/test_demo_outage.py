"""The demo city's outage is one fault, however slow the machine is that tells the story (B-50)."""

from datetime import timedelta
from random import Random

from sqlalchemy import text
from sqlmodel import select

from auction.listing.models import Lot, LotState
from auction.service_faults.models import FaultKind, ServiceFault
from core.database import Database
from core.identity import SYSTEM
from tests.auction.market import publish_a_lot
from tests.conftest import CourtClock
from web.commands.worker import import_workers
from web.demo_city.history import City
from web.demo_city.outage import suffer_outage


async def test_B50_the_outage_is_one_fault_and_the_lot_goes_on(database: Database, clock: CourtClock) -> None:
    import_workers()
    await clock.pass_time(-timedelta(days=90))
    lot = await publish_a_lot(database, clock)
    assert lot.starts_at is not None
    city = City(database, lot.starts_at, [], Random(20), lambda *parts: None)
    await city.travel(lot.starts_at + timedelta(seconds=2))
    async with database.begin(SYSTEM) as work:
        await work.session.execute(text("UPDATE lot_bidding SET phase = 'open'"))
        await work.session.execute(text("UPDATE lot SET state = 'bidding'"))
        slow = "INSERT INTO bidding_clock_tick (id, ticked_at) VALUES (1, clock_timestamp() - interval '10 minutes')"
        await work.session.execute(text(slow))
    await suffer_outage(city, lot)
    async with database.read(SYSTEM) as work:
        faults = list(await work.session.exec(select(ServiceFault)))
        gone_on = await work.session.get_one(Lot, lot.id)
    assert [fault.kind for fault in faults] == [FaultKind.OUTAGE]
    assert gone_on.state == LotState.BIDDING
