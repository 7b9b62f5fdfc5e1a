"""A sale that is paid in full decides what the appraisal firm is paid; one that is undone takes it back (V-14, V-25)."""

from sqlalchemy import text
from sqlmodel import select

from auction.bidding.sequencer import BiddingDesk
from core.database import Database
from core.identity import SYSTEM
from tests.auction.listing.workshop import YUAN
from tests.auction.market import pay
from tests.auction.settlement.test_whole_sale import desk, settlement_now, sold_lot
from tests.conftest import CourtClock
from tests.working_off import sweep
from valuation.fees.models import ValuationFee

__all__ = ["desk"]


async def fees(database: Database) -> list[tuple[str, int | None, str]]:
    """The fees as they stand."""
    async with database.read(SYSTEM) as work:
        return [
            (each.basis, each.base_fen, each.state) for each in await work.session.exec(select(ValuationFee))
        ]


async def test_V25_a_paid_sale_is_told_once_and_an_undone_one_taken_back(
    database: Database, clock: CourtClock, desk: BiddingDesk
) -> None:
    lot, winner, _ = await sold_lot(database, clock, desk)
    await sweep(database, "tell_valuers")
    assert await fees(database) == []  # not paid yet
    settlement = await settlement_now(database, lot.id)
    await pay(database, settlement.virtual_account_no, 633_000 * YUAN, winner.name)
    for _ in range(2):
        await sweep(database, "tell_valuers")
        assert await fees(database) == [("price", 703_000 * YUAN, "fixed")]
    async with database.begin(SYSTEM) as work:  # how it comes about: tests/auction/revocation
        await work.session.execute(text("UPDATE settlement SET state = 'revoked'"))
    await sweep(database, "tell_valuers")
    assert await fees(database) == [("actual_expense", None, "open")]
