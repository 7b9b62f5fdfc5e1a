"""Every test begins with a sold lot, made once by the use cases and copied."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from auction.bidding.sequencer import BiddingDesk
from auction.listing.models import Lot
from core.database import Database
from core.settings import get_settings
from tests.auction.market import Person
from tests.auction.settlement.test_whole_sale import sold_lot
from tests.conftest import CourtClock, Snapshot, snapshot


@dataclass(frozen=True, slots=True)
class Sale:
    """A sold lot of 昆山 at 703,000 yuan with a deposit of 70,000, its buyer and one who lost."""

    lot: Lot
    winner: Person
    loser: Person


@pytest.fixture(scope="session")
async def sold(server_url: str, published: Snapshot[Lot]) -> AsyncIterator[Snapshot[Sale]]:
    """The city on the day of the sale."""

    async def sell(database: Database, clock: CourtClock) -> Sale:
        desk = BiddingDesk(database, get_settings().encryption_key())
        try:
            return Sale(*await sold_lot(database, clock, desk))
        finally:
            await desk.close()

    async with snapshot(server_url, sell, template=published.template) as city:
        yield city


@pytest.fixture
def template(sold: Snapshot[Sale]) -> str:
    """A fresh database is a copy of that city."""
    return sold.template


@pytest.fixture
def sale(sold: Snapshot[Sale]) -> Sale:
    """The sale in it."""
    return sold.made
