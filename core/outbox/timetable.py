"""Periodic jobs. The truth is in due rows, so a job may run late, twice at once or not at all without harm.

`@every(seconds=1)` sweeps; `@daily(at="02:00")` runs once a court day. One process at a time does a job: the lock is in
the database, so any number of workers may be started. A job that works in batches returns whether there is more: it runs
again at once, each batch committed by itself.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import text

from core.clock import COURT_ZONE
from core.database import Database, Work
from core.identity.actor import SYSTEM

Job = Callable[[Work], Awaitable[bool | None]]
"""A use case; true says that there is more of it to do."""


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job and its rhythm: real seconds between sweeps, or a time of the court's day.

    `follows_clock`: what it finds depends on court time, so a sandbox runs it in court time too. `side_by_side`: while there is
    more, so many transactions do it at once; such a job takes what nobody else holds, and needs no lock. `woken_by`: a channel
    of the database on which somebody tells that it need not wait for its next sweep.
    """

    name: str
    run: Job
    seconds: float | None = None
    at: time | None = None
    follows_clock: bool = True
    side_by_side: int = 1
    woken_by: str | None = None


PERIODIC: dict[str, Periodic] = {}


def every(
    *, seconds: float, follows_clock: bool = True, side_by_side: int = 1, woken_by: str | None = None
) -> Callable[[Job], Job]:
    """Run the use case again and again, `seconds` of real time apart. The rest: see `Periodic`."""

    def register(run: Job) -> Job:
        name = f"{run.__module__}.{run.__name__}"
        PERIODIC[name] = Periodic(
            name,
            run,
            seconds=seconds,
            follows_clock=follows_clock,
            side_by_side=side_by_side,
            woken_by=woken_by,
        )
        return run

    return register


def daily(*, at: str) -> Callable[[Job], Job]:
    """Run the use case once a court day, after `at` (HH:MM, Asia/Shanghai)."""

    def register(run: Job) -> Job:
        name = f"{run.__module__}.{run.__name__}"
        PERIODIC[name] = Periodic(name, run, at=time.fromisoformat(at))
        return run

    return register


def last_due(now: datetime, at: time) -> datetime:
    """The newest moment at or before `now` at which a daily job was due."""
    local = now.astimezone(COURT_ZONE)
    due = datetime.combine(local.date(), at, COURT_ZONE)
    return due if due <= local else due - timedelta(days=1)


def due_after(last_run: datetime | None, now: datetime, at: time) -> datetime:
    """When a daily job that ran at `last_run` is due: in the past when it has been missed since, else the next time."""
    newest = last_due(now, at)
    missed = last_run is not None and last_run < newest
    return newest if missed or last_run is None else newest + timedelta(days=1)


async def run_periodic(database: Database, job: Periodic) -> bool:
    """Run the job if it is due and nobody else is running it, and again while it says that there is more; whether it ran."""
    if (is_more := await _run_once(database, job)) is None:
        return False

    async def go_on() -> None:
        while await _run_once(database, job):
            pass

    if is_more:
        async with asyncio.TaskGroup() as group:
            for _ in range(job.side_by_side):
                group.create_task(go_on())
    return True


async def _run_once(database: Database, job: Periodic) -> bool | None:
    """One transaction of the job: whether there is more, or nothing when it is not due or runs elsewhere."""
    async with database.begin(SYSTEM) as work:
        if job.side_by_side == 1 and not await _has_lock(work, job):
            return None
        if job.at is not None and not await _has_claimed_today(work, job, job.at):
            return None
        return bool(await job.run(work))


async def _has_lock(work: Work, job: Periodic) -> bool:
    locked = await work.session.execute(
        text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 7))"), {"name": job.name}
    )
    return bool(locked.scalar_one())


async def _has_claimed_today(work: Work, job: Periodic, at: time) -> bool:
    claimed = await work.session.execute(
        text(
            """
            INSERT INTO timetable_run (job, last_run_at) VALUES (:job, :now)
            ON CONFLICT (job) DO UPDATE SET last_run_at = excluded.last_run_at
            WHERE timetable_run.last_run_at < :due
            RETURNING job
            """
        ),
        {"job": job.name, "now": work.now, "due": last_due(work.now, at)},
    )
    return claimed.one_or_none() is not None
