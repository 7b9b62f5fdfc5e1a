"""Taking in kind through the pages: the creditor answers, the court records, draws and rules, anyone checks the draw."""

from typing import Any

import pytest
from sqlalchemy import text

from core.database import Database
from core.fair_draw import commitment, drawn_order
from core.identity import SYSTEM, Role
from tests.auction.in_kind.test_in_kind import Asked, asked
from tests.conftest import CourtClock
from tests.web.pages import HASH, Guest, staff

__all__ = ["asked"]


@pytest.fixture
async def people(database: Database, asked: Asked) -> Asked:
    """The people of two courts; creditors with passwords."""
    await staff(database, "officer", {Role.CASE_OFFICER}, "0583")
    await staff(database, "clerk", {Role.CLERK}, "0583")
    await staff(database, "stranger", {Role.CASE_OFFICER, Role.CLERK}, "0505")
    async with database.begin(SYSTEM) as work:
        await work.session.execute(text("UPDATE account SET password_hash = :hash"), {"hash": HASH})
    return asked


async def test_B74_two_equals_answer_and_draw_through_the_pages(
    guest: Guest, database: Database, clock: CourtClock, people: Asked
) -> None:
    number = people.lot.lot_no
    desk, own = f"/team/lots/{number}/in-kind", f"/my/in-kind/{number}"
    await guest.log_in("甲公司")
    assert own in (await guest.get("/my")).text
    assert "您是否接受以物抵债" in (await guest.get(own)).text
    for wrong in ({}, {"answer": "maybe"}, {"answer": "take"}):
        refused = await guest.post(own, wrong, page=own)
        assert refused.status_code == 422, "taking needs the consent"
    assert (await guest.post(own, {"answer": "take", "consent": "1"}, page=own)).status_code == 303
    assert (await guest.get(desk)).status_code == 403
    await guest.log_in("乙公司")
    assert (await guest.post(own, {"answer": "refuse"}, page=own)).status_code == 303

    lines = await people.lines()
    await guest.log_in("clerk")
    assert number in (await guest.get("/team/in-kind")).text
    bank: dict[str, Any] = {"inquiry_id": str(lines["某银行"].id), "answer": "take", "proof": "回函"}
    for wrong in ({"proof": ""}, {"answer": "x"}, {"inquiry_id": "x"}, {"posted_at": "gestern"}):
        answer = await guest.post(f"{desk}/answers", {**bank, **wrong}, page=desk)
        assert answer.status_code == 422
    assert (await guest.post(f"{desk}/answers", bank, page=desk)).status_code == 303
    assert "抽签" in (await guest.get(desk)).text
    assert (await guest.post(f"{desk}/draw", {"public_value": "3286.65"}, page=desk)).status_code == 403
    assert (await guest.get(f"/lots/{number}/draw")).status_code == 404

    await guest.log_in("officer")
    rank = {"inquiry_id": bank["inquiry_id"], "rank": "2", "claim": "1,000,000", "reason": "判决确认"}
    for wrong in ({"rank": "0"}, {"claim": "-1"}, {"reason": ""}):
        assert (await guest.post(f"{desk}/ranks", {**rank, **wrong}, page=desk)).status_code == 422
    assert (await guest.post(f"{desk}/ranks", rank, page=desk)).status_code == 303
    assert (await guest.post(f"{desk}/draw", {"public_value": "三千"}, page=desk)).status_code == 422
    assert (await guest.post(f"{desk}/draw", {"public_value": "3286.65"}, page=desk)).status_code == 303
    assert (await guest.post(f"{desk}/ruling", page=desk)).status_code == 409
    assert "应补差额" in (await guest.get(desk)).text

    guest.client.cookies.clear()
    public = (await guest.get(f"/lots/{number}/draw")).text
    assert "承诺值与密值相符" in public
    record = (await guest.get(f"/lots/{number}/draw.json")).json()
    secret = bytes.fromhex(record["secret"])
    assert commitment(record["purpose"], secret).hex() == record["commitment"]
    assert drawn_order(secret, record["public_value"], sorted(record["order"])) == record["order"]

    await guest.log_in("stranger")
    assert (await guest.get(desk)).status_code == 404
    assert (await guest.post(f"{desk}/answers", bank)).status_code == 404
    assert (await guest.get("/team/in-kind?state=nonsense")).status_code == 422
    assert (await guest.get(own)).status_code == 404
