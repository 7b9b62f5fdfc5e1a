"""What is due, for the people who must act."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import col, select

from core.calendar import official_calendar
from core.database import Work
from core.deadlines.catalogue import LAPSING
from core.deadlines.models import Deadline, DeadlineState
from core.deadlines.rules import day_in_court, months_later, start_of_day

OPEN = (DeadlineState.RUNNING, DeadlineState.PAUSED)


def not_done() -> ColumnElement[bool]:
    """What still waits for somebody: clocks that run or stand still, and missed ones, save those whose end is nobody's fault."""
    missed = and_(
        col(Deadline.state) == DeadlineState.BREACHED,
        col(Deadline.done_at).is_(None),
        col(Deadline.rule).not_in(sorted(LAPSING)),
    )
    return or_(col(Deadline.state).in_(OPEN), missed)


async def due_deadlines(
    work: Work,
    *,
    court_code: str | None = None,
    owner_roles: Collection[str] | None = None,
    within: timedelta | None = None,
    limit: int = 50,
) -> list[Deadline]:
    """Not yet done and soonest first, so breached ones lead; of one court and some roles, or of all."""
    query = select(Deadline).where(not_done())
    if court_code is not None:
        query = query.where(Deadline.owner_court == court_code)
    if owner_roles is not None:
        query = query.where(col(Deadline.owner_role).in_(owner_roles))
    if within is not None:
        query = query.where(col(Deadline.due_at) <= work.now + within)
    return list(await work.session.exec(query.order_by(col(Deadline.due_at), col(Deadline.id)).limit(limit)))


async def deadlines_of(
    work: Work, *, asset_id: UUID | None = None, lot_id: UUID | None = None, case_id: UUID | None = None
) -> list[Deadline]:
    """Every clock of an asset, lot or case, past ones too, in the order in which they were started."""
    query = select(Deadline)
    for column, value in (
        (col(Deadline.asset_id), asset_id),
        (col(Deadline.lot_id), lot_id),
        (col(Deadline.case_id), case_id),
    ):
        if value is not None:
            query = query.where(column == value)
    return list(
        await work.session.exec(query.order_by(col(Deadline.started_at), col(Deadline.id)).limit(500))
    )


async def deadlines_about(work: Work, subject_kind: str, subject_id: UUID) -> list[Deadline]:
    """The clocks of one subject, past ones too, in the order in which they were started."""
    rows = await work.session.exec(
        select(Deadline)
        .where(Deadline.subject_kind == subject_kind, Deadline.subject_id == subject_id)
        .order_by(col(Deadline.started_at), col(Deadline.id))
    )
    return list(rows)


async def breaches_by_court(work: Work) -> dict[str, int]:
    """How many clocks each court has let run out and not yet answered."""
    rows = await work.session.exec(
        select(Deadline.owner_court, func.count())
        .where(Deadline.state == DeadlineState.BREACHED, not_done())
        .group_by(col(Deadline.owner_court))
    )
    return {court: count for court, count in rows if court is not None}


@dataclass(frozen=True, slots=True)
class MissingYear:
    """A year without its official holidays, and how many running clocks end in it or later."""

    year: int
    clocks: int


async def missing_years(work: Work) -> list[MissingYear]:
    """Years that clocks reach now or within twelve months and for which only weekends are counted (C-02)."""
    today = day_in_court(work.now)
    latest: datetime | None = (
        await work.session.exec(select(func.max(Deadline.due_at)).where(col(Deadline.state).in_(OPEN)))
    ).one()
    last = max(months_later(today, 12), day_in_court(latest) if latest is not None else today)
    return [
        MissingYear(year, await _ending_from(work, start_of_day(date(year, 1, 1))))
        for year in official_calendar().missing_years(today, last)
    ]


async def _ending_from(work: Work, moment: datetime) -> int:
    query = (
        select(func.count())
        .select_from(Deadline)
        .where(col(Deadline.state).in_(OPEN), col(Deadline.due_at) > moment)
    )
    return (await work.session.exec(query)).one()
