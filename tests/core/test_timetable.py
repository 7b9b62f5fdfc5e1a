"""Jobs that work in batches: each batch stays done by itself, whoever else is at it and whatever fails later."""

import asyncio

import pytest
from sqlalchemy import text

from core.database import Database, Work
from core.identity import SYSTEM
from core.outbox.timetable import Periodic, run_periodic

PIECES = 10


@pytest.fixture(autouse=True)
async def _pieces(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        await work.session.execute(text("CREATE TABLE piece (id int PRIMARY KEY, done_in xid8)"))
        await work.session.execute(
            text("INSERT INTO piece SELECT id FROM generate_series(1, :pieces) id"), {"pieces": PIECES}
        )


async def do_one(work: Work) -> bool:
    """Do a piece that nobody else is doing; whether there was one."""
    found = await work.session.execute(
        text(
            """
            UPDATE piece SET done_in = pg_current_xact_id()
             WHERE id = (SELECT id FROM piece WHERE done_in IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING id
            """
        )
    )
    return found.scalar_one_or_none() is not None


async def done(database: Database) -> tuple[int, int]:
    """How many pieces are done, and in how many transactions."""
    async with database.read() as work:
        row = (
            await work.session.execute(text("SELECT count(done_in), count(DISTINCT done_in) FROM piece"))
        ).one()
    return row[0], row[1]


@pytest.mark.parametrize("side_by_side", [1, 3])
async def test_a_job_goes_on_while_there_is_more_and_commits_each_batch(
    database: Database, side_by_side: int
) -> None:
    job = Periodic("trial.do_one", do_one, seconds=60, side_by_side=side_by_side)
    assert await run_periodic(database, job)
    assert await done(database) == (PIECES, PIECES)


async def test_batches_side_by_side_wait_for_none_of_the_others(database: Database) -> None:
    at_work = 0
    together = asyncio.Event()

    async def do_one_together(work: Work) -> bool:
        nonlocal at_work
        found = await do_one(work)
        if found and not together.is_set() and await _is_past_the_first(work):
            at_work += 1
            if at_work == 3:
                together.set()
            await together.wait()
        return found

    job = Periodic("trial.do_one_together", do_one_together, seconds=60, side_by_side=3)
    async with asyncio.timeout(20):
        await run_periodic(database, job)
    assert await done(database) == (PIECES, PIECES)


async def _is_past_the_first(work: Work) -> bool:
    """The first batch shows that there is more, and runs alone."""
    found = await work.session.execute(
        text("SELECT 1 FROM piece WHERE id = 1 AND done_in <> pg_current_xact_id()")
    )
    return found.one_or_none() is not None


async def test_a_batch_that_fails_undoes_no_other(database: Database) -> None:
    async def fail_on_the_fifth(work: Work) -> bool:
        found = await do_one(work)
        is_fifth = await work.session.execute(
            text("SELECT 1 FROM piece WHERE id = 5 AND done_in = pg_current_xact_id()")
        )
        if is_fifth.one_or_none() is not None:
            raise RuntimeError("the fifth")
        return found

    job = Periodic("trial.fail_on_the_fifth", fail_on_the_fifth, seconds=60)
    with pytest.raises(ExceptionGroup) as caught:
        await run_periodic(database, job)
    assert caught.group_contains(RuntimeError, match="the fifth")
    assert (await done(database))[0] == 4


async def test_a_job_that_runs_elsewhere_is_left_alone_unless_it_may_run_side_by_side(
    database: Database,
) -> None:
    at_work, may_end = asyncio.Event(), asyncio.Event()

    async def dawdle(work: Work) -> None:
        await do_one(work)
        at_work.set()
        await may_end.wait()

    alone = Periodic("trial.dawdle", dawdle, seconds=60)
    first = asyncio.create_task(run_periodic(database, alone))
    async with asyncio.timeout(20):
        await at_work.wait()
        assert not await run_periodic(database, alone)
        shared = Periodic("trial.dawdle", do_one, seconds=60, side_by_side=2)
        assert await run_periodic(database, shared)
        may_end.set()
        assert await first
    assert (await done(database))[0] == PIECES
