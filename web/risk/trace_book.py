"""From where bids come, noted beside the bidding path: a bid never waits for it and never fails by it.

Each process remembers what it has noted, so an entry that bids a thousand times from one place costs one write.
"""

import asyncio
from collections import deque
from contextlib import suppress
from uuid import UUID

import structlog
from sqlalchemy import tuple_
from sqlmodel import col, select

from auction.registration.identity import account_match
from auction.registration.models import Registration
from auction.risk_signals.traces import note_footprint
from core.database import Database
from core.identity import SYSTEM
from core.settings import Network
from web.access.footprint import Origin

MOST_REMEMBERED = 50_000
LONGEST_QUEUE = 5_000
GATHER_S = 1.0

log = structlog.get_logger(__name__)

Note = tuple[UUID, UUID, Origin]
"""(account, lot, from where)."""


class TraceBook:
    """Notes new footprints in the background. One per process."""

    def __init__(self, database: Database, proxies: tuple[Network, ...]) -> None:
        self._database = database
        self._proxies = proxies
        self._known: set[Note] = set()
        self._queue: deque[Note] = deque(maxlen=LONGEST_QUEUE)
        self._writer: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def note(self, account_id: UUID, lot_id: UUID, origin: Origin) -> None:
        """Note that an account acted in a lot from somewhere; returns at once."""
        note = (account_id, lot_id, origin)
        if note in self._known:
            return
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known.add(note)
        self._queue.append(note)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())

    async def close(self) -> None:
        """Write what waits."""
        self._closing.set()
        if self._writer is not None:
            await self._writer

    async def _write(self) -> None:
        try:
            while self._queue:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), GATHER_S)
                notes, self._queue = list(self._queue), deque(maxlen=LONGEST_QUEUE)
                try:
                    await self._store(notes)
                except Exception as error:  # noqa: BLE001 -- a trace that is not noted is no reason to disturb a sale
                    log.warning("traces.not_noted", count=len(notes), error=type(error).__name__)
                    self._known.difference_update(notes)
        finally:
            self._writer = None

    async def _store(self, notes: list[Note]) -> None:
        places = [
            (lot_id, account_match(account_id), footprint)
            for account_id, lot_id, origin in notes
            if any((footprint := origin.footprint(self._proxies)).traces())
        ]
        if not places:
            return
        async with self._database.begin(SYSTEM) as work:
            entry = col(Registration.lot_id), col(Registration.account_match)
            found = await work.session.exec(
                select(*entry, Registration.id).where(
                    tuple_(*entry).in_({(lot_id, match) for lot_id, match, _ in places})
                )
            )
            entries = {(lot_id, match): registration_id for lot_id, match, registration_id in found}
            for lot_id, match, footprint in places:
                if (registration_id := entries.get((lot_id, match))) is not None:
                    await note_footprint(work, registration_id, footprint)
