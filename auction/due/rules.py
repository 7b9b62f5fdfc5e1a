"""How what is due is sorted and who is told of it (C-08, §12.1). Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from core.deadlines.models import DeadlineState
from core.deadlines.rules import day_in_court, end_of_day
from core.identity import STAFF_ROLES, Role


class Bucket(StrEnum):
    """When something is due."""

    OVERDUE = "overdue"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"
    PAUSED = "paused"


BUCKET_LABELS: dict[Bucket, str] = {
    Bucket.OVERDUE: "已逾期",
    Bucket.TODAY: "今天",
    Bucket.WEEK: "本周",
    Bucket.LATER: "以后",
    Bucket.PAUSED: "停止计算",
}


@dataclass(frozen=True, slots=True)
class Borders:
    """The ends of today and of this week in court; the week ends with Sunday."""

    today: datetime
    week: datetime


def borders(now: datetime) -> Borders:
    """Those of the moment."""
    today: date = day_in_court(now)
    return Borders(end_of_day(today), end_of_day(today + timedelta(days=6 - today.weekday())))


def bucket_of(state: str, due_at: datetime, *, now: datetime) -> Bucket:
    """Where a clock that is not done belongs. The end is exclusive: what is due at midnight is due on the day before it."""
    if state == DeadlineState.PAUSED:
        return Bucket.PAUSED
    if state == DeadlineState.BREACHED or due_at <= now:
        return Bucket.OVERDUE
    at = borders(now)
    return Bucket.TODAY if due_at <= at.today else Bucket.WEEK if due_at <= at.week else Bucket.LATER


def told(owner: str, *, is_last: bool) -> tuple[Role, ...]:
    """Who of the court is told of a clock: the office that must act, the officers where somebody outside must; the director
    with the last alarm and of a breach."""
    role = Role(owner) if owner in set(Role) else Role.DISPOSAL_TEAM
    offices = (role,) if role in STAFF_ROLES else (Role.DISPOSAL_TEAM, Role.CASE_OFFICER)
    return (*offices, Role.BUREAU_DIRECTOR) if is_last and Role.BUREAU_DIRECTOR not in offices else offices
