"""How the law counts time (rulebook §0.3). Pure: moments in, moments out. Days are days in court (Asia/Shanghai).

A period of days ends with the last second of its last day; it is kept as the midnight that follows, exclusive: an act is in
time when it happens before that moment.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.calendar import HolidayCalendar, official_calendar

COURT_ZONE = ZoneInfo("Asia/Shanghai")


def day_in_court(moment: datetime) -> date:
    """The calendar day of a moment in court."""
    return moment.astimezone(COURT_ZONE).date()


def last_day(due_at: datetime) -> date:
    """The last whole day of a period whose end is kept as the midnight after it: how notices and pages name it."""
    return day_in_court(due_at - timedelta(microseconds=1))


def start_of_day(day: date) -> datetime:
    """Midnight in court at which the day begins, as aware UTC."""
    return datetime.combine(day, time(), COURT_ZONE).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """The first moment after the day."""
    return start_of_day(day + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Period:
    """A period whose end the holidays move (C-02): its last day as it is counted, before they are looked at, or the day after
    which so many working days are counted. It can be counted again when the calendar changes."""

    last_day: date
    working_days: int = 0

    def end(self, calendar: HolidayCalendar | None = None) -> datetime:
        """The first moment after it."""
        calendar = calendar or official_calendar()
        if self.working_days:
            return end_of_day(calendar.add_working_days(self.last_day, self.working_days))
        return end_of_day(calendar.first_working_day_from(self.last_day))


def period_of_days(trigger: datetime, days: int) -> Period:
    """The period of days triggered at `trigger`, whose day is not counted (C-01)."""
    if days < 1:
        raise ValueError("a period has at least one day")
    return Period(day_in_court(trigger) + timedelta(days=days))


def period_end(
    trigger: datetime,
    *,
    days: int,
    extend_over_holidays: bool = True,
    calendar: HolidayCalendar | None = None,
) -> datetime:
    """The end (exclusive) of a period of days triggered at `trigger`.

    C-01: the day of the trigger is not counted. C-02: a last day that is a holiday moves to the first working day after it,
    for periods in which a person acts; C-05 forbids that for notice periods, bidding time and validity
    (`extend_over_holidays=False`).
    """
    period = period_of_days(trigger, days)
    return period.end(calendar) if extend_over_holidays else end_of_day(period.last_day)


def months_later(day: date, months: int) -> date:
    """The same day of the month `months` later, or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_end(trigger: datetime, *, months: int, extend_over_holidays: bool = True) -> datetime:
    """The end (exclusive) of a period of months (C-01, C-02)."""
    last = months_later(day_in_court(trigger), months)
    return Period(last).end() if extend_over_holidays else end_of_day(last)


def hours_end(trigger: datetime, *, hours: int, from_next_hour: bool = False) -> datetime:
    """The end of a period of hours. C-01 lets it start with the next hour; the stricter running count is the default.

    Refunds (B-33) and bidding time (B-41) are counted from the moment itself: nobody loses by that.
    """
    if from_next_hour:
        trigger = trigger.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return trigger + timedelta(hours=hours)


def earliest_auction_start(published_at: datetime, *, days: int, strict: bool = True) -> datetime:
    """The first moment at which an auction with a notice of "at least `days` days before" may open (C-04).

    Strict: the publication day is not counted and `days` whole days lie between: D+N+1, 00:00. Lenient: D+N at the hour of
    publication.
    """
    if strict:
        return start_of_day(day_in_court(published_at) + timedelta(days=days + 1))
    return published_at + timedelta(days=days)


ALARM_TIME = time(9)
"""Alarms come in the morning of their day in court [D]."""


def alarm_moments(
    started_at: datetime, due_at: datetime, *, after: Iterable[int], before: Iterable[int]
) -> list[datetime]:
    """When a clock is told of: `after` so many days of it, and so many days `before` its last day; within the clock, in order."""
    first, last = day_in_court(started_at), day_in_court(due_at - timedelta(microseconds=1))
    days = {first + timedelta(days=each) for each in after} | {last - timedelta(days=each) for each in before}
    moments = (datetime.combine(day, ALARM_TIME, COURT_ZONE).astimezone(UTC) for day in sorted(days))
    return [moment for moment in moments if started_at < moment < due_at]


def is_in_time(done_at: datetime, due_at: datetime, *, posted_at: datetime | None = None) -> bool:
    """Whether an act keeps its period: papers posted before the end are in time, their travel is not counted (C-03)."""
    return (posted_at or done_at) < due_at


def extended_by_stops(due_at: datetime, stops: list[tuple[datetime, datetime]]) -> datetime:
    """The end of a period whose clock stood still during `stops` (disjoint intervals; C-06, C-08)."""
    return due_at + sum((end - begin for begin, end in stops), timedelta())


def resumed_end(
    due_at: datetime,
    paused_at: datetime,
    resumed_at: datetime,
    *,
    whole_days: bool,
    extend_over_holidays: bool = True,
    calendar: HolidayCalendar | None = None,
) -> datetime:
    """The end of a period whose clock stood still from `paused_at` to `resumed_at` (C-06, C-08).

    A period of days ends with a day again, the one in which the extended end lies, and is moved past holidays (C-02) where
    the period is one for an act. Nobody loses a part of a day by a stop.
    """
    end = extended_by_stops(due_at, [(paused_at, max(resumed_at, paused_at))])
    if not whole_days or end == due_at:
        return end
    last = day_in_court(end - timedelta(microseconds=1))
    if extend_over_holidays:
        last = (calendar or official_calendar()).first_working_day_from(last)
    return end_of_day(last)


def counted_again(
    period: Period, stops: Sequence[tuple[datetime, datetime]], *, calendar: HolidayCalendar | None = None
) -> datetime:
    """The end (exclusive) of a period by the calendar as it is now: from its own start, then each stop (C-02, C-06)."""
    end = period.end(calendar)
    for begun_at, ended_at in stops:
        end = resumed_end(end, begun_at, ended_at, whole_days=True, calendar=calendar)
    return end
