"""Background work of what is due: thin, the use cases stand beside."""

from datetime import datetime

from sqlalchemy import text

from auction.due.alarms import flag_breach, raise_alarms, tell_of_move
from core.database import Work
from core.deadlines.breaches import otherwise
from core.deadlines.moves import tell_of_moves
from core.outbox import every
from core.sandbox.due import due_source

otherwise(flag_breach)
tell_of_moves(tell_of_move)


@every(seconds=20)
async def raise_due_alarms(work: Work) -> None:
    """Alarms of running clocks (§12.1)."""
    await raise_alarms(work)


@due_source("deadline_alarm", jobs=("raise_due_alarms",), is_event=False)
async def next_due_alarm(work: Work) -> datetime | None:
    """The first alarm of a running clock."""
    query = text("SELECT min(alarm_at) FROM deadline WHERE state = 'running' AND alarm_at IS NOT NULL")
    at: datetime | None = (await work.session.execute(query)).scalar_one()
    return at
