"""The races that break others, on a real PostgreSQL with real commits."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from sqlalchemy import text

from auction.bidding import desk_sql
from auction.bidding.batch import BidderQuestion, LotRow, as_json
from auction.bidding.models import BidOutcome
from auction.bidding.place_bid import place_bid
from auction.bidding.receipt_proof import verify_receipt
from auction.bidding.receipts import BidReceipt, TryAgain
from auction.bidding.sequencer import BiddingDesk
from benchmarks.market import START_FEN, STEP_FEN, Market, open_market
from core.database import Database
from core.errors import Conflict, NotPermitted
from core.identity import SYSTEM, Actor, Role

MASTER = bytes(range(32))


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[BiddingDesk]:
    desk = BiddingDesk(database, MASTER)
    yield desk
    await desk.close()


async def market_in(database: Database, **options: object) -> Market:
    async with database.begin(SYSTEM) as work:
        return await open_market(work, MASTER, **options)  # type: ignore[arg-type]


async def bid(desk: BiddingDesk, market: Market, by: int, amount: int, key: str | None = None) -> BidReceipt:
    lot = market.lots[0]
    return await desk.submit(
        lot.id, market.registration(0, by), amount, key or uuid4().hex, datetime.now(UTC)
    )


async def recorded(database: Database, lot_id: UUID) -> list[tuple[int, int, str, bytes]]:
    async with database.read() as work:
        rows = await work.session.execute(
            text("SELECT seq, amount_fen, outcome, hash FROM bid WHERE lot_id = :lot ORDER BY seq"),
            {"lot": lot_id},
        )
        return [tuple(row) for row in rows]


async def test_B44_of_a_hundred_equal_bids_one_is_accepted(database: Database, desk: BiddingDesk) -> None:
    market = await market_in(database, bidders=100)
    receipts = await asyncio.gather(*(bid(desk, market, by, START_FEN) for by in range(100)))
    assert Counter(r.outcome for r in receipts) == {
        BidOutcome.ACCEPTED: 1,
        BidOutcome.EQUAL_WITHOUT_BETTER_RANK: 99,
    }
    assert [row[0] for row in await recorded(database, market.lots[0].id)] == list(range(1, 101))


async def test_B40_bids_closer_than_the_increment_are_not_both_accepted(
    database: Database, desk: BiddingDesk
) -> None:
    market = await market_in(database, bidders=20)
    amounts = [START_FEN + step * STEP_FEN // 4 for step in range(20)]
    receipts = await asyncio.gather(*(bid(desk, market, by, amount) for by, amount in enumerate(amounts)))
    accepted = sorted(r.amount_fen for r in receipts if r.accepted)
    assert accepted == [START_FEN + step * STEP_FEN for step in range(5)]


async def test_B41_every_bid_answered_accepted_at_the_closing_instant_is_recorded_and_the_reverse(
    database: Database, desk: BiddingDesk
) -> None:
    market = await market_in(database, bidders=8, seconds=1.0)
    async with database.begin(SYSTEM) as work:
        await work.session.execute(text("UPDATE lot_bidding SET extension_window_s = 0, extension_s = 0"))
    receipts: list[BidReceipt] = []

    async def storm(by: int) -> None:
        for step in range(by, 100_000, 8):
            receipts.append(await bid(desk, market, by, START_FEN + step * STEP_FEN))
            if receipts[-1].outcome is BidOutcome.LATE:
                return

    await asyncio.gather(*(storm(by) for by in range(8)))
    rows = await recorded(database, market.lots[0].id)
    assert {(r.seq, r.amount_fen, r.outcome, r.hash) for r in receipts} == set(rows)
    end = market.lots[0].scheduled_end_at
    assert end is not None
    for receipt in receipts:
        assert (receipt.outcome is BidOutcome.LATE) == (receipt.decided_at >= end)


async def test_B47_a_killed_connection_answers_nobody_accepted(database: Database, desk: BiddingDesk) -> None:
    market = await market_in(database, bidders=10)
    lot_id = market.lots[0].id
    blocker = await asyncpg.connect(database.plain_url)
    hold = blocker.transaction()
    await hold.start()
    await blocker.execute("SELECT 1 FROM lot_bidding WHERE lot_id = $1 FOR UPDATE", lot_id)
    bids = [asyncio.create_task(bid(desk, market, by, START_FEN + by * STEP_FEN)) for by in range(10)]
    killed = 0
    while not killed:
        await asyncio.sleep(0.05)
        killed = await blocker.fetchval(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
    await hold.rollback()
    results = await asyncio.gather(*bids, return_exceptions=True)
    await blocker.close()
    failed = [r for r in results if isinstance(r, TryAgain)]
    receipts = [r for r in results if isinstance(r, BidReceipt)]
    assert failed
    assert len(failed) + len(receipts) == 10
    assert {(r.seq, r.amount_fen, r.outcome, r.hash) for r in receipts} == set(
        await recorded(database, lot_id)
    )
    assert (await bid(desk, market, 0, START_FEN + 20 * STEP_FEN)).accepted


async def test_B47_a_commit_that_fails_answers_nobody_accepted(database: Database, desk: BiddingDesk) -> None:
    market = await market_in(database, bidders=5)
    async with database.begin(SYSTEM) as work:
        await work.session.execute(
            text(
                "CREATE FUNCTION fail_at_commit() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'disk full'; END $$"
            )
        )
        await work.session.execute(
            text(
                "CREATE CONSTRAINT TRIGGER fail_at_commit AFTER INSERT ON bid DEFERRABLE INITIALLY DEFERRED "
                "FOR EACH ROW EXECUTE FUNCTION fail_at_commit()"
            )
        )
    results = await asyncio.gather(
        *(bid(desk, market, by, START_FEN + by * STEP_FEN) for by in range(5)), return_exceptions=True
    )
    assert [type(r) for r in results] == [TryAgain] * 5
    assert await recorded(database, market.lots[0].id) == []


async def test_B47_two_desks_on_one_lot_keep_one_unbroken_log(database: Database, desk: BiddingDesk) -> None:
    market = await market_in(database, bidders=40)
    other = BiddingDesk(Database(database.url), MASTER)
    receipts = await asyncio.gather(
        *(bid((desk, other)[by % 2], market, by % 40, START_FEN + by * STEP_FEN) for by in range(200))
    )
    await other.close()
    await other.database.close()
    rows = await recorded(database, market.lots[0].id)
    assert [row[0] for row in rows] == list(range(1, 201))
    assert {(r.seq, r.amount_fen, r.outcome, r.hash) for r in receipts} == set(rows)
    accepted = [row[1] for row in rows if row[2] == "accepted"]
    assert accepted == sorted(set(accepted))


async def test_B47_the_same_key_gives_the_same_receipt(database: Database, desk: BiddingDesk) -> None:
    market = await market_in(database)
    first, same_batch = await asyncio.gather(*(bid(desk, market, 0, START_FEN, "key-0001") for _ in range(2)))
    later = await bid(desk, market, 0, START_FEN, "key-0001")
    assert (first.seq, first.hash) == (later.seq, later.hash)
    for receipt in (first, same_batch, later):
        assert receipt.proof is not None
        assert verify_receipt(desk.key.public_bytes, receipt.proof, receipt.lot_id, receipt.seq, first.hash)
    assert (same_batch.hash, same_batch.repeated, later.repeated) == (first.hash, True, True)
    assert len(await recorded(database, market.lots[0].id)) == 1
    with pytest.raises(Conflict):
        await bid(desk, market, 0, START_FEN + STEP_FEN, "key-0001")


async def test_B30_who_lost_the_qualification_is_refused_on_record(
    database: Database, desk: BiddingDesk
) -> None:
    market = await market_in(database)
    async with database.begin(SYSTEM) as work:
        await work.session.execute(
            text("UPDATE registration SET state = 'rejected' WHERE id = :id"),
            {"id": market.registration(0, 0)},
        )
    assert (await bid(desk, market, 0, START_FEN)).outcome is BidOutcome.NOT_QUALIFIED


async def test_B47_a_full_queue_refuses_and_asks_to_come_back(database: Database) -> None:
    market = await market_in(database, bidders=5)
    desk = BiddingDesk(database, MASTER, longest_queue=2)
    results = await asyncio.gather(
        *(bid(desk, market, by, START_FEN + by * STEP_FEN) for by in range(5)), return_exceptions=True
    )
    refused = [r for r in results if isinstance(r, TryAgain)]
    assert len(refused) == 3
    assert refused[0].retry_after_s >= 1


async def test_B41_the_time_that_counts_is_taken_inside_the_lock(
    database: Database, desk: BiddingDesk
) -> None:
    market = await market_in(database, seconds=1.5)
    blocker = await asyncpg.connect(database.plain_url)
    hold = blocker.transaction()
    await hold.start()
    await blocker.execute("SELECT 1 FROM lot_bidding WHERE lot_id = $1 FOR UPDATE", market.lots[0].id)
    waiting = asyncio.create_task(bid(desk, market, 0, START_FEN))
    await asyncio.sleep(2)
    await hold.rollback()
    await blocker.close()
    receipt = await waiting
    assert receipt.outcome is BidOutcome.LATE
    assert {"end", "at"} <= receipt.words.params.keys()
    assert receipt.words.params["end"] < receipt.words.params["at"]
    assert receipt.decided_at - market.lots[0].starts_at > timedelta(days=1, seconds=1.5)  # type: ignore[operator]


async def test_B80_a_bid_finds_the_own_registration_and_staff_may_not_bid(
    database: Database, desk: BiddingDesk
) -> None:
    market = await market_in(database)
    account, now = market.accounts[1], datetime.now(UTC)
    person = Actor(account.id, "甲", frozenset({Role.BIDDER}))
    receipt = await place_bid(desk, person, market.lots[0].id, START_FEN, "key-0002", now)
    assert (receipt.accepted, receipt.code) == (True, "J0001")
    stranger = Actor(uuid4(), "乙", frozenset({Role.BIDDER}))
    clerk = Actor(account.id, "丙", frozenset({Role.BIDDER, Role.CLERK}), "0505")
    for nobody in (stranger, clerk):
        with pytest.raises(NotPermitted):
            await place_bid(desk, nobody, market.lots[0].id, START_FEN, "key-0003", now)


async def test_B47_a_bid_costs_the_same_however_long_the_log_is(
    database: Database, desk: BiddingDesk
) -> None:
    """Plans are kept from the first bids on, when the tables are empty: even then no table is read as a whole."""
    market, pool = await market_in(database), await database.hot_pool()
    lot = market.lots[0]
    questions = as_json(
        [BidderQuestion(lot.id, n == 0, market.registration(0, n), f"read-{n:04}") for n in range(2)]
    )
    state = LotRow(lot.id, datetime.now(UTC) + timedelta(days=1), None, None, None, None, 0, 0, 0, "00" * 32)
    async with pool.acquire() as connection, connection.transaction():
        found = await connection.fetch(desk_sql.TAKE, [lot.id], questions, True)
        await connection.execute(desk_sql.WRITE, "[]", as_json([state]))
        read = await connection.fetch(
            "SELECT relname, seq_scan, idx_scan FROM pg_stat_xact_user_tables"
            " WHERE schemaname = 'public' AND relname IN ('bid', 'registration', 'lot_bidding')"
        )
    assert [row["qualified"] for row in found] == [True] * 2
    assert {row["relname"] for row in read} == {"bid", "registration", "lot_bidding"}
    assert all(row["seq_scan"] == 0 and row["idx_scan"] > 0 for row in read), read


async def test_B42_no_bid_enters_the_log_of_a_lot_that_takes_none(database: Database) -> None:
    market, pool = await market_in(database), await database.hot_pool()
    lot_id, registration_id = market.lots[0].id, market.registration(0, 0)
    insert = """
        INSERT INTO bid (lot_id, seq, registration_id, code, amount_fen, outcome, received_at, decided_at, ends_at,
                         extended, idempotency_key, hash)
        SELECT lot_id, 1, $2, 'A0001', 1, 'late', now(), now(), now(), false, lot_id::text, ''
          FROM unnest($1::uuid[]) AS lot_id
    """
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await pool.execute(insert, [lot_id, uuid4()], registration_id)
    assert await recorded(database, lot_id) == [], "nothing of the batch stands"
    await pool.execute(insert, [lot_id], registration_id)
    assert len(await recorded(database, lot_id)) == 1
