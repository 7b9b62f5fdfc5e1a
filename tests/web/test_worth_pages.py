"""The pages of the two tests: figures line by line, the applicant's answer, decisions of the panel, requests of parties."""

from sqlalchemy import text

from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from core.identity.sessions import open_session
from tests.web.listing_desk import Desk, value

PANEL = {"member1": "审判长", "member2": "审判员甲", "member3": "审判员乙"}


async def parties_on_line(desk: Desk) -> None:
    async with desk.database.begin(SYSTEM) as work:
        for role in ("applicant", "debtor"):
            account = await open_account(
                work, login=role, password_hash="x", display_name=role, roles={Role.DEBTOR}, court_code=None
            )
            desk.tokens[role] = await open_session(work, account.id)
            await work.session.execute(
                text("UPDATE party SET account_id = :id WHERE role = :role"), {"id": account.id, "role": role}
            )


async def test_A23_A24_A25_tested_asked_answered_and_how_to_sell(desk: Desk) -> None:
    await value(desk)
    await parties_on_line(desk)
    page, own = f"{desk.asset}/worth", "/my/sale-wishes"
    (case_id,) = await desk.ids("SELECT id FROM enforcement_case")
    case = f"/team/cases/{case_id}/worth"
    assert "没有无剩余的财产" in (await desk.get("team", "/team/worth")).text
    assert "¥700,000.00" in (await desk.get("team", page)).text
    bad = await desk.post("team", f"{page}/test", page, kind1="other_prior", text1="", amount1="9")
    assert bad.status_code == 422
    line = {"kind1": "other_prior", "text1": "建设工程价款", "amount1": "800000"}
    assert (await desk.post("panel", f"{page}/test", page, **line)).status_code == 403
    assert (await desk.post("team", f"{page}/test", page, **line)).status_code == 303
    assert "询问申请执行人" in (await desk.get("team", page)).text
    assert (await desk.post("team", f"{page}/ask", page)).status_code == 303
    assert (await desk.post("team", f"{page}/nonsense", page)).status_code == 404
    assert "建设工程价款" in (await desk.get("applicant", own)).text
    (test_id,) = await desk.ids("SELECT id FROM surplus_test")
    target = f"{own}/tests/{test_id}"
    assert (await desk.post("debtor", target, own, outcome="go_on")).status_code == 404
    assert (await desk.post("applicant", target, own, outcome="go_on")).status_code == 303
    assert "¥800,000.00" in (await desk.get("team", page)).text
    assert "Applicant goes on" in (await desk.get("team", page, "en")).text
    assert (await desk.get("other", page)).status_code == 404
    assert (await desk.get("other", case)).status_code == 404

    await desk.ids("SELECT 1")
    async with desk.database.begin(SYSTEM) as work:
        await work.session.execute(text("UPDATE enforcement_case SET claim_fen = 100"))
    (asset_id,) = await desk.ids("SELECT id FROM asset")
    all_of_it = {"case": str(case_id), "wish": "all", "reason": "同意全部拍卖"}
    assert (await desk.post("debtor", own, own, **{**all_of_it, "wish": "together"})).status_code == 422
    assert (await desk.post("bidder", own, own, **all_of_it)).status_code == 404
    assert (await desk.post("debtor", own, own, **all_of_it)).status_code == 303
    (wish,) = await desk.ids("SELECT id FROM sale_wish")
    assert (await desk.post("applicant", f"{own}/{wish}/withdraw", own)).status_code == 404
    assert "待答复" in (await desk.get("debtor", own)).text
    said = {"wish_id": str(wish), "outcome": "refuse", "answer": "无此必要"}
    assert (await desk.post("team", f"{case}/answer", case, **{**said, "answer": ""})).status_code == 422
    assert (await desk.post("team", f"{case}/answer", case, **said)).status_code == 303
    assert "无此必要" in (await desk.get("debtor", own)).text
    measure = {
        "asset": str(asset_id), "way": "hold_back", "reason": "足够", "decided_on": await desk.day(0), **PANEL,
    }  # fmt: skip
    assert (await desk.post("team", f"{case}/measure", case, **measure)).status_code == 403
    short = await desk.post("panel", f"{case}/measure", case, **measure)
    assert short.status_code == 422, "nothing else is there to pay the claim"
    assert "足够" in short.text
