"""Do at once what a worker process would do: relay the outbox and run each message, until nothing is due."""

from uuid import UUID

from core.database import Database
from core.outbox.relay import relay_once
from core.outbox.tasks import run_message
from core.outbox.timetable import PERIODIC, run_periodic
from web.commands.worker import import_workers

MOST_MESSAGES = 5_000


async def work_off(database: Database, *, twice: bool = False) -> int:
    """Run every due message (each twice, if asked, as a broker may) and return how many ran."""
    import_workers()
    ran = 0
    while ran < MOST_MESSAGES:
        due: list[UUID] = []
        await relay_once(database, lambda queue, task, message_id: due.append(message_id))
        if not due:
            return ran
        for message_id in due:
            assert await run_message(database, message_id)
            ran += 1
            if twice:
                assert not await run_message(database, message_id)
    raise AssertionError("the messages never end")


async def sweep(database: Database, *names: str) -> None:
    """Run the named periodic jobs (by function name), then everything that follows from them."""
    import_workers()
    for name in names:
        (job,) = (job for job in PERIODIC.values() if job.name.endswith(f".{name}"))
        await run_periodic(database, job)
    await work_off(database)
