"""The real application on a fresh database."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar

from core.database import Database
from core.settings import Settings, get_settings
from tests.web.court_city import city
from tests.web.listing_desk import desk
from tests.web.pages import Guest
from web.app import create_app

__all__ = ["app", "city", "desk", "guest", "settings"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of a demonstration."""
    return get_settings().model_copy(update={"demo": True, "data_dir": tmp_path / "var"})


@pytest.fixture
async def app(database: Database, settings: Settings) -> Litestar:
    """The application on the test's own database."""
    return create_app(settings, database=database)


@pytest.fixture
async def guest(app: Litestar) -> AsyncIterator[Guest]:
    """A visitor with the own cookies, in the test's own event loop.

    The application starts and ends in one task, as a server would do it; fixtures are ended by another task.
    """
    started, ended = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        try:
            async with app.lifespan():
                started.set()
                await ended.wait()
        finally:
            started.set()

    life = asyncio.create_task(live())
    await started.wait()
    transport = ASGITransport(app)  # type: ignore[arg-type]
    async with AsyncClient(transport=transport, base_url="http://court.test") as client:
        yield Guest(client, app)
    ended.set()
    await life
