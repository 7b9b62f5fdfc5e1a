"""The pages of a compromise: the agreement with its plan, the panel's ruling, payments."""

from sqlalchemy import text

from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from core.identity.sessions import open_session
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
    async with desk.database.begin(SYSTEM) as work:
        for role in ("applicant", "debtor"):
            account = await open_account(
                work, login=role, password_hash="x", display_name=role, roles={Role.DEBTOR}, court_code=None
            )
            desk.tokens[role] = await open_session(work, account.id)
            await work.session.execute(
                text("UPDATE party SET account_id = :id WHERE role = :role"), {"id": account.id, "role": role}
            )
    own = f"/my/compromises/{made}"
    for who in ("applicant", "debtor"):
        assert f"/my/compromises/{made}" in (await desk.get(who, "/my/compromises")).text
    assert (await desk.get("bidder", own)).status_code == 404
    assert "150,000.00" in (await desk.get("applicant", own)).text
    (first, _) = await desk.ids("SELECT id FROM compromise_instalment ORDER BY position")
    assert (await desk.post("debtor", f"{own}/payments", own, instalment=str(first))).status_code == 422
    told = {"instalment": str(first), "note": "已转账，回单七号"}
    assert (await desk.post("applicant", f"{own}/payments", own, **told)).status_code == 404
    assert (await desk.post("debtor", f"{own}/payments", own, **told)).status_code == 303
    assert "回单七号" in (await desk.get("team", page)).text
    assert (await desk.post("debtor", f"{own}/breach", own, note="x")).status_code == 404
    assert (await desk.post("applicant", f"{own}/breach", own, note="未提供担保")).status_code == 303
    (report,) = await desk.ids("SELECT id FROM compromise_report WHERE kind = 'breach'")
    answered = f"{page}/{made}/reports/{report}"
    assert (await desk.post("team", answered, page, outcome="unfounded", kind="breach")).status_code == 422
    done = await desk.post(
        "team", answered, page, outcome="unfounded", kind="breach", answer_breach="担保已提供"
    )
    assert done.status_code == 303
    assert "担保已提供" in (await desk.get("applicant", own)).text
    for each in await desk.ids("SELECT id FROM compromise_instalment ORDER BY position"):
        paid = {"instalment": str(each), "paid_on": await desk.day(0), "proof": "收据"}
        assert (await desk.post("team", f"{page}/{made}/payments", page, **paid)).status_code == 303
    assert "已履行完毕" in (await desk.get("team", page)).text
    assert "Performed" in (await desk.get("team", page, "en")).text
    assert (await desk.get("other", page)).status_code == 404
