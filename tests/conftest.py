"""Fixtures of the whole suite: a throw-away PostgreSQL, a migrated template, a database per test.

`database`  a fresh database of its own, cloned from the template: commits are real (use cases, workers, races). A module
            whose tests all begin with the same city overrides `template` with a `Snapshot` of it, made once.
`work`      an open transaction in a database shared by the process, rolled back at the end (quick).
`clock`     moves court time in `database`; the template has the permit for it, as a demonstration has while its past is made.
"""

import gc
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy.engine import make_url

from auction.listing.models import Lot
from core.clock import court_now, set_clock
from core.database import Database, Work
from core.embedded_postgres import EmbeddedPostgres
from core.identity import SYSTEM
from migrations.all_models import import_all_models
from migrations.run import upgrade
from tests.one_compiler import compile_once
from tests.sharing_out import CostlyStartsTogether, slow_ones_first

# Tests move court time about; those of the watch over the service (tests/auction/service_faults) switch it on.
os.environ.setdefault("DISPOSAL_MEASURE_SECONDS", "0")

# How long an example takes on a busy machine says nothing about the property.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

SERVER = "DISPOSAL_TEST_SERVER"
TEMPLATE = "disposal_template"

compile_once()
import_all_models()  # a foreign key is found whichever test runs alone

_started = pytest.StashKey[EmbeddedPostgres]()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> CostlyStartsTogether:
    """Which process runs which test."""
    return CostlyStartsTogether(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In which order they run."""
    slow_ones_first(items)


def pytest_configure(config: pytest.Config) -> None:
    """The process that collects starts the server; its workers find the address in the environment."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    if SERVER not in os.environ:
        server = EmbeddedPostgres.throw_away()
        os.environ[SERVER] = server.start()
        config.stash[_started] = server
    _make_template(os.environ[SERVER])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started."""
    server = config.stash.get(_started, None)
    if server is not None:
        os.environ.pop(SERVER, None)
        server.stop()


@pytest.fixture(scope="session")
def server_url() -> str:
    """Address of the test server, which holds the migrated template."""
    return os.environ[SERVER]


def _make_template(url: str) -> None:
    with _admin(url) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{TEMPLATE}"')
        connection.execute(f'CREATE DATABASE "{TEMPLATE}"')
    upgrade(_named(url, TEMPLATE))
    with psycopg.connect(_named(url, TEMPLATE)) as connection:
        connection.execute("INSERT INTO clock_permit (id, purpose) VALUES (1, 'history')")


@contextmanager
def _admin(url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(_named(url, "postgres"), autocommit=True) as connection:
        yield connection


def _named(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@contextmanager
def cloned_database(server_url: str, template: str = TEMPLATE) -> Iterator[str]:
    """A database of its own, cloned from the template and dropped afterwards."""
    name = f"test_{uuid4().hex[:16]}"
    with _admin(server_url) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    try:
        yield _named(server_url, name)
    finally:
        with _admin(server_url) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def template() -> str:
    """Name of the database that a fresh one is a copy of."""
    return TEMPLATE


@pytest.fixture
def database_url(server_url: str, template: str) -> Iterator[str]:
    """Address of a fresh database, for tests that start processes."""
    with cloned_database(server_url, template) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh database whose commits are real."""
    database = Database(database_url, pool_size=4)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def shared_database_url(server_url: str) -> Iterator[str]:
    """One database per test process, for tests that roll back."""
    with cloned_database(server_url) as url:
        yield url


@pytest.fixture
async def work(shared_database_url: str) -> AsyncIterator[Work]:
    """An open transaction of the system actor, rolled back at the end."""
    database = Database(shared_database_url, pool_size=1)
    async with database.read(SYSTEM) as work:
        work.session.autoflush = True
        yield work
    await database.close()


class CourtClock:
    """Moves court time in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def now(self) -> datetime:
        """Court time."""
        async with self._database.read() as work:
            return await court_now(work.session)

    async def travel_to(self, moment: datetime) -> None:
        """Let it be `moment` now; time goes on from there."""
        async with self._database.begin(SYSTEM) as work:
            await set_clock(work.session, court_time=moment)

    async def pass_time(self, length: timedelta) -> datetime:
        """Let `length` pass at once; returns the new time."""
        moment = await self.now() + length
        await self.travel_to(moment)
        return moment


@pytest.fixture
def clock(database: Database) -> CourtClock:
    """Court time of the fresh database."""
    return CourtClock(database)


Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Snapshot(Generic[Made]):
    """A database that many tests begin with a copy of, and what was made in it. Copying takes a hundredth of a second."""

    template: str
    made: Made


@asynccontextmanager
async def snapshot(
    server_url: str, make: Callable[[Database, CourtClock], Awaitable[Made]], *, template: str = TEMPLATE
) -> AsyncIterator[Snapshot[Made]]:
    """Make something by the use cases once, for the life of the block."""
    with cloned_database(server_url, template) as url:
        database = Database(url, pool_size=4)
        made = await make(database, CourtClock(database))
        await database.close()
        name = make_url(url).database
        assert name is not None
        yield Snapshot(name, made)


@pytest.fixture(scope="session")
async def published(server_url: str) -> AsyncIterator[Snapshot[Lot]]:
    """A city where one lot has just been published (`tests.auction.market.published_lot`)."""
    from tests.auction.market import publish_a_lot

    async with snapshot(server_url, publish_a_lot) as city:
        yield city


__all__ = ["CourtClock", "Snapshot", "cloned_database", "snapshot"]


def pytest_collection_finish() -> None:
    """Everything imported stays: later collections of garbage need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
