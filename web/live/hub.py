"""Live lots: one LISTEN connection in this process, fanned out to every watcher, at most about ten messages a second.

A storm of bids is conflated: a watcher always gets the newest state, and the last state is never lost, because every
watched lot is also read again every `REFRESH_S` seconds and after a reconnection. However many watch, telling them takes
at most a third of the process: bids are answered in between.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from time import monotonic
from uuid import UUID

import msgspec
import structlog

from auction.bidding.queries import HEADS, LiveHead, live_head
from core.channel import RECONNECT_S, Channel, of_ids
from core.database import DATABASE_AWAY, Database

CHANNEL = "lot_live"
PACE_S = 0.1
TOLD_AT_ONCE = 200
"""Watchers woken before the loop turns to bids again."""
REST = 2.0
"""The pause after telling everybody, as a multiple of the time it took."""
REFRESH_S = 15.0
REMEMBERED = 30

log = structlog.get_logger(__name__)
_encode = msgspec.json.Encoder().encode


class Watcher:
    """One open stream. It holds only the newest message: a slow reader skips, it never lags."""

    def __init__(self) -> None:
        self.message: bytes | None = None
        self.news = asyncio.Event()


class LiveHub:
    """Watches the lots that somebody looks at."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.lot_ids: dict[str, UUID] = {}
        self._watchers: dict[UUID, set[Watcher]] = {}
        self._phases: dict[UUID, str] = {}
        self._counts: dict[UUID, deque[int]] = {}
        self._changed: set[UUID] = set()
        self._joined: dict[UUID, list[Watcher]] = {}  # those who have not been told anything yet
        self._wake = asyncio.Event()
        self._channel = Channel(database, CHANNEL, heard=of_ids(self._heard), began=self._mark_all)
        self._tasks: list[asyncio.Task[None]] = []
        self.is_closed = False

    def start(self) -> None:
        """Begin to listen and to send."""
        self._tasks = [
            asyncio.create_task(run()) for run in (self._channel.listen, self._send, self._refresh)
        ]

    def start_once(self) -> None:
        """The same, where nobody has done it yet."""
        if not self._tasks:
            self.start()

    async def close(self) -> None:
        """End every stream and stop."""
        self.is_closed = True
        for watchers in self._watchers.values():
            for watcher in watchers:
                watcher.news.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def count_watchers(self) -> tuple[int, int]:
        """Connections to lots in bidding within the last `REMEMBERED` calls, and how many of them are gone and not back.

        A lot that is over does not count: its watchers leave because they have seen the end.
        """
        watchers = lost = 0
        for lot_id, phase in list(self._phases.items()):
            counts = self._counts.setdefault(lot_id, deque(maxlen=REMEMBERED))
            counts.append(len(self._watchers.get(lot_id, ())))
            most = max(counts)
            if phase != "open" or most == 0:
                del self._phases[lot_id], self._counts[lot_id]
                continue
            watchers += most
            lost += most - counts[-1]
        return watchers, lost

    def watching(self, lot_id: UUID) -> tuple[int, int]:
        """How many streams of this lot are open in this process, and of all lots."""
        return len(self._watchers.get(lot_id, ())), sum(map(len, self._watchers.values()))

    async def stream(self, lot_id: UUID) -> AsyncIterator[bytes]:
        """The messages for one watcher: the state now, then each change (server-sent events)."""
        watcher = Watcher()
        self._watchers.setdefault(lot_id, set()).add(watcher)
        self._joined.setdefault(lot_id, []).append(watcher)
        self._wake.set()
        try:
            yield b"retry: 1000\n\n"
            while not self.is_closed:
                await watcher.news.wait()
                watcher.news.clear()
                message, watcher.message = watcher.message, None
                if message is not None:
                    yield message
        finally:
            watchers = self._watchers[lot_id]
            watchers.discard(watcher)
            if not watchers:
                del self._watchers[lot_id]

    def _mark(self, lot_id: UUID) -> None:
        self._changed.add(lot_id)
        self._wake.set()

    def _mark_all(self) -> None:
        for lot_id in list(self._watchers):
            self._mark(lot_id)

    def _heard(self, lot_id: UUID) -> None:
        if lot_id in self._watchers:
            self._mark(lot_id)

    async def _send(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            changed, self._changed = self._changed, set()
            joined, self._joined = self._joined, {}
            began = monotonic()
            try:
                await self._tell(changed, joined)
            except DATABASE_AWAY as error:
                log.warning("live.not_sent", error=str(error))
                self._changed |= changed | joined.keys()
                self._wake.set()
                await asyncio.sleep(RECONNECT_S)
            await asyncio.sleep(max(PACE_S, REST * (monotonic() - began)))

    async def _tell(self, changed: set[UUID], joined: dict[UUID, list[Watcher]]) -> None:
        """Tell everybody of the changed lots, and whoever has just joined of theirs."""
        pool = await self._database.hot_pool()
        rows = await pool.fetch(HEADS, list(changed | joined.keys()), timeout=10)
        for row in rows:
            head = live_head(row)
            self._phases[head.lot_id] = head.phase
            message = event(head)
            everybody = head.lot_id in changed
            audience = self._watchers.get(head.lot_id, ()) if everybody else joined[head.lot_id]
            for number, watcher in enumerate(list(audience), start=1):
                watcher.message = message
                watcher.news.set()
                if number % TOLD_AT_ONCE == 0:
                    await asyncio.sleep(0)

    async def _refresh(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_S)
            self._mark_all()


def event(head: LiveHead) -> bytes:
    """A head as a server-sent event; its id is the log's number, so the newest state replaces all before."""
    return b"event: lot\nid: %d\ndata: %s\n\n" % (head.seq, _encode(head))
