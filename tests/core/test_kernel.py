"""The kernel: court time, the audit chain, the outbox."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.audit import record, verify_stream
from core.database import Database, Work
from core.identity import SYSTEM
from core.ids import new_id
from core.outbox import task
from core.outbox.relay import relay_once
from core.outbox.tasks import run_message
from core.outbox.timetable import last_due
from tests.conftest import CourtClock


def test_new_ids_are_version_7_and_ordered_by_time() -> None:
    ids = [new_id() for _ in range(50)]
    assert all(each.version == 7 for each in ids)
    assert [each.int >> 80 for each in ids] == sorted(each.int >> 80 for each in ids)


async def test_court_time_travels_and_runs_faster_only_where_set(
    database: Database, clock: CourtClock
) -> None:
    real = datetime.now(UTC)
    assert abs(await clock.now() - real) < timedelta(seconds=5)
    await clock.travel_to(datetime(2030, 1, 1, tzinfo=UTC))
    assert datetime(2030, 1, 1, tzinfo=UTC) <= await clock.now() < datetime(2030, 1, 1, 0, 1, tzinfo=UTC)


async def test_audit_events_form_a_chain_per_stream(work: Work) -> None:
    for number in range(3):
        await record(work, "lot.published", stream="lot:1", rule="B-10", number=number)
    await record(work, "lot.published", stream="lot:2")
    assert await verify_stream(work, "lot:1") is None


async def test_audit_events_cannot_be_changed_or_removed(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        await record(work, "lot.published", stream="lot:1")
    for statement in (
        "UPDATE audit_event SET event = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
    ):
        with pytest.raises(DBAPIError, match="append-only"):
            async with database.begin(SYSTEM) as work:
                await work.session.execute(text(statement))


async def test_audit_verification_finds_a_row_changed_behind_the_trigger(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        for _ in range(3):
            await record(work, "lot.published", stream="lot:1")
        await work.session.execute(text("ALTER TABLE audit_event DISABLE TRIGGER USER"))
        await work.session.execute(text("UPDATE audit_event SET payload = '{}' WHERE seq = 2"))
    async with database.read() as work:
        broken = await verify_stream(work, "lot:1")
    assert broken is not None
    assert (broken.seq, broken.reason) == (2, "hash differs")


async def test_writers_of_one_audit_stream_take_turns(database: Database) -> None:
    async def write() -> None:
        async with database.begin(SYSTEM) as work:
            await record(work, "lot.viewed", stream="lot:1")

    await asyncio.gather(*(write() for _ in range(12)))
    async with database.read() as work:
        assert await verify_stream(work, "lot:1") is None


@task(queue="tests")
async def _leave_mark(work: Work, *, mark: str, fail: bool = False) -> None:
    await record(work, "test.mark", stream=f"mark:{mark}", mark=mark)
    if fail:
        raise RuntimeError("refused")


async def _marks(database: Database) -> int:
    async with database.read() as work:
        return int((await work.session.execute(text("SELECT count(*) FROM audit_event"))).scalar_one())


async def _relayed(database: Database) -> list[tuple[str, str, Any]]:
    sent: list[tuple[str, str, Any]] = []
    await relay_once(database, lambda queue, name, key: sent.append((queue, name, key)))
    return sent


async def test_an_effect_written_twice_and_delivered_twice_happens_once(database: Database) -> None:
    for _ in range(2):
        async with database.begin(SYSTEM) as work:
            await _leave_mark.later(work, key="a", mark="a")
    ((queue, name, message_id),) = await _relayed(database)
    assert (queue, name) == ("tests", "tests.core.test_kernel._leave_mark")
    done = await asyncio.gather(*(run_message(database, message_id) for _ in range(4)))
    assert sorted(done) == [False, False, False, True]
    assert await run_message(database, message_id) is False
    assert await _marks(database) == 1


async def test_a_message_of_a_rolled_back_use_case_never_existed(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.begin(SYSTEM) as work:
            await _leave_mark.later(work, key="a", mark="a")
            raise RuntimeError("the use case failed")
    assert await _relayed(database) == []


async def test_a_failed_effect_leaves_nothing_but_its_error(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        await _leave_mark.later(work, key="a", mark="a", fail=True)
    ((_, _, message_id),) = await _relayed(database)
    with pytest.raises(RuntimeError, match="refused"):
        await run_message(database, message_id)
    assert await _marks(database) == 0
    async with database.read() as work:
        row = (
            await work.session.execute(text("SELECT attempts, last_error, done_at FROM outbox_message"))
        ).one()
    assert row.attempts == 1
    assert row.last_error == "RuntimeError: refused"
    assert row.done_at is None


async def test_an_effect_waits_for_its_court_time(database: Database, clock: CourtClock) -> None:
    async with database.begin(SYSTEM) as work:
        await _leave_mark.later(work, key="a", at=work.now + timedelta(days=2), mark="a")
    assert await _relayed(database) == []
    await clock.pass_time(timedelta(days=2, seconds=1))
    assert len(await _relayed(database)) == 1
    assert await _relayed(database) == []


async def test_a_message_that_nobody_answered_is_sent_again(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        await _leave_mark.later(work, key="a", mark="a")
    assert len(await _relayed(database)) == 1
    async with database.begin(SYSTEM) as work:
        await work.session.execute(
            text("UPDATE outbox_message SET sent_at = sent_at - interval '61 seconds'")
        )
    assert len(await _relayed(database)) == 1


async def test_a_message_leaves_when_the_quickest_worker_can_take_it(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        for mark in ("a", "b", "c"):
            await _leave_mark.later(work, key=mark, mark=mark)
    takes = "SELECT 1 FROM outbox_message WHERE id = %s AND sent_at IS NOT NULL FOR UPDATE SKIP LOCKED"
    taken: list[object] = []

    def send(_queue: str, _task: str, message_id: UUID) -> None:
        with psycopg.connect(database.plain_url) as connection:
            taken.append(connection.execute(takes, (message_id,)).fetchone())

    assert await relay_once(database, send) == 3
    assert taken == [(1,)] * 3


async def test_what_a_broker_did_not_take_is_sent_in_the_next_round(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        for mark in ("a", "b", "c"):
            await _leave_mark.later(work, key=mark, mark=mark)
    sent: list[UUID] = []

    def send(_queue: str, _task: str, message_id: UUID) -> None:
        if sent:
            raise ConnectionError("the broker is away")
        sent.append(message_id)

    with pytest.raises(ConnectionError):
        await relay_once(database, send)
    again = [message_id for _, _, message_id in await _relayed(database)]
    assert len({*sent, *again}) == 3
    assert sent[0] not in again


def test_daily_jobs_fall_due_at_court_time() -> None:
    noon_in_court = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
    two_at_night = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
    assert last_due(noon_in_court, two_at_night.time().replace(hour=2)) == two_at_night


async def test_a_message_that_waits_in_a_long_queue_is_sent_again_ever_more_seldom(
    database: Database,
) -> None:
    async with database.begin(SYSTEM) as work:
        await _leave_mark.later(work, key="waits", mark="waits")
    sent: list[UUID] = []

    async def after(seconds: int) -> int:
        """Let the message grow older by so much, and relay."""
        async with database.begin(SYSTEM) as work:
            older = ", ".join(
                f"{column} = {column} - make_interval(secs => :by)"
                for column in ("created_at", "available_at", "sent_at")
            )
            await work.session.execute(text(f"UPDATE outbox_message SET {older}"), {"by": seconds})
        return await relay_once(database, lambda queue, name, key: sent.append(key), resend_after_s=10)

    assert [await after(seconds) for seconds in (0, 9, 2, 9, 4)] == [1, 0, 1, 0, 1]
    assert [await after(seconds) for seconds in (11, 8, 7)] == [0, 0, 1], (
        "it is 24 s old, and waits as long again"
    )
    assert [await after(seconds) for seconds in (400, 95, 6)] == [1, 0, 1], (
        "never more than ten times the delay"
    )
