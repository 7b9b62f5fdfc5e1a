"""Background work on transfers: thin, keyed, safe to run twice."""

from uuid import UUID

from core.database import Work
from core.deadlines import Deadline, on_breach
from core.outbox import every, task
from disposal_teams.transfers.escalate import due_transfers, escalate


@task(queue="transfers")
async def carry_up(work: Work, *, transfer_id: UUID) -> None:
    """Take the step that is due on one request."""
    await escalate(work, transfer_id)


@on_breach("L-29")
async def answer_overdue(work: Work, deadline: Deadline) -> None:
    """Silence is carried up as soon as the clock ends; the sweep below finds what this misses."""
    key = f"{deadline.subject_id}:breached:{deadline.due_at.isoformat()}"
    await carry_up.later(work, key=key, transfer_id=deadline.subject_id)


@every(seconds=30)
async def find_due_transfers(work: Work) -> None:
    """The transfer-escalator (L-29, L-30): the truth is in the due rows; the messages only carry it."""
    for request in await due_transfers(work):
        due = request.follow_up_due_on or request.answer_due_at
        await carry_up.later(work, key=f"{request.id}:{request.state}:{due}", transfer_id=request.id)
