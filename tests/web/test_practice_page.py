"""The practice lot by form: anybody practises with the real engine, and nothing real changes."""

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from litestar import Litestar
from sqlalchemy import text

from auction.bidding.log import RECEIPT_PURPOSE
from auction.bidding.receipt_proof import verify_receipt
from auction.practice.ground import SCHEMA, PracticeGround
from auction.practice.rounds import PracticeFull, newest_round, open_round
from auction.practice.rules import (
    INCREMENT_FEN,
    MOST_BIDS,
    ROUND_S,
    STARTING_PRICE_FEN,
    WINDOW_S,
    Seat,
    seat_id,
)
from auction.practice.workers import purge_practice
from core.clock import set_clock
from core.crypto import SigningKey
from core.database import Database
from core.identity import SYSTEM
from tests.web.pages import Guest, in_service
from tests.web.practice_room import begin, bid, ground, pass_time, unhurried
from web.practice.guest import COOKIE

YUAN = 100
EVERYTHING = """
SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
 WHERE schemaname NOT IN ('pg_catalog', 'information_schema', 'practice') ORDER BY 1
"""


__all__ = ["ground", "unhurried"]

pytestmark = pytest.mark.usefixtures("unhurried")


async def test_B30_one_click_enters_and_pays_and_the_page_says_what_it_is(
    guest: Guest, ground: PracticeGround
) -> None:
    before = await guest.get("/practice")
    assert "练习标的" in before.text
    assert "不是真钱" in before.text
    running = await begin(guest)
    assert "竞价中" in running.text
    assert "先出第一口价" in running.text
    assert 'action="/practice/bid"' in running.text
    assert "/lots/LX" not in running.text
    again = await begin(guest)
    code = re.compile(r'您的竞买代码 <span class="code">(\w+)<')
    assert code.findall(again.text) == code.findall(running.text), "a running round is kept"


async def test_B44_the_whole_of_a_round_by_form(guest: Guest, ground: PracticeGround) -> None:
    await begin(guest)
    first = await bid(guest, STARTING_PRICE_FEN)
    assert (first.status_code, first.headers["location"]) == (303, "/practice")
    assert "您领先" in (await guest.get("/practice")).text
    await pass_time(ground, 10)
    outbid = (await guest.get("/practice")).text
    assert "您被超过了" in outbid
    assert "1,005,000.00" in outbid
    await bid(guest, STARTING_PRICE_FEN + 2 * INCREMENT_FEN)
    await pass_time(ground, 12)
    equalled = (await guest.get("/practice")).text
    assert "优先购买权人同价领先" in equalled
    assert "B-44" in equalled
    await pass_time(ground, ROUND_S - 22 - WINDOW_S + 10)
    assert "优先购买权人同价领先" not in (await guest.get("/practice")).text, (
        "the competitor has raised meanwhile"
    )
    won = await bid(guest, STARTING_PRICE_FEN + 40 * INCREMENT_FEN)
    assert won.status_code == 303
    assert "已延时 2 次" in (await guest.get("/practice")).text
    await pass_time(ground, WINDOW_S + 1)
    over = (await guest.get("/practice")).text
    assert "您以 ¥1,200,000.00 竞得" in over
    assert "付尾款 ¥1,100,000.00" in over
    assert "悔拍" in over
    assert "再练一场" in over
    late = await bid(guest, STARTING_PRICE_FEN + 41 * INCREMENT_FEN)
    assert late.status_code == 409
    assert "B-41" in late.text
    assert "先出第一口价" in (await begin(guest)).text, "a new one is open at once"


async def test_B33_who_does_not_win_is_told_of_the_refund(guest: Guest, ground: PracticeGround) -> None:
    await begin(guest)
    await pass_time(ground, 15)
    assert "已有人出价" in (await guest.get("/practice")).text
    await pass_time(ground, ROUND_S)
    over = (await guest.get("/practice")).text
    assert "您没有出价" in over
    assert "保证金 24 小时内退还" in over


@pytest.mark.parametrize(
    ("fen", "rule", "said"),
    [
        (STARTING_PRICE_FEN - INCREMENT_FEN, "B-40", "低于起拍价"),
        (STARTING_PRICE_FEN + 1 * YUAN, "B-40", "最近可以出的是 ¥1,005,000.00"),
    ],
)
async def test_B40_a_refusal_says_why_and_what_to_type(
    guest: Guest, ground: PracticeGround, fen: int, rule: str, said: str
) -> None:
    await begin(guest)
    answer = await bid(guest, fen)
    assert answer.status_code == 409
    assert rule in answer.text
    assert said in answer.text
    assert f'value="{fen / 100:.2f}"' in answer.text, "what was typed is kept"


async def test_B46_B47_equal_own_and_repeated_bids(guest: Guest, ground: PracticeGround) -> None:
    await begin(guest)
    once = str(uuid4())
    assert (await bid(guest, STARTING_PRICE_FEN, once=once)).status_code == 303
    assert (await bid(guest, STARTING_PRICE_FEN, once=once)).status_code == 303, "a repeated click is one bid"
    own = await bid(guest, STARTING_PRICE_FEN + INCREMENT_FEN)
    assert own.status_code == 409
    assert "B-46" in own.text
    await pass_time(ground, 10)
    equal = await bid(guest, STARTING_PRICE_FEN + INCREMENT_FEN)
    assert "同价不够" in equal.text
    assert "B-44" in equal.text
    assert (await bid(guest, STARTING_PRICE_FEN, once="?")).status_code == 422
    for typed, said in ((STARTING_PRICE_FEN * 10**9, "金额过大"), (-YUAN, "不是有效金额")):
        answer = await bid(guest, typed)
        assert answer.status_code == 422
        assert said in answer.text


async def test_a_cookie_that_is_not_ours_finds_nothing(guest: Guest, ground: PracticeGround) -> None:
    await begin(guest)
    name, _, mark = guest.client.cookies[COOKIE].partition(".")
    assert (await guest.get("/practice/panel")).status_code == 200
    for forged in (f"{uuid4().hex}.{mark}", f"{name}.{'0' * 64}", name, "", "é.é"):
        guest.client.cookies.clear()
        headers = {b"cookie": f"{COOKIE}={forged}".encode("latin-1")}
        for path in ("/practice/panel", "/practice/live"):
            assert (await guest.client.get(path, headers=headers)).status_code == 404


async def test_two_people_practise_apart(app: Litestar, guest: Guest, ground: PracticeGround) -> None:
    await begin(guest)
    await bid(guest, STARTING_PRICE_FEN + 3 * INCREMENT_FEN)
    guest.client.cookies.clear()
    assert "1,015,000.00" not in (await begin(guest)).text


async def test_it_cannot_be_used_to_load_the_machine(
    guest: Guest, ground: PracticeGround, database: Database
) -> None:
    await begin(guest)
    answers = [(await bid(guest, STARTING_PRICE_FEN)).status_code for _ in range(14)]
    assert answers.count(429) == 2
    assert "操作太快了" in (await bid(guest, STARTING_PRICE_FEN)).text
    async with ground.database.begin(SYSTEM) as work:
        with pytest.raises(PracticeFull):
            await open_round(work, uuid4(), most_at_once=1)
        await open_round(work, uuid4(), most_at_once=2)
    headers = {"x-forwarded-for": "10.0.0.1"}
    csrf = await guest.csrf("/login")
    starts = [
        (await guest.client.post("/practice/start", data={"csrf": csrf}, headers=headers)).status_code
        for _ in range(61)
    ]
    assert starts[-1] == 429
    assert set(starts[:-1]) == {303}


async def test_a_round_decides_so_many_bids_and_no_more(guest: Guest, ground: PracticeGround) -> None:
    await begin(guest)
    async with ground.database.read(SYSTEM) as work:
        lot_id = (await work.session.execute(text("SELECT id FROM lot"))).scalar_one()
    visitor = seat_id(lot_id, Seat.VISITOR)
    now = (await ground.desk.submit(lot_id, visitor, 1, "first-of-all", _now())).decided_at
    await asyncio.gather(*(ground.desk.submit(lot_id, visitor, 1, f"again-{n:05}", now) for n in range(40)))
    for batch in range(40, MOST_BIDS, 40):
        await asyncio.gather(
            *(ground.desk.submit(lot_id, visitor, 1, f"again-{n:05}", now) for n in range(batch, batch + 40))
        )
    full = await bid(guest, STARTING_PRICE_FEN)
    assert full.status_code == 409
    assert "次数已经用完" in full.text


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)


async def test_P01_what_runs_there_cannot_name_a_real_table(
    ground: PracticeGround, database: Database
) -> None:
    pool = await ground.database.hot_pool()
    for table in ("account", "ledger_entry", "audit_event", "log_leaf", "outbox_message"):
        with pytest.raises(asyncpg.UndefinedTableError):
            await pool.fetch(f"SELECT * FROM {table}")
    assert SCHEMA == "practice"


async def test_practice_receipts_are_not_worth_anything_in_a_real_sale(
    app: Litestar, ground: PracticeGround
) -> None:
    visitor = uuid4()
    async with ground.database.begin(SYSTEM) as work:
        lot_id = await open_round(work, visitor, most_at_once=5)
    receipt = await ground.desk.submit(
        lot_id, seat_id(lot_id, Seat.VISITOR), STARTING_PRICE_FEN, "a-key-of-mine", _now()
    )
    assert receipt.proof is not None
    link = (receipt.proof, receipt.lot_id, receipt.seq, receipt.hash)
    real = SigningKey(app.state.settings.encryption_key(), RECEIPT_PURPOSE)
    assert verify_receipt(ground.desk.key.public_bytes, *link)
    assert not verify_receipt(real.public_bytes, *link)


async def _digests(database: Database) -> dict[str, str]:
    """Every row of every table outside the schema of practice."""
    pool = await database.hot_pool()
    found = {}
    for (name,) in await pool.fetch(EVERYTHING):
        found[name] = await pool.fetchval(
            f"SELECT count(*) || ' ' || coalesce(md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))), '') FROM {name} AS t"
        )
    sequences = await pool.fetch(
        "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname <> 'practice' ORDER BY 1"
    )
    return found | {str(name): str(value) for name, value in sequences}


async def test_B42_M11_nothing_outside_the_schema_changes(
    guest: Guest, ground: PracticeGround, database: Database
) -> None:
    before = await _digests(database)
    assert len(before) > 80
    await begin(guest)
    await bid(guest, STARTING_PRICE_FEN)
    await bid(guest, STARTING_PRICE_FEN - 1)
    for _ in range(4):
        await pass_time(ground, 12)
        await guest.get("/practice/panel")
        await bid(guest, STARTING_PRICE_FEN + 20 * INCREMENT_FEN)
    await pass_time(ground, 2 * ROUND_S)
    assert "练习结束" in (await guest.get("/practice")).text
    async with ground.database.read(SYSTEM) as work:
        states = (await work.session.execute(text("SELECT state, is_practice FROM lot"))).all()
        assert [tuple(row) for row in states] == [("sold", True)]
    async with database.begin(SYSTEM) as work:
        await purge_practice(work)
    assert await _digests(database) == before


async def test_rounds_go_after_a_day(ground: PracticeGround, database: Database) -> None:
    visitor = uuid4()
    async with ground.database.begin(SYSTEM) as work:
        lot_id = await open_round(work, visitor, most_at_once=5)
    await ground.desk.submit(
        lot_id, seat_id(lot_id, Seat.VISITOR), STARTING_PRICE_FEN, "a-key-of-mine", _now()
    )

    async def rows() -> int:
        async with ground.database.read(SYSTEM) as work:
            counts = [
                (await work.session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()
                for table in ("lot", "lot_bidding", "registration", "bid")
            ]
        return sum(counts)

    assert await rows() == 1 + 1 + 3 + 1
    for hours, kept in ((23, 6), (2, 0)):
        async with ground.database.begin(SYSTEM) as work:
            await set_clock(work.session, court_time=work.now + timedelta(hours=hours))
        async with database.begin(SYSTEM) as work:
            await purge_practice(work)
        assert await rows() == kept
    async with ground.database.read(SYSTEM) as work:
        assert await newest_round(work, visitor) is None


async def test_the_copies_follow_what_they_copy(database: Database) -> None:
    pool = await database.hot_pool()
    shapes = "SELECT practice.shape('public', $1) = practice.shape('practice', $1)"
    await pool.execute("ALTER TABLE lot_bidding ADD COLUMN newly_thought_of int CHECK (newly_thought_of > 0)")
    assert await pool.fetchval(shapes, "lot_bidding") is False
    await pool.execute("SELECT practice.renew()")
    for table in ("clock_setting", "lot", "lot_bidding", "registration", "bid", "ceiling"):
        assert await pool.fetchval(shapes, table) is True, table
    keys = await pool.fetchval(
        "SELECT count(*) FROM pg_index WHERE indrelid = 'practice.bid'::regclass AND indisunique"
    )
    assert keys == 3


async def test_the_machines_and_the_end_come_by_themselves(app: Litestar, guest: Guest) -> None:
    await begin(guest)
    ground: PracticeGround = app.state.practice
    async with ground.database.begin(SYSTEM) as work:
        await set_clock(work.session, court_time=work.now, speed=40)
    async with ground.database.read(SYSTEM) as work:
        for _ in range(150):
            if (await work.session.execute(text("SELECT phase FROM lot_bidding"))).scalar_one() == "closed":
                break
            await asyncio.sleep(0.2)
        else:
            pytest.fail("it was not ended by itself")
    over = (await guest.get("/practice")).text
    assert "练习结束" in over
    assert "以 ¥1,000,000.00 竞得" in over


async def test_the_stream_tells_of_every_bid(app: Litestar) -> None:
    async with in_service(app) as client:
        guest = Guest(client, app)
        await begin(guest)
        live = app.state.practice_live
        async with app.state.practice.database.read(SYSTEM) as work:
            lot_id = (await work.session.execute(text("SELECT id FROM lot"))).scalar_one()
        live.start_once()
        stream = live.stream(lot_id)
        assert b"retry" in await anext(stream)
        assert b'"seq":0' in await anext(stream)
        await bid(guest, STARTING_PRICE_FEN)
        async with asyncio.timeout(10):
            while b'"price_fen":100000000' not in await anext(stream):
                pass
        await stream.aclose()
