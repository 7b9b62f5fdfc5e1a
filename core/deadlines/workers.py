"""The deadline sweeper (rulebook §12.2, worker 1)."""

from sqlmodel import col, select

from core.audit.record import record
from core.database import Work
from core.deadlines.breaches import ACTIONS
from core.deadlines.models import Deadline, DeadlineState
from core.outbox.timetable import every

BATCH = 500


@every(seconds=5)
async def sweep_deadlines(work: Work) -> None:
    """Mark what ran out as breached, write it to the audit chain, and do what §12.1 says. Bounded; the rest follows."""
    due = await work.session.exec(
        select(Deadline)
        .where(Deadline.state == DeadlineState.RUNNING, col(Deadline.due_at) <= work.now)
        .order_by(col(Deadline.due_at))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    for deadline in list(due):
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
        )
        action = ACTIONS.get(deadline.rule)
        if action is not None:
            await action(work, deadline)
