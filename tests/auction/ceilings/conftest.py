"""A lot that allows ceilings, opened for a test."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from auction.bidding.sequencer import BiddingDesk
from benchmarks.market import open_market
from core.database import Database
from core.identity import SYSTEM
from core.settings import get_settings
from tests.auction.ceilings.floor import Floor


@pytest.fixture
async def open_floor(database: Database) -> AsyncIterator[Callable[..., Awaitable[Floor]]]:
    """Opens a lot that allows ceilings; options are those of the market."""
    key = get_settings().encryption_key()
    desk = BiddingDesk(database, key)

    async def opened(**options: object) -> Floor:
        async with database.begin(SYSTEM) as work:
            market = await open_market(work, key, **{"bidders": 4, "ceiling_bids_allowed": True, **options})  # type: ignore[arg-type]
        return Floor(database, desk, market)

    yield opened
    await desk.close()


@pytest.fixture
async def floor(open_floor: Callable[..., Awaitable[Floor]]) -> Floor:
    """A lot with four bidders, open now."""
    return await open_floor()
