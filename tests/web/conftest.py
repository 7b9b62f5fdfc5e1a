"""The real application on a fresh database."""

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from core.database import Database
from core.settings import Settings, get_settings
from tests.web.pages import Guest
from web.app import create_app


@pytest.fixture
def settings() -> Settings:
    """The settings of a demonstration."""
    return get_settings().model_copy(update={"demo": True})


@pytest.fixture
async def app(database: Database, settings: Settings) -> Litestar:
    """The application on the test's own database."""
    return create_app(settings, database=database)


@pytest.fixture
async def guest(app: Litestar) -> AsyncIterator[Guest]:
    """A visitor with the own cookies."""
    async with AsyncTestClient(app) as client:
        yield Guest(client)
