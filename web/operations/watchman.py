"""Watches over this web process: proves every second that bids can be taken, measures, and has the service judged (B-47).

Everything here runs beside the bidding path; a bid never waits for it.
"""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import structlog
from prometheus_client import Gauge
from sqlalchemy.exc import SQLAlchemyError

from auction.bidding.receipts import EdgeClock
from auction.bidding.sequencer import BiddingDesk
from auction.service_faults.measure import Sample, Vitals, prove_ends, prove_service
from auction.service_faults.time_source import TimeReference, read_reference
from auction.service_faults.workers import judge_service
from core.database import DATABASE_AWAY, Database
from core.outbox import PERIODIC
from core.outbox.timetable import run_periodic
from web.live.hub import LiveHub

JUDGED_EVERY_S = 2.0
SHORTEST_PAUSE_S = 0.05
AFTER_END_S = 0.002
"""A proof is written this long after an end, so that it reaches the end for certain."""
REFERENCE_EVERY_S = 64.0
"""An NTP server is asked no more often than this."""
JUDGE = PERIODIC[f"{judge_service.__module__}.{judge_service.__name__}"]

DRIFT = Gauge("clock_drift_milliseconds", "This process's clock less the database's")
OLDEST = Gauge("oldest_waiting_bid_seconds", "Age of the oldest bid that waits to be decided")

log = structlog.get_logger(__name__)

UNREACHABLE: tuple[type[Exception], ...] = (*DATABASE_AWAY, SQLAlchemyError)


@contextmanager
def _outliving_failures() -> Iterator[None]:
    """Whatever fails inside is only told: should the measuring end, the service would seem to have ended."""
    try:
        yield
    except UNREACHABLE as error:
        log.warning("service.not_proven", error=type(error).__name__)
    except Exception:
        log.exception("service.not_measured")


class Watchman:
    """One per web process. `newest` is its last measurement, for whatever shows the time."""

    def __init__(
        self, database: Database, desk: BiddingDesk, live: LiveHub, *, every_s: float, time_source: str
    ) -> None:
        self.newest: Sample | None = None
        self._database, self._desk, self._live = database, desk, live
        self._every_s, self._time_source = every_s, time_source
        self._told = desk.condition()
        self._reference: TimeReference | None = None
        self._reference_at = self._judged_at = float("-inf")
        self._next_end_at = float("inf")
        self._minute = -1
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, unless this installation does not measure."""
        if self._every_s > 0:
            self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            began = time.monotonic()
            with _outliving_failures():
                await self.measure()
                if began - self._judged_at >= JUDGED_EVERY_S:
                    self._judged_at = began
                    await run_periodic(self._database, JUDGE)
            await self._pause(until=max(began + self._every_s, time.monotonic() + SHORTEST_PAUSE_S))

    async def _pause(self, *, until: float) -> None:
        """Wait; when lots end meanwhile, prove the service again right after their end, which their closing waits for."""
        while self._next_end_at < until:
            await asyncio.sleep(max(SHORTEST_PAUSE_S, self._next_end_at - time.monotonic()))
            self._next_end_at = float("inf")
            with _outliving_failures():
                self._expect_end(await prove_ends(await self._database.hot_pool()))
        await asyncio.sleep(until - time.monotonic())

    def _expect_end(self, seconds: float | None) -> None:
        self._next_end_at = float("inf") if seconds is None else time.monotonic() + seconds + AFTER_END_S

    async def measure(self) -> None:
        """Prove and measure once. What could not be written is told the next time."""
        if time.monotonic() - self._reference_at >= REFERENCE_EVERY_S:
            self._reference_at = time.monotonic()
            self._reference = await asyncio.to_thread(read_reference, self._time_source)
        condition, now = self._desk.condition(), datetime.now(UTC)
        waited = 0.0 if condition.oldest_waiting is None else (now - condition.oldest_waiting).total_seconds()
        watchers, lost = self._live.count_watchers()
        vitals = Vitals(
            oldest_waiting_ms=max(0, round(waited * 1000)),
            bids=condition.bids - self._told.bids,
            bids_failed=condition.failed - self._told.failed,
            watchers=watchers,
            watchers_lost=lost,
        )
        minute = int(time.time() // 60)
        self.newest = await prove_service(
            await self._database.hot_pool(),
            vitals,
            reference=self._reference,
            marks_minute=minute != self._minute,
        )
        self._expect_end(self.newest.next_end_s)
        drift = self.newest.drift
        self._desk.clock = EdgeClock(drift.offset_ms, drift.within_ms, self.newest.taken_at)
        self._told, self._minute = condition, minute
        DRIFT.set(drift.offset_ms)
        OLDEST.set(waited)
