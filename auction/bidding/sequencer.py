"""One writer per lot: the bids that wait for a lot are decided together in one transaction (B-47).

There is no artificial delay: while batches commit, the next ones gather. A free writer takes the waiting bids of
every lot that no other writer of this process holds; lots locked by others are left out and taken alone, so that one
lot never holds up the rest. Several processes may write the same lot; the row lock orders them.

Nobody is answered before the commit. When a transaction fails, everybody in it hears that nothing is certain and asks
again with the same key.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import structlog

from auction.bidding import desk_sql
from auction.bidding.answering import Answering, answering_of
from auction.bidding.batch import Arrival, Batch, BidderQuestion, WaitingBid
from auction.bidding.ceiling_seal import CeilingSeal
from auction.bidding.desk_transaction import DeskTransactions
from auction.bidding.entry_book import EntryBook
from auction.bidding.hop import TAKEN_BACK, HopBroken, Link
from auction.bidding.log import RECEIPT_PURPOSE
from auction.bidding.receipts import BidReceipt, EdgeClock, not_recorded, too_many_waiting
from core.crypto import FieldCipher, SigningKey
from core.database import DATABASE_AWAY, Database
from core.errors import NotFound
from core.i18n import msg

LONGEST_QUEUE = 2_000
LARGEST_BATCH = 200
SLOWEST_BATCH_S = 10.0
WRITERS = 2
TELL_EVERY_S = 0.05

log = structlog.get_logger(__name__)

Taken = Mapping[UUID, Sequence[WaitingBid]]
_arrival = attrgetter("received_at")


class DeskCondition(NamedTuple):
    """The oldest bid that waits (when it arrived), and how many bids were answered since the start, failed ones among them."""

    oldest_waiting: datetime | None
    bids: int
    failed: int


class Lead(Protocol):
    """Who writes which lot, where several processes take bids (`auction.bidding.neighbours`)."""

    def writer_of(self, lot_id: UUID) -> Link | None:
        """The way to the process that writes a lot; None when it is this one."""

    def oldest_waiting(self) -> datetime | None:
        """When the bid arrived that has waited longest for another process's answer."""


class BiddingDesk:
    """Takes bids for every lot and answers with signed receipts. One per process (and event loop)."""

    def __init__(
        self,
        database: Database,
        master_key: bytes,
        *,
        longest_queue: int = LONGEST_QUEUE,
        purpose: str = RECEIPT_PURPOSE,
    ) -> None:
        self.database = database
        self.key = SigningKey(master_key, purpose)
        self.entries = EntryBook(database, FieldCipher(master_key, "bidder-identity"))
        self._seal = CeilingSeal(master_key)
        self._longest_queue = longest_queue
        self._queues: dict[UUID, deque[WaitingBid]] = {}
        self._ready: dict[UUID, None] = {}  # lots with waiting bids that no writer holds, in order of arrival
        self._held: set[UUID] = set()
        self._writers: set[asyncio.Task[None]] = set()
        self._changed: set[UUID] = set()
        self._teller: asyncio.Task[None] | None = None
        self.clock: EdgeClock | None = None
        self.neighbours: Lead | None = None
        self.arrival: Arrival | None = None
        self._in_hand: dict[int, Taken] = {}
        self._answered = 0
        self._failed = 0

    def condition(self) -> DeskCondition:
        """How the desk stands: what its service is measured by (B-47). Read now and then, never by a bid."""
        waiting = [queue[0].received_at for queue in self._queues.values() if queue]
        waiting += [
            bids[0].received_at for taken in self._in_hand.values() for bids in taken.values() if bids
        ]
        if self.neighbours is not None and (led := self.neighbours.oldest_waiting()) is not None:
            waiting.append(led)
        return DeskCondition(min(waiting, default=None), self._answered + self._failed, self._failed)

    async def submit(
        self,
        lot_id: UUID,
        registration_id: UUID,
        amount_fen: int,
        idempotency_key: str,
        received_at: datetime,
    ) -> BidReceipt:
        """Have a bid decided by the lot's writer and wait until that is committed.

        Raises `TryAgain` when the queue is full or the transaction failed, `NotFound` when the lot takes no bids at
        all, `Conflict` when the key was used for another amount.
        """
        if self.neighbours is not None and (link := self.neighbours.writer_of(lot_id)) is not None:
            try:
                return await link.lead(lot_id, registration_id, amount_fen, idempotency_key, received_at)
            except HopBroken:
                TAKEN_BACK.inc()  # decided here instead; if it had been decided there, its key finds that
        return await self.queue(lot_id, registration_id, amount_fen, idempotency_key, received_at)

    def queue(
        self,
        lot_id: UUID,
        registration_id: UUID,
        amount_fen: int,
        idempotency_key: str,
        received_at: datetime,
    ) -> asyncio.Future[BidReceipt]:
        """Put a bid into the queue of its lot in this process. Raises `TryAgain` when it is full."""
        queue = self._queues.get(lot_id)
        if queue is None:
            queue = self._queues[lot_id] = deque()
        if len(queue) >= self._longest_queue:
            self._failed += 1
            raise too_many_waiting()
        answer: asyncio.Future[BidReceipt] = asyncio.get_running_loop().create_future()
        queue.append(WaitingBid(registration_id, amount_fen, idempotency_key, received_at, answer))
        if lot_id not in self._held:
            self._ready[lot_id] = None
            if len(self._writers) < WRITERS:
                writer = asyncio.create_task(self._write())
                self._writers.add(writer)
                writer.add_done_callback(self._writers.discard)
        return answer

    async def close(self) -> None:
        """Finish what is queued."""
        while self._writers:
            await asyncio.gather(*self._writers, return_exceptions=True)
        if self._teller is not None:
            await self._teller

    async def _write(self) -> None:
        """One connection for as long as bids wait; when it breaks, another one."""
        while self._ready:
            try:
                pool = await self.database.hot_pool()
                async with pool.acquire(timeout=SLOWEST_BATCH_S) as connection:
                    desk = DeskTransactions(connection)
                    goes_on = False
                    while self._ready and not connection.is_closed():
                        await self._one_round(desk, goes_on=goes_on)
                        goes_on = True
                    await desk.leave()
            except Exception as error:
                # No transaction failed (`_decide`): there was no connection to begin one on, or it broke between two.
                log.warning("bidding.no_connection", exc_info=error)
                with self._taking() as taken:
                    self._take(taken)
                    for waiting in taken.values():
                        self._fail(waiting)

    @contextmanager
    def _taking(self) -> Iterator[dict[UUID, list[WaitingBid]]]:
        """Bids on their way through one round: whatever happens, everybody is answered and the lots are free again."""
        taken: dict[UUID, list[WaitingBid]] = {}
        self._in_hand[id(taken)] = taken
        try:
            yield taken
        except BaseException:
            for waiting in taken.values():
                _refuse(waiting)
            raise
        finally:
            del self._in_hand[id(taken)]
            self._held.difference_update(taken)
            for lot_id in taken:
                if self._queues[lot_id]:
                    self._ready[lot_id] = None
                else:
                    del self._queues[lot_id]

    async def _one_round(self, desk: DeskTransactions, *, goes_on: bool) -> None:
        """Take what waits and decide it: all lots together, then alone those that were locked. `goes_on`: the round before
        ended just now, so that bids will wait again when this one ends, though they have not come yet."""
        with self._taking() as taken:
            self._take(taken)
            again = goes_on or bool(self._ready)
            for lot_id in await self._decide(desk, taken, alone=len(taken) == 1, again=again):
                await self._decide(desk, {lot_id: taken[lot_id]}, alone=True, again=again)

    async def _decide(self, desk: DeskTransactions, taken: Taken, *, alone: bool, again: bool) -> list[UUID]:
        """Decide in one transaction; returns the lots left out. When it fails, everybody in it hears so."""
        try:
            async with asyncio.timeout(SLOWEST_BATCH_S):
                return await self._commit(desk, taken, alone=alone, again=again)
        except Exception as error:
            log.warning("bidding.batch_failed", bids=sum(map(len, taken.values())), exc_info=error)
            for waiting in taken.values():
                self._fail(waiting)
            await desk.leave()
            return []

    def _fail(self, waiting: Sequence[WaitingBid]) -> None:
        self._failed += len(waiting)
        _refuse(waiting)

    def _take(self, taken: dict[UUID, list[WaitingBid]]) -> None:
        room = LARGEST_BATCH
        while self._ready and room > 0:
            lot_id = next(iter(self._ready))
            del self._ready[lot_id]
            queue = self._queues[lot_id]
            waiting = [queue.popleft() for _ in range(min(len(queue), room))]
            if self.neighbours is not None:
                waiting.sort(
                    key=_arrival
                )  # those of other processes have come a little later than they arrived
            taken[lot_id] = waiting
            room -= len(taken[lot_id])
            self._held.add(lot_id)

    async def _commit(self, desk: DeskTransactions, taken: Taken, *, alone: bool, again: bool) -> list[UUID]:
        """Decide in one transaction and answer; returns the lots left out because somebody else holds them. `again`: another
        transaction will follow, so far as can be told."""
        questions = [
            BidderQuestion(lot_id, first is each, each.registration_id, each.idempotency_key)
            for lot_id, waiting in taken.items()
            for first in waiting[:1]
            for each in waiting
        ]
        rows = await desk.take(list(taken), questions, wait=alone)
        locked = dict(_by_lot(taken, rows))
        contested = [lot_id for lot_id, (lot, *_) in locked.items() if lot["ceilings"]]
        answering = await self._open_ceilings(desk, contested) if contested else {}
        batch = Batch(self.key, self.arrival)
        for lot_id, bidders in locked.items():
            batch.decide_lot(lot_id, bidders[0], taken[lot_id], bidders, answering.get(lot_id))
        await desk.write_and_commit(batch.statements(), again=again or self._some_wait(taken))
        batch.prove()
        for each, result in batch.answers:
            _answer(each, result)
        self._answered += len(batch.answers)
        self._tell(batch)
        left = [lot_id for lot_id in taken if lot_id not in locked]
        if alone and left:
            for lot_id in left:
                _refuse(taken[lot_id], NotFound(msg("没有这个标的，或它尚未公告。")))
            return []
        return left

    def _some_wait(self, taken: Taken) -> bool:
        """Whether another round will follow at once."""
        return bool(self._ready) or any(self._queues[lot_id] for lot_id in taken)

    async def _open_ceilings(self, desk: DeskTransactions, lot_ids: Sequence[UUID]) -> dict[UUID, Answering]:
        """The standing ceilings of these locked lots, open until the transaction ends."""
        return answering_of(await desk.fetch(desk_sql.KNOW_CEILINGS, lot_ids), lot_ids, self._seal)

    def _tell(self, batch: Batch) -> None:
        """Let the watchers hear of the changed lots soon, with those of other batches."""
        self._changed.update(lot.lot_id for lot in batch.lots)
        if self._changed and self._teller is None:
            self._teller = asyncio.create_task(self._tell_watchers())

    async def _tell_watchers(self) -> None:
        try:
            while self._changed:
                changed, self._changed = list(self._changed), set()
                # When this fails, watchers still see the change within the hub's refresh interval.
                with suppress(*DATABASE_AWAY):
                    pool = await self.database.hot_pool()
                    await pool.execute(desk_sql.TELL_WATCHERS, changed, timeout=SLOWEST_BATCH_S)
                await asyncio.sleep(TELL_EVERY_S)
        finally:
            self._teller = None


def _by_lot(taken: Taken, rows: Sequence[Any]) -> Iterator[tuple[UUID, Sequence[Any]]]:
    """The rows of each lot that is locked, one for each of its bids: they come in the order of the questions."""
    start = 0
    for lot_id, waiting in taken.items():
        if start < len(rows) and rows[start]["asked_lot"] == lot_id:
            end = start + len(waiting)
            yield lot_id, rows[start:end]
            start = end


def _refuse(waiting: Sequence[WaitingBid], error: Exception | None = None) -> None:
    for each in waiting:
        _answer(each, error or not_recorded())


def _answer(waiting: WaitingBid, result: BidReceipt | Exception) -> None:
    if waiting.answer.done():
        return  # the bidder hung up; the bid stands
    if isinstance(result, BidReceipt):
        waiting.answer.set_result(result)
    else:
        waiting.answer.set_exception(result)
