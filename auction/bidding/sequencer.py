"""One writer per lot: the bids that wait for a lot are decided together in one transaction (B-47).

There is no artificial delay: while one batch commits, the next one gathers. Several processes may run a sequencer for
the same lot; the row lock orders them. Nobody is answered before the commit, and when a transaction fails, everybody
in it hears that nothing is certain and asks again with the same key.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog

from auction.bidding import desk_sql
from auction.bidding.log import RECEIPT_PURPOSE, chain, record_bytes, sign_receipt
from auction.bidding.models import BidOutcome
from auction.bidding.receipts import BidReceipt, not_recorded, too_many_waiting
from auction.bidding.rules import BiddingState, BidRequest, Procedure, decide
from core.crypto import FieldCipher, SigningKey
from core.database import Database
from core.errors import Conflict, NotFound
from core.i18n import msg

LONGEST_QUEUE = 2_000
LARGEST_BATCH = 200
SLOWEST_BATCH_S = 10.0
NO_CODE = "-"

log = structlog.get_logger(__name__)


@dataclass(slots=True, eq=False)
class WaitingBid:
    """A bid in the queue of its lot. `received_at` is when the request reached this process (UTC)."""

    registration_id: UUID
    amount_fen: int
    idempotency_key: str
    received_at: datetime
    answer: asyncio.Future[BidReceipt]


@dataclass(slots=True)
class _Batch:
    """Outcomes of a batch while its transaction is open: columns of the new rows, and everybody's answer."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    answers: list[tuple[WaitingBid, BidReceipt | Exception]] = field(default_factory=list)


class BiddingDesk:
    """Takes bids for every lot and answers with signed receipts. One per process (and event loop)."""

    def __init__(self, database: Database, master_key: bytes, *, longest_queue: int = LONGEST_QUEUE) -> None:
        self.database = database
        self.key = SigningKey(master_key, RECEIPT_PURPOSE)
        self.bidders = FieldCipher(master_key, "bidder-identity")
        self._longest_queue = longest_queue
        self._queues: dict[UUID, deque[WaitingBid]] = {}
        self._running: dict[UUID, asyncio.Task[None]] = {}
        self.found_registrations: dict[tuple[UUID, UUID], UUID] = {}

    async def submit(
        self,
        lot_id: UUID,
        registration_id: UUID,
        amount_fen: int,
        idempotency_key: str,
        received_at: datetime,
    ) -> BidReceipt:
        """Queue a bid and wait until it is decided and committed.

        Raises `TryAgain` when the queue is full or the transaction failed, `NotFound` when the lot takes no bids at
        all, `Conflict` when the key was used for another amount.
        """
        queue = self._queues.setdefault(lot_id, deque())
        if len(queue) >= self._longest_queue:
            raise too_many_waiting()
        answer: asyncio.Future[BidReceipt] = asyncio.get_running_loop().create_future()
        queue.append(WaitingBid(registration_id, amount_fen, idempotency_key, received_at, answer))
        if lot_id not in self._running:
            self._running[lot_id] = asyncio.create_task(self._work_off(lot_id, queue))
        return await answer

    async def close(self) -> None:
        """Finish what is queued."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _work_off(self, lot_id: UUID, queue: deque[WaitingBid]) -> None:
        try:
            while queue:
                await self._one_batch(lot_id, queue)
        finally:
            del self._running[lot_id]
            del self._queues[lot_id]

    async def _one_batch(self, lot_id: UUID, queue: deque[WaitingBid]) -> None:
        waiting: list[WaitingBid] = []
        try:
            pool = await self.database.hot_pool()
            async with asyncio.timeout(SLOWEST_BATCH_S), pool.acquire() as connection:
                # Taken only now: whoever came while we waited for a connection belongs to this batch.
                waiting = [queue.popleft() for _ in range(min(len(queue), LARGEST_BATCH))]
                async with connection.transaction():
                    batch = await self._decide_and_write(connection, lot_id, waiting)
        except Exception as error:
            waiting = waiting or [queue.popleft() for _ in range(min(len(queue), LARGEST_BATCH))]
            if not isinstance(error, NotFound):
                log.warning("bidding.batch_failed", lot_id=str(lot_id), bids=len(waiting), exc_info=error)
            for each in waiting:
                _answer(each, error if isinstance(error, NotFound) else not_recorded())
            return
        except BaseException:
            for each in [*waiting, *queue]:
                _answer(each, not_recorded())
            raise
        for each, result in batch.answers:
            _answer(each, result)

    async def _decide_and_write(self, connection: Any, lot_id: UUID, waiting: Sequence[WaitingBid]) -> _Batch:
        lot = await connection.fetchrow(desk_sql.LOCK_LOT, lot_id)
        if lot is None:
            raise NotFound(msg("没有这个标的，或它尚未公告。"))
        bidders = await connection.fetch(
            desk_sql.KNOW_BIDDERS,
            lot_id,
            [each.registration_id for each in waiting],
            [each.idempotency_key for each in waiting],
        )
        batch = _Batch()
        state, head = self._fold(lot_id, lot, waiting, bidders, batch)
        if batch.rows:
            await connection.fetchrow(
                desk_sql.WRITE_BATCH,
                lot_id,
                lot["decided_at"],
                *(list(column) for column in zip(*batch.rows, strict=True)),
                state.ends_at,
                state.price_fen,
                state.leader,
                state.leader_code,
                state.leader_priority,
                state.last_seq,
                state.accepted_count,
                state.extension_count,
                head,
            )
        return batch

    def _fold(
        self, lot_id: UUID, lot: Any, waiting: Sequence[WaitingBid], bidders: Sequence[Any], batch: _Batch
    ) -> tuple[BiddingState, bytes]:
        procedure, state = _procedure(lot), _state(lot)
        at: datetime = lot["decided_at"].astimezone(UTC)
        head: bytes = lot["head_hash"]
        decided: dict[tuple[UUID, str], BidReceipt] = {}
        for each, known in zip(waiting, bidders, strict=True):
            key = (each.registration_id, each.idempotency_key)
            earlier = decided.get(key) or self._earlier(known)
            if earlier is not None:
                batch.answers.append((each, _repeat(earlier, each.amount_fen)))
                continue
            code, order = known["code"] or NO_CODE, known["priority_order"]
            request = BidRequest(
                each.registration_id, code, each.amount_fen, at, order, bool(known["qualified"])
            )
            decision = decide(procedure, state, request)
            state, outcome, extended = decision.state, decision.outcome, decision.extended
            seq, ends_at = state.last_seq, state.ends_at
            record = record_bytes(
                lot_id, seq, code, order, each.amount_fen, outcome, each.received_at, at, ends_at, extended
            )
            head = chain(head, record)
            batch.rows.append(
                (
                    seq,
                    each.registration_id,
                    code,
                    order,
                    each.amount_fen,
                    outcome.value,
                    each.received_at,
                    ends_at,
                    extended,
                    each.idempotency_key,
                    head,
                )
            )
            receipt = BidReceipt(
                lot_id,
                seq,
                code,
                each.amount_fen,
                outcome,
                at,
                ends_at,
                extended,
                head,
                sign_receipt(self.key, lot_id, seq, head),
            )
            decided[key] = receipt
            batch.answers.append((each, receipt))
        return state, head

    def _earlier(self, known: Any) -> BidReceipt | None:
        """The receipt of the bid that this key was already used for."""
        if known["seq"] is None:
            return None
        lot_id, seq, link = known["lot_id"], known["seq"], known["hash"]
        return BidReceipt(
            lot_id,
            seq,
            known["code"] or NO_CODE,
            known["amount_fen"],
            BidOutcome(known["outcome"]),
            known["decided_at"],
            known["ends_at"],
            known["extended"],
            link,
            sign_receipt(self.key, lot_id, seq, link),
        )


def _repeat(earlier: BidReceipt, amount_fen: int) -> BidReceipt | Conflict:
    if earlier.amount_fen != amount_fen:
        return Conflict(msg("这次提交与之前一次编号相同但金额不同，请刷新页面后重新出价。"), rule="B-47")
    return BidReceipt(
        earlier.lot_id,
        earlier.seq,
        earlier.code,
        earlier.amount_fen,
        earlier.outcome,
        earlier.decided_at,
        earlier.ends_at,
        earlier.extended,
        earlier.hash,
        earlier.signature,
        repeated=True,
    )


def _answer(waiting: WaitingBid, result: BidReceipt | BaseException) -> None:
    if waiting.answer.done():
        return  # the bidder hung up; the bid stands
    if isinstance(result, BidReceipt):
        waiting.answer.set_result(result)
    else:
        waiting.answer.set_exception(result)


def _procedure(lot: Any) -> Procedure:
    return Procedure(
        lot["starting_price_fen"],
        lot["increment_fen"],
        lot["extension_window_s"],
        lot["extension_s"],
        lot["extension_from"],
        lot["may_outbid_self"],
        lot["is_sell_off"],
    )


def _state(lot: Any) -> BiddingState:
    return BiddingState(
        lot["starts_at"],
        lot["ends_at"],
        lot["phase"],
        lot["current_price_fen"],
        lot["leader_registration_id"],
        lot["leader_code"],
        lot["leader_priority"],
        lot["last_seq"],
        lot["accepted_count"],
        lot["extension_count"],
    )
