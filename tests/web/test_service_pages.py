"""The service's state in public, a late bid explained in numbers, the review of a fault, through the real application."""

import asyncio
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text
from sqlmodel import select

from auction.closing.close_lots import close_due_lots
from auction.service_faults.measure import ClockReading, measure_worker
from auction.service_faults.models import ServiceFault
from auction.service_faults.queries import newest_sample, worker_clocks
from auction.service_faults.time_statement import verify_statement
from auction.service_faults.watch import watch_service
from benchmarks.market import START_FEN, open_market, open_sessions
from core.database import Database
from core.identity import SYSTEM, Role
from core.settings import Settings, get_settings
from tests.auction.service_faults.conftest import measured
from tests.auction.service_faults.history import served
from tests.auction.service_faults.test_outages import lots_ending, phases
from tests.auction.suspension.standing import sealed_market
from tests.conftest import CourtClock
from tests.web.pages import Guest, staff
from web.operations.watchman import Watchman

__all__ = ["measured"]

MINUTE = timedelta(minutes=1)


@pytest.fixture
def settings() -> Settings:
    """An installation that judges what is measured; here the watchman measures only when told to."""
    return get_settings().model_copy(update={"measure_seconds": 0.0})


def watchman(guest: Guest) -> Watchman:
    """The process's watchman, who measures when told to."""
    found: Watchman = guest.app.state.watchman
    return found


async def test_B47_the_service_page_and_the_api_tell_the_time_and_how_exact_it_is(guest: Guest) -> None:
    assert (await guest.get("/service")).status_code == 200, "before anything was measured"
    await watchman(guest).measure()
    shown = (await guest.get("/service")).text
    assert "还没有发生故障" in shown
    assert "偏差超过 200 毫秒" in shown
    assert "在 15 分钟以内结束" in shown
    assert "至少 30 分钟后恢复；故障满 2 小时的，至少 24 小时后恢复" in shown
    told = (await guest.client.get("/api/v1/time")).json()
    assert abs(told["drift_ms"]) < 200 + told["drift_within_ms"]
    assert "signature" not in told

    answer = (await guest.client.get("/api/v1/time", params={"nonce": "my-own-word-1"})).json()
    moment = datetime.fromisoformat(answer["court_time"])
    drift = ClockReading(answer["drift_ms"], answer["drift_within_ms"])
    key, signature = bytes.fromhex(answer["public_key"]), bytes.fromhex(answer["signature"])
    assert verify_statement(key, signature, "my-own-word-1", moment, drift)
    assert not verify_statement(key, signature, "my-own-word-1", moment + MINUTE, drift)
    assert (await guest.client.get("/api/v1/time", params={"nonce": "short"})).status_code == 422


async def test_B41_a_late_bid_is_explained_by_its_numbers_in_the_receipt_and_on_the_own_page(
    guest: Guest, database: Database, clock: CourtClock
) -> None:
    key = guest.app.state.settings.encryption_key()
    async with database.begin(SYSTEM) as work:
        market = await open_market(work, key, bidders=2, seconds=60)
        tokens = await open_sessions(work, market)
    lot = market.lots[0]
    await watchman(guest).measure()
    assert lot.scheduled_end_at is not None
    await clock.travel_to(lot.scheduled_end_at + timedelta(milliseconds=1500))
    # The edge has the real time; only the court's clock has travelled.
    await watchman(guest).measure()

    async def post(token: str, amount: int) -> Any:
        return await guest.client.post(
            f"/api/v1/lots/{lot.id}/bids",
            json={"amount_fen": amount, "idempotency_key": uuid4().hex},
            headers={"authorization": f"Bearer {token}"},
        )

    answer = await post(tokens[0], START_FEN)
    told = answer.json()
    assert (answer.status_code, told["outcome"]) == (409, "late")
    late = told["lateness"]
    assert 1500 <= late["decided_after_end_ms"] < 20_000
    assert late["arrived_after_end_ms"] < late["decided_after_end_ms"]
    assert late["clock"]["within_ms"] > 0
    assert told["received_at"]

    guest.client.cookies.set("session", tokens[0])
    own = await guest.get(f"/my/lots/{lot.lot_no}/bids")
    assert own.status_code == 200
    assert "晚于结束" in own.text
    assert "与它相差" in own.text
    guest.client.cookies.set("session", tokens[1])
    other = await guest.get(f"/my/lots/{lot.lot_no}/bids")
    assert "您还没有对这个标的出价" in other.text, "P-01: nobody sees another's bids as theirs"
    guest.client.cookies.clear()
    assert (await guest.get(f"/my/lots/{lot.lot_no}/bids")).status_code == 401


async def test_B50_a_fault_is_public_and_the_intermediate_court_reviews_it(
    guest: Guest, database: Database, clock: CourtClock
) -> None:
    async with database.begin(SYSTEM) as work:
        market = await sealed_market(work, lots=2, bidders=1, seconds=60)
        start = work.now
        # The second one was closed just before the outage could be known.
        await work.session.execute(
            text("UPDATE lot SET state = 'failed', ended_at = scheduled_end_at WHERE id = :id"),
            {"id": market.lots[1].id},
        )
        await work.session.execute(
            text("UPDATE lot_bidding SET phase = 'closed' WHERE lot_id = :id"), {"id": market.lots[1].id}
        )
        await served(work, start - timedelta(days=1), start + MINUTE / 2, real_ago_s=90)
    await clock.travel_to(start + 2 * MINUTE)
    async with database.begin(SYSTEM) as work:
        assert await close_due_lots(work) == 0
        await served(work, work.now, work.now, real_ago_s=0)
        await watch_service(work)
    for path in ("/service", f"/lots/{market.lots[0].lot_no}"):
        assert "不能接受出价" in (await guest.get(path)).text, path
    closed = (await guest.get(f"/lots/{market.lots[1].lot_no}")).text
    assert "竞价期间平台发生故障" in closed
    assert "B-55" in closed

    await staff(database, "officer", {Role.CASE_OFFICER}, "0583")
    await staff(database, "intermediate", {Role.INTERMEDIATE_COURT}, "05")
    async with database.read() as work:
        fault_id = (await work.session.execute(text("SELECT id FROM service_fault"))).scalar_one()
    path = f"/supervision/faults/{fault_id}"
    await guest.log_in("officer")
    assert (await guest.get(path)).status_code == 403
    assert (await guest.post(f"{path}/review", {"review": "confirmed", "reason": "x"})).status_code == 403
    await guest.log_in("intermediate")
    assert "/supervision/faults" in (await guest.get("/supervision")).text
    assert path in (await guest.get("/supervision/faults")).text
    shown = (await guest.get(path)).text
    assert "未被改动" in shown
    assert "结论一致" in shown
    assert "暂停，保留 0 分 30 秒" in shown
    refused = await guest.post(f"{path}/review", {"review": "postponed", "reason": "查清"}, page=path)
    assert (refused.status_code, 'id="resumes_at-error"' in refused.text) == (422, True)
    done = await guest.post(f"{path}/review", {"review": "confirmed", "reason": "机房断电属实"}, page=path)
    assert (done.status_code, done.headers["location"]) == (303, path)
    assert "机房断电属实" in (await guest.get(path)).text
    unknown = f"/supervision/faults/{uuid4()}"
    assert (await guest.get(unknown)).status_code == 404
    assert (
        await guest.post(f"{unknown}/review", {"review": "confirmed", "reason": "x"}, page=path)
    ).status_code == 404
    async with database.read() as work:
        assert (await work.session.get(ServiceFault, fault_id)) is not None
        reviews = (await work.session.execute(text("SELECT count(*) FROM service_fault_review"))).scalar_one()
    assert reviews == 1


async def test_B47_the_watchman_measures_waiting_bids_and_lost_watchers(
    guest: Guest, database: Database
) -> None:
    async with database.begin(SYSTEM) as work:
        market = await sealed_market(work, bidders=2, seconds=3600)
    lot, live, desk = market.lots[0], guest.app.state.live, guest.app.state.desk
    streams = [live.stream(lot.id) for _ in range(4)]
    for stream in streams:
        await anext(stream)
        await anext(stream)
    assert live.count_watchers() == (4, 0)
    for stream in streams[:3]:
        await stream.aclose()
    assert live.count_watchers() == (4, 3)

    blocker = await (await database.hot_pool()).acquire()
    async with blocker.transaction():
        await blocker.execute("SELECT 1 FROM lot_bidding WHERE lot_id = $1 FOR UPDATE", lot.id)
        bid = asyncio.create_task(
            desk.submit(lot.id, market.registration(0, 0), START_FEN, uuid4().hex, market.lots[0].created_at)
        )
        await asyncio.sleep(0.05)
        await watchman(guest).measure()
        assert desk.condition().oldest_waiting == market.lots[0].created_at, "also while a writer holds it"
    assert (await bid).accepted
    await (await database.hot_pool()).release(blocker)
    await watchman(guest).measure()
    assert desk.condition() == (None, 1, 0)
    async with database.read() as work:
        samples = await work.session.execute(
            text(
                "SELECT oldest_waiting_ms > 0, bids, watchers, watchers_lost FROM service_sample ORDER BY taken_at"
            )
        )
        assert [tuple(row) for row in samples] == [(True, 0, 4, 3), (False, 1, 4, 3)]
    await streams[3].aclose()


async def test_B47_the_watchman_goes_on_measuring_and_judging_after_the_database_was_away(
    guest: Guest, database: Database
) -> None:
    app = guest.app
    always = Watchman(database, app.state.desk, app.state.live, every_s=0.02, time_source="none")
    always.start()
    async with asyncio.timeout(20):
        while always.newest is None:  # noqa: ASYNC110 - the watchman's own rhythm
            await asyncio.sleep(0.01)
        first = always.newest.taken_at
        admin = await asyncpg.connect(database.plain_url)
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await admin.close()
        while always.newest.taken_at == first:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await always.close()
    unhurt = Database(
        database.url, pool_size=1
    )  # the other's connections were cut, and not all have been used since
    async with unhurt.read() as work:
        intervals = await work.session.execute(
            text("SELECT count(*) FROM service_interval WHERE lasted_until > began_at")
        )
        assert intervals.scalar_one() == 1, "a moment's absence is no outage"
    await unhurt.close()


async def test_B41_the_watchman_proves_the_service_right_after_an_end_and_does_not_let_its_closing_wait(
    guest: Guest, database: Database
) -> None:
    app = guest.app
    async with database.begin(SYSTEM) as work:
        (lot,) = await lots_ending(work, timedelta(seconds=2))
    seldom = Watchman(database, app.state.desk, app.state.live, every_s=3600, time_source="none")
    seldom.start()
    async with asyncio.timeout(20):
        closed = 0
        while not closed:
            await asyncio.sleep(0.05)
            async with database.begin(SYSTEM) as work:
                closed = await close_due_lots(work)
    await seldom.close()
    assert closed == 1
    async with database.read() as work:
        assert await phases(work, [lot]) == ["closed"]


async def test_B47_the_page_shows_the_clocks_of_workers_which_prove_nothing_and_stop_nothing(
    guest: Guest, database: Database
) -> None:
    assert "个进程" not in (await guest.get("/service")).text
    for _ in range(5):
        async with database.begin(SYSTEM) as work:
            await measure_worker(work, process_clock=lambda: time.time() + 0.5)
    async with database.begin(SYSTEM) as work:
        await watch_service(work)
        assert await newest_sample(work) is None
        assert not (await work.session.exec(select(ServiceFault))).all(), "it decides over no bid"
        assert (await work.session.execute(text("SELECT count(*) FROM service_interval"))).scalar_one() == 0
        clocks = await worker_clocks(work)
    assert clocks is not None
    assert clocks.workers == 1
    assert abs(clocks.drift_ms - 500) < 50 + clocks.within_ms
    assert "1 个进程，最大 +" in (await guest.get("/service")).text
