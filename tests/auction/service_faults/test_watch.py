"""Real measurements against a real database: a skewed clock, failing bids, a restart; and who judges them."""

import asyncio
import time
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import text
from sqlmodel import select

from auction.closing.close_lots import close_due_lots
from auction.service_faults.bidding_clock import tick
from auction.service_faults.keep import forget_passing_samples
from auction.service_faults.measure import ENDS_PROVEN, Vitals, prove_ends, prove_service
from auction.service_faults.models import FaultKind, ServiceFault, ServiceInterval, ServiceSample, TouchedLot
from auction.service_faults.queries import fault_file, sample_at
from auction.service_faults.time_source import TimeReference, read_ntp, read_reference
from auction.service_faults.watch import watch_service
from core.database import Database, Work
from core.embedded_postgres import EmbeddedPostgres
from core.identity import SYSTEM
from migrations.run import upgrade
from tests.auction.service_faults.history import sampled, served
from tests.auction.service_faults.test_outages import (
    DAY,
    HOUR,
    INTERMEDIATE,
    MINUTE,
    SECOND,
    lots_ending,
    phases,
    the_fault,
)
from tests.auction.suspension.standing import at, standing


def half_a_second_fast() -> float:
    return time.time() + 0.5


async def faults_in(database: Database) -> list[ServiceFault]:
    """Every fault, in order."""
    async with database.read() as work:
        return list(await work.session.exec(select(ServiceFault).order_by("began_at")))


async def judged(database: Database) -> None:
    """Judge once, committed."""
    async with database.begin(SYSTEM) as work:
        await watch_service(work)


async def test_B47_a_process_whose_clock_is_half_a_second_fast_is_found_and_forgiven_when_it_is_right(
    database: Database,
) -> None:
    pool = await database.hot_pool()
    async with database.begin(SYSTEM) as work:
        (lot,) = await lots_ending(work, HOUR)
    for _ in range(3):
        sample = await prove_service(pool, Vitals(), process="web@b:2", process_clock=half_a_second_fast)
        assert abs(sample.drift.offset_ms - 500) <= sample.drift.within_ms + 5
    await judged(database)
    (fault,) = await faults_in(database)
    assert (fault.kind, fault.over_at) == (FaultKind.CLOCK_DRIFT, None)
    async with database.read(INTERMEDIATE) as work:
        assert (await phases(work, [lot])) == ["paused"], "while the clock is wrong no end can be trusted"
        shown = await fault_file(work, fault.id)
        assert (shown.is_intact, shown.is_same_verdict) == (True, True)
        assert len(fault.evidence["samples"]) == 3
    await judged(database)
    assert len(await faults_in(database)) == 1

    for _ in range(5):
        await prove_service(pool, Vitals(), process="web@b:2")
    await judged(database)
    (fault,) = await faults_in(database)
    assert fault.over_at is not None
    async with database.read(SYSTEM) as work:
        lot, bidding = await standing(work, lot.id)
        assert bidding.resumes_at == fault.resumes_at


async def test_B47_a_database_clock_that_differs_from_the_reference_is_a_fault(database: Database) -> None:
    pool = await database.hot_pool()
    exact = TimeReference("ntp time.court.test", offset_ms=0.0, within_ms=2.0)
    sample = await prove_service(pool, Vitals(), reference=exact)
    assert sample.reference_ms is not None
    assert abs(sample.reference_ms) < 200
    wrong = TimeReference("ntp time.court.test", offset_ms=900.0, within_ms=2.0)
    for _ in range(3):
        await prove_service(pool, Vitals(), reference=wrong)
    await judged(database)
    (fault,) = await faults_in(database)
    assert fault.kind == FaultKind.CLOCK_DRIFT
    assert fault.reason["params"]["value"] > 800


async def test_B47_two_processes_that_judge_at_once_declare_one_fault_and_stop_each_lot_once(
    database: Database,
) -> None:
    async with database.begin(SYSTEM) as work:
        lots = await lots_ending(work, *[HOUR] * 4)
        await served(work, work.now - DAY, work.now, real_ago_s=600)
    await asyncio.gather(*(judged(database) for _ in range(4)))
    assert len(await faults_in(database)) == 1
    async with database.read() as work:
        stays = (await work.session.execute(text("SELECT count(*) FROM lot_stay"))).scalar_one()
        assert stays == len(lots)


async def test_B50_a_restart_of_the_database_is_found_by_the_first_proof_after_it() -> None:
    """A server of its own is stopped and started, as an administrator would; what it holds stays."""
    server = EmbeddedPostgres.throw_away()
    url = server.start()
    database = Database(url, pool_size=2)
    try:
        await asyncio.to_thread(upgrade, url)
        async with database.begin(SYSTEM) as first:
            ending, later = lots = await lots_ending(first, 10 * MINUTE, 5 * HOUR)
        await prove_service(await database.hot_pool(), Vitals())
        await judged(database)
        assert await faults_in(database) == []
        await database.close()
        server.durable = True  # so that it keeps its data when it stops
        await asyncio.to_thread(server.stop)
        server.durable = False
        with pytest.raises((OSError, asyncpg.PostgresError)):
            await prove_service(await database.hot_pool(), Vitals())
        await asyncio.to_thread(server.start)
        async with database.begin(SYSTEM) as again:
            assert await close_due_lots(again) == 0
        await prove_service(await database.hot_pool(), Vitals())
        await judged(database)
        (fault,) = await faults_in(database)
        assert (fault.kind, fault.scope) == (FaultKind.FAILOVER, "ending_soon")
        assert fault.over_at is not None
        async with database.read() as after:
            assert await phases(after, lots) == ["paused", "open"]
            (touched,) = await after.session.exec(select(TouchedLot))
            assert touched.lot_id == ending.id
            assert later.id != ending.id
    finally:
        await database.close()
        await asyncio.to_thread(server.stop)


async def test_B47_failing_bids_stop_what_ends_soon_for_as_long_as_they_fail(work: Work) -> None:
    soon, later = lots = await lots_ending(work, 10 * MINUTE, 40 * MINUTE)
    start = work.now
    for seconds_ago in range(4, -1, -1):
        await sampled(work, seconds_ago=seconds_ago, bids=10, bids_failed=4)
    await watch_service(work)
    fault = await the_fault(work)
    assert (fault.kind, fault.reason["params"]["value"]) == (FaultKind.FAILED_BIDS, 40)
    assert await phases(work, lots) == ["paused", "open"]

    now = await at(work, start + 30 * MINUTE)
    for _ in range(5):
        await sampled(now, bids=10, bids_failed=3)
    await watch_service(now)
    assert await phases(work, lots) == ["paused", "paused"], "the second lot has come into its reach"
    _, bidding = await standing(work, later.id)
    assert bidding.remaining_ms == 600_000, "it could be bid for until now"

    await work.session.execute(text("DELETE FROM service_sample"))
    for _ in range(5):
        await sampled(now, bids=10, bids_failed=0)
    await watch_service(now)
    await work.session.refresh(fault)
    assert fault.over_at is not None
    assert [(await standing(work, lot.id))[1].resumes_at for lot in lots] == [fault.resumes_at] * 2
    assert soon.id != later.id


async def test_B47_a_bidding_clock_that_stopped_stops_what_ends_soon_but_reopens_nothing(work: Work) -> None:
    start = work.now
    ended, soon = lots = await lots_ending(work, MINUTE, 10 * MINUTE)
    now = await at(work, start + 2 * MINUTE)
    await served(now, start - DAY, now.now, real_ago_s=0)
    await tick(now, in_passing=True)
    await work.session.execute(
        text("UPDATE bidding_clock_tick SET ticked_at = ticked_at - interval '100 seconds'")
    )
    await watch_service(now)
    fault = await the_fault(work)
    assert fault.kind == FaultKind.LATE_CLOCK
    assert 99 * SECOND < now.now - fault.began_at < 101 * SECOND
    assert await phases(work, lots) == ["open", "paused"], "bids were taken to the very end of the first"
    assert await close_due_lots(now) == 1
    assert await phases(work, lots) == ["closed", "paused"]
    await tick(now, in_passing=True)
    await watch_service(now)
    await work.session.refresh(fault)
    assert fault.over_at is not None
    assert (await standing(work, soon.id))[1].resumes_at == fault.resumes_at
    assert await work.session.get(TouchedLot, (fault.id, ended.id)) is None


async def test_B47_intervals_grow_with_every_proof_and_samples_are_thinned_out(database: Database) -> None:
    pool = await database.hot_pool()
    for number in range(3):
        await prove_service(pool, Vitals(bids=number), marks_minute=number == 0)
    async with database.begin(SYSTEM) as work:
        (interval,) = await work.session.exec(select(ServiceInterval))
        assert interval.lasted_until > interval.began_at
        newest = await sample_at(work, work.now)
        assert newest is not None
        assert newest.bids == 2
        assert await sample_at(work, work.now + timedelta(hours=1)) is None
        assert await forget_passing_samples(work) == 0
        await work.session.execute(text("UPDATE service_sample SET taken_at = taken_at - interval '3 days'"))
        assert await forget_passing_samples(work) == 2
        assert [kept.bids for kept in await work.session.exec(select(ServiceSample))] == [0]


def test_B47_time_sources_tell_what_they_know_and_no_more() -> None:
    assert read_reference("none") is None
    kernel = read_reference("system")
    assert kernel is not None
    assert (kernel.source, kernel.offset_ms) == ("system", None), "the kernel tells a bound, no offset"
    silent = read_ntp("127.0.0.1", 1)
    assert (silent.offset_ms, silent.within_ms) == (None, None), "nobody answers there"


async def test_B41_a_proof_tells_who_closes_lots_that_it_reaches_an_end_and_when_the_next_one_comes(
    database: Database,
) -> None:
    pool = await database.hot_pool()
    async with database.begin(SYSTEM) as work:
        first, _ = await lots_ending(work, SECOND, HOUR)
    told = asyncio.Event()
    listener = await asyncpg.connect(database.plain_url)
    await listener.add_listener(ENDS_PROVEN, lambda *_: told.set())
    sample = await prove_service(pool, Vitals())
    assert sample.next_end_s is not None
    assert 0 < sample.next_end_s <= 1
    assert not told.is_set(), "nothing has ended"
    await asyncio.sleep(sample.next_end_s)
    async with database.begin(SYSTEM) as work:
        assert await close_due_lots(work) == 0, "the proof does not reach the end"

    next_end_s = await prove_ends(pool)
    assert next_end_s is not None
    assert HOUR.total_seconds() - 60 < next_end_s < HOUR.total_seconds()
    async with asyncio.timeout(20):
        await told.wait()
    await listener.close()
    async with database.begin(SYSTEM) as work:
        assert await close_due_lots(work) == 1
        assert (await phases(work, [first])) == ["closed"]
        samples = await work.session.execute(text("SELECT count(*) FROM service_sample"))
        assert samples.scalar_one() == 1, "what is judged comes once a second, however many lots end"
