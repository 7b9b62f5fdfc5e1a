"""The pages of forbearance: asked and told by the debtor, decided by the court, shown to who decides, counted above."""

from sqlalchemy import text

from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from core.identity.sessions import open_session
from tests.disposal_teams.city import KUNSHAN
from tests.web.listing_desk import Desk


async def people(desk: Desk) -> None:
    async with desk.database.begin(SYSTEM) as work:
        for login, role, court in (
            ("debtor", Role.DEBTOR, None),
            ("officer", Role.CASE_OFFICER, KUNSHAN),
            ("above", Role.INTERMEDIATE_COURT, "05"),
        ):
            account = await open_account(
                work, login=login, password_hash="x", display_name=login, roles={role}, court_code=court
            )
            desk.tokens[login] = await open_session(work, account.id)
            if login == "debtor":
                await work.session.execute(
                    text("UPDATE party SET account_id = :id WHERE role = 'debtor'"), {"id": account.id}
                )


async def test_A08_used_on_conditions_and_hardship_minded(desk: Desk) -> None:
    await people(desk)
    own, page = "/my/forbearance", f"{desk.asset}/live-seal"
    (asset_id,) = await desk.ids("SELECT id FROM asset")
    (case_id,) = await desk.ids("SELECT id FROM enforcement_case")
    ask = {"asset": str(asset_id), "use": "居住", "reason": "没有其他住处"}
    assert (await desk.post("bidder", f"{own}/live-seals", own, **ask)).status_code == 404
    assert (await desk.post("debtor", f"{own}/live-seals", own, **{**ask, "use": ""})).status_code == 422
    assert (await desk.post("debtor", f"{own}/live-seals", own, **ask)).status_code == 303
    terms = {"outcome": "allow", "decision": "不影响处置", "every_days": "30"}
    assert (await desk.post("panel", f"{page}/decide", page, **terms)).status_code == 403
    bad = await desk.post("officer", f"{page}/decide", page, **{**terms, "every_days": "3"})
    assert bad.status_code == 422
    assert (await desk.post("officer", f"{page}/decide", page, **terms)).status_code == 303
    assert "活封" in (await desk.get("team", desk.asset)).text
    (live,) = await desk.ids("SELECT id FROM live_seal")
    report = f"{own}/live-seals/{live}/report"
    assert (await desk.post("debtor", report, own, report="")).status_code == 422
    assert (await desk.post("debtor", report, own, report="房屋完好")).status_code == 303
    assert "房屋完好" in (await desk.get("team", page)).text
    assert (await desk.post("team", f"{page}/nonsense", page)).status_code == 404
    assert (await desk.get("other", page)).status_code == 404

    case = f"/team/cases/{case_id}/hardship"
    told = {
        "case": str(case_id), "kind": "illness", "circumstances": "重病", "needs": "医疗费", "evidence": "病历",
    }  # fmt: skip
    assert (await desk.post("debtor", f"{own}/hardships", own, **{**told, "kind": ""})).status_code == 422
    assert (await desk.post("debtor", f"{own}/hardships", own, **told)).status_code == 303
    assert "困难说明" in (await desk.get("panel", f"{desk.asset}/listing")).text
    (note,) = await desk.ids("SELECT id FROM hardship_note")
    found = {"note": str(note), "finding": "recognised", "answer": "属实", "monthly": "2000"}
    assert (await desk.post("panel", f"{case}/answer", case, **found)).status_code == 403
    assert (await desk.post("officer", f"{case}/answer", case, **{**found, "monthly": ""})).status_code == 422
    assert (await desk.post("officer", f"{case}/answer", case, **found)).status_code == 303
    assert "¥2,000.00" in (await desk.get("debtor", own)).text
    assert "¥2,000.00" in (await desk.get("team", desk.asset)).text
    assert "Recognised" in (await desk.get("team", case, "en")).text
    assert (await desk.get("other", case)).status_code == 404

    log = (await desk.get("officer", "/court/humane")).text
    assert "居住" not in log
    assert "活封，继续使用" in log
    counted = (await desk.get("above", "/supervision/humane")).text
    assert "活封" in counted
    assert "昆山" in counted
    assert "活封，继续使用" in (await desk.get("above", f"/court/humane?court={KUNSHAN}")).text
    assert (await desk.get("officer", "/supervision/humane")).status_code == 403
    assert (await desk.get("other", "/court/humane?court=0583")).status_code == 200
    ended = await desk.post("officer", f"{page}/end", page, outcome="breach", note="擅自出租")
    assert ended.status_code == 303
    assert "擅自出租" in (await desk.get("debtor", own)).text
