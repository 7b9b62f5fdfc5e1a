"""When a clock is told of: the days of its row, or those of the setting `deadline_alarm_days` (§12.1)."""

from datetime import datetime

from core.deadlines.catalogue import CLOCKS
from core.deadlines.row import USUAL
from core.deadlines.rules import alarm_moments
from core.legal_settings import legal


def alarms_of(clock: str, started_at: datetime, due_at: datetime) -> list[datetime]:
    """The moments of a clock's alarms, in order; none where its own room tells of it."""
    row = CLOCKS.get(clock)
    if row is None or row.alarms.told_by is not None:
        return []
    before = legal().deadline_alarm_days if row.alarms.before is USUAL else row.alarms.before
    return alarm_moments(started_at, due_at, after=row.alarms.after, before=before)


def next_alarm(clock: str, started_at: datetime, due_at: datetime, *, now: datetime) -> datetime | None:
    """The first alarm that lies ahead, or None."""
    return next((moment for moment in alarms_of(clock, started_at, due_at) if moment > now), None)
