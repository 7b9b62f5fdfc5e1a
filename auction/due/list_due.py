"""The list of what is due: of a person, a team, a court; by when and by which clock; a page at a time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, func, or_, true, tuple_
from sqlmodel import col, select

from auction.due.models import Scope
from auction.due.places import Place, places_of
from auction.due.rules import Bucket, borders, bucket_of
from core.database import Work
from core.deadlines.models import Deadline, DeadlineState
from core.deadlines.queries import not_done
from core.identity import Permission, Role, require
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.instructions.models import Instruction
from disposal_teams.leads.models import Lead


@dataclass(frozen=True, slots=True)
class Position:
    """The last clock of a page."""

    due_at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class DueRow:
    """A clock that is not done, its place and when it is due."""

    clock: Deadline
    place: Place
    bucket: Bucket


@dataclass(frozen=True, slots=True)
class DuePage:
    """Some rows, and where the next page begins; None at the end."""

    rows: list[DueRow]
    after: Position | None


@dataclass(frozen=True, slots=True)
class DueCounts:
    """How much is due when, and of which clock."""

    by_bucket: dict[Bucket, int]
    by_clock: dict[str, int]


async def due_page(
    work: Work,
    scope: Scope,
    *,
    bucket: Bucket | None = None,
    clock: str | None = None,
    after: Position | None = None,
    limit: int = 50,
    free_text: bool = True,
) -> DuePage:
    """What is due, soonest first; `free_text` as `places_of` has it. Raises `NotPermitted` for who belongs to no court (P-03)."""
    query = select(Deadline).where(not_done(), _of(work, scope))
    if bucket is not None:
        query = query.where(_bucket(work) == bucket)
    if clock is not None:
        query = query.where(Deadline.rule == clock)
    if after is not None:
        query = query.where(tuple_(col(Deadline.due_at), col(Deadline.id)) > (after.due_at, after.id))
    found = list(
        await work.session.exec(query.order_by(col(Deadline.due_at), col(Deadline.id)).limit(limit + 1))
    )
    shown = found[:limit]
    places = await places_of(work, shown, free_text=free_text)
    return DuePage(
        [DueRow(each, places[each.id], bucket_of(each.state, each.due_at, now=work.now)) for each in shown],
        Position(shown[-1].due_at, shown[-1].id) if len(found) > limit else None,
    )


async def due_counts(work: Work, scope: Scope) -> DueCounts:
    """How much of it there is."""
    bucket = _bucket(work)
    rows = await work.session.exec(
        select(bucket, Deadline.rule, func.count())
        .where(not_done(), _of(work, scope))
        .group_by(bucket, col(Deadline.rule))
    )
    by_bucket, by_clock = dict.fromkeys(Bucket, 0), dict[str, int]()
    for when, rule, count in rows.all():
        by_bucket[Bucket(when)] += count
        by_clock[rule] = by_clock.get(rule, 0) + count
    return DueCounts(by_bucket, dict(sorted(by_clock.items())))


def _bucket(work: Work) -> ColumnElement[str]:
    """`rules.bucket_of` in the database."""
    at, due = borders(work.now), col(Deadline.due_at)
    return case(
        (col(Deadline.state) == DeadlineState.PAUSED, Bucket.PAUSED.value),
        (or_(col(Deadline.state) == DeadlineState.BREACHED, due <= work.now), Bucket.OVERDUE.value),
        (due <= at.today, Bucket.TODAY.value),
        (due <= at.week, Bucket.WEEK.value),
        else_=Bucket.LATER.value,
    )


def _of(work: Work, scope: Scope) -> ColumnElement[bool]:
    """The clocks of the scope; always of the own court (P-03)."""
    actor = work.actor
    require(actor, Permission.SEE_COURT_FILES, court_code=actor.court_code)
    own_court = col(Deadline.owner_court) == actor.court_code
    return and_(own_court, {Scope.MINE: _mine, Scope.TEAM: _team, Scope.COURT: _court}[scope](work))


def _court(work: Work) -> ColumnElement[bool]:
    return true()


def _team(work: Work) -> ColumnElement[bool]:
    """What the disposal teams do, and everything about the assets of the own team."""
    office = col(Deadline.owner_role) == Role.DISPOSAL_TEAM
    if work.actor.team_id is None:
        return office
    # Asked clock by clock: as a set, the assets of all other teams would be the whole city.
    team = select(col(Asset.team_id)).where(Asset.id == Deadline.asset_id).scalar_subquery()
    return or_(team == work.actor.team_id, and_(office, team.is_(None)))


def _mine(work: Work) -> ColumnElement[bool]:
    """What is assigned to the person: instructions, leads, and everything that runs in the person's cases."""
    me = work.actor.account_id
    if me is None:
        return false()
    cases = select(EnforcementCase.id).where(EnforcementCase.officer_account_id == me)
    assets = select(Asset.id).where(col(Asset.case_id).in_(cases))
    instructions = select(Instruction.id).where(Instruction.assignee_account_id == me)
    leads = select(Lead.id).where(Lead.handler_account_id == me)
    subject, kind = col(Deadline.subject_id), col(Deadline.subject_kind)
    return or_(
        col(Deadline.case_id).in_(cases),
        col(Deadline.asset_id).in_(assets),
        and_(kind == "instruction", subject.in_(instructions)),
        and_(kind == "lead", subject.in_(leads)),
    )
