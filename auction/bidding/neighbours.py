"""One writer for each lot, though several web processes of this host take bids (B-47).

The processes meet in a folder that only their owner can enter. It has a fixed number of seats; a process takes a free one
by a lock that the kernel releases when it ends, however it ends. A lot belongs to the seat that its id names, and while nobody
answers there, to the next one. Bids for a lot of another seat are led to the process that sits there (`hop`).

Only order depends on this. Two processes may disagree for a moment about who writes a lot (one has just started, or hangs):
then both write it, and the lock of its row keeps every decision correct, as it does between hosts.
"""

import asyncio
import fcntl
import os
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from time import monotonic
from uuid import UUID

import structlog

from auction.bidding.hop import Guest, Link
from auction.bidding.sequencer import BiddingDesk

LOOKS_EVERY_S = 0.1
PATIENCE_S = 3.0
"""A process that has let a bid wait for so long hangs: its bids are decided by who received them."""
LAST_ANSWERS_S = 3.0

log = structlog.get_logger(__name__)


class Neighbours:
    """This process among those that share `folder`. `seats` is the same in all of them."""

    def __init__(self, desk: BiddingDesk, folder: Path, seats: int) -> None:
        self.seat: int | None = None
        self._desk, self._folder, self._seats = desk, folder, seats
        self._lock: int | None = None
        self._links: dict[int, Link] = {}  # to those who are awake
        self._connected: dict[int, Link] = {}
        self._guests: set[Guest] = set()
        self._server: asyncio.AbstractServer | None = None
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take a seat, if one is free, and get to know the others. What does not succeed now is tried again."""
        await self._look_around()
        self._looking = asyncio.create_task(self._keep_looking())
        self._desk.neighbours = self

    async def close(self) -> None:
        """Give up the seat: bids that come from now on go elsewhere, those that are here are answered."""
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking
        self._desk.neighbours = None
        if self._server is not None:
            self._server.close()
        self._release()
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_ANSWERS_S):
                await self._desk.close()
        await asyncio.sleep(0)  # answers that came with the last commit
        for guest in list(self._guests):
            guest.say_goodbye()
        for link in list(self._connected.values()):
            link.hang_up()

    def writer_of(self, lot_id: UUID) -> Link | None:
        """The way to the process that writes a lot; None when it is this one."""
        own, seats = lot_id.int % self._seats, self._seats
        for step in range(seats):
            seat = (own + step) % seats
            if seat == self.seat:
                return None
            link = self._links.get(seat)
            if link is not None:
                return link
        return None

    def oldest_waiting(self) -> datetime | None:
        """When the bid arrived that has waited longest for a neighbour's answer."""
        waiting = [link.oldest_waiting for link in self._links.values()]
        return min((each for each in waiting if each is not None), default=None)

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOKS_EVERY_S)
            await self._look_around()

    async def _look_around(self) -> None:
        """Take a seat when there is none yet, connect to whoever has come, leave whoever hangs."""
        try:
            if self.seat is None:
                await self._sit_down()
            impatient = monotonic() - PATIENCE_S
            for seat, link in list(self._links.items()):
                if link.waits_since(impatient):
                    log.warning("bidding.writer_hangs", seat=seat)
                    del self._links[seat]
                    link.hang_up()
            for seat in range(self._seats):
                if seat != self.seat and seat not in self._connected:
                    await self._connect(seat)
        except OSError as error:
            # Without neighbours every bid is decided here: less fair, as correct.
            log.warning("bidding.neighbours_unknown", error=str(error))

    async def _sit_down(self) -> None:
        for seat in range(self._seats):
            lock = os.open(self._folder / f"{seat}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
                continue
            path = self._path(seat)
            path.unlink(missing_ok=True)  # left by who sat here before
            guest = partial(Guest, self._desk.queue, self._guests)
            try:
                self._server = await asyncio.get_running_loop().create_unix_server(guest, str(path))
            except OSError:
                os.close(lock)
                raise
            self._lock, self.seat = lock, seat
            return

    def _release(self) -> None:
        if self.seat is not None:
            self._path(self.seat).unlink(missing_ok=True)
            self.seat = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def _connect(self, seat: int) -> None:
        def awake(link: Link) -> None:
            if self._connected.get(seat) is link and seat not in self._links:
                self._links[seat] = link

        def lost(link: Link) -> None:
            for links in (self._links, self._connected):
                if links.get(seat) is link:
                    del links[seat]

        # Known before it is connected: the greeting may come before this task goes on.
        self._connected[seat] = link = Link(awake, lost)
        try:
            await asyncio.get_running_loop().create_unix_connection(lambda: link, str(self._path(seat)))
        except OSError as error:
            del self._connected[seat]
            # Nobody sits there, or whoever did is gone: an address without a listener refuses at once.
            if not isinstance(error, FileNotFoundError | ConnectionError):
                raise

    def _path(self, seat: int) -> Path:
        return self._folder / f"{seat}.sock"
