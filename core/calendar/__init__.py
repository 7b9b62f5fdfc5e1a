"""The official holiday calendar: which days are working days (C-02).

The days stand in `china.csv` with their source and the years covered. A year that is not covered is never guessed in
silence: weekends alone are counted, a warning is logged, and pages can ask `covers`.
"""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

DATA = Path(__file__).with_name("china.csv")
SOURCE = "国务院办公厅关于部分节假日安排的通知"
"""The yearly notice that the data follow; the head of the file says how they were collected and which years it covers."""


@dataclass(frozen=True, slots=True)
class HolidayCalendar:
    """Holidays and working weekends of the covered years."""

    holidays: dict[date, str]
    working_weekends: frozenset[date]
    first_year: int
    last_year: int

    @property
    def fingerprint(self) -> str:
        """Tells this calendar from any other that counts differently (hexadecimal)."""
        free, worked = sorted(self.holidays), sorted(self.working_weekends)
        said = f"{self.first_year}-{self.last_year} {[*map(str, free)]} {[*map(str, worked)]}"
        return sha256(said.encode()).hexdigest()

    def covers(self, year: int) -> bool:
        """Whether the official notice of that year is in the data."""
        return self.first_year <= year <= self.last_year

    def missing_years(self, first: date, last: date) -> list[int]:
        """Years between two days whose notice is not in the data: there C-02 counts weekends alone."""
        return [year for year in range(first.year, last.year + 1) if not self.covers(year)]

    def is_working_day(self, day: date) -> bool:
        """Whether courts work on that day. Warns once per year that is not covered."""
        if not self.covers(day.year):
            _warn_missing(day.year)
        if day in self.working_weekends:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def is_holiday(self, day: date) -> bool:
        """Whether C-02 moves the end of a period past that day: a statutory holiday or a free weekend."""
        return not self.is_working_day(day)

    def first_working_day_from(self, day: date) -> date:
        """That day, or the first working day after it."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`."""
        for _ in range(count):
            day = self.first_working_day_from(day + timedelta(days=1))
        return day


@cache
def _warn_missing(year: int) -> None:
    log.warning(
        "calendar.year_missing", year=year, meaning="only weekends are counted; add the year to china.csv"
    )


@cache
def official_calendar() -> HolidayCalendar:
    """The calendar of the data file."""
    lines = [line for line in DATA.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    rows = [(date.fromisoformat(row["date"]), row["kind"], row["name"]) for row in csv.DictReader(lines)]
    years = [day.year for day, _, _ in rows]
    return HolidayCalendar(
        {day: name for day, kind, name in rows if kind == "holiday"},
        frozenset(day for day, kind, _ in rows if kind == "working_weekend"),
        min(years),
        max(years),
    )
