"""A new holiday year moves the clocks that count on it (C-02), once, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from core.audit import history
from core.calendar import HolidayCalendar, official_calendar
from core.database import Work
from core.deadlines import Deadline, DeadlineState, open_deadline, pause_deadlines, resume_deadlines
from core.deadlines.moves import MOVES, TOLD, on_move, tell_of_moves
from core.deadlines.recount import count_again, last_count
from core.deadlines.rules import Period, counted_again, day_in_court, end_of_day, period_end
from core.ids import new_id

YEAR = official_calendar().last_year + 1
"""The first year that is not in the data."""
FREE = tuple(date(YEAR, 10, day) for day in range(1, 8))
NEXT_YEAR = replace(
    official_calendar(),
    holidays={**official_calendar().holidays, **dict.fromkeys(FREE, "国庆节")},
    working_weekends=official_calendar().working_weekends | {date(YEAR, 10, 9)},
    last_year=YEAR,
)
"""With the National Day of the next year, and a Saturday worked for it."""
STARTED = datetime(YEAR, 9, 1, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _told() -> Iterator[None]:
    """What tests register is taken back."""
    moves, told = {rule: [*actions] for rule, actions in MOVES.items()}, [*TOLD]
    TOLD.clear()
    yield
    MOVES.clear()
    MOVES.update(moves)
    TOLD[:] = told


async def opened(work: Work, days: int, *, rule: str = "L-33", owner: str = "finance") -> Deadline:
    """A clock from the first of September of the year to come."""
    lot = new_id()
    return await open_deadline(
        work, rule, subject_kind="lot", subject_id=lot, lot_id=lot, owner_role=owner, owner_court="0508",
        started_at=STARTED, days=days,
    )  # fmt: skip


async def count_all(work: Work, calendar: HolidayCalendar) -> int:
    """Count to the end by the calendar; how many clocks moved."""
    while (count := await count_again(work, calendar)) is not None and count.finished_at is None:
        pass
    last = await last_count(work)
    assert last is not None
    return last.moved


async def test_C02_a_new_holiday_year_moves_the_clocks_that_end_in_it_once_and_says_so(work: Work) -> None:
    await count_all(work, official_calendar())
    into_holiday, before_it = await opened(work, 30), await opened(work, 29)
    assert into_holiday.due_at == end_of_day(date(YEAR, 10, 1)), "only weekends are counted"
    told: list[tuple[str, datetime]] = []

    @tell_of_moves
    async def tell(_: Work, clock: Deadline, before: datetime) -> None:
        told.append((str(clock.id), before))

    assert await count_all(work, NEXT_YEAR) == 1
    assert into_holiday.due_at == end_of_day(date(YEAR, 10, 8))
    assert before_it.due_at == end_of_day(date(YEAR, 9, 30))
    assert told == [(str(into_holiday.id), end_of_day(date(YEAR, 10, 1)))]
    event = (await history(work, lot_id=into_holiday.lot_id))[0]
    assert (event.event, event.rule, event.details["clock"]) == ("deadline.counted_again", "C-02", "L-33")
    assert event.details["due_at"] == end_of_day(date(YEAR, 10, 8)).isoformat()
    assert await count_again(work, NEXT_YEAR) is None, "each calendar is counted by once"
    assert len(told) == 1


async def test_C02_the_alarms_of_a_moved_clock_move_with_it(work: Work) -> None:
    clock = await opened(work, 30)
    before = clock.alarm_at
    await count_all(work, NEXT_YEAR)
    assert before is not None
    assert clock.alarm_at == before + timedelta(days=7)


async def test_C02_a_calendar_taken_back_moves_the_clocks_back(work: Work) -> None:
    clock = await opened(work, 30)
    await count_all(work, NEXT_YEAR)
    await count_all(work, official_calendar())
    assert clock.due_at == end_of_day(date(YEAR, 10, 1))


async def test_C05_a_period_that_holidays_do_not_move_stays(work: Work) -> None:
    fixed = await open_deadline(
        work, "L-40", subject_kind="self_sale", subject_id=new_id(), owner_role="debtor", owner_court="0508",
        started_at=STARTED, days=30,
    )  # fmt: skip
    moment = await open_deadline(
        work, "L-33", subject_kind="lot", subject_id=new_id(), owner_role="finance", owner_court="0508",
        started_at=STARTED, due_at=end_of_day(FREE[0]),
    )  # fmt: skip
    assert await count_all(work, NEXT_YEAR) == 0
    assert fixed.due_at == moment.due_at == end_of_day(FREE[0])


async def test_C02_a_clock_that_is_done_stays_and_one_that_stands_still_is_counted(work: Work) -> None:
    done, still = await opened(work, 30), await opened(work, 30)
    done.state, done.done_at = DeadlineState.MET, work.now
    await pause_deadlines(work, lot_id=still.lot_id)
    assert await count_all(work, NEXT_YEAR) == 1
    assert still.due_at == end_of_day(date(YEAR, 10, 8))
    assert done.due_at == end_of_day(date(YEAR, 10, 1))


async def test_C02_nobody_outside_the_court_loses_days_and_nobody_is_late_by_the_new_data(work: Work) -> None:
    """The ninth of October is a Saturday that turns out to be worked: counted again, the period ends two days earlier."""
    buyer, court = await opened(work, 38, owner="bidder"), await opened(work, 38)
    assert buyer.due_at == court.due_at == end_of_day(date(YEAR, 10, 11))
    await count_all(work, NEXT_YEAR)
    assert buyer.due_at == end_of_day(date(YEAR, 10, 11))
    assert court.due_at == end_of_day(date(YEAR, 10, 9))
    past = await opened(work, 30)
    past.last_day = day_in_court(work.now) - timedelta(days=30)
    await work.session.flush()
    await count_all(work, official_calendar())
    assert past.due_at == end_of_day(date(YEAR, 10, 1))


async def test_C06_stops_are_counted_again_from_the_start_of_the_clock(work: Work) -> None:
    clock = await opened(work, 30)
    await pause_deadlines(work, lot_id=clock.lot_id)
    assert clock.paused_at is not None
    clock.paused_at -= timedelta(days=2)
    await resume_deadlines(work, lot_id=clock.lot_id)
    assert await count_all(work, NEXT_YEAR) == 1
    stops = [(datetime.fromisoformat(begun), datetime.fromisoformat(end)) for begun, end in clock.stops]
    assert clock.due_at == counted_again(Period(date(YEAR, 10, 1)), stops, calendar=NEXT_YEAR)
    assert clock.due_at > end_of_day(date(YEAR, 10, 9))


async def test_C02_what_else_keeps_the_end_is_told_the_old_and_the_new_one(work: Work) -> None:
    clock = await opened(work, 30)
    kept: list[tuple[datetime, datetime]] = []

    @on_move("L-33")
    async def follow(_: Work, moved: Deadline, before: datetime) -> None:
        kept.append((before, moved.due_at))

    await count_all(work, NEXT_YEAR)
    assert kept == [(end_of_day(date(YEAR, 10, 1)), clock.due_at)]


async def test_C02_many_clocks_are_counted_piece_by_piece(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.deadlines.recount.BATCH", 2)
    clocks = [await opened(work, 30) for _ in range(5)]
    first = await count_again(work, NEXT_YEAR)
    assert first is not None
    assert (first.seen, first.moved, first.finished_at) == (2, 2, None)
    assert await count_all(work, NEXT_YEAR) == 5
    assert {clock.due_at for clock in clocks} == {end_of_day(date(YEAR, 10, 8))}


def test_C02_working_days_are_counted_again_too() -> None:
    period = Period(date(YEAR, 9, 30), working_days=2)
    assert period.end() == end_of_day(date(YEAR, 10, 4))
    assert period.end(NEXT_YEAR) == end_of_day(date(YEAR, 10, 9))
    assert Period(date(YEAR, 9, 30)).end(NEXT_YEAR) == period_end(STARTED, days=29)


def test_C02_calendars_are_told_apart_by_what_they_count() -> None:
    assert official_calendar().fingerprint != NEXT_YEAR.fingerprint
    assert replace(NEXT_YEAR, holidays=dict(NEXT_YEAR.holidays)).fingerprint == NEXT_YEAR.fingerprint
