"""The filled city, made once for both walks."""

from collections.abc import AsyncIterator

import pytest

from auction.listing.models import Lot
from tests.conftest import Snapshot, snapshot
from tests.roles.filled_city import FilledCity, fill_city


@pytest.fixture(scope="session")
async def filled(server_url: str, published: Snapshot[Lot]) -> AsyncIterator[Snapshot[FilledCity]]:
    """A city that has one row of everything."""
    async with snapshot(server_url, fill_city, template=published.template) as city:
        yield city


@pytest.fixture
def template(filled: Snapshot[FilledCity]) -> str:
    """Every database of these tests is a copy of it."""
    return filled.template
