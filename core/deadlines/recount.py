"""Count the open clocks again when the holiday calendar has changed (C-02): once per calendar, in bounded pieces."""

from datetime import datetime

from sqlmodel import col, select

from core.audit.record import record
from core.calendar import HolidayCalendar, official_calendar
from core.database import Work
from core.deadlines.alarms import next_alarm
from core.deadlines.models import CalendarCount, Deadline, DeadlineState
from core.deadlines.moves import moved
from core.deadlines.rules import Period, counted_again
from core.identity.actor import STAFF_ROLES
from core.ids import new_id

BATCH = 5000
_OPEN = (DeadlineState.RUNNING, DeadlineState.PAUSED)


async def count_again(work: Work, calendar: HolidayCalendar | None = None) -> CalendarCount | None:
    """Count the next clocks by the calendar (default: the official one); None when all were counted by it already.

    Nobody is late by a correction of the data: a clock that would have ended meanwhile keeps its end, and so does the clock of
    somebody outside the court (a party, a firm, a buyer) that would end earlier than was told.
    """
    calendar = calendar or official_calendar()
    count = await _unfinished(work, calendar)
    if count is None:
        return None
    rows = await work.session.exec(
        select(Deadline)
        .where(
            col(Deadline.state).in_(_OPEN),
            col(Deadline.last_day).is_not(None),
            *([col(Deadline.id) > count.after_id] if count.after_id else []),
        )
        .order_by(col(Deadline.id))
        .limit(BATCH)
    )
    clocks = list(rows)
    count.seen += len(clocks)
    for clock in clocks:
        count.moved += await _count_one(work, clock, calendar)
    if clocks:
        count.after_id = clocks[-1].id
    if len(clocks) < BATCH:
        count.finished_at = work.now
    return count


async def _unfinished(work: Work, calendar: HolidayCalendar) -> CalendarCount | None:
    """Where counting by the calendar stands: begun now when the last count went by another one."""
    last = await last_count(work)
    if last is None or last.fingerprint != calendar.fingerprint:
        last = CalendarCount(
            id=new_id(), fingerprint=calendar.fingerprint, last_year=calendar.last_year, begun_at=work.now
        )
        work.session.add(last)
    return None if last.finished_at else last


async def last_count(work: Work) -> CalendarCount | None:
    """The newest count, under way or done; None before the first."""
    rows = await work.session.exec(select(CalendarCount).order_by(col(CalendarCount.id).desc()).limit(1))
    return rows.first()


async def _count_one(work: Work, clock: Deadline, calendar: HolidayCalendar) -> bool:
    """Move the clock if the calendar says so, under its lock."""
    if _end(clock, calendar) == clock.due_at:
        return False
    await work.session.refresh(clock, with_for_update=True)
    end, before = _end(clock, calendar), clock.due_at
    is_earlier_for_others = end < before and clock.owner_role not in STAFF_ROLES
    if clock.state not in _OPEN or end == before or end <= work.now or is_earlier_for_others:
        return False
    clock.due_at = end
    clock.alarm_at = next_alarm(clock.rule, clock.started_at, end, now=work.now)
    await record(
        work,
        "deadline.counted_again",
        stream=f"{clock.subject_kind}:{clock.subject_id}",
        rule="C-02",
        asset_id=clock.asset_id,
        case_id=clock.case_id,
        lot_id=clock.lot_id,
        clock=clock.rule,
        before=before.isoformat(),
        due_at=end.isoformat(),
        calendar=calendar.fingerprint[:12],
    )
    await moved(work, clock, before)
    return True


def _end(clock: Deadline, calendar: HolidayCalendar) -> datetime:
    assert clock.last_day is not None
    stops = [(datetime.fromisoformat(begun), datetime.fromisoformat(ended)) for begun, ended in clock.stops]
    return counted_again(Period(clock.last_day, clock.working_days), stops, calendar=calendar)
