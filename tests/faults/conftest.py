"""The two sessions of kills, played once for all tests of this folder."""

import shutil
from collections.abc import AsyncIterator

import pytest

from core.embedded_postgres import folder_for_tests
from tests.faults.session import Outcome, run_session

UNWATCHED = range(150)
WATCHED = range(150, 200)


async def _played(seeds: range, *, watched: bool) -> AsyncIterator[Outcome]:
    folder = folder_for_tests()
    yield await run_session(seeds, folder / "installation", watched=watched)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
async def unwatched() -> AsyncIterator[Outcome]:
    """Runs in an installation whose ends count, whatever falls on them."""
    async for outcome in _played(UNWATCHED, watched=False):
        yield outcome


@pytest.fixture(scope="session")
async def watched() -> AsyncIterator[Outcome]:
    """Runs in an installation that watches itself: an end that falls into an outage does not count."""
    async for outcome in _played(WATCHED, watched=True):
        yield outcome
