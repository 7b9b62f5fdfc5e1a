"""Background work on transfers: thin, keyed, safe to run twice."""

from datetime import datetime
from uuid import UUID

from core.database import Work
from core.deadlines import Deadline, on_breach
from core.outbox import daily, every, task
from core.sandbox.due import due_source
from disposal_teams.transfers.complete_handover import flag_late_hand_over
from disposal_teams.transfers.escalate import (
    due_transfers,
    escalate,
    flag_silent_superior,
    next_step_due,
)
from disposal_teams.transfers.propose import scan_idle_seals
from disposal_teams.transfers.remind import remind_of_requests


@task(queue="transfers")
async def carry_up(work: Work, *, transfer_id: UUID) -> None:
    """Take the step that is due on one request."""
    await escalate(work, transfer_id)


@on_breach("L-29")
async def answer_overdue(work: Work, deadline: Deadline) -> None:
    """Silence is carried up as soon as the clock ends; the sweep below finds what this misses."""
    key = f"{deadline.subject_id}:breached:{deadline.due_at.isoformat()}"
    await carry_up.later(work, key=key, transfer_id=deadline.subject_id)


@on_breach("T-04")
async def hand_over_late(work: Work, deadline: Deadline) -> None:
    """Files that have not come in three days are flagged (§11.6)."""
    await flag_late_hand_over(work, deadline)


@on_breach("L-30")
async def superior_silent(work: Work, deadline: Deadline) -> None:
    """The superior's five days are over: its leaders are told, and the courts (L-30)."""
    await flag_silent_superior(work, deadline.subject_id)


@daily(at="00:40")
async def scan_idle_first_seals(work: Work) -> None:
    """The idle-first-seal scanner (L-28, L-31), after the guardian of seals has promoted and lapsed what is due."""
    await scan_idle_seals(work)


@every(seconds=600)
async def remind_first_courts(work: Work) -> None:
    """Reminders while a request waits for its answer (§11.6)."""
    await remind_of_requests(work)


@due_source("transfer", jobs=("find_due_transfers",), is_event=True)
async def next_transfer_step(work: Work) -> datetime | None:
    """The first request on which the system must act: its answer, its supplement or what was decided runs out."""
    return await next_step_due(work)


@every(seconds=30)
async def find_due_transfers(work: Work) -> None:
    """The transfer-escalator (L-29, L-30): the truth is in the due rows; the messages only carry it."""
    for request in await due_transfers(work):
        due = request.follow_up_due_on or request.answer_due_at
        await carry_up.later(work, key=f"{request.id}:{request.state}:{due}", transfer_id=request.id)
