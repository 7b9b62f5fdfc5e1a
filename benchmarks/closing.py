"""Ten thousand lots that end at the same instant, half of them with a bid: how long until the worker has decided all."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg

from auction.bidding.sequencer import BiddingDesk
from benchmarks.market import START_FEN, Market, open_market
from benchmarks.service import Service
from core.database import Database
from core.identity import SYSTEM
from core.settings import PROJECT_ROOT

LEAD_TIME_S = 6.0
GIVE_UP_S = 120.0
POLL_S = 0.05
TICKING = "SELECT coalesce(bool_or(ticked_at > clock_timestamp() - interval '2 seconds'), false) FROM bidding_clock_tick"


@dataclass(frozen=True, slots=True)
class Closed:
    """Seconds from the common end until every lot was decided."""

    lots: int
    sold: int
    failed: int
    seconds: float

    @property
    def per_second(self) -> float:
        """Lots decided a second."""
        return self.lots / self.seconds


async def _prepare(service: Service, lots: int) -> list[UUID]:
    """Open lots, each with a bidder; every second one gets a bid. Returns their ids."""
    database = Database(service.database_url)
    async with database.begin(SYSTEM) as work:
        market = await open_market(work, service.master_key, lots=lots, bidders=1)
    desk = BiddingDesk(database, service.master_key, longest_queue=lots)
    now = datetime.now(UTC)
    await asyncio.gather(*(_bid(desk, market, lot, now) for lot in range(0, lots, 2)))
    await desk.close()
    await database.close()
    return [lot.id for lot in market.lots]


async def _bid(desk: BiddingDesk, market: Market, lot: int, now: datetime) -> None:
    registration = market.registration(lot, 0)
    receipt = await desk.submit(market.lots[lot].id, registration, START_FEN, f"closing-{lot}", now)
    assert receipt.accepted


def close_together(service: Service, lots: int) -> Closed:
    """Let the lots end at one instant, with a worker running, and wait until all are decided. Raises `RuntimeError` when
    some are not."""
    with psycopg.connect(service.database_url, autocommit=True) as connection:
        ids = asyncio.run(_prepare(service, lots))
        with _worker(service, connection):
            end = datetime.now(UTC) + timedelta(seconds=LEAD_TIME_S)
            connection.execute("UPDATE lot_bidding SET ends_at = %s WHERE lot_id = ANY(%s)", [end, ids])
            undecided = "SELECT count(*) FROM lot_bidding WHERE phase = 'open' AND ends_at = %s"
            while connection.execute(undecided, [end]).fetchone() != (0,):
                if datetime.now(UTC) - end > timedelta(seconds=GIVE_UP_S):
                    raise RuntimeError("not every lot was decided")
                time.sleep(POLL_S)
            took = (datetime.now(UTC) - end).total_seconds()
        found = connection.execute(
            "SELECT count(*) FILTER (WHERE state = 'sold'), count(*) FILTER (WHERE state = 'failed') FROM lot "
            "WHERE ended_at = %s",
            [end],
        ).fetchone()
    assert found is not None
    sold, failed = found
    if (sold, failed) != (lots // 2, lots - lots // 2):
        raise RuntimeError(f"of {lots} lots {sold} were sold and {failed} failed")
    return Closed(lots, sold, failed, took)


@contextmanager
def _worker(service: Service, connection: psycopg.Connection) -> Iterator[None]:
    """A worker process of the service whose bidding clock ticks."""
    environment = os.environ | {
        "DISPOSAL_DATA_DIR": str(service.data_dir),
        "DISPOSAL_DATABASE_URL": service.database_url,
        "DISPOSAL_LOG_LEVEL": "WARNING",
    }
    worker = subprocess.Popen([sys.executable, "-m", "web.cli", "worker"], cwd=PROJECT_ROOT, env=environment)
    try:
        for _ in range(round(GIVE_UP_S)):
            time.sleep(1)
            if connection.execute(TICKING).fetchone() == (True,):
                break
        yield
    finally:
        worker.terminate()
        try:
            worker.wait(timeout=20)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
