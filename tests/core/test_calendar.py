"""The official calendar: holidays, working weekends, and years that nobody has entered yet."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from core.calendar import DATA, SOURCE, HolidayCalendar, _warn_missing, official_calendar

days = st.dates(date(2016, 1, 1), date(2026, 12, 1))


def test_C02_national_day_and_its_working_weekends_of_2024() -> None:
    calendar = official_calendar()
    assert not calendar.is_working_day(date(2024, 10, 1))
    assert not calendar.is_working_day(date(2024, 10, 7))
    assert calendar.is_working_day(date(2024, 9, 29)), "a Sunday worked for the holiday"
    assert calendar.is_working_day(date(2024, 10, 12)), "a Saturday worked for the holiday"
    assert calendar.first_working_day_from(date(2024, 10, 1)) == date(2024, 10, 8)


def test_C02_spring_festival_of_every_covered_year_is_free() -> None:
    new_years = ["2016-02-08", "2017-01-28", "2018-02-16", "2019-02-05", "2020-01-25", "2021-02-12"]
    new_years += ["2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17"]
    for day in new_years:
        assert not official_calendar().is_working_day(date.fromisoformat(day)), day
        assert official_calendar().covers(int(day[:4]))


@given(days)
def test_C02_the_first_working_day_is_one_and_skips_none(day: date) -> None:
    calendar = official_calendar()
    found = calendar.first_working_day_from(day)
    assert calendar.is_working_day(found)
    assert not any(calendar.is_working_day(day + timedelta(each)) for each in range((found - day).days))


@given(days, st.integers(0, 15))
def test_working_days_are_counted_one_by_one(day: date, count: int) -> None:
    calendar = official_calendar()
    end = calendar.add_working_days(day, count)
    between = [day + timedelta(each + 1) for each in range((end - day).days)]
    assert sum(calendar.is_working_day(each) for each in between) == count


def test_C02_a_year_without_a_notice_counts_weekends_and_warns_loudly() -> None:
    calendar = HolidayCalendar({}, frozenset(), 2016, 2026)
    _warn_missing.cache_clear()
    with capture_logs() as logs:
        assert calendar.is_working_day(date(2031, 10, 1))
        assert not calendar.is_working_day(date(2031, 10, 4))
    assert not calendar.covers(2031)
    assert [(each["log_level"], each["event"], each["year"]) for each in logs] == [
        ("warning", "calendar.year_missing", 2031)
    ]


def test_C02_the_file_says_its_source_and_its_years_and_a_missing_year_is_named() -> None:
    calendar = official_calendar()
    head = [line for line in DATA.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    assert any(SOURCE in line for line in head)
    assert f"# Years covered: {calendar.first_year}-{calendar.last_year}" in head
    inside, after = date(calendar.last_year, 12, 31), date(calendar.last_year + 2, 1, 1)
    assert calendar.missing_years(inside, inside) == []
    assert calendar.missing_years(inside, after) == [calendar.last_year + 1, calendar.last_year + 2]
