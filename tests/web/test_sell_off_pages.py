"""What a sell-off tells its bidders before they pay: the whole price beforehand, and what a default costs (X-05, X-07)."""

from core.database import Database
from tests.auction.market import published_sell_off
from tests.conftest import CourtClock
from tests.web.pages import Guest
from tests.web.test_bidder_pages import confirmed_bidder


async def test_X05_X07_a_sell_off_names_the_prepayment_and_what_a_default_keeps_of_it(
    guest: Guest, database: Database, clock: CourtClock
) -> None:
    lot = await published_sell_off(database, clock)
    await confirmed_bidder(guest, database, "zhou")
    path = f"/lots/{lot.lot_no}/register"
    shown = (await guest.get(path)).text
    assert "需预缴变卖价款" in shown
    assert "¥560,000.00" in shown
    assert "扣下保证金 ¥56,000.00，其余退还" in shown
    assert "保证金不退" not in shown, "X-07: the prepayment is not lost"
    entered = await guest.post(path, {"accept": "1"}, page=path)
    assert entered.status_code == 303
    assert "预缴变卖价款" in (await guest.get(path)).text
