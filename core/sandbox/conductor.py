"""The conductor: moves a sandbox's clock from one due moment to the next and waits there until the work is done.

The clock stops by itself where the last leg ends (`clock_setting.holds_at`, in the database), so a conductor that is slow, or
dies, delays the sandbox and breaks no period.
"""

import asyncio
from datetime import datetime, timedelta
from time import monotonic

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.clock import send_clock
from core.database import DATABASE_AWAY, Database, Work
from core.identity import SYSTEM
from core.outbox.timetable import PERIODIC, Periodic, due_after, run_periodic
from core.sandbox.control import control_of
from core.sandbox.due import SLOW_SOURCES, SOURCES, DueSource
from core.sandbox.models import SandboxControl
from core.sandbox.rules import Due, Leg, Wish, next_leg, on_the_hour, sweep_step

STEP_S = 0.2
"""Real seconds between two looks while the clock runs."""
WAIT_S = 0.02
"""Real seconds between two looks while it is held for work that others do."""
TELL_EVERY_S = 0.5
SWEEPS, DAILY = "sweeps", "daily"

UNREACHABLE: tuple[type[Exception], ...] = (*DATABASE_AWAY, DBAPIError)

log = structlog.get_logger(__name__)


class Conductor:
    """One per sandbox; a second one waits for the first to end. The rooms' `workers` must be imported."""

    def __init__(self, database: Database, *, sweep_every: timedelta | None = None) -> None:
        self.database = database
        self.stopping = asyncio.Event()
        self._sweep_every = sweep_every
        self._swept_at: datetime | None = None
        self._told: tuple[object, ...] = ()
        self._told_at = float("-inf")

    async def run(self) -> None:
        """Conduct until `stopping`. Survives a restart of the database."""
        while not self.stopping.is_set():
            pause = 1.0
            try:
                pause = await self.step()
            except UNREACHABLE as error:
                log.warning("sandbox.database_unavailable", error=str(error)[:300])
            except Exception:
                log.exception("sandbox.step_failed")
            try:
                await asyncio.wait_for(self.stopping.wait(), pause)
            except TimeoutError:
                continue

    async def step(self) -> float:
        """Look where the clock may go, send it there or do what is due; returns the real seconds until the next look."""
        async with self.database.begin(SYSTEM) as work:
            if not await _am_alone(work):
                return 1.0
            control = await control_of(work)
            due = await self._coming(work, control)
            slow = [at for find in SLOW_SOURCES.values() if (at := await find(work)) is not None]
            wish = Wish(control.speed, control.is_paused, control.skips)
            leg = next_leg(work.now, due, wish, slow_from=min(slow, default=None))
            runs_s = await send_clock(work.session, now=work.now, speed=leg.speed, holds_at=leg.until)
            await self._tell(work, control, leg, due)
        if leg.waits_for is None:
            return min(STEP_S, runs_s) if not leg.stands(work.now) else STEP_S
        await self._settle([each.name for each in due if each.at <= work.now], work.now)
        return WAIT_S

    async def _coming(self, work: Work, control: SandboxControl) -> list[Due]:
        found = []
        for source in SOURCES.values():
            at = await source.find(work)
            if at is not None:
                found.append(Due(source.name, at, source.is_event))
        if self._swept_at is None:
            self._swept_at = work.now
        step = self._sweep_every or sweep_step(control.speed)
        found.append(Due(SWEEPS, self._swept_at + step, is_event=False))
        daily = [at for _, at in await _daily(work)]
        found += [Due(DAILY, at, is_event=False) for at in daily]
        return found

    async def _settle(self, names: list[str], now: datetime) -> None:
        """Do the due work that nobody else does. What it leaves undone is found again."""
        sources: list[DueSource] = [SOURCES[name] for name in names if name in SOURCES]
        jobs = [_job(name) for source in sources for name in source.jobs]
        if DAILY in names:
            async with self.database.read(SYSTEM) as work:
                jobs += [job for job, at in await _daily(work) if at <= now]
        if SWEEPS in names:
            self._swept_at = now
            jobs += [job for job in PERIODIC.values() if job.seconds is not None and job.follows_clock]
        for job in dict.fromkeys(jobs):
            try:
                await run_periodic(self.database, job)
            except Exception:
                log.exception("sandbox.job_failed", job=job.name)
        for source in sources:
            if source.settle is not None:
                await source.settle(self.database)

    async def _tell(self, work: Work, control: SandboxControl, leg: Leg, due: list[Due]) -> None:
        """Say where the conductor stands, now and then, and at once when that has changed."""
        ahead = min((each for each in due if each.is_event and each.at > work.now), key=_moment, default=None)
        news = (leg.waits_for, leg.is_slow, ahead, leg.skips)
        if news == self._told and monotonic() - self._told_at < TELL_EVERY_S:
            return
        self._told, self._told_at = news, monotonic()
        await work.session.execute(
            text(
                """
                UPDATE sandbox_control
                   SET seen_at = clock_timestamp(), next_at = :next_at, next_event = :next_event,
                       waits_for = :waits_for, is_slow = :is_slow, skips = skips AND (:skips OR NOT :skipped)
                """
            ),
            {
                "next_at": ahead and ahead.at,
                "next_event": ahead and ahead.name,
                "waits_for": leg.waits_for,
                "is_slow": leg.is_slow,
                "skips": leg.skips,
                "skipped": control.skips,
            },
        )


def _moment(due: Due) -> datetime:
    return due.at


def _job(name: str) -> Periodic:
    (job,) = (job for job in PERIODIC.values() if job.name.endswith(f".{name}"))
    return job


async def _daily(work: Work) -> list[tuple[Periodic, datetime]]:
    """When each daily job is due next, or was and has not run."""
    rows = await work.session.execute(text("SELECT job, last_run_at FROM timetable_run"))
    ran = {row.job: row.last_run_at for row in rows}
    jobs = [job for job in PERIODIC.values() if job.at is not None]
    return [
        (job, on_the_hour(due_after(ran.get(job.name), work.now, job.at)))
        for job in jobs
        if job.at is not None
    ]


async def _am_alone(work: Work) -> bool:
    locked = await work.session.execute(
        text("SELECT pg_try_advisory_xact_lock(hashtextextended('sandbox.conductor', 7))")
    )
    return bool(locked.scalar_one())
