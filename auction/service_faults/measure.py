"""What each web process proves and measures every second, in one short transaction off the bidding path (B-47).

The proof goes through the same connections as bids: while it is written, a bid can be decided. A worker proves nothing; it
only has its clock measured.
"""

import asyncio
import os
import socket
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cache
from typing import Any

import asyncpg
from msgspec import Struct
from sqlalchemy import text

from auction.service_faults.policy import fault_policy
from auction.service_faults.time_source import TimeReference
from core.database import Work
from core.ids import new_id

ProcessClock = Callable[[], float]

SLOWEST_PROOF_S = 5.0

_CLOCK = "SELECT extract(epoch FROM clock_timestamp())::float8"

WORKER = "worker"
OF_WEB = f"process NOT LIKE '{WORKER}@%'"
"""Only web processes take bids and note when they arrive: their samples alone are judged and shown as the service's clock."""

_KEEP_WORKER = """
INSERT INTO service_sample (id, process, taken_at, court_at, drift_ms, drift_within_ms, reference, oldest_waiting_ms, bids,
                            bids_failed, watchers, watchers_lost, marks_minute)
VALUES (:id, :process, clock_timestamp(), court_now(), :drift_ms, :within_ms, '', 0, 0, 0, 0, 0, false)
"""

ENDS_PROVEN = "ends_proven"
"""The channel on which a proof that reaches ends of lots is told to those who close them."""

_GROW = """
WITH moment AS MATERIALIZED (
    SELECT clock_timestamp() AS real, court_now() AS court, service_server() AS server
), latest AS (
    SELECT id, lasted_until, server FROM service_interval ORDER BY began_at DESC LIMIT 1
), grown AS (
    UPDATE service_interval AS i
       SET lasted_until = greatest(i.lasted_until, moment.real), court_lasted_until = moment.court
      FROM latest, moment
     WHERE i.id = latest.id AND latest.server = moment.server
       AND latest.lasted_until > moment.real - make_interval(secs => $2)
    RETURNING i.id
), begun AS (
    INSERT INTO service_interval (id, began_at, lasted_until, court_began_at, court_lasted_until, server)
    SELECT $1, real, real, court, court, server FROM moment WHERE NOT EXISTS (SELECT FROM grown)
), told AS (
    SELECT pg_notify('ends_proven', '') FROM moment
     WHERE (SELECT min(ends_at) FROM lot_bidding WHERE phase = 'open') <= moment.court
), proven AS (
    SELECT real, court, extract(epoch FROM (
               SELECT min(ends_at) FROM lot_bidding WHERE phase = 'open' AND ends_at > moment.court) - court
           )::float8 AS next_end_s
      FROM moment LEFT JOIN told ON true
)
"""
"""Grow the interval of proven service, or begin one; wake whoever closes lots that waited for it; find the next end."""

_NEXT_END = """
SELECT next_end_s FROM proven
"""

_SAMPLE = """
INSERT INTO service_sample (id, process, taken_at, court_at, drift_ms, drift_within_ms, reference, reference_ms,
                            reference_within_ms, oldest_waiting_ms, bids, bids_failed, watchers, watchers_lost,
                            marks_minute)
SELECT $1, $3, real, court, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 FROM proven
RETURNING taken_at, court_at, (SELECT next_end_s FROM proven) AS next_end_s
"""
"""Keep what was measured."""


class Vitals(Struct, frozen=True):
    """What a process knows of itself. Numbers since the time before; `oldest_waiting_ms` is the age of the oldest bid that
    waits, `watchers_lost` of `watchers` are connections to open lots that are gone and have not come back."""

    oldest_waiting_ms: int = 0
    bids: int = 0
    bids_failed: int = 0
    watchers: int = 0
    watchers_lost: int = 0


class ClockReading(Struct, frozen=True):
    """This process's clock less the database's, in milliseconds, known to `within_ms` (half the way there and back)."""

    offset_ms: float
    within_ms: float


class Sample(Struct, frozen=True):
    """A kept measurement: when (real and court time), the clocks, and how soon after it the next lot ends."""

    taken_at: datetime
    court_at: datetime
    drift: ClockReading
    reference: TimeReference | None
    reference_ms: float | None
    next_end_s: float | None = None


async def compare_clocks(
    ask: Callable[[str], Awaitable[Any]], process_clock: ProcessClock = time.time
) -> ClockReading:
    """Measure the process's clock against the database's: the quickest of three questions is the most exact. `ask` gives the
    one value of a statement."""
    readings = []
    for _ in range(3):
        asked = process_clock()
        told: float = await ask(_CLOCK)
        heard = process_clock()
        readings.append(ClockReading(((asked + heard) / 2 - told) * 1000, (heard - asked) * 500))
    return min(readings, key=lambda each: each.within_ms)


async def prove_service(
    pool: asyncpg.Pool,
    vitals: Vitals,
    *,
    reference: TimeReference | None = None,
    marks_minute: bool = False,
    process: str | None = None,
    process_clock: ProcessClock = time.time,
) -> Sample:
    """Prove that this process can take bids now, and keep its measurement. Raises what the database raises.

    Not flushed to disk at once: a proof lost in a crash makes an outage look a moment longer, no more.
    """
    async with asyncio.timeout(SLOWEST_PROOF_S), pool.acquire() as connection:
        drift = await compare_clocks(connection.fetchval, process_clock)
        reference_ms = _of_database(reference, drift)
        async with connection.transaction():
            await connection.execute("SET LOCAL synchronous_commit TO off")
            row = await connection.fetchrow(
                _GROW + _SAMPLE,
                new_id(),
                float(fault_policy().outage_s),
                process or process_name("web"),
                drift.offset_ms,
                drift.within_ms,
                reference.source if reference else "",
                reference_ms,
                reference.within_ms if reference else None,
                vitals.oldest_waiting_ms,
                vitals.bids,
                vitals.bids_failed,
                vitals.watchers,
                vitals.watchers_lost,
                marks_minute,
            )
    assert row is not None
    return Sample(row["taken_at"], row["court_at"], drift, reference, reference_ms, row["next_end_s"])


async def prove_ends(pool: asyncpg.Pool) -> float | None:
    """Prove once more that this process can take bids, because lots have ended: their closing need not wait for the next
    measurement. Returns in how many seconds the next lot ends. Raises what the database raises."""
    async with asyncio.timeout(SLOWEST_PROOF_S), pool.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL synchronous_commit TO off")
        next_end_s: float | None = await connection.fetchval(
            _GROW + _NEXT_END, new_id(), float(fault_policy().outage_s)
        )
    return next_end_s


async def measure_worker(work: Work, *, process_clock: ProcessClock = time.time) -> ClockReading:
    """Keep how this worker's clock stands to the database's. It proves no service: workers take no bids, and every time that
    they write is the database's."""

    async def ask(statement: str) -> Any:
        return (await work.session.execute(text(statement))).scalar_one()

    drift = await compare_clocks(ask, process_clock)
    values = {"id": new_id(), "process": process_name(WORKER)}
    await work.session.execute(
        text(_KEEP_WORKER), values | {"drift_ms": drift.offset_ms, "within_ms": drift.within_ms}
    )
    return drift


def _of_database(reference: TimeReference | None, drift: ClockReading) -> float | None:
    """The database's clock less the reference's, when the source tells an offset."""
    if reference is None or reference.offset_ms is None:
        return None
    return reference.offset_ms - drift.offset_ms


@cache
def process_name(role: str) -> str:
    """This process's name in the measurements."""
    return f"{role}@{socket.gethostname()}:{os.getpid()}"[:80]
