"""The open pages of instructions and transfers: told at once that something has changed, so that both courts see one state
and one clock.

A handful of people look at one instruction, so this hub sends no content: the page asks for its panel again.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from time import time_ns
from uuid import UUID

from litestar import get
from litestar.types import ASGIApp

from core.channel import Channel, of_ids
from core.database import Database
from disposal_teams.instructions.progress import CHANNEL
from disposal_teams.instructions.queries import instruction_of
from disposal_teams.transfers.request import request_of
from web.access.guards import require_staff
from web.access.visitor import AnyRequest, Visitor
from web.live.stream import EventStream


class MatterHub:
    """One LISTEN connection in this process for everybody who looks at an instruction or a transfer."""

    def __init__(self, database: Database) -> None:
        self._watchers: dict[UUID, set[asyncio.Event]] = {}
        self._heard_of: Counter[UUID] = Counter()
        self._began = time_ns()
        self.channel = Channel(database, CHANNEL, heard=of_ids(self._heard), began=self._wake_all)
        self._task: asyncio.Task[None] | None = None
        self.is_closed = False

    def start(self) -> None:
        """Begin to listen."""
        self._task = asyncio.create_task(self.channel.listen())

    async def close(self) -> None:
        """End every stream and stop."""
        self.is_closed = True
        self._wake_all()
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

    def _wake_all(self) -> None:
        self._wake(list(self._watchers))

    def _heard(self, instruction_id: UUID) -> None:
        if instruction_id in self._watchers:
            self._wake([instruction_id])


@get("/court/instructions/{instruction_id:uuid}/live", include_in_schema=False)
async def instruction_stream(
    request: AnyRequest, database: Database, visitor: Visitor, instruction_id: UUID
) -> ASGIApp:
    """Says that the instruction has changed; only to whom it is open."""
    actor = require_staff(visitor)
    async with database.read(actor) as work:
        await instruction_of(work, instruction_id)
    return EventStream(request.app.state.matters.stream(instruction_id))


@get("/court/transfers/{transfer_id:uuid}/live", include_in_schema=False)
async def transfer_stream(
    request: AnyRequest, database: Database, visitor: Visitor, transfer_id: UUID
) -> ASGIApp:
    """Says that the transfer has changed; only to its two courts and the superior."""
    actor = require_staff(visitor)
    async with database.read(actor) as work:
        await request_of(work, transfer_id)
    return EventStream(request.app.state.matters.stream(transfer_id))


route_handlers = [instruction_stream, transfer_stream]
