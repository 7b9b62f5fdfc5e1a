"""The pages of a compromise: the agreement with its plan, the panel's ruling, payments."""

from sqlalchemy import text

from core.identity import SYSTEM
from tests.web.listing_desk import Desk

PANEL = {"member1": "审判长", "member2": "审判员甲", "member3": "审判员乙"}


async def test_A29_agreed_ruled_and_paid(desk: Desk) -> None:
    async with desk.database.begin(SYSTEM) as work:
        await work.session.execute(text("UPDATE asset SET state = 'ready_to_list'"))
    page = f"{desk.asset}/compromise"
    agreed = {
        "terms": "分两期付清",
        "due1": await desk.day(5),
        "amount1": "100000",
        "due2": await desk.day(9),
        "amount2": "50000",
    }
    for wrong in ({"terms": ""}, {"due1": ""}, {"due2": agreed["due1"]}, {"amount2": ""}):
        refused = await desk.post("team", page, page, **{**agreed, **wrong})
        assert refused.status_code == 422, wrong
    assert (await desk.post("panel", page, page, **agreed)).status_code == 403
    assert (await desk.post("team", page, page, **agreed)).status_code == 303
    (made,) = await desk.ids("SELECT id FROM compromise")
    ruling = {"outcome": "stop", "minutes": "一致同意", "decided_on": await desk.day(0), **PANEL}
    target = f"{page}/{made}/decision"
    assert (await desk.post("team", target, page, **ruling)).status_code == 403
    assert (await desk.post("panel", target, page, **{**ruling, "member2": ""})).status_code == 422
    assert (await desk.post("panel", target, page, **ruling)).status_code == 303
    assert (await desk.ids("SELECT state FROM asset")) == ["suspended"]
    early = await desk.post("team", f"{page}/{made}/resume", page, note="申请")
    assert early.status_code == 409
    for each in await desk.ids("SELECT id FROM compromise_instalment ORDER BY position"):
        paid = {"instalment": str(each), "paid_on": await desk.day(0), "proof": "收据"}
        assert (await desk.post("team", f"{page}/{made}/payments", page, **paid)).status_code == 303
    assert "已履行完毕" in (await desk.get("team", page)).text
    assert "Performed" in (await desk.get("team", page, "en")).text
    assert (await desk.get("other", page)).status_code == 404
