"""A ceiling on the practice lot: set, raised step by step, outbid, withdrawn, with receipts, all by the engine of real sales."""

import re
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from litestar import Litestar
from sqlalchemy import text

from auction.bidding.log import RECEIPT_PURPOSE
from auction.bidding.receipt_file import ReceiptCheck, ReceiptFile, check_receipt
from auction.practice.ground import PracticeGround
from auction.practice.rules import INCREMENT_FEN, MOST_BIDS, ROUND_S, STARTING_PRICE_FEN, Seat, seat_id
from auction.practice.workers import purge_practice
from core.crypto import SigningKey
from core.database import Database
from core.identity import SYSTEM
from core.settings import Settings, get_settings
from tests.web.pages import Guest
from tests.web.practice_room import begin, bid, ground, pass_time, unhurried

__all__ = ["ground", "unhurried"]

pytestmark = pytest.mark.usefixtures("unhurried")


@pytest.fixture
def settings() -> Settings:
    """The installation's own: what seals a ceiling is read from where the use cases read it."""
    return get_settings().model_copy(update={"demo": True})


LIMIT_FEN = STARTING_PRICE_FEN + 4 * INCREMENT_FEN


async def set_limit(guest: Guest, fen: int, *, once: str | None = None) -> Any:
    """Set a ceiling by the form."""
    data = {"limit": f"{fen / 100:.2f}", "once": once or str(uuid4())}
    return await guest.post("/practice/ceiling", data, page="/login")


async def withdraw(guest: Guest) -> Any:
    """Take it back by the form."""
    return await guest.post("/practice/ceiling/withdraw", {"once": str(uuid4())}, page="/login")


async def log_of(ground: PracticeGround) -> list[tuple[str, str, int, bool]]:
    """The log of the only round: whose record, its outcome, amount, and whether a ceiling stands behind it."""
    async with ground.database.read(SYSTEM) as work:
        rows = (
            await work.session.execute(
                text("SELECT lot_id, registration_id, outcome, amount_fen, ceiling FROM bid ORDER BY seq")
            )
        ).all()
    seats = {seat_id(row.lot_id, seat): seat for row in rows for seat in Seat}
    return [
        (seats[row.registration_id], row.outcome, row.amount_fen, row.ceiling is not None) for row in rows
    ]


async def receipt(guest: Guest, seq: int) -> ReceiptFile:
    """The file of one's own record."""
    answer = await guest.get(f"/practice/bids/{seq}/receipt.json")
    assert answer.status_code == 200, answer.text[:300]
    return msgspec.json.decode(answer.content, type=ReceiptFile)


async def test_B40_a_ceiling_raises_step_by_step_and_is_outbid(guest: Guest, ground: PracticeGround) -> None:
    fresh = (await begin(guest)).text
    assert 'action="/practice/ceiling"' in fresh
    assert "系统在限价以内按最低必要的价格代您加价" in fresh
    assert "由合议庭决定" in fresh
    assert "/lots/LX" not in fresh
    answer = await set_limit(guest, LIMIT_FEN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/practice")
    leading = (await guest.get("/practice")).text
    assert "系统代您出价，您领先" in leading
    assert "您的限价 ¥1,020,000.00" in leading
    for _ in range(6):
        await pass_time(ground, 10)
    bids = await log_of(ground)
    assert bids[0] == (Seat.VISITOR, "ceiling_set", 0, False)
    assert bids[1] == (Seat.VISITOR, "accepted", STARTING_PRICE_FEN, True), "no higher than needed"
    own = [fen for seat, outcome, fen, _ in bids if seat == Seat.VISITOR and outcome == "accepted"]
    steps = [(fen - STARTING_PRICE_FEN) // INCREMENT_FEN for fen in own]
    assert steps == [0, 2, 3], "one step over the competitor, over the equal bid of the priority purchaser"
    assert bids[-1][:3] == (Seat.COMPETITOR, "accepted", LIMIT_FEN), "a bid by hand at the ceiling ends it"
    assert [seat for seat, *_ in bids].count(Seat.PRIORITY) > 0
    outbid = (await guest.get("/practice")).text
    assert "委托限价已被超过" in outbid
    assert "您的限价已不足以领先" in outbid
    again = await set_limit(guest, STARTING_PRICE_FEN + 40 * INCREMENT_FEN)
    assert again.status_code == 303
    await pass_time(ground, 3 * ROUND_S)
    over = (await guest.get("/practice")).text
    assert "竞得" in over
    assert "委托限价代您出价" in over


async def test_B47_receipts_of_a_practice_ceiling_prove_themselves_and_nothing_real(
    app: Litestar, guest: Guest, ground: PracticeGround
) -> None:
    await begin(guest)
    once = str(uuid4())
    assert (await set_limit(guest, LIMIT_FEN, once=once)).status_code == 303
    assert (await set_limit(guest, LIMIT_FEN, once=once)).status_code == 303, (
        "a repeated click is one ceiling"
    )
    assert len(await log_of(ground)) == 2
    shown = (await guest.get("/practice")).text
    assert re.findall(r'href="(/practice/bids/\d+/receipt.json)"', shown) == [
        f"/practice/bids/{seq}/receipt.json" for seq in (2, 1)
    ]
    opened, automatic = await receipt(guest, 1), await receipt(guest, 2)
    assert opened.opening is not None
    assert opened.opening.limit_fen == LIMIT_FEN
    assert automatic.is_automatic
    real = SigningKey(app.state.settings.encryption_key(), RECEIPT_PURPOSE).public_bytes
    for file in (opened, automatic):
        good = check_receipt(file, public_key=ground.desk.key.public_bytes)
        assert good[ReceiptCheck.SIGNATURE]
        assert good[ReceiptCheck.CEILING]
        assert not check_receipt(file, public_key=real)[ReceiptCheck.SIGNATURE]
    guest.client.cookies.clear()
    assert (await guest.get("/practice/bids/1/receipt.json")).status_code == 404
    await begin(guest)
    assert (await guest.get("/practice/bids/1/receipt.json")).status_code == 404, "P-01: nobody else's"


async def test_B40_a_practice_ceiling_is_changed_withdrawn_and_refused_with_reasons(
    guest: Guest, ground: PracticeGround
) -> None:
    assert (await set_limit(guest, LIMIT_FEN)).status_code == 404, "without a round"
    await begin(guest)
    none = await withdraw(guest)
    assert none.status_code == 409
    assert "没有生效中的委托限价" in none.text
    for typed, said in (
        (STARTING_PRICE_FEN + 1, "整数倍"),
        (STARTING_PRICE_FEN - INCREMENT_FEN, "不得低于目前的最低可出价"),
        (0, "委托限价没有提交成功"),
    ):
        answer = await set_limit(guest, typed)
        assert answer.status_code == 422, typed
        assert said in answer.text
        assert f'value="{typed / 100:.2f}"' in answer.text, "what was typed is kept"
    await set_limit(guest, LIMIT_FEN)
    await set_limit(guest, LIMIT_FEN + INCREMENT_FEN)
    assert "更改委托限价" in (await guest.get("/practice")).text
    assert (await withdraw(guest)).status_code == 303
    told = (await guest.get("/practice")).text
    assert "委托已经撤回" in told
    await pass_time(ground, 10)
    outbid = (await guest.get("/practice")).text
    assert "您被超过了" in outbid, "the system raises no more"
    assert "已撤回" in outbid
    assert (await bid(guest, STARTING_PRICE_FEN + 2 * INCREMENT_FEN)).status_code == 303


async def test_B47_ceilings_count_among_the_bids_of_a_round_and_go_with_it(
    guest: Guest, ground: PracticeGround, database: Database
) -> None:
    await begin(guest)
    await set_limit(guest, LIMIT_FEN)
    async with ground.database.begin(SYSTEM) as work:
        await work.session.execute(
            text(
                "INSERT INTO bid (lot_id, seq, registration_id, code, amount_fen, outcome, received_at, decided_at, ends_at,"
                " extended, idempotency_key, hash)"
                " SELECT lot_id, n, registration_id, code, n, 'too_low', received_at, decided_at, ends_at, false, n, hash"
                " FROM bid, generate_series(3, :most) AS n WHERE seq = 2"
            ),
            {"most": MOST_BIDS},
        )
    full = await set_limit(guest, LIMIT_FEN + INCREMENT_FEN)
    assert full.status_code == 409
    assert "次数已经用完" in full.text
    async with ground.database.begin(SYSTEM) as work:
        await work.session.execute(text("UPDATE lot SET created_at = created_at - interval '2 days'"))
    async with database.begin(SYSTEM) as work:
        await purge_practice(work)
    async with ground.database.read(SYSTEM) as work:
        assert (await work.session.execute(text("SELECT count(*) FROM ceiling"))).scalar_one() == 0
