"""The quick way to play with a published lot: an open transaction that is rolled back."""

from collections.abc import AsyncIterator, Iterator

import pytest

from auction.listing.models import Lot
from core.database import Database
from core.identity import SYSTEM
from tests.auction.registration.desk import Town, town
from tests.conftest import Snapshot, cloned_database


@pytest.fixture(scope="session")
def published_url(server_url: str, published: Snapshot[Lot]) -> Iterator[str]:
    """One copy of the city with a published lot, for tests that roll back."""
    with cloned_database(server_url, published.template) as url:
        yield url


@pytest.fixture
async def place(published_url: str) -> AsyncIterator[Town]:
    """A lot of Kunshan court in its notice period, in a transaction of its own."""
    database = Database(published_url, pool_size=1)
    async with database.read(SYSTEM) as work:
        work.session.autoflush = True
        yield await town(work)
    await database.close()
