"""How the law counts time (rulebook §0.3), with the vectors of §14."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import official_calendar
from core.deadlines.catalogue import STATUTORY
from core.deadlines.rules import (
    COURT_ZONE,
    day_in_court,
    earliest_auction_start,
    end_of_day,
    extended_by_stops,
    hours_end,
    is_in_time,
    months_end,
    period_end,
    resumed_end,
    start_of_day,
)

moments = st.integers(0, 300_000_000).map(
    lambda seconds: datetime(2016, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def court(text: str) -> datetime:
    """A moment written in court time."""
    return datetime.fromisoformat(text).replace(tzinfo=COURT_ZONE).astimezone(UTC)


def test_C01_the_day_of_the_trigger_is_not_counted() -> None:
    assert period_end(court("2025-03-03T09:00"), days=1) == court("2025-03-05T00:00")
    assert period_end(court("2025-03-03T23:59:59"), days=1) == court("2025-03-05T00:00")


def test_C01_days_are_days_in_court_not_in_utc() -> None:
    half_past_midnight = court("2025-03-04T00:30")
    assert half_past_midnight.date() == date(2025, 3, 3)
    assert period_end(half_past_midnight, days=1) == court("2025-03-06T00:00")


def test_C02_a_last_day_in_the_national_holiday_moves_to_the_first_working_day() -> None:
    assert period_end(court("2024-09-21T10:00"), days=10) == court("2024-10-09T00:00")


def test_C02_a_working_saturday_is_a_last_day() -> None:
    assert period_end(court("2024-10-02T10:00"), days=10) == court("2024-10-13T00:00")


def test_C05_notice_and_validity_periods_do_not_move() -> None:
    assert period_end(court("2024-09-21T10:00"), days=10, extend_over_holidays=False) == court(
        "2024-10-02T00:00"
    )


@given(moments, st.integers(1, 200))
def test_C01_C02_an_end_is_midnight_and_never_before_the_plain_count(trigger: datetime, days: int) -> None:
    plain = period_end(trigger, days=days, extend_over_holidays=False)
    moved = period_end(trigger, days=days)
    assert plain == end_of_day(day_in_court(trigger) + timedelta(days=days))
    assert plain <= moved
    assert official_calendar().is_working_day(day_in_court(moved - timedelta(seconds=1)))


def test_a_period_without_days_is_a_mistake() -> None:
    with pytest.raises(ValueError):
        period_end(court("2025-03-03T09:00"), days=0)


@pytest.mark.parametrize(
    ("start", "months", "last_day"),
    [
        ("2025-01-15", 6, "2025-07-15"),
        ("2024-08-31", 6, "2025-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2025-11-30", 3, "2026-02-28"),
    ],
)
def test_C06_months_end_on_the_same_day_or_the_last_of_a_shorter_month(
    start: str, months: int, last_day: str
) -> None:
    end = months_end(court(f"{start}T12:00"), months=months, extend_over_holidays=False)
    assert end == end_of_day(date.fromisoformat(last_day))


def test_C01_hours_run_from_the_moment_or_from_the_next_hour() -> None:
    ended = court("2025-03-03T10:20:30")
    assert hours_end(ended, hours=24) == court("2025-03-04T10:20:30")
    assert hours_end(ended, hours=24, from_next_hour=True) == court("2025-03-04T11:00")


@pytest.mark.parametrize(
    ("days", "strict", "earliest"),
    [
        (15, True, "2025-03-19T00:00"),
        (30, True, "2025-04-03T00:00"),
        (30, False, "2025-04-02T09:30"),
        (7, True, "2025-03-11T00:00"),
    ],
)
def test_C04_notice_vectors(days: int, strict: bool, earliest: str) -> None:
    published = court("2025-03-03T09:30")
    assert earliest_auction_start(published, days=days, strict=strict) == court(earliest)


@given(moments, st.integers(1, 60))
def test_C04_strict_counting_leaves_whole_days_and_is_never_earlier(published: datetime, days: int) -> None:
    strict = earliest_auction_start(published, days=days)
    assert (day_in_court(strict) - day_in_court(published)).days == days + 1
    assert strict > earliest_auction_start(published, days=days, strict=False)


def test_C03_papers_posted_before_the_end_are_in_time() -> None:
    due = court("2025-03-11T00:00")
    assert is_in_time(court("2025-03-14T10:00"), due, posted_at=court("2025-03-10T23:59:59"))
    assert not is_in_time(court("2025-03-14T10:00"), due)
    assert not is_in_time(due, due), "the end is exclusive"


def test_C06_stops_are_added() -> None:
    due = court("2025-03-11T00:00")
    stops = [
        (court("2025-03-01T10:00"), court("2025-03-02T10:00")),
        (court("2025-03-05T00:00"), court("2025-03-07T00:00")),
    ]
    assert extended_by_stops(due, stops) == court("2025-03-14T00:00")


def test_C06_after_a_stop_a_period_of_days_ends_with_a_working_day_again() -> None:
    due = court("2025-03-12T00:00")  # last day: Tuesday 11
    resumed = resumed_end(due, court("2025-03-04T10:00"), court("2025-03-07T15:00"), whole_days=True)
    assert resumed == court(
        "2025-03-18T00:00"
    )  # 3 days and 5 hours: Saturday 15, so Monday 17 is the last day
    assert resumed_end(due, court("2025-03-04T10:00"), court("2025-03-07T15:00"), whole_days=False) == court(
        "2025-03-15T05:00"
    )


@given(moments, st.integers(0, 10**7), st.integers(-(10**6), 10**7), st.booleans())
def test_C06_a_stop_never_shortens_a_period(paused: datetime, ahead: int, stood: int, whole: bool) -> None:
    due = end_of_day(day_in_court(paused + timedelta(seconds=ahead)))
    end = resumed_end(due, paused, paused + timedelta(seconds=stood), whole_days=whole)
    assert end >= due + timedelta(seconds=max(stood, 0))


@given(st.dates(date(2016, 1, 1), date(2030, 1, 1)))
def test_a_day_in_court_is_24_hours_from_its_midnight(day: date) -> None:
    assert end_of_day(day) - start_of_day(day) == timedelta(hours=24)
    assert day_in_court(start_of_day(day)) == day


def test_every_row_of_the_master_table_is_in_the_catalogue() -> None:
    assert list(STATUTORY) == [f"L-{number:02}" for number in range(1, 45)]
    for row in STATUTORY.values():
        assert row.checked_by or row.days or row.hours or row.months, row.id
