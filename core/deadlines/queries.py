"""What is due, for the people who must act."""

from datetime import timedelta

from sqlalchemy import func
from sqlmodel import col, select

from core.database import Work
from core.deadlines.models import Deadline, DeadlineState

OPEN = (DeadlineState.RUNNING, DeadlineState.PAUSED)


async def due_deadlines(
    work: Work, *, court_code: str | None = None, within: timedelta | None = None, limit: int = 50
) -> list[Deadline]:
    """Breached and not yet done, then running, soonest first; of one court or of all."""
    query = select(Deadline).where(
        col(Deadline.state).in_((*OPEN, DeadlineState.BREACHED)), col(Deadline.done_at).is_(None)
    )
    if court_code is not None:
        query = query.where(Deadline.owner_court == court_code)
    if within is not None:
        query = query.where(col(Deadline.due_at) <= work.now + within)
    return list(await work.session.exec(query.order_by(col(Deadline.due_at), col(Deadline.id)).limit(limit)))


async def breaches_by_court(work: Work) -> dict[str, int]:
    """How many clocks each court has let run out and not yet answered."""
    rows = await work.session.exec(
        select(Deadline.owner_court, func.count())
        .where(Deadline.state == DeadlineState.BREACHED, col(Deadline.done_at).is_(None))
        .group_by(col(Deadline.owner_court))
    )
    return {court: count for court, count in rows if court is not None}
