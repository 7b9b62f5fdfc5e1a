"""Where one practises: a database of one schema, a bidding desk on it, and what moves the machines and ends the rounds.

Nothing is connected before the first person practises. Rounds are moved by whichever web process had to do with one; several
may do it at once, since a move's key is the same for all of them (B-47).
"""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from auction.bidding.rules import BiddingState
from auction.bidding.sequencer import BiddingDesk
from auction.practice.rounds import end_due_rounds
from auction.practice.rules import RoundNow, Seat, next_move, seat_id
from core.database import DATABASE_AWAY, Database
from core.errors import DisposalError
from core.identity import SYSTEM

SCHEMA = "practice"
RECEIPT_PURPOSE = "practice-bid-receipts"
"""Practice receipts are signed with a key of their own: none can pass for one of a real sale."""
CONNECTIONS = 2
LONGEST_QUEUE = 50
PACE_S = 1.0
QUIET_LOOKS = 3
"""So many looks without a running round, and the machines rest."""

_RUNNING = """
SELECT lot.lot_id, lot.phase, lot.starts_at, lot.ends_at, lot.current_price_fen, lot.leader_registration_id,
       lot.leader_priority, lot.last_seq, lot.extension_count, seen.last_bid_at, seen.own_bids, seen.equal_bids,
       court_now() AS now
  FROM lot_bidding AS lot
  LEFT JOIN LATERAL (
       SELECT max(bid.decided_at) AS last_bid_at,
              count(*) FILTER (WHERE bid.priority_order IS NOT NULL) AS equal_bids,
              count(*) FILTER (WHERE bid.registration_id = visitor.id) AS own_bids
         FROM bid LEFT JOIN registration AS visitor
              ON visitor.lot_id = bid.lot_id AND visitor.id = bid.registration_id AND visitor.account_match <> ALL ($1)
        WHERE bid.lot_id = lot.lot_id AND bid.outcome = 'accepted'
       ) AS seen ON true
 WHERE lot.phase = 'open'
"""
_MACHINES = [seat.encode() for seat in Seat if seat is not Seat.VISITOR]

log = structlog.get_logger(__name__)

UNREACHABLE: tuple[type[Exception], ...] = (*DATABASE_AWAY, SQLAlchemyError)


class PracticeGround:
    """One per web process."""

    def __init__(self, url: str, master_key: bytes) -> None:
        self.database = Database(url, pool_size=CONNECTIONS, hot_pool_size=CONNECTIONS, schema=SCHEMA)
        self.desk = BiddingDesk(
            self.database, master_key, longest_queue=LONGEST_QUEUE, purpose=RECEIPT_PURPOSE
        )
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """There is a round that has to be moved and ended."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self.desk.close()
        await self.database.close()

    async def _run(self) -> None:
        quiet = 0
        while quiet < QUIET_LOOKS:
            try:
                quiet = 0 if await self.move() else quiet + 1
            except UNREACHABLE as error:
                log.warning("practice.not_moved", error=type(error).__name__)
            await asyncio.sleep(PACE_S)

    async def move(self) -> int:
        """Let every machine bid whose turn has come, and end what is due; returns how many rounds run."""
        pool = await self.database.hot_pool()
        rows = await pool.fetch(_RUNNING, _MACHINES, timeout=10)
        seen = [round_now(row) for row in rows]
        await asyncio.gather(*(self._bid(each) for each in seen))
        if any(each.now >= each.standing.ends_at for each in seen):
            async with self.database.begin(SYSTEM) as work:
                await end_due_rounds(work)
        return len(seen)

    async def _bid(self, seen: RoundNow) -> None:
        move = next_move(seen)
        if move is None:
            return
        # Somebody was quicker, or the queue is full: the machine looks again in a second.
        with suppress(DisposalError):
            await self.desk.submit(
                seen.lot_id, seat_id(seen.lot_id, move.seat), move.amount_fen, move.key, datetime.now(UTC)
            )


def round_now(row: Any) -> RoundNow:
    """A row of `_RUNNING` as a machine sees it."""
    lot_id = UUID(int=row["lot_id"].int)
    leader = row["leader_registration_id"] and UUID(int=row["leader_registration_id"].int)
    return RoundNow(
        lot_id=lot_id,
        standing=BiddingState(
            row["starts_at"],
            row["ends_at"],
            row["phase"],
            row["current_price_fen"],
            leader,
            leader_priority=row["leader_priority"],
            last_seq=row["last_seq"],
            extension_count=row["extension_count"],
        ),
        leader=next((seat for seat in Seat if seat_id(lot_id, seat) == leader), None),
        last_bid_at=row["last_bid_at"],
        own_bids=row["own_bids"],
        equal_bids=row["equal_bids"],
        now=row["now"],
    )
