"""`python -m benchmarks`: measure bidding against the machine's own limits, and write benchmarks/RESULTS.md.

Everything is measured in one run on one machine, so that the ratios mean something wherever it is repeated.
"""

import argparse
import asyncio
import os
import platform
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random
from uuid import UUID

from auction.bidding.log import LogEntry
from auction.bidding.verify_log import verify_links
from benchmarks.client import Measured, Requests, measure, post
from benchmarks.market import START_FEN, STEP_FEN, Market, open_market, open_sessions
from benchmarks.one_by_one import bids_per_second
from benchmarks.processor_time import family, memory_mb
from benchmarks.service import HOST, Service, running_service
from core.database import Database
from core.identity import SYSTEM

RESULTS = Path(__file__).parent / "RESULTS.md"
LOTS, BIDDERS = 1_000, 64
ROUNDS = 4
PER_BIDDER = LOTS // BIDDERS + 1
TARGETS = {"hot ÷ no-op": 0.6, "hot ÷ pgbench": 2.0, "lots ÷ no-op": 0.4}


def takes_part(lot: int, bidder: int) -> bool:
    """Two neighbours compete for each lot; everybody bids for the hot lot (0) and pgbench's (1)."""
    return lot <= 1 or bidder in (lot // PER_BIDDER % BIDDERS, (lot // PER_BIDDER + 1) % BIDDERS)


async def prepare(service: Service) -> tuple[Market, list[str]]:
    """Lots, bidders, sessions."""
    database = Database(service.database_url)
    try:
        async with database.begin(SYSTEM) as work:
            market = await open_market(
                work, service.master_key, lots=LOTS + 2, bidders=BIDDERS, enters=takes_part
            )
            return market, await open_sessions(work, market)
    finally:
        await database.close()


async def check_log(service: Service, lot_id: UUID) -> int:
    """The number of bids in a lot's log, whose chain must hold."""
    from auction.bidding.queries import log_page

    database = Database(service.database_url)
    entries: list[LogEntry] = []
    try:
        async with database.read() as work:
            while page := await log_page(work, lot_id, after_seq=len(entries)):
                entries += page
    finally:
        await database.close()
    if faults := verify_links(lot_id, entries):
        raise RuntimeError(f"the log does not hold: {faults[0]}")
    return len(entries)


def noop_requests(port: int, tokens: list[str]) -> Requests:
    """Authenticated requests that change nothing."""
    numbers = count()

    def next_request(connection: int) -> bytes:
        body = b'{"amount_fen":%d,"idempotency_key":"noop-%d"}' % (START_FEN, next(numbers))
        return post(HOST, port, "/api/v1/noop", tokens[connection % BIDDERS], body)

    return next_request


def bid_requests(port: int, tokens: list[str], market: Market, lots: range) -> Requests:
    """Rising bids for the lots in the range that the connection's bidder takes part in."""
    random, numbers = Random(1), count()
    offers = {lot: count() for lot in lots}
    own = [[lot for lot in lots if takes_part(lot, bidder)] for bidder in range(BIDDERS)]
    paths = {lot: f"/api/v1/lots/{market.lots[lot].id}/bids" for lot in lots}

    def next_request(connection: int) -> bytes:
        bidder = connection % BIDDERS
        lot = random.choice(own[bidder])
        amount = START_FEN + next(offers[lot]) * STEP_FEN
        body = b'{"amount_fen":%d,"idempotency_key":"bench-%d"}' % (amount, next(numbers))
        return post(HOST, port, paths[lot], tokens[bidder], body)

    return next_request


def row(name: str, run: Measured) -> str:
    """A line of the table."""
    answers = len(run.latencies) or 1
    return (
        f"| {name} | {run.per_second:,.0f} | {run.status_per_second(201):,.0f} | {run.percentile(0.5):.1f} "
        f"| {run.percentile(0.99):.1f} | {run.web_s / answers * 1e6:.0f} | {run.database_s / answers * 1e6:.0f} "
        f"| {run.per_processor_second:,.0f} | {dict(sorted(run.statuses.items()))} |"
    )


def ratio_by_processor_time(runs: dict[str, Measured]) -> float:
    """Hot-lot bids ÷ no-ops that the web process answers with the same processor time."""
    noop, hot = runs["noop"], runs["hot"]
    return (noop.web_s / len(noop.latencies)) / (hot.web_s / len(hot.latencies))


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--seconds", type=int, default=12, help="length of each measurement, in four turns (12)"
    )
    parser.add_argument("--connections", type=int, default=64, help="bidders at once (64)")
    parser.add_argument("--only", choices=("noop", "hot", "lots"), help="one measurement, nothing written")
    arguments = parser.parse_args()
    with running_service() as service:
        market, tokens = asyncio.run(prepare(service))
        port = service.port
        print(f"web process {service.web_process_id}, port {port}", flush=True)
        kinds: dict[str, Requests] = {
            "noop": noop_requests(port, tokens),
            "hot": bid_requests(port, tokens, market, range(1)),
            "lots": bid_requests(port, tokens, market, range(2, LOTS + 2)),
        }
        runs: dict[str, Measured] = {name: Measured(0.0) for name in kinds if arguments.only in (None, name)}
        alone: dict[int, float] = dict.fromkeys((8, 32), 0.0)
        # In turns: whatever else the machine does falls on all of them alike.
        for _ in range(ROUNDS):
            for name, run in runs.items():
                part = measure(
                    HOST,
                    port,
                    kinds[name],
                    connections=arguments.connections,
                    warm_s=1,
                    length_s=arguments.seconds / ROUNDS,
                    meter=service.processor_time,
                )
                run.add(part)
                print(row(name, part), flush=True)
            for clients in () if arguments.only else alone:
                rate = bids_per_second(
                    service.database_url,
                    market.lots[1].id,
                    market.registration(1, 0),
                    clients=clients,
                    seconds=max(1, round(arguments.seconds / ROUNDS)),
                )
                alone[clients] += rate / ROUNDS
                print(f"| pgbench {clients} | {rate:,.0f} |", flush=True)
        if arguments.only:
            return
        logged = asyncio.run(check_log(service, market.lots[0].id))
        memory = memory_mb(family(service.web_process_id))
    write(arguments, runs, alone, logged, memory)


def write(
    arguments: argparse.Namespace,
    runs: dict[str, Measured],
    alone: dict[int, float],
    logged: int,
    memory: float,
) -> None:
    """The report, and on the screen."""
    noop = runs["noop"].per_second
    ratios = {
        "hot ÷ no-op": runs["hot"].per_second / noop,
        "hot ÷ pgbench": runs["hot"].per_second / max(alone.values()),
        "lots ÷ no-op": runs["lots"].per_second / noop,
    }
    introduction = (
        f"`make bench`, that is `python -m benchmarks --seconds {arguments.seconds} --connections "
        f"{arguments.connections}`, on {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores shared with the load "
        f"client, Python {platform.python_version()}, one web process, embedded PostgreSQL with fsync on. Closed "
        "loop: each connection is one logged-in bidder with one request at a time. All measurements take turns of "
        f"{arguments.seconds / ROUNDS:g} s. A bid counts when its signed "
        "receipt has arrived, which is after the commit. Load average before the report: "
        f"{os.getloadavg()[0]:.1f}; above the number of cores, other programs took part and only the ratios mean "
        "something, give or take 30 %. Refusals (409) are mostly bids overtaken on the way: they are decided, logged "
        "and answered like accepted ones."
    )
    lines = [
        "# Bidding, measured",
        "",
        introduction,
        "",
        (
            "| measurement | answers/s | accepted/s | p50, ms | p99, ms | web, µs of processor each | database, µs each "
            "| answers per processor second | answers by status |"
        ),
        "|---|---|---|---|---|---|---|---|---|",
        row("authenticated POST that does nothing", runs["noop"]),
        row("bids for one hot lot", runs["hot"]),
        row(f"bids for {LOTS:,} lots", runs["lots"]),
        *(
            f"| pgbench, one transaction per bid on one lot, {clients} clients | {rate:,.0f} | {rate:,.0f} "
            "| – | – | – | – | – | – |"
            for clients, rate in alone.items()
        ),
        "",
        "| ratio | measured | target |",
        "|---|---|---|",
        *(f"| {name} | {value:.2f} | ≥ {TARGETS[name]} |" for name, value in ratios.items()),
        "",
        (
            "Processor time bears other load better than rates do: hot ÷ no-op by the web process's processor time is "
            f"{ratio_by_processor_time(runs):.2f}."
        ),
        "",
        (
            f"The log of the hot lot held {logged:,} bids afterwards and its hash chain was verified. The web "
            f"process held {memory:,.0f} MB."
        ),
        "",
    ]
    RESULTS.write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
