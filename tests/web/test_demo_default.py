"""The demo city's defaulted sale: told by the use cases, it ends where the panel has to decide (B-34, B-35)."""

from pathlib import Path
from random import Random

from auction.forfeiture.models import ForfeitedDeposit, ForfeitState
from auction.listing.models import Lot, LotState, Round
from core.database import Database
from core.identity import SYSTEM
from core.ledger import trial_balance
from web.commands.worker import import_workers
from web.demo_city import defaulted
from web.demo_city.cast import settle_people
from web.demo_city.history import City
from web.demo_city.lot_files import demo_lots, of_round


async def test_B34_B35_the_story_ends_with_the_panels_decision_on_the_deposit(
    database: Database, tmp_path: Path
) -> None:
    import_workers()
    async with database.begin(SYSTEM) as work:
        bidders = await settle_people(work, Random(20))
        now = work.now
    city = City(database, now, bidders, Random(20), lambda *parts: None)
    lots = of_round(demo_lots(tmp_path, 12)[0], Round.FIRST)
    lot, rest = await defaulted.announce_one(city, lots)
    assert lot is not None, city.refused
    assert len(rest) == len(lots) - 1
    await defaulted.sell_to_a_defaulter(city, lot)
    again = await defaulted.declare(city, lot)
    assert again is not None, city.refused
    await defaulted.sell_again(city, again)
    assert not city.refused
    async with database.read(SYSTEM) as work:
        first = await work.session.get_one(Lot, lot.id)
        second = await work.session.get_one(Lot, again.id)
        held = await work.session.get_one(ForfeitedDeposit, lot.id)
        totals = await trial_balance(work)
    assert (first.state, second.state) == (LotState.DEFAULTED, LotState.SOLD)
    assert (second.round, second.rerun) == (first.round, 1)
    assert second.starting_price_fen == first.starting_price_fen, "no further cut by itself"
    assert second.deposit_fen == second.starting_price_fen // 5, "the highest rate"
    assert held.state == ForfeitState.PROPOSED, "the panel is asked"
    assert held.amount_fen == first.deposit_fen
    assert held.failed_price_fen > (second.final_price_fen or 0)
    assert sum(totals.values()) == 0
