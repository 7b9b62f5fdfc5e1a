"""Background work on instructions: thin, keyed, safe to run twice."""

from uuid import UUID

from core.database import Work
from core.deadlines import Deadline, on_breach
from core.outbox import every, task
from disposal_teams.instructions.sweep import due_instructions, look_after


@task(queue="instructions")
async def attend(work: Work, *, instruction_id: UUID) -> None:
    """Do what is due on one instruction."""
    await look_after(work, instruction_id)


@on_breach("T-25")
async def clock_ended(work: Work, deadline: Deadline) -> None:
    """A missed clock is carried up as soon as it ends; the sweep below finds what this misses."""
    key = f"{deadline.subject_id}:breached:{deadline.due_at.isoformat()}"
    await attend.later(work, key=key, instruction_id=deadline.subject_id)


@every(seconds=30)
async def find_due_instructions(work: Work) -> None:
    """Every instruction whose moment has come: the truth is in the rows, the messages only carry it."""
    await attend.later_many(
        work,
        [(key, {"instruction_id": instruction_id}) for instruction_id, key in await due_instructions(work)],
    )
