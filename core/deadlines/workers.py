"""The deadline sweeper (rulebook §12.2, worker 1)."""

from uuid import UUID

import structlog
from sqlmodel import col, select

from core.audit.record import record
from core.database import Work
from core.deadlines.breaches import action_for
from core.deadlines.catalogue import CLOCKS
from core.deadlines.models import Deadline, DeadlineState
from core.deadlines.queries import missing_years
from core.deadlines.recount import count_again
from core.outbox.tasks import task
from core.outbox.timetable import daily, every

BATCH = 500

log = structlog.get_logger(__name__)


@every(seconds=5)
async def sweep_deadlines(work: Work) -> None:
    """Mark what ran out as breached, write it to the audit chain, and do what §12.1 says. Bounded; the rest follows.

    An action that fails undoes only itself: the breach stands, and the action is tried again by `answer_breach`.
    """
    due = await work.session.exec(
        select(Deadline.id)
        .where(Deadline.state == DeadlineState.RUNNING, col(Deadline.due_at) <= work.now)
        .order_by(col(Deadline.due_at))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    for deadline_id in list(due):
        deadline = await work.session.get_one(Deadline, deadline_id)
        if deadline.state != DeadlineState.RUNNING:  # an action before it in this sweep has settled it
            continue
        await _mark_breached(work, deadline)
        action = action_for(deadline.rule)
        if action is not None:
            try:
                async with work.session.begin_nested():
                    await action(work, deadline)
                    deadline.answered_at = work.now
            except Exception:
                log.exception("deadline.action_failed", deadline=str(deadline_id))
                await answer_breach.later(work, key=str(deadline_id), deadline_id=deadline_id)


async def _mark_breached(work: Work, deadline: Deadline) -> None:
    deadline.state = DeadlineState.BREACHED
    deadline.breached_at = work.now
    work.session.add(deadline)
    await record(
        work,
        "deadline.breached",
        stream=f"{deadline.subject_kind}:{deadline.subject_id}",
        rule=deadline.rule,
        asset_id=deadline.asset_id,
        case_id=deadline.case_id,
        lot_id=deadline.lot_id,
        due_at=deadline.due_at.isoformat(),
        owner_court=deadline.owner_court,
        effect=CLOCKS[deadline.rule].breach if deadline.rule in CLOCKS else None,
    )


@task(queue="deadlines")
async def answer_breach(work: Work, *, deadline_id: UUID) -> None:
    """Do what §12.1 says of a breach, once more after it failed. Nothing when it has been answered meanwhile."""
    deadline = await work.session.get(Deadline, deadline_id, with_for_update=True)
    if deadline is None or deadline.state != DeadlineState.BREACHED or deadline.done_at is not None:
        return
    action = action_for(deadline.rule)
    if action is not None:
        await action(work, deadline)
        deadline.answered_at = work.now


@every(seconds=10, follows_clock=False)
async def count_by_new_calendar(work: Work) -> None:
    """Count the open clocks again after a change of the holiday calendar: begins with the first start that has it (C-02)."""
    count = await count_again(work)
    if count is not None and count.finished_at is not None:
        log.info("calendar.counted_again", last_year=count.last_year, seen=count.seen, moved=count.moved)


@daily(at="07:30")
async def warn_of_missing_years(work: Work) -> None:
    """Say each day that a year's official holidays are not in the data, until somebody adds them (C-02)."""
    for missing in await missing_years(work):
        log.warning(
            "calendar.year_not_published",
            year=missing.year,
            clocks=missing.clocks,
            meaning="only weekends are counted; add the year to core/calendar/china.csv",
        )
