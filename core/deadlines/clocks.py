"""Open, meet, pause, resume, waive and move statutory clocks, in the transaction of the event that does it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, text, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from core.audit.record import record
from core.database import Work
from core.deadlines.alarms import next_alarm
from core.deadlines.catalogue import CLOCKS
from core.deadlines.models import Deadline, DeadlineState
from core.deadlines.row import Stop
from core.deadlines.rules import (
    Period,
    day_in_court,
    end_of_day,
    hours_end,
    months_later,
    period_of_days,
    resumed_end,
    start_of_day,
)
from core.errors import Conflict
from core.i18n import msg
from core.ids import new_id

_OPEN = (DeadlineState.RUNNING, DeadlineState.PAUSED)


async def open_deadline(
    work: Work,
    rule: str,
    *,
    subject_kind: str,
    subject_id: UUID,
    owner_role: str,
    owner_court: str | None = None,
    started_at: datetime | None = None,
    due_at: datetime | Period | None = None,
    days: int | None = None,
    asset_id: UUID | None = None,
    case_id: UUID | None = None,
    lot_id: UUID | None = None,
    trigger_event: str | None = None,
) -> Deadline:
    """Start a clock (C-08) from `started_at` (default: now), ending at `due_at`, after `days`, or as §12.1 says for `rule`.

    A period moves with the holiday calendar (`core.deadlines.recount`); a moment stands. What else keeps the end of the clock
    registers with `on_move`.
    A clock of the same rule that still runs for the subject is returned as it is: starting it twice changes nothing.
    Raises `ValueError` for what the catalogue does not know or does not count by a clock: every clock has a name.
    """
    row = CLOCKS.get(rule)
    if row is None:
        raise ValueError(f"{rule} is not in the catalogue of clocks")
    if row.checked_by is not None:
        raise ValueError(f"{rule} is checked in {row.checked_by}, it is no clock")
    started = started_at or work.now
    counted = due_at or _counted(rule, started, days)
    period = counted if isinstance(counted, Period) else None
    ends = counted.end() if isinstance(counted, Period) else counted
    inserted = await work.session.execute(
        insert(Deadline)
        .values(
            id=new_id(),
            rule=rule,
            subject_kind=subject_kind,
            subject_id=subject_id,
            asset_id=asset_id,
            case_id=case_id,
            lot_id=lot_id,
            trigger_event=trigger_event,
            started_at=started,
            due_at=ends,
            last_day=period and period.last_day,
            working_days=period.working_days if period else 0,
            alarm_at=next_alarm(rule, started, ends, now=work.now),
            owner_role=owner_role,
            owner_court=owner_court,
            state=DeadlineState.RUNNING,
            stops=[],
        )
        .on_conflict_do_nothing(
            index_elements=["rule", "subject_kind", "subject_id"],
            index_where=text("state IN ('running', 'paused')"),
        )
        .returning(Deadline)
    )
    opened: Deadline | None = inserted.scalar_one_or_none()
    if opened is not None:
        return opened
    running = await _open_one(work, rule, subject_kind, subject_id)
    if running is None:  # it ended between the two statements
        raise Conflict(msg("该期限刚刚被他人更新，请刷新后重试。"), rule=rule)
    return running


def _counted(rule: str, started: datetime, days: int | None) -> datetime | Period:
    row = CLOCKS[rule]
    if days is None and row.hours is not None:
        return hours_end(started, hours=row.hours)
    if days is None and row.months is not None:
        period = Period(months_later(day_in_court(started), row.months))
    else:
        length = row.days if days is None else days
        if length is None:
            raise ValueError(f"{rule} has no length of its own: say due_at or days")
        period = period_of_days(started, length)
    return period if row.rolls else end_of_day(period.last_day)


async def _open_one(work: Work, rule: str, subject_kind: str, subject_id: UUID) -> Deadline | None:
    found = await work.session.exec(
        select(Deadline)
        .where(
            Deadline.rule == rule,
            Deadline.subject_kind == subject_kind,
            Deadline.subject_id == subject_id,
            col(Deadline.state).in_(_OPEN),
        )
        .with_for_update()
    )
    return found.first()


async def meet_deadline(
    work: Work, rule: str, *, subject_kind: str, subject_id: UUID, done_event: str | None = None
) -> bool:
    """What the clock waited for has happened. A breached one is closed as met late. Returns whether one was found."""
    deadline = await _open_one(work, rule, subject_kind, subject_id)
    if deadline is None:
        late = await work.session.exec(
            select(Deadline)
            .where(
                Deadline.rule == rule,
                Deadline.subject_kind == subject_kind,
                Deadline.subject_id == subject_id,
                Deadline.state == DeadlineState.BREACHED,
                col(Deadline.done_at).is_(None),
            )
            .order_by(col(Deadline.started_at).desc())
            .with_for_update()
        )
        deadline = late.first()
        if deadline is None:
            return False
    else:
        deadline.state = DeadlineState.MET
    deadline.done_at = work.now
    deadline.done_event = done_event
    work.session.add(deadline)
    return True


async def lock_deadlines(work: Work, rule: str, *, subject_kind: str, subject_id: UUID) -> None:
    """Hold the clocks of a rule for a subject that are not done, so that of several transactions which each finish a part the
    last one sees what the others have written. Ask only afterwards whether everything is done."""
    await work.session.execute(
        select(col(Deadline.id))
        .where(
            Deadline.rule == rule,
            Deadline.subject_kind == subject_kind,
            Deadline.subject_id == subject_id,
            col(Deadline.done_at).is_(None),
        )
        .with_for_update()
    )


async def waive_deadline(work: Work, rule: str, *, subject_kind: str, subject_id: UUID, reason: str) -> bool:
    """The clock is no longer needed (withdrawn, paid, settled). Returns whether one was running."""
    deadline = await _open_one(work, rule, subject_kind, subject_id)
    if deadline is None:
        return False
    deadline.state = DeadlineState.WAIVED
    deadline.done_at = work.now
    deadline.done_event = reason[:80]
    work.session.add(deadline)
    await _record(work, "deadline.waived", deadline, reason=reason)
    return True


async def pause_deadlines(
    work: Work,
    *,
    asset_id: UUID | None = None,
    lot_id: UUID | None = None,
    case_id: UUID | None = None,
    subject_kind: str | None = None,
    stop: Stop | None = None,
) -> int:
    """Stop the running clocks of an asset, lot or case (stay, suspension). Returns how many.

    `subject_kind`: only the clocks that run for such a subject. An objection's own clocks, for instance, do not stand still
    with the sale that it stays. `stop`: only the clocks whose row names this kind of stop (C-06).
    """
    paused = await work.session.exec(
        select(Deadline)
        .where(
            _scope(asset_id, lot_id, case_id),
            _of_kind(subject_kind),
            _stopped_by(stop),
            Deadline.state == DeadlineState.RUNNING,
        )
        .with_for_update()
    )
    count = 0
    for deadline in list(paused):
        deadline.state = DeadlineState.PAUSED
        deadline.paused_at = work.now
        work.session.add(deadline)
        await _record(work, "deadline.paused", deadline)
        count += 1
    return count


async def resume_deadlines(
    work: Work,
    *,
    asset_id: UUID | None = None,
    lot_id: UUID | None = None,
    case_id: UUID | None = None,
    subject_kind: str | None = None,
    stop: Stop | None = None,
) -> int:
    """Let the paused clocks run on; each ends later by the time it stood still (C-06, C-08). Returns how many."""
    resumed = await work.session.exec(
        select(Deadline)
        .where(
            _scope(asset_id, lot_id, case_id),
            _of_kind(subject_kind),
            _stopped_by(stop),
            Deadline.state == DeadlineState.PAUSED,
        )
        .with_for_update()
    )
    count = 0
    for deadline in list(resumed):
        assert deadline.paused_at is not None
        row = CLOCKS.get(deadline.rule)
        deadline.due_at = resumed_end(
            deadline.due_at,
            deadline.paused_at,
            work.now,
            whole_days=(row is None or row.hours is None) and _ends_with_a_day(deadline.due_at),
            extend_over_holidays=row is None or row.rolls,
        )
        deadline.alarm_at = next_alarm(deadline.rule, deadline.started_at, deadline.due_at, now=work.now)
        deadline.stops = [*deadline.stops, [deadline.paused_at.isoformat(), work.now.isoformat()]]
        deadline.state = DeadlineState.RUNNING
        deadline.paused_at = None
        work.session.add(deadline)
        await _record(work, "deadline.resumed", deadline, due_at=deadline.due_at.isoformat())
        count += 1
    return count


async def move_deadlines(work: Work, *, asset_id: UUID, from_court: str, to_court: str) -> int:
    """Running clocks of an asset go to the court that takes over its disposal right (T-05). Returns how many."""
    moved = await work.session.execute(
        update(Deadline)
        .where(
            col(Deadline.asset_id) == asset_id,
            col(Deadline.owner_court) == from_court,
            col(Deadline.state).in_(_OPEN),
        )
        .values(owner_court=to_court)
        .returning(col(Deadline.id))
    )
    count = len(moved.all())
    if count:
        await record(
            work,
            "deadlines.moved",
            stream=f"asset:{asset_id}",
            rule="T-05",
            asset_id=asset_id,
            moved_from=from_court,
            moved_to=to_court,
            count=count,
        )
    return count


def _ends_with_a_day(due_at: datetime) -> bool:
    return due_at == start_of_day(day_in_court(due_at))


async def _record(work: Work, event: str, deadline: Deadline, **details: Any) -> None:
    await record(
        work,
        event,
        stream=f"{deadline.subject_kind}:{deadline.subject_id}",
        rule=deadline.rule,
        asset_id=deadline.asset_id,
        case_id=deadline.case_id,
        lot_id=deadline.lot_id,
        **details,
    )


def _of_kind(subject_kind: str | None) -> ColumnElement[bool]:
    return true() if subject_kind is None else col(Deadline.subject_kind) == subject_kind


def _stopped_by(stop: Stop | None) -> ColumnElement[bool]:
    if stop is None:
        return true()
    return col(Deadline.rule).in_([row.id for row in CLOCKS.values() if stop in row.stops])


def _scope(asset_id: UUID | None, lot_id: UUID | None, case_id: UUID | None) -> ColumnElement[bool]:
    for column, value in (
        (col(Deadline.asset_id), asset_id),
        (col(Deadline.lot_id), lot_id),
        (col(Deadline.case_id), case_id),
    ):
        if value is not None:
            return column == value
    raise ValueError("name the asset, lot or case")
