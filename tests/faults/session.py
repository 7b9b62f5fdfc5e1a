"""A session: many runs in one installation. A run is one lot, its bidders and one kill; several are under way at a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from auction.payments.record_line import StatementLine, record_bank_line
from benchmarks.market import COURT
from core.clock import PermitPurpose, permit_clock, set_clock
from core.database import DATABASE_AWAY, Database, Work
from core.identity import SYSTEM, Actor, Role
from tests.faults.aftermath import check_everything
from tests.faults.bidders import Crowd
from tests.faults.installation import Installation
from tests.faults.kills import plan_of, strike_in_time
from tests.faults.lots import WINDOW_S, RunLot, begin_run, prepare_lots
from tests.faults.payouts import SEEDS_FOR_A_SALE, pay_out, payouts_happened_once, prepare_payday

BEAT_S = 0.25
"""From one run to the next, on a machine of one's own."""
USUAL_START_S = 1.5
"""What it takes there until two web processes and two workers are ready. A slower machine gets more time for everything."""
SLOWEST_PACE = 6.0
COURT_SPEED = 60
"""Court seconds in a real one where the fault policy is in force: the minutes of its notices pass in seconds."""
MOST_AT_ONCE = 12
QUIET_WITHIN_S = 240.0
FINANCE = Actor(None, "财务", frozenset({Role.FINANCE}), COURT)
DATABASE_IS_AWAY: tuple[type[Exception], ...] = (*DATABASE_AWAY, DBAPIError)


@dataclass(slots=True)
class Outcome:
    """What a session showed. `faults` are those of no single run, `payout_faults` those of the money paid out beside the runs."""

    runs: list[RunLot]
    crowd: Crowd
    faults: list[str] = field(default_factory=list)
    payout_faults: list[str] = field(default_factory=list)
    revivals: int = 0
    seconds: float = 0.0

    @property
    def failed_seeds(self) -> list[int]:
        """The seeds to run again."""
        return [run.seed for run in self.runs if run.faults]

    def summary(self) -> str:
        """One line for people."""
        asked = self.crowd.asked
        return (
            f"{len(self.runs)} kills, {self.revivals} processes started again, {len(asked)} bids, "
            f"{sum(each.accepted for each in asked)} accepted, "
            f"{sum(each.unanswered > 0 for each in asked)} without an answer at first, "
            f"{sum(each.uncertain > 0 for each in asked)} told to ask again, "
            f"{sum(bool(each.receipt.get('repeated')) for each in asked)} found recorded on asking again; "
            f"{self.seconds:.0f} s"
        )


async def run_session(
    seeds: Sequence[int], folder: Path, *, cold: bool = False, watched: bool = False
) -> Outcome:
    """Run the seeds in an installation below `folder` and check everything at the end.

    `cold`: processes start as in production; else they are forked with everything imported, ten times as fast. `watched`: the
    fault policy is in force, so lots stop and go on by themselves; else kills alone decide what a lot's end falls into.
    """
    began = time.monotonic()
    installation = Installation(folder, cold=cold, watched=watched)
    try:
        await installation.found()
        database = Database(installation.url, pool_size=4)
        speed = COURT_SPEED if watched else 1
        if watched:
            async with database.begin(SYSTEM) as work:
                await permit_clock(work.session, PermitPurpose.HISTORY)
                await set_clock(work.session, speed=speed)
        runs = await prepare_lots(database, seeds, window_s=WINDOW_S * speed)
        payday = await prepare_payday(database, max(1, len(seeds) // SEEDS_FOR_A_SALE))
        pace = min(SLOWEST_PACE, max(1.0, await installation.start() / USUAL_START_S))
        async with httpx.AsyncClient(
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=20)
        ) as client:
            crowd = Crowd([web.port or 0 for web in installation.webs], client)
            outcome = Outcome(runs, crowd)
            stopping = asyncio.Event()
            keeper = asyncio.create_task(installation.keep(stopping))
            buyers = asyncio.create_task(_pay_balances(database, stopping))
            paying = asyncio.create_task(pay_out(database, payday, installation, client, DATABASE_IS_AWAY))
            await _play(installation, database, outcome, pace=pace, speed=speed)
            await asyncio.wait([paying], timeout=QUIET_WITHIN_S)
            paying.cancel()
            outcome.faults += await _until_quiet(database, runs)
            stopping.set()
            await asyncio.gather(keeper, buyers)
            outcome.payout_faults += _thrown(paying)
        outcome.revivals = installation.revivals
        await check_everything(database, outcome.runs, outcome.crowd.asked, outcome.faults)
        async with database.read() as work:
            outcome.payout_faults += await payouts_happened_once(work, payday)
        await database.close()
    finally:
        await installation.stop()
    outcome.seconds = time.monotonic() - began
    return outcome


def _thrown(task: asyncio.Task[None]) -> list[str]:
    """What ended a task before its time."""
    error = None if task.cancelled() or not task.done() else task.exception()
    return [] if error is None else [f"the payouts broke off: {error!r}"]


async def _play(
    installation: Installation, database: Database, outcome: Outcome, *, pace: float, speed: int
) -> None:
    """Begin the runs one after the other; wait until everybody has a definite answer."""
    room = asyncio.Semaphore(MOST_AT_ONCE)

    async def play(run: RunLot) -> None:
        plan = plan_of(run.seed, pace)
        try:
            await insistently(lambda: begin_run(database, run, seconds=plan.bidding_s * speed))
            await asyncio.gather(
                outcome.crowd.contest(run, seconds=plan.bidding_s),
                strike_in_time(installation, plan),
                *(_pay_deposit(database, run, who) for who in range(len(run.entrants))),
            )
        finally:
            room.release()

    playing: list[asyncio.Task[None]] = []
    watching: list[asyncio.Task[None]] = []
    for run in outcome.runs:
        await room.acquire()
        # Lots that end while nothing at all runs would prove little: at least one web process is up when a run begins.
        while not any(web.is_ready() for web in installation.webs):  # noqa: ASYNC110 - another process changes it
            await asyncio.sleep(0.01)
        playing.append(asyncio.create_task(play(run)))
        watching.append(asyncio.create_task(outcome.crowd.watch(run, run.seed % len(installation.webs))))
        await asyncio.sleep(BEAT_S * pace)
    await asyncio.gather(*playing)
    await asyncio.gather(*watching)


async def insistently(attempt: Callable[[], Awaitable[None]], *, seconds: float = 60.0) -> None:
    """Try until the database is there."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            await attempt()
        except DATABASE_IS_AWAY:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.05)
        else:
            return


async def _pay_deposit(database: Database, run: RunLot, who: int) -> None:
    """The bank's line for a deposit that is paid while the lot is bid for."""
    entrant = run.entrants[who]
    if not entrant.pays_late:
        return
    await insistently(
        lambda: _record_line(
            database, f"deposit-{run.seed}", entrant.virtual_account_no, run.deposit_fen, entrant.name
        )
    )


async def _pay_balances(database: Database, stopping: asyncio.Event) -> None:
    """Every other buyer pays as soon as there is an account for it."""
    while not stopping.is_set():
        try:
            async with database.read() as work:
                waiting = await work.session.execute(
                    text(
                        "SELECT lot_id, virtual_account_no, balance_fen, buyer_name FROM settlement "
                        "WHERE state = 'await_balance' AND balance_fen % 200000 = 0"
                    )
                )
                rows = waiting.all()
            for row in rows:
                await _record_line(
                    database,
                    f"balance-{row.lot_id}"[:60],
                    row.virtual_account_no,
                    row.balance_fen,
                    row.buyer_name,
                )
        except DATABASE_IS_AWAY:
            pass
        await asyncio.sleep(0.3)


async def _record_line(database: Database, reference: str, account: str, amount: int, payer: str) -> None:
    async with database.begin(FINANCE) as work:
        await record_bank_line(work, COURT, StatementLine(reference, account, amount, payer, work.now))


_UNFINISHED = """
SELECT 'lots not ended' AS what, count(*) AS many, min(lot_no) AS example FROM lot
 WHERE id = ANY(:lots) AND state IN ('published', 'bidding', 'paused')
UNION ALL
SELECT 'messages not done', count(*), min(task || ' ' || coalesce(last_error, '')) FROM outbox_message
 WHERE done_at IS NULL AND available_at <= court_now()
UNION ALL
SELECT 'orders not executed', count(*), min(key) FROM payment_order WHERE state = 'due'
UNION ALL
SELECT 'bank lines not matched', count(*), min(bank_reference) FROM bank_line WHERE state = 'new'
UNION ALL
SELECT 'sales without settlement', count(*), min(lot_no) FROM lot
 WHERE state = 'sold' AND NOT EXISTS (SELECT 1 FROM settlement WHERE settlement.lot_id = lot.id)
UNION ALL
SELECT 'balances not paid', count(*), min(lot_id::text) FROM settlement
 WHERE state = 'await_balance' AND balance_fen % 200000 = 0
"""


async def _until_quiet(database: Database, runs: Sequence[RunLot]) -> list[str]:
    """Wait until the workers have done everything that is due; what they have not done in time."""
    deadline = time.monotonic() + QUIET_WITHIN_S
    unfinished: list[str] = ["nothing could be read"]
    while unfinished and time.monotonic() < deadline:
        try:
            async with database.read() as work:
                unfinished = await _unfinished(work, runs)
        except DATABASE_IS_AWAY:
            unfinished = ["the database is away"]
        await asyncio.sleep(0.2)
    return unfinished


async def _unfinished(work: Work, runs: Sequence[RunLot]) -> list[str]:
    rows = await work.session.execute(text(_UNFINISHED), {"lots": [run.lot_id for run in runs]})
    return [f"{many} {what}, such as {example}" for what, many, example in rows if many]
