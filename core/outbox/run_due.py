"""Do at once, in this process, what a worker would do: for the demo's history and for tests."""

from collections.abc import Iterable
from uuid import UUID

from core.database import Database
from core.outbox.relay import relay_once
from core.outbox.tasks import run_message
from core.outbox.timetable import PERIODIC, run_periodic

MOST_MESSAGES = 200_000


async def run_due(database: Database) -> int:
    """Run every due message until none is left; returns how many. The rooms' `workers` must be imported."""
    ran = 0
    while ran < MOST_MESSAGES:
        due = await due_messages(database)
        if not due:
            return ran
        for message_id in due:
            await run_message(database, message_id)
            ran += 1
    raise RuntimeError("the messages never end")


async def due_messages(database: Database) -> list[UUID]:
    """Take what the relay would send now."""
    due: list[UUID] = []
    await relay_once(database, lambda queue, task, message_id: due.append(message_id))
    return due


async def run_jobs(database: Database, names: Iterable[str]) -> None:
    """Run the named periodic jobs (by function name), then everything that follows from them."""
    for name in names:
        (job,) = (job for job in PERIODIC.values() if job.name.endswith(f".{name}"))
        await run_periodic(database, job)
    await run_due(database)
