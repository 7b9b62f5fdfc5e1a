"""The demo city's mixed lot and its red flags: told by the use cases, not by inserted rows (B-03, K-21, T-20)."""

from datetime import timedelta
from pathlib import Path
from random import Random

from sqlmodel import select

from auction.indicators.interventions import Standing, interventions
from auction.indicators.models import FlagState, RedFlag
from auction.listing.catalogue import lot_page
from auction.listing.models import LotState, Round
from auction.listing.parts import parts_of
from core.database import Database
from core.identity import SYSTEM
from web.commands.worker import import_workers
from web.demo_city import red_flags, together
from web.demo_city.cast import TEAM_COURT, settle_people
from web.demo_city.history import City
from web.demo_city.lot_files import demo_lots, of_round


async def city_of(database: Database) -> City:
    """The people of the city, and nothing that has happened."""
    import_workers()
    async with database.begin(SYSTEM) as work:
        bidders = await settle_people(work, Random(20))
        now = work.now
    return City(database, now, bidders, Random(20), lambda *parts: None)


async def test_B03_a_flat_and_its_parking_place_are_bid_for_as_one_lot(
    database: Database, tmp_path: Path
) -> None:
    city = await city_of(database)
    lots = of_round(demo_lots(tmp_path, 40)[0], Round.FIRST)
    times = together.day_for(city)
    await city.travel(city.now - timedelta(days=40))
    joint, rest = await together.join(city, lots)
    assert joint is not None, city.refused
    assert len(rest) == len(lots) - 1
    await together.tell_the_parties(city, joint, times)
    await city.travel(city.now - timedelta(days=33))
    (lot,) = await together.announce(city, joint, times)
    assert (lot.state, lot.court_code) == (LotState.PUBLISHED, TEAM_COURT)
    async with database.read(SYSTEM) as work:
        flat, parking = await parts_of(work, lot)
        shown = await lot_page(work, lot.lot_no)
    assert (flat.asset_id, parking.asset_id) == (joint.flat, joint.parking)
    assert parking.reference_price_fen == together.PARKING_FEN
    assert lot.reference_price_fen == flat.reference_price_fen + together.PARKING_FEN
    assert len(shown.parts) == 2
    await city.travel(times[0] + timedelta(minutes=5))
    await city.clock_work()
    await city.enter(lot, city.bidders[3])
    assert not city.refused


async def test_K21_T20_two_courts_are_flagged_ordered_and_one_has_obeyed(
    database: Database, tmp_path: Path
) -> None:
    city = await city_of(database)
    lots = of_round(demo_lots(tmp_path, 12)[0], Round.FIRST)
    await city.travel(city.now - timedelta(days=72))
    assert len(await red_flags.begin_surveys(city, lots)) == len(lots) - 2
    await city.travel(city.now - timedelta(days=40))
    await red_flags.order_from_above(city)
    await city.travel(city.now - timedelta(days=33))
    await red_flags.obey(city)
    await city.travel(city.now)
    await red_flags.see_what_came_of_it(city)
    async with database.read(SYSTEM) as work:
        flags = {flag.court_code: flag for flag in await work.session.exec(select(RedFlag))}
        made = {each.flag.court_code: each for each in await interventions(work)}
    assert {flag.indicator for flag in flags.values()} == {"K-21"}
    assert flags[red_flags.SLOW].state == FlagState.ORDERED, "still red"
    assert flags[red_flags.OBEYS].state == FlagState.CLEARED
    assert made[red_flags.SLOW].standing is Standing.RUNNING
    assert len(made[red_flags.SLOW].course) >= 2, "month by month"
    assert made[red_flags.OBEYS].standing is Standing.DONE
    assert made[red_flags.OBEYS].effect == 1, "fewer than before"
