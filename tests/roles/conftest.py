"""The filled city, made once for both walks."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from auction.listing.models import Lot
from core.database import Database
from core.identity import SYSTEM
from core.identity.sessions import open_session
from core.settings import Settings, get_settings
from tests.conftest import Snapshot, snapshot
from tests.roles.filled_city import FilledCity, fill_city
from tests.roles.walk import Walk
from tests.roles.words import NOBODY
from tests.web.pages import application, in_service


@pytest.fixture(scope="session")
async def filled(server_url: str, published: Snapshot[Lot]) -> AsyncIterator[Snapshot[FilledCity]]:
    """A city that has one row of everything."""
    async with snapshot(server_url, fill_city, template=published.template) as city:
        yield city


@pytest.fixture
def template(filled: Snapshot[FilledCity]) -> str:
    """Every database of these tests is a copy of it."""
    return filled.template


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A service like any other."""
    return get_settings().model_copy(update={"data_dir": tmp_path / "var"})


@pytest.fixture
async def walk(filled: Snapshot[FilledCity], database: Database, settings: Settings) -> AsyncIterator[Walk]:
    """Everybody in front of the application."""
    plain = {"accept": "application/json"}
    headers, programs = {NOBODY: plain}, {NOBODY: plain}
    async with database.begin(SYSTEM) as work:
        for who, actor in filled.made.people.items():
            if actor.account_id is not None:
                token = await open_session(work, actor.account_id)
                headers[who] = {**plain, "cookie": f"session={token}; lang=zh-CN"}
                programs[who] = {**plain, "authorization": f"Bearer {token}"}
    app = application(settings, database)
    async with in_service(app, raise_errors=False) as client:
        yield Walk(client, app, filled.made, headers, programs)
