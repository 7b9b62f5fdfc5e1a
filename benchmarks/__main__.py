"""`python -m benchmarks`: measure the auction engine against the machine's own limits, and write benchmarks/RESULTS.md.

Everything is measured in one run on one machine, so that the ratios mean something wherever it is repeated.
"""

import argparse
import asyncio
import sys
from statistics import median
from uuid import UUID

from auction.bidding.log import LogEntry
from auction.bidding.queries import log_page
from auction.bidding.verify_log import verify_links
from benchmarks.client import Load, Measured, measure, percentile
from benchmarks.closing import close_together
from benchmarks.disk import flush_ms
from benchmarks.loads import (
    BIDDERS,
    LOTS,
    NOOP_BY_THE_FRAMEWORK,
    HotLot,
    ManyLots,
    Nothing,
    takes_part,
)
from benchmarks.long_log import LONG, compare_lengths
from benchmarks.market import Market, open_market, open_sessions
from benchmarks.open_loop import latencies_at
from benchmarks.pgbench import bids_per_second, updates_per_second
from benchmarks.processor_time import family, memory_mb
from benchmarks.report import Report, Target
from benchmarks.service import HOST, Service, running_service
from benchmarks.valuations import measure_valuations
from benchmarks.watchers import allow_connections, watch
from core.database import Database
from core.identity import SYSTEM

ROUNDS = 4
PARTS = ("rates", "latency", "watchers", "closing", "length", "valuations")
WATCHERS, CLOSING = 5_000, 10_000
PGBENCH_LOT, WATCHED_LOT = 1, LOTS + 2


class Bench:
    """One run: a service with its market, and the report that grows."""

    def __init__(self, service: Service, seconds: float, connections: int, report: Report) -> None:
        self.service, self.seconds, self.connections, self.report = service, seconds, connections, report
        self.market, self.tokens = asyncio.run(self._prepare())
        self.port = service.port
        self.hot = HotLot(self.port, self.tokens, self.market)
        self.noop = Nothing(self.port, self.tokens)

    async def _prepare(self) -> tuple[Market, list[str]]:
        database = Database(self.service.database_url)
        try:
            async with database.begin(SYSTEM) as work:
                market = await open_market(
                    work,
                    self.service.master_key,
                    lots=LOTS + 3,
                    bidders=BIDDERS,
                    enters=lambda lot, bidder: lot == WATCHED_LOT or takes_part(lot, bidder),
                )
                return market, await open_sessions(work, market)
        finally:
            await database.close()

    def turn(self, load: Load, seconds: float) -> Measured:
        """A measurement's turn in the closed loop."""
        return measure(
            HOST,
            self.port,
            load,
            connections=self.connections,
            length_s=seconds,
            meter=self.service.processor_time,
        )

    def rates(self) -> float:
        """Closed loop: what the service does at most. Returns the decided bids a second of the hot lot."""
        lots = ManyLots(self.port, self.tokens, self.market, range(2, LOTS + 2))
        loads: dict[str, Load] = {
            "authenticated POST that does nothing, by the road of the bids": self.noop,
            "bids for one hot lot": self.hot,
            f"bids for {LOTS:,} lots, two bidders each in turn": lots,
            "the POST that does nothing, by the framework's routes": Nothing(
                self.port, self.tokens, NOOP_BY_THE_FRAMEWORK
            ),
        }
        runs = {name: Measured() for name in loads}
        single: dict[int, float] = dict.fromkeys((8, 32), 0.0)
        length = self.seconds / ROUNDS
        # In turns: whatever else the machine does falls on all of them alike.
        for _ in range(ROUNDS):
            for name, load in loads.items():
                runs[name].add(part := self.turn(load, length))
                print(row(name, part), flush=True)
            for clients in single:
                single[clients] += self._one_by_one(clients, length) / ROUNDS
        noop, hot, many, by_framework = runs.values()
        self.report.rows += [row(name, run) for name, run in runs.items()]
        self.report.rows += [
            f"| pgbench, one transaction per bid on one lot, {clients} clients | {rate:,.0f} | {rate:,.0f} {'| – ' * 6}|"
            for clients, rate in single.items()
        ]
        best = max(single.values())
        self.report.targets += [
            Target("hot lot: decided bids/s ÷ no-op/s", hot.per_second / by_framework.per_second, 0.6, 0.8),
            Target("hot lot: decided bids/s ÷ pgbench, a transaction per bid", hot.per_second / best, 2, 4),
            Target(
                f"{LOTS:,} lots: accepted bids/s ÷ no-op/s",
                many.status_per_second(201) / by_framework.per_second,
                0.4,
                0.6,
            ),
        ]
        accepted = hot.status_per_second(201) / hot.per_second
        logged = asyncio.run(self._check_log(self.market.lots[0].id))
        self.report.notes += [
            (
                "The no-op is an authenticated POST of the application, by the framework's routes as every POST but a bid goes. "
                "Bids go past the framework (ADR 13). By a no-op that goes past it as well the hot lot reaches "
                f"{hot.per_second / noop.per_second:.2f} and {LOTS:,} lots "
                f"{many.status_per_second(201) / noop.per_second:.2f}: less than the table asks, and the less the cheaper that "
                "road becomes."
            ),
            (
                f"By the web process's processor time a hot bid costs {cost(hot) / cost(noop):.2f} no-ops, one of {LOTS:,} lots "
                f"{cost(many) / cost(noop):.2f}."
            ),
            (
                f"Order: each offer for the hot lot is one step above the one sent before it, over {self.connections} "
                f"connections; {accepted:.1%} were accepted, the others had been overtaken on their way."
            ),
            (
                f"The hot lot's log held {logged:,} bids afterwards and its hash chain was verified. The web process held "
                f"{memory_mb(family(self.service.web_process_id)):,.0f} MB."
            ),
        ]
        return hot.per_second

    def _one_by_one(self, clients: int, length: float) -> float:
        rate = bids_per_second(
            self.service.database_url,
            self.market.lots[PGBENCH_LOT].id,
            self.market.registration(PGBENCH_LOT, 0),
            clients=clients,
            seconds=max(1, round(length)),
        )
        print(f"| pgbench {clients} | {rate:,.0f} |", flush=True)
        return rate

    async def _check_log(self, lot_id: UUID) -> int:
        database = Database(self.service.database_url)
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

    def latency(self, most: float) -> None:
        """Open loop at half the highest rate."""
        rate = most / 2
        loads: dict[str, Load] = {
            "no-op": Nothing(self.port, self.tokens, NOOP_BY_THE_FRAMEWORK),
            "no-op by the short road": self.noop,
            "bid": self.hot,
        }
        found: dict[str, list[list[float]]] = {name: [] for name in loads}
        for _ in range(ROUNDS):
            for name, load in loads.items():
                part = latencies_at(
                    HOST, self.port, load, per_second=rate, seconds=max(2.0, self.seconds / ROUNDS)
                )
                found[name].append(part)
                print(
                    f"| {name} at {rate:,.0f}/s | p50 {percentile(part, 0.5):.2f} ms | p99 {percentile(part, 0.99):.2f} ms |",
                    flush=True,
                )
        tails = {name: [percentile(part, 0.99) for part in parts] for name, parts in found.items()}
        ratios = {
            name: median(bid / nothing for bid, nothing in zip(tails["bid"], tails[name], strict=True))
            for name in ("no-op", "no-op by the short road")
        }
        self.report.targets.append(
            Target(
                "p99 of a bid at half the highest rate ÷ p99 of the no-op", ratios["no-op"], 3, 1.5, most=True
            )
        )
        self.report.notes.append(
            f"By the no-op of the short road instead, the p99 of a bid is {ratios['no-op by the short road']:.1f} times as long."
        )
        flush, slow_flush = flush_ms(self.service.data_dir)
        times = "; ".join(
            f"{name} p50 {median(percentile(part, 0.5) for part in parts):.2f} ms, p99 {median(tails[name]):.2f} ms"
            for name, parts in found.items()
        )
        self.report.notes.append(
            f"Open loop at {rate:,.0f}/s, medians of {ROUNDS} rounds, timed from the planned departure: {times}. A bid is "
            f"answered after its commit has reached the disk, a no-op waits for nothing; a flush of this disk takes "
            f"{flush:.2f} ms, one in a hundred {slow_flush:.2f} ms; a bid waits for the batch before it and for its own."
        )

    def watchers(self) -> None:
        """Live delay."""
        result = watch(self.service, self.market, self.tokens, lot=WATCHED_LOT, watchers=WATCHERS)
        self.report.targets.append(
            Target(
                f"{WATCHERS:,} watchers: p99 from bid to watcher",
                result.p99_ms,
                1000,
                250,
                most=True,
                unit=" ms",
            )
        )
        self.report.notes.append(
            f"{WATCHERS:,} watchers of one lot: every bid reached all but {result.missed} of them; in a storm of bids each got "
            f"{result.messages_per_second:.1f} messages a second, and {result.calm_after_s * 1000:,.0f} ms after its last "
            f"bid all had the final state. The web process then held {memory_mb(family(self.service.web_process_id)):,.0f} MB."
        )

    def closing(self) -> None:
        """Many ends at once."""
        updates = updates_per_second(
            self.service.database_url, clients=8, seconds=max(2, round(self.seconds / ROUNDS))
        )
        closed = close_together(self.service, CLOSING)
        self.report.targets.append(
            Target(
                f"{CLOSING:,} ends at one instant: decided lots/s ÷ pgbench row updates/s",
                closed.per_second / updates,
                0.5,
                1,
            )
        )
        self.report.notes.append(
            f"{closed.lots:,} lots ended at one instant: all decided within {closed.seconds:.2f} s of it ({closed.sold:,} sold, "
            f"{closed.failed:,} failed), with audit record and follow-up messages; pgbench updated {updates:,.0f} rows/s, "
            "one in each transaction, 8 clients."
        )

    def length(self) -> None:
        """The millionth bid."""
        found = compare_lengths(self.service)
        self.report.targets.append(
            Target("cost of a lot's 1,000,000th bid ÷ its 1,000th", found.ratio, 1.2, 1.05, most=True)
        )
        self.report.notes.append(
            f"A bid on a log of about 1,000 cost {found.short_us:.0f} µs of processor (desk and database), on one of {LONG:,} "
            f"{found.long_us:.0f} µs, in turns; the ratio is the median of the turns."
        )


def cost(run: Measured) -> float:
    """Processor seconds of the web process for each answer."""
    return run.web_s / (len(run.latencies) or 1)


def row(name: str, run: Measured) -> str:
    """A line of the table."""
    answers = len(run.latencies) or 1
    return (
        f"| {name} | {run.per_second:,.0f} | {run.status_per_second(201):,.0f} | {run.percentile(0.5):.1f} "
        f"| {run.percentile(0.99):.1f} | {cost(run) * 1e6:.0f} | {run.database_s / answers * 1e6:.0f} "
        f"| {run.per_processor_second:,.0f} | {dict(sorted(run.statuses.items()))} |"
    )


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=12, help="length of each rate, in four turns (12)")
    parser.add_argument(
        "--connections",
        type=int,
        default=BIDDERS,
        help="bidders at once, at most 64 (64)",
    )
    parser.add_argument(
        "--only", choices=PARTS, action="append", help="a part alone, may be repeated; nothing is written"
    )
    parser.add_argument(
        "--valuations", type=int, default=40, help="searches for a price in the part of that name (40)"
    )
    arguments = parser.parse_args()
    parts = arguments.only or PARTS
    allow_connections(2 * WATCHERS)
    report = Report(" ".join(["python -m benchmarks", *sys.argv[1:]]))
    if parts == ["valuations"]:
        print(measure_valuations(arguments.valuations).text)
        return
    with running_service() as service:
        print(f"web process {service.web_process_id}, port {service.port}", flush=True)
        bench = Bench(service, arguments.seconds, arguments.connections, report)
        most = bench.rates() if "rates" in parts else 0.0
        if "latency" in parts:
            bench.latency(most or bench.turn(bench.hot, arguments.seconds).per_second)
        # Thousands of streams that end at once, or a million rows, may be an outage to the fault policy: they come last.
        for part in ("closing", "watchers", "length"):
            if part in parts:
                getattr(bench, part)()
    if "valuations" in parts:
        report.notes.append(measure_valuations(arguments.valuations).text)
    if not arguments.only:
        report.write()
    print(report.text())


if __name__ == "__main__":
    main()
