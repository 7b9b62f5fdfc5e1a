"""A real worker on a real broker: what a use case leaves to do is done promptly and once, and stopping finishes it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from core.broker import WorkerProcess, make_broker
from core.database import Database, Work
from core.identity import SYSTEM
from core.outbox.tasks import task
from core.outbox.timetable import PERIODIC, Periodic

PATIENCE_S = 60
"""For a machine with other work to do; nothing waits longer than it must."""


@task(queue="trial")
async def leave_a_mark(work: Work, *, mark: UUID) -> None:
    await work.session.execute(text("INSERT INTO mark VALUES (:mark)"), {"mark": mark})


@pytest.fixture(autouse=True)
async def _table_of_marks(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        await work.session.execute(text("CREATE TABLE mark (mark uuid NOT NULL)"))


@asynccontextmanager
async def worker(database: Database) -> AsyncIterator[None]:
    """A worker that runs during the block."""
    process = WorkerProcess(Database(database.url), make_broker(database.plain_url), threads=2)
    ready = asyncio.Event()
    running = asyncio.create_task(process.run(on_ready=ready.set))
    try:
        await asyncio.wait_for(ready.wait(), PATIENCE_S)
        yield
    finally:
        process.stopping.set()
        await asyncio.wait_for(running, PATIENCE_S)


async def marks(database: Database) -> list[UUID]:
    """What was done so far."""
    async with database.read() as work:
        return list((await work.session.execute(text("SELECT mark FROM mark"))).scalars())


async def eventually(database: Database, count: int) -> list[UUID]:
    """The marks, once there are `count`."""
    async with asyncio.timeout(PATIENCE_S):
        while len(found := await marks(database)) < count:  # noqa: ASYNC110 - another process changes it
            await asyncio.sleep(0.02)
    return found


async def test_messages_are_done_once_however_often_they_are_asked_for(database: Database) -> None:
    wanted = [uuid4() for _ in range(25)]
    async with worker(database):
        for _ in range(2):
            async with database.begin(SYSTEM) as work:
                for mark in wanted:
                    await leave_a_mark.later(work, key=str(mark), mark=mark)
        found = await eventually(database, len(wanted))
    assert sorted(found) == sorted(wanted)
    assert sorted(await marks(database)) == sorted(wanted)


async def test_what_was_left_while_no_worker_ran_is_done_by_the_next(database: Database) -> None:
    mark = uuid4()
    async with database.begin(SYSTEM) as work:
        await leave_a_mark.later(work, key="left", mark=mark)
    async with worker(database):
        assert await eventually(database, 1) == [mark]


async def test_two_workers_share_the_work_and_double_nothing(database: Database) -> None:
    wanted = [uuid4() for _ in range(40)]
    async with worker(database), worker(database):
        async with database.begin(SYSTEM) as work:
            for mark in wanted:
                await leave_a_mark.later(work, key=str(mark), mark=mark)
        await eventually(database, len(wanted))
    assert sorted(await marks(database)) == sorted(wanted)


async def test_a_job_is_woken_by_whoever_tells_that_it_need_not_wait(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def note_a_run(work: Work) -> None:
        await work.session.execute(text("INSERT INTO mark VALUES (gen_random_uuid())"))

    job = Periodic("trial.note_a_run", note_a_run, seconds=3600, woken_by="trial")
    monkeypatch.setitem(PERIODIC, job.name, job)
    async with worker(database):
        so_far = 1
        await eventually(database, so_far)
        # Listening may have begun after the first run, which wakes the job once more.
        await asyncio.sleep(0.5)
        so_far = len(await marks(database))
        async with database.begin(SYSTEM) as work:
            await work.session.execute(text("SELECT pg_notify('trial', '')"))
        await eventually(database, so_far + 1)
