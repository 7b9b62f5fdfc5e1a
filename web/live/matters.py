"""The open pages of instructions: told at once that something has changed, so that both courts see one state and one clock.

A handful of people look at one instruction, so this hub sends no content: the page asks for its panel again.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from time import time_ns
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from litestar import get
from litestar.types import ASGIApp, Receive, Scope, Send

from core.database import DATABASE_AWAY, Database
from disposal_teams.instructions.progress import CHANNEL
from disposal_teams.instructions.queries import instruction_of
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.live.stream import HEADERS

RECONNECT_S = 1.0

log = structlog.get_logger(__name__)


class MatterHub:
    """One LISTEN connection in this process for everybody who looks at an instruction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._watchers: dict[UUID, set[asyncio.Event]] = {}
        self._heard_of: Counter[UUID] = Counter()
        self._began = time_ns()
        self._lost = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.listening = asyncio.Event()
        self.is_closed = False

    def start(self) -> None:
        """Begin to listen."""
        self._task = asyncio.create_task(self._listen())

    async def close(self) -> None:
        """End every stream and stop."""
        self.is_closed = True
        self._wake(list(self._watchers))
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def stream(self, instruction_id: UUID) -> AsyncIterator[bytes]:
        """A message now and after each change (server-sent events)."""
        news = asyncio.Event()
        self._watchers.setdefault(instruction_id, set()).add(news)
        try:
            yield b"retry: 1000\n\n" + self._message(instruction_id)
            while True:
                await news.wait()
                news.clear()
                if self.is_closed:
                    return
                yield self._message(instruction_id)
        finally:
            watchers = self._watchers[instruction_id]
            watchers.discard(news)
            if not watchers:
                del self._watchers[instruction_id]
                del self._heard_of[instruction_id]

    def _message(self, instruction_id: UUID) -> bytes:
        return b'event: matter\ndata: {"seq": "%d-%d"}\n\n' % (self._began, self._heard_of[instruction_id])

    def _wake(self, instruction_ids: list[UUID]) -> None:
        for instruction_id in instruction_ids:
            self._heard_of[instruction_id] += 1
            for news in self._watchers.get(instruction_id, ()):
                news.set()

    def _heard(self, _connection: Any, _process: int, _channel: str, payload: object) -> None:
        with suppress(ValueError):
            instruction_id = UUID(str(payload))
            if instruction_id in self._watchers:
                self._wake([instruction_id])

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_once()
            except DATABASE_AWAY as error:
                log.warning("matters.not_listening", error=str(error))
            await asyncio.sleep(RECONNECT_S)

    async def _listen_once(self) -> None:
        """Listen until the connection is lost; what happened while nobody listened is told to everybody."""
        connection = await asyncpg.connect(self._database.plain_url)
        try:
            self._lost.clear()
            connection.add_termination_listener(lambda _: self._lost.set())
            await connection.add_listener(CHANNEL, self._heard)
            self.listening.set()
            self._wake(list(self._watchers))
            await self._lost.wait()
        finally:
            self.listening.clear()
            with suppress(Exception):
                await connection.close(timeout=1)


@get("/court/instructions/{instruction_id:uuid}/live", include_in_schema=False)
async def instruction_stream(
    request: AnyRequest, database: Database, visitor: Visitor, instruction_id: UUID
) -> ASGIApp:
    """Says that the instruction has changed; only to whom it is open."""
    actor = require_staff(visitor)
    async with database.read(actor) as work:
        await instruction_of(work, instruction_id)
    return MatterStream(request.app.state.matters, instruction_id)


class MatterStream:
    """One reader's stream."""

    def __init__(self, hub: MatterHub, instruction_id: UUID) -> None:
        self._hub, self._instruction_id = hub, instruction_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the reader leaves or the service ends."""
        await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
        sending = asyncio.create_task(self._send_news(send))
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            sending.cancel()

    async def _send_news(self, send: Send) -> None:
        async for message in self._hub.stream(self._instruction_id):
            await send({"type": "http.response.body", "body": message, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


route_handlers = [instruction_stream]
