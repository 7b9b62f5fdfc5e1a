"""Whether a bid costs more when the lot's log is long: the lot's 1,000th bid against its 1,000,000th."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import uvloop
from sqlalchemy import inspect

from auction.bidding.log import GENESIS_HASH, chain, record_bytes
from auction.bidding.models import Bid
from auction.bidding.sequencer import BiddingDesk
from benchmarks.market import START_FEN, STEP_FEN, Market, open_market
from benchmarks.processor_time import family, run_seconds_of
from benchmarks.service import Service
from core.database import Database
from core.identity import SYSTEM

LONG, SHORT = 1_000_000, 900
ROUNDS, BIDS, AT_ONCE = 16, 400, 32
COLUMNS = [column.name for column in inspect(Bid).columns]


@dataclass(frozen=True, slots=True)
class Lengths:
    """Microseconds of processor (desk and database) for a bid of a short and of a long log; medians of the rounds."""

    short_us: float
    long_us: float
    ratio: float


class _Log:
    """Valid, chained rows of accepted bids for one lot."""

    def __init__(self, lot_id: UUID, bidders: list[UUID], starts_at: datetime, ends_at: datetime) -> None:
        self._lot_id, self._bidders, self._at, self._ends_at = lot_id, bidders, starts_at, ends_at
        self.head = GENESIS_HASH

    def rows(self, length: int) -> Iterator[tuple[Any, ...]]:
        """The rows in the order of `COLUMNS`."""
        for seq in range(1, length + 1):
            by = seq % 2
            at = self._at + timedelta(microseconds=seq)
            code, amount = f"J{by:04}", START_FEN + (seq - 1) * STEP_FEN
            record = record_bytes(
                self._lot_id, seq, code, None, amount, "accepted", at, at, self._ends_at, False
            )
            self.head = chain(self.head, record)
            yield (
                self._lot_id, seq, self._bidders[by], code, None, amount, "accepted", at, at, self._ends_at, False,
                f"long-{seq}", self.head, None, None,
            )  # fmt: skip


async def _load(connection: asyncpg.Connection, market: Market, lot: int, length: int) -> None:
    """Write a log of that length with COPY, and move the lot to its head."""
    this = market.lots[lot]
    assert this.starts_at is not None
    assert this.scheduled_end_at is not None
    bidders = [market.registration(lot, by) for by in range(2)]
    log = _Log(this.id, bidders, this.starts_at, this.scheduled_end_at)
    await connection.copy_records_to_table("bid", records=log.rows(length), columns=COLUMNS, timeout=600)
    await connection.execute(
        "UPDATE lot_bidding SET last_seq = $2, accepted_count = $2, current_price_fen = $3, leader_registration_id = $4, "
        "leader_code = $5, head_hash = $6 WHERE lot_id = $1",
        this.id, length, START_FEN + (length - 1) * STEP_FEN, bidders[length % 2], f"J{length % 2:04}", log.head,
    )  # fmt: skip


class _Race:
    """Bids for one lot, so many at once, as they come over the network too."""

    def __init__(self, desk: BiddingDesk, market: Market, lot: int, length: int) -> None:
        self._desk, self._market, self._lot, self._next = desk, market, lot, length

    async def run(self, bids: int) -> None:
        """Place so many bids, all of them valid when they are made."""
        left = iter(range(bids))

        async def bidder() -> None:
            for _ in left:
                number, self._next = self._next, self._next + 1
                registration = self._market.registration(self._lot, (number + 1) % 2)
                amount, key = START_FEN + number * STEP_FEN, f"race-{number}"
                await self._desk.submit(
                    self._market.lots[self._lot].id, registration, amount, key, datetime.now(UTC)
                )

        await asyncio.gather(*(bidder() for _ in range(AT_ONCE)))


async def _compare(service: Service) -> Lengths:
    database = Database(service.database_url)
    async with database.begin(SYSTEM) as work:
        market = await open_market(work, service.master_key, lots=ROUNDS + 2, bidders=2, may_outbid_self=True)
    connection = await asyncpg.connect(service.database_url)
    await connection.execute(
        "SET session_replication_role = replica"
    )  # what COPY brings is right: no check row by row
    for lot in range(1, ROUNDS + 2):
        await _load(connection, market, lot, SHORT)
    await _load(connection, market, 0, LONG)
    await connection.execute("SET session_replication_role = origin")
    await connection.execute("VACUUM (ANALYZE) bid")
    await connection.execute("CHECKPOINT")
    await connection.close()
    desk = BiddingDesk(database, service.master_key)
    await _Race(desk, market, ROUNDS + 1, SHORT).run(BIDS)
    long_race = _Race(desk, market, 0, LONG)
    await long_race.run(BIDS)
    short, long = [], []
    for lot in range(1, ROUNDS + 1):
        short.append(await _cost(service, _Race(desk, market, lot, SHORT)))
        long.append(await _cost(service, long_race))
    await desk.close()
    await database.close()
    ratios = [one / other for one, other in zip(long, short, strict=True)]
    return Lengths(statistics.median(short), statistics.median(long), statistics.median(ratios))


async def _cost(service: Service, race: _Race) -> float:
    """Microseconds of processor for each bid."""
    own, database = time.process_time(), run_seconds_of(family(service.database_process_id))
    await race.run(BIDS)
    spent = time.process_time() - own + run_seconds_of(family(service.database_process_id)) - database
    return spent / BIDS * 1e6


def compare_lengths(service: Service) -> Lengths:
    """Load a log of a million bids and compare, taking turns with lots whose logs are short."""
    return uvloop.run(_compare(service))
