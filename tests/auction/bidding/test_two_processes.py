"""Two real web processes on one lot: one order, every answer right, and a writer that is killed in the midst (B-47)."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import psutil
import pytest

from auction.bidding.log import RECEIPT_PURPOSE
from auction.bidding.published_log import public_log
from auction.bidding.verify_log import verify_log
from benchmarks.market import open_market, open_sessions
from core.child_process import ending_with_me
from core.crypto import SigningKey
from core.database import Database
from core.identity import SYSTEM
from core.settings import PROJECT_ROOT, get_settings
from tests.faults.aftermath import bids_and_answers_agree
from tests.faults.bidders import Asked, Crowd
from tests.faults.lots import Entrant, RunLot

READY_S = 120.0
STORM = 150

pytestmark = [pytest.mark.faults, pytest.mark.slow]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    url: str, port: int, *, processes: int = 1, meeting: Path | None = None
) -> Iterator[psutil.Process]:
    """One of two web processes that meet, until the end of the block."""
    environment = os.environ | {
        "DISPOSAL_DATABASE_URL": url,
        "DISPOSAL_LOG_LEVEL": "WARNING",
        "DISPOSAL_MEETING_FOLDER": str(meeting),
        "DISPOSAL_WEB_PROCESSES": "2",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "web.cli", "serve", "--port", str(port), "--processes", "1"],
        cwd=PROJECT_ROOT, env=environment, stdin=subprocess.DEVNULL,
        preexec_fn=ending_with_me(signal.SIGTERM),  # noqa: PLW1509
    )  # fmt: skip
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture
def meeting() -> Iterator[Path]:
    """Where the processes meet. Not pytest's own: the address of a socket has room for a hundred letters."""
    with TemporaryDirectory(prefix="disposal-") as folder:
        yield Path(folder)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=None), timeout=20) as client:
        yield client


@pytest.fixture
async def run(database: Database) -> RunLot:
    """An open lot and four people who may bid for it."""
    async with database.begin(SYSTEM) as work:
        market = await open_market(work, get_settings().encryption_key(), bidders=4)
        tokens = await open_sessions(work, market)
    lot = market.lots[0]
    entrants = [
        Entrant(market.registration(0, who), account.id, tokens[who], "", "", None, pays_late=False)
        for who, account in enumerate(market.accounts)
    ]
    return RunLot(0, lot.id, lot.lot_no, entrants, lot.deposit_fen)


async def until_up(client: httpx.AsyncClient, *ports: int) -> None:
    deadline = time.monotonic() + READY_S
    for port in ports:
        while True:
            try:
                if (await client.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200:
                    break
            except httpx.HTTPError:
                pass
            assert time.monotonic() < deadline, f"nobody serves port {port}"
            await asyncio.sleep(0.05)


async def led(client: httpx.AsyncClient, port: int) -> float:
    """How many bids a process has led to the other."""
    text = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
    (line,) = (line for line in text.splitlines() if line.startswith("bids_led_total "))
    return float(line.split()[1])


async def until_they_know_each_other(crowd: Crowd, run: RunLot) -> tuple[int, int]:
    """Bid a little until one process leads the other's bids: (who writes the lot, who leads), by their places."""
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        for place in (0, 1):
            await one_at(crowd, run, place, run.start_fen - 1)
        counts = [await led(crowd.client, port) for port in crowd.ports]
        if any(counts):
            leading = counts.index(max(counts))
            return 1 - leading, leading
        await asyncio.sleep(0.05)
    raise AssertionError("the processes do not meet")


async def one_at(crowd: Crowd, run: RunLot, place: int, amount: int, who: int = 0) -> Asked:
    """A bid that reaches the process at a place (and the other when that is gone)."""

    class Chosen(Random):
        def randrange(self, *_: Any) -> int:
            return place

    return await crowd.bid(run, run.entrants[who % len(run.entrants)], amount, f"key-{uuid4().hex}", Chosen())


async def everything_agrees(database: Database, run: RunLot, asked: Sequence[Asked]) -> None:
    """What was answered is recorded, what is recorded was sent, and the published log holds."""
    async with database.read() as work:
        assert await bids_and_answers_agree(work, run, asked) == []
        key = SigningKey(get_settings().encryption_key(), RECEIPT_PURPOSE)
        assert verify_log(await public_log(work, run.lot_no, key)) == []


@asynccontextmanager
async def held(database: Database, run: RunLot) -> AsyncIterator[None]:
    """The lot's row is locked by somebody else meanwhile."""
    blocker = await asyncpg.connect(database.plain_url)
    async with blocker.transaction():
        await blocker.execute("SELECT 1 FROM lot_bidding WHERE lot_id = $1 FOR UPDATE", run.lot_id)
        yield
    await blocker.close()


async def next_head(stream: AsyncIterator[str]) -> dict[str, Any]:
    async for line in stream:
        if line.startswith("data: "):
            return json.loads(line.removeprefix("data: "))  # type: ignore[no-any-return]
    raise AssertionError("the stream ended")


async def test_B47_two_processes_decide_in_one_order_and_a_killed_writer_loses_no_bid(
    database: Database, run: RunLot, meeting: Path, client: httpx.AsyncClient
) -> None:
    ports = [free_port(), free_port()]
    with (
        serving(database.url, ports[0], meeting=meeting) as first,
        serving(database.url, ports[1], meeting=meeting) as second,
    ):
        await until_up(client, *ports)
        crowd = Crowd(ports, client)
        writer, leading = await until_they_know_each_other(crowd, run)

        # While the lot is locked thirty rising bids come, every other one to the other process: decided as they arrived.
        async with held(database, run):
            bids = []
            for step in range(30):
                amount = run.start_fen + step * run.step_fen
                bids.append(asyncio.create_task(one_at(crowd, run, step % 2, amount, step)))
                await asyncio.sleep(0.02)
            await asyncio.sleep(0.5)
        by_arrival = sorted(await asyncio.gather(*bids), key=lambda each: each.receipt["received_at"])
        seqs = [each.receipt["seq"] for each in by_arrival]
        assert seqs == sorted(seqs)
        # A busy machine may read a bid after one that was sent later; whoever came at a good price is accepted.
        highest = 0
        for each in by_arrival:
            assert each.accepted == (each.amount_fen > highest)
            highest = max(highest, each.amount_fen)

        # A bid at one process reaches the watchers of both.
        urls = [f"http://127.0.0.1:{port}/lots/{run.lot_no}/live" for port in ports]
        async with client.stream("GET", urls[0]) as one, client.stream("GET", urls[1]) as two:
            streams = [one.aiter_lines(), two.aiter_lines()]
            for stream in streams:
                assert (await next_head(stream))["price_fen"] == run.start_fen + 29 * run.step_fen
            last = await one_at(crowd, run, leading, run.start_fen + 30 * run.step_fen)
            for stream in streams:
                assert (await next_head(stream))["price_fen"] == last.amount_fen

        # The writer is killed while bids are on their way to it.
        before = len(crowd.asked)

        async def bid_along(who: int) -> None:
            while (number := len(crowd.asked) - before) < STORM:
                await one_at(crowd, run, number % 2, run.start_fen + (31 + number) * run.step_fen, who)
                if number == STORM // 3:
                    (first, second)[writer].kill()

        await asyncio.gather(*(bid_along(who) for who in range(8)))
        stormed = crowd.asked[before:]
        assert sum(each.accepted for each in stormed) > STORM / 10
        assert any(each.unanswered for each in stormed), "nobody noticed the kill"
        assert all(each.status in (201, 409) for each in stormed)
        await everything_agrees(database, run, crowd.asked)
