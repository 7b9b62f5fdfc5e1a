"""Periodic jobs. The truth is in due rows, so a job may run late, twice at once or not at all without harm.

`@every(seconds=1)` sweeps; `@daily(at="02:00")` runs once a court day. One process at a time does a job: the lock is in
the database, so any number of workers may be started.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import text

from core.clock import COURT_ZONE
from core.database import Database, Work
from core.identity.actor import SYSTEM

Job = Callable[[Work], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Periodic:
    """A job and its rhythm: real seconds between sweeps, or a time of the court's day.

    `follows_clock`: what it finds depends on court time, so a sandbox runs it in court time too.
    """

    name: str
    run: Job
    seconds: float | None = None
    at: time | None = None
    follows_clock: bool = True


PERIODIC: dict[str, Periodic] = {}


def every(*, seconds: float, follows_clock: bool = True) -> Callable[[Job], Job]:
    """Run the use case again and again, `seconds` of real time apart. `follows_clock`: see `Periodic`."""

    def register(run: Job) -> Job:
        name = f"{run.__module__}.{run.__name__}"
        PERIODIC[name] = Periodic(name, run, seconds=seconds, follows_clock=follows_clock)
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
    """Run the job once if it is due and nobody else is running it; whether it ran."""
    async with database.begin(SYSTEM) as work:
        locked = await work.session.execute(
            text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 7))"), {"name": job.name}
        )
        if not locked.scalar_one():
            return False
        if job.at is not None:
            claimed = await work.session.execute(
                text(
                    """
                    INSERT INTO timetable_run (job, last_run_at) VALUES (:job, :now)
                    ON CONFLICT (job) DO UPDATE SET last_run_at = excluded.last_run_at
                    WHERE timetable_run.last_run_at < :due
                    RETURNING job
                    """
                ),
                {"job": job.name, "now": work.now, "due": last_due(work.now, job.at)},
            )
            if claimed.one_or_none() is None:
                return False
        await job.run(work)
    return True
