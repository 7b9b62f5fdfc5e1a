"""The database and the unit of work: one use case, one transaction.

`Database.begin(actor)` opens the transaction that a use case receives as `Work`; it commits when the block ends and
rolls everything back on any exception. `Database.read(actor)` is the same without the intent to write (and goes to
the replica when one is configured). `Database.pool` is a raw asyncpg pool for the contested bidding path.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg
import msgspec
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.ext.asyncio import AsyncSession as SQLAlchemySession
from sqlmodel.ext.asyncio.session import AsyncSession

from core.clock import court_now
from core.identity.actor import ANONYMOUS, Actor

DATABASE_AWAY: tuple[type[Exception], ...] = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""What a raw connection raises when its server ends, starts, or has sent its last words while the connection lay idle (the
internal error). Whatever lives as long as the process catches all of them and goes on."""


class Session(AsyncSession):
    """SQLModel's session: `exec()` for models, `execute()` for plain SQL (SQLModel warns of it; rows are what we want)."""

    execute = SQLAlchemySession.execute


@dataclass(slots=True)
class Work:
    """An open transaction with the person who acts and the court's time at its start.

    `now` is read once from the database clock; use cases never ask for another time (the bidding path, which must
    decide inside a row lock, reads the clock there).
    """

    session: Session
    actor: Actor
    now: datetime
    request_id: str | None = None
    notes: dict[str, Any] = field(default_factory=dict)


async def _keep_as_it_is(_connection: Any) -> None:
    """The bidding path sets nothing in its connections, so there is nothing to reset: a round trip saved per batch."""


async def _look_up_by_key(connection: Any) -> None:
    """Every statement of the bidding path finds few rows by their keys. Its plans are kept for the life of a connection,
    which often begins with empty tables: a plan made then would read the whole log of bids once it has grown."""
    await connection.execute(
        "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off; "
        "SET plan_cache_mode = force_generic_plan"
    )


def _encode_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def async_url(url: str) -> URL:
    """The SQLAlchemy URL for asyncpg of a plain `postgresql://` address."""
    return make_url(url).set(drivername="postgresql+asyncpg")


class Database:
    """Connections to PostgreSQL, made on first use and closed by `close()`. One per event loop.

    With a `schema`, names are looked up there and nowhere else: what runs on it cannot even name another table.
    """

    def __init__(
        self,
        url: str,
        *,
        read_url: str | None = None,
        pool_size: int = 10,
        hot_pool_size: int = 6,
        schema: str | None = None,
    ) -> None:
        self.url = url
        self._server_settings = {} if schema is None else {"search_path": schema}
        self._read_url = read_url
        self._pool_size = pool_size
        self._hot_pool_size = hot_pool_size
        self._engine: AsyncEngine | None = None
        self._read_engine: AsyncEngine | None = None
        self._hot_pool: asyncpg.Pool | None = None
        self._hot_pool_lock = asyncio.Lock()

    def _make_engine(self, url: str) -> AsyncEngine:
        return create_async_engine(
            async_url(url),
            pool_size=self._pool_size,
            max_overflow=self._pool_size,
            connect_args={"server_settings": self._server_settings},
            pool_pre_ping=False,
            json_serializer=_encode_json,
            json_deserializer=msgspec.json.decode,
        )

    @property
    def engine(self) -> AsyncEngine:
        """The engine for writing."""
        if self._engine is None:
            self._engine = self._make_engine(self.url)
        return self._engine

    @property
    def read_engine(self) -> AsyncEngine:
        """The engine for catalogue and statistics: the replica, or the primary when there is none."""
        if self._read_url is None:
            return self.engine
        if self._read_engine is None:
            self._read_engine = self._make_engine(self._read_url)
        return self._read_engine

    async def hot_pool(self) -> asyncpg.Pool:
        """Raw asyncpg connections for the bidding path."""
        async with self._hot_pool_lock:
            if self._hot_pool is None:
                self._hot_pool = await asyncpg.create_pool(
                    self.plain_url,
                    min_size=1,
                    max_size=self._hot_pool_size,
                    server_settings=self._server_settings,
                    init=_look_up_by_key,
                    reset=_keep_as_it_is,
                )
        return self._hot_pool

    @property
    def plain_url(self) -> str:
        """The address as `postgresql://`, for drivers that are not SQLAlchemy."""
        return make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)

    @asynccontextmanager
    async def begin(self, actor: Actor, *, request_id: str | None = None) -> AsyncIterator[Work]:
        """One transaction for one use case: committed at the end of the block, rolled back on any exception."""
        async with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield Work(session, actor, await court_now(session), request_id)

    @asynccontextmanager
    async def read(self, actor: Actor = ANONYMOUS) -> AsyncIterator[Work]:
        """A transaction for reading only; anything written in it is rolled back."""
        async with Session(self.read_engine, expire_on_commit=False, autoflush=False) as session:
            yield Work(session, actor, await court_now(session))

    async def close(self) -> None:
        """Close every connection."""
        if self._hot_pool is not None:
            await self._hot_pool.close()
            self._hot_pool = None
        for engine in (self._engine, self._read_engine):
            if engine is not None:
                await engine.dispose()
        self._engine = self._read_engine = None
