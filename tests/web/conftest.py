"""The real application on a fresh database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from litestar import Litestar

from core.database import Database
from core.settings import Settings, get_settings
from tests.web.court_city import city
from tests.web.listing_desk import desk, surveyed
from tests.web.pages import Guest, application, in_service

__all__ = ["app", "city", "desk", "guest", "settings", "surveyed"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of a demonstration."""
    return get_settings().model_copy(update={"demo": True, "data_dir": tmp_path / "var"})


@pytest.fixture
async def app(database: Database, settings: Settings) -> Litestar:
    """The application on the test's own database."""
    return application(settings, database)


@pytest.fixture
async def guest(app: Litestar) -> AsyncIterator[Guest]:
    """A visitor with the own cookies."""
    async with in_service(app) as client:
        yield Guest(client, app)
