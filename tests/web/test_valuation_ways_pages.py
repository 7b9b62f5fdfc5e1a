"""The ways before an appraisal by their pages: the law's choice, the parties' sealed prices, the platforms' reports."""

import json
from datetime import timedelta

from auction.listing.models import Lot  # noqa: F401 - the desk's fixture needs the tables of every room
from core.identity import SYSTEM
from disposal_teams.cases.models import Party
from tests.web.listing_desk import Desk
from valuation.online_inquiry.platforms import list_platform, new_delivery_key


async def test_V02_the_page_says_which_way_the_law_calls_for(desk: Desk) -> None:
    start = f"{desk.asset}/valuation/start"
    shown = await desk.post("team", start, start, party_missing="1")
    assert "依法应当采用：网络询价" in shown.text
    assert "有当事人下落不明，不能议价。" in shown.text
    shown = await desk.post("team", start, start, base_price_exists="1", party_refuses_agreement="1")
    assert "依法应当采用：定向询价" in shown.text
    refused = await desk.post(
        "team", start, start, base_price_exists="1", party_refuses_agreement="1", step="begin"
    )
    assert refused.status_code == 422  # the body to be asked is missing
    assert await desk.ids("SELECT id FROM valuation") == []


async def test_V02_a_party_names_its_price_on_its_own_page(desk: Desk) -> None:
    start = f"{desk.asset}/valuation/start"
    assert (await desk.post("team", start, start, step="begin")).status_code == 303
    (valuation,) = await desk.ids("SELECT id FROM valuation")
    page = f"/my/prices/{valuation}"
    assert (await desk.get("bidder", page)).status_code == 404  # no party of this case
    (applicant, debtor) = await desk.ids("SELECT id FROM party ORDER BY role")
    account = (await desk.ids("SELECT id FROM account WHERE 'bidder' = ANY (roles) LIMIT 1"))[0]
    async with desk.database.begin(SYSTEM) as work:
        party = await work.session.get_one(Party, debtor)
        party.account_id = account
    assert "尚未提交" in (await desk.get("bidder", page)).text
    unlike = await desk.post("bidder", page, page, price="900000", price_again="90000", answer="price")
    assert unlike.status_code == 422
    assert "与第一次填写的金额不同" in unlike.text
    said = await desk.post("bidder", page, page, price="900000", price_again="900000", answer="price")
    assert said.status_code == 303
    shown = await desk.get("team", f"{desk.asset}/valuation")
    assert "已提交（加密）" in shown.text
    assert "900,000" not in shown.text
    entered = await desk.post(
        "team", f"/team/valuations/{valuation}/agreement", f"{desk.asset}/valuation",
        party_id=str(applicant), agreed_price="900000", paper_ref="卷2",
    )  # fmt: skip
    assert entered.status_code == 303, entered.text
    assert "900,000" in (await desk.get("team", f"{desk.asset}/valuation")).text
    assert "议价一致" in (await desk.get("bidder", page)).text


async def test_V10_a_platform_reads_and_delivers_over_the_interface(desk: Desk) -> None:
    async with desk.database.begin(SYSTEM) as work:
        for code in ("gp", "jd"):
            await list_platform(work, code=code, name=f"平台{code}")
        key = await new_delivery_key(work, "jd")
    start = f"{desk.asset}/valuation/start"
    assert (await desk.post("team", start, start, party_missing="1", step="begin")).status_code == 303
    bearer = {"authorization": f"Bearer {key}"}
    assert (await desk.client.get("/api/v1/inquiries")).status_code == 401
    (asked,) = (await desk.client.get("/api/v1/inquiries", headers=bearer)).json()
    assert asked["platform"] == "jd"
    at = f"/api/v1/inquiries/{asked['inquiry_id']}"
    until = (await desk.clock.now() + timedelta(days=100)).date().isoformat()
    report = {"report_no": "询1", "price_fen": 100_000_000, "valid_until": until, "method": "比较法"}
    wrong = await desk.client.post(f"{at}/report", headers=bearer, content=b'{"report_no":""}')
    assert (wrong.status_code, wrong.json()["rule"]) == (422, "V-11")
    assert (await desk.client.post(f"{at}/extension", headers=bearer)).status_code == 202
    done = await desk.client.post(f"{at}/report", headers=bearer, content=json.dumps(report))
    assert (done.status_code, done.json()["state"]) == (201, "delivered")
    again = await desk.client.post(f"{at}/report", headers=bearer, content=json.dumps(report))
    assert again.status_code == 409
    page = f"{desk.asset}/valuation"
    (other,) = await desk.ids("SELECT id FROM platform_inquiry WHERE platform_code = 'gp'")
    file = await desk.get("team", f"/team/inquiries/{other}/entrustment.json")
    assert file.json()["quantity"] == 1
    by_hand = await desk.post(
        "team", f"/team/inquiries/{other}/report", page,
        by="hand", report_no="询2", inquiry_price="1200000", inquiry_valid_until=until, method="比较法",
    )  # fmt: skip
    assert by_hand.status_code == 303, by_hand.text
    for inquiry in await desk.ids("SELECT id FROM platform_inquiry"):
        answer = await desk.post("team", f"/team/inquiries/{inquiry}/review", page, verdict="clean")
        assert answer.status_code == 303
    (valuation,) = await desk.ids("SELECT id FROM valuation")
    assert (await desk.post("team", f"/team/valuations/{valuation}/inquiry/finish", page)).status_code == 303
    assert "1,100,000.00" in (await desk.get("team", page)).text
