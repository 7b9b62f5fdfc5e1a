"""B-47: a sandbox's clock never passes what is due before it is done, always goes on, and exists in sandboxes alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.audit import record
from core.clock import PermitPurpose, court_now, end_permit, is_sandbox, permit_clock, send_clock, set_clock
from core.database import Database
from core.errors import InvalidInput, NotFound, NotPermitted
from core.identity import SYSTEM, Actor, Role
from core.identity.actor import ANONYMOUS
from core.ids import new_id
from core.outbox.timetable import due_after
from core.sandbox import control
from core.sandbox.rules import REAL_SPEED, Due, Wish, next_leg, sweep_step

NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
TRAINEE = Actor(new_id(), "学员", frozenset({Role.BIDDER}))
MOMENTS = st.floats(min_value=0, max_value=90 * 86400).map(lambda seconds: NOW + timedelta(seconds=seconds))
SPEEDS = st.sampled_from([0.5, 1.0, 60.0, 1440.0, 86_400.0])


@dataclass(slots=True)
class Ride:
    """A clock that goes where the rule sends it, and work that takes some looks to be done and may leave more to do."""

    left: dict[int, list[tuple[datetime, int]]]
    now: datetime = NOW
    passed: list[datetime] = field(default_factory=list)

    def due(self) -> Iterator[Due]:
        """The earliest of each kind."""
        for kind, rows in self.left.items():
            if rows:
                yield Due(f"kind{kind}", min(rows)[0])

    def do_some(self) -> None:
        """One look's worth of work at everything that has come."""
        for rows in self.left.values():
            for at, looks in [row for row in rows if row[0] <= self.now]:
                rows.remove((at, looks))
                if looks > 1:
                    rows.append((at, looks - 1))


@given(
    kinds=st.lists(st.lists(st.tuples(MOMENTS, st.integers(1, 4)), max_size=6), min_size=1, max_size=4),
    speed=SPEEDS,
    skips=st.booleans(),
    slow_from=st.none() | MOMENTS,
)
def test_B47_the_clock_never_passes_what_is_due_and_always_goes_on(
    kinds: list[list[tuple[datetime, int]]], speed: float, skips: bool, slow_from: datetime | None
) -> None:
    ride = Ride({number: list(rows) for number, rows in enumerate(kinds)})
    last = max((at for rows in kinds for at, _ in rows), default=NOW)
    looks = 0
    while any(ride.left.values()):
        first = min(at for rows in ride.left.values() for at, _ in rows)
        # Real time near an end would take the test all day: it is over when everybody has had a minute.
        slow = slow_from if slow_from is not None and looks < 300 else None
        leg = next_leg(ride.now, ride.due(), Wish(speed, skips=skips), slow_from=slow)
        assert leg.until <= max(first, ride.now), "passes what is not done"
        assert leg.until >= ride.now
        if leg.waits_for is not None:
            assert first <= ride.now
            ride.do_some()
        else:
            assert leg.until > ride.now, "neither waits nor goes on"
            if slow is not None and not skips and ride.now >= slow:
                assert leg.speed <= REAL_SPEED
            ride.now = leg.until
            # A pause between legs costs nothing here; what remains is as many legs as the way is long.
            if slow is None or ride.now < slow:
                ride.now = max(ride.now, min(first, ride.now + timedelta(hours=12)))
        looks += 1
        assert looks < 2_000
    assert ride.now >= last or not any(kinds)


@given(speed=SPEEDS, ahead=st.none() | MOMENTS)
def test_a_paused_clock_stands_and_is_held_by_nobody(speed: float, ahead: datetime | None) -> None:
    due = [] if ahead is None or ahead <= NOW else [Due("lot_end", ahead)]
    leg = next_leg(NOW, due, Wish(speed, is_paused=True))
    assert leg.stands(NOW)
    assert leg.waits_for is None


def test_skipping_rides_over_housekeeping_and_ends_at_the_next_event() -> None:
    night, end = (
        Due("daily", NOW + timedelta(hours=1), is_event=False),
        Due("lot_end", NOW + timedelta(hours=2)),
    )
    wish = Wish(1440.0, is_paused=True, skips=True)
    ride = next_leg(NOW, [night, end], wish)
    assert (ride.until, ride.skips) == (night.at, True)
    assert next_leg(night.at, [night, end], wish).skips, "housekeeping is done in passing"
    arrived = next_leg(end.at, [end], wish)
    assert arrived.stands(end.at)
    assert not arrived.skips


def test_a_daily_job_that_was_missed_is_due_in_the_past() -> None:
    eight = time(8)  # 08:00 in Suzhou is 00:00 UTC
    midnight = NOW.replace(hour=0)
    assert due_after(None, NOW, eight) == midnight
    assert due_after(midnight - timedelta(seconds=1), NOW, eight) == midnight
    assert due_after(midnight, NOW, eight) == midnight + timedelta(days=1)


@given(speed=st.floats(min_value=0.01, max_value=86_400))
def test_sweeps_come_at_least_four_times_a_court_day(speed: float) -> None:
    assert timedelta(hours=1) <= sweep_step(speed) <= timedelta(hours=6)


# --- the database's own guard ---------------------------------------------------------------------------------------


@pytest.fixture
async def unmarked(database: Database) -> Database:
    """A database as an installation's, without the permit that the tests' template has."""
    async with database.begin(SYSTEM) as work:
        await end_permit(work.session)
    return database


async def test_B47_no_clock_is_moved_without_a_permit(unmarked: Database) -> None:
    with pytest.raises(IntegrityError, match="without a permit"):
        async with unmarked.begin(SYSTEM) as work:
            await set_clock(work.session, speed=2)
    for steer in (control.pause_clock, control.skip_to_next_event):
        async with unmarked.begin(TRAINEE) as work:
            with pytest.raises(NotFound, match="训练沙箱"):
                await steer(work)


async def test_B47_a_database_with_records_never_becomes_a_sandbox(unmarked: Database) -> None:
    async with unmarked.begin(SYSTEM) as work:
        await record(work, "trial", stream="trial:1")
    async with unmarked.begin(SYSTEM) as work:
        with pytest.raises(NotPermitted, match="已有记录"):
            await control.make_sandbox(work, speed=1440)
    with pytest.raises(IntegrityError, match="holds records"):
        async with unmarked.begin(SYSTEM) as work:
            await permit_clock(work.session, PermitPurpose.SANDBOX)


@pytest.fixture
async def sandbox(unmarked: Database) -> Database:
    """A sandbox in which nothing has happened yet."""
    async with unmarked.begin(SYSTEM) as work:
        await control.make_sandbox(work, speed=1440)
    return unmarked


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM clock_permit",
        "UPDATE clock_permit SET purpose = 'history'",
        "DELETE FROM clock_setting",
    ],
)
async def test_B47_a_sandbox_stays_one(sandbox: Database, statement: str) -> None:
    with pytest.raises(IntegrityError, match="sandbox"):
        async with sandbox.begin(SYSTEM) as work:
            await work.session.execute(text(statement))
    async with sandbox.read() as work:
        assert await is_sandbox(work.session)


async def test_the_clock_stands_where_its_leg_ends_and_never_goes_back(sandbox: Database) -> None:
    async with sandbox.begin(SYSTEM) as work:
        began = work.now
        goal = began + timedelta(days=3)
        await send_clock(work.session, now=work.now, speed=1e9, holds_at=goal)
    async with sandbox.begin(SYSTEM) as work:
        assert work.now == goal
        runs_s = await send_clock(work.session, now=work.now, speed=60, holds_at=goal + timedelta(hours=1))
        assert runs_s == pytest.approx(60)
    async with sandbox.begin(SYSTEM) as work:
        underway = await court_now(work.session)
        # A shorter leg or another speed waits for the end of the one that was announced.
        await send_clock(work.session, now=work.now, speed=1, holds_at=work.now)
    async with sandbox.begin(SYSTEM) as work:
        assert goal <= underway <= await court_now(work.session) <= goal + timedelta(hours=1)


async def test_who_steers_is_logged_in_and_asks_for_a_speed_that_exists(sandbox: Database) -> None:
    async with sandbox.begin(ANONYMOUS) as work:
        with pytest.raises(NotPermitted):
            await control.choose_speed(work, 60)
    async with sandbox.begin(TRAINEE) as work:
        with pytest.raises(InvalidInput):
            await control.choose_speed(work, 100_000)
        await control.pause_clock(work)
        assert (await control.control_of(work)).is_paused
        await control.choose_speed(work, 60)
        assert not (await control.control_of(work)).is_paused
