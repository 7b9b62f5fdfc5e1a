"""Do at once what a worker process would do."""

from core.database import Database
from core.outbox.run_due import due_messages, run_due, run_jobs
from core.outbox.tasks import run_message
from web.commands.worker import import_workers


async def work_off(database: Database, *, twice: bool = False) -> None:
    """Run every due message; each twice, if asked, as a broker may deliver it."""
    import_workers()
    if not twice:
        await run_due(database)
        return
    while due := await due_messages(database):
        for message_id in due:
            assert await run_message(database, message_id)
            assert not await run_message(database, message_id)


async def sweep(database: Database, *names: str) -> None:
    """Run the named periodic jobs (by function name), then everything that follows from them."""
    import_workers()
    await run_jobs(database, names)
