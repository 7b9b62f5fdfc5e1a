"""Pages of fees and records, of prices without a valuation, and of the court above (V-03, V-04, V-14, V-25, V-32)."""

from sqlalchemy import text

from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from core.identity.sessions import open_session
from tests.web.listing_desk import APPRAISAL, Desk, value
from tests.web.test_appraisal_pages import firm_logs_in
from tests.web.test_report_objection_pages import debtor_logs_in
from valuation.fees.count import sale_known
from web.supervision import appraisers, platforms, price_reviews


async def court_above_logs_in(desk: Desk) -> None:
    """Somebody of the intermediate court."""
    async with desk.database.begin(SYSTEM) as work:
        account = await open_account(
            work,
            login="above",
            password_hash="x",
            display_name="中院",
            roles={Role.INTERMEDIATE_COURT},
            court_code="05",
        )
        desk.tokens["above"] = await open_session(work, account.id)


async def test_V25_fees_are_counted_claimed_fixed_and_paid_on_the_pages(desk: Desk) -> None:
    await value(desk)
    await firm_logs_in(desk)
    (valuation,) = await desk.ids("SELECT id FROM valuation")
    (engagement,) = await desk.ids("SELECT id FROM appraisal_engagement WHERE state = 'reported'")
    page, own = f"{desk.asset}/valuation/fees", f"/appraiser/{engagement}"
    assert "目前还没有" in (await desk.get("team", page)).text
    assert (await desk.post("bidder", f"{own}/fee", own, claimed="1", claim_reason="x")).status_code == 404
    at = f"/team/valuations/{valuation}/advance"
    wrong = await desk.post("team", at, page, advance_way="money", advance="0", paper_ref="")
    assert wrong.status_code == 422
    advanced = await desk.post("team", at, page, advance_way="guarantee", advance="5000", paper_ref="保函1")
    assert advanced.status_code == 303
    async with desk.database.begin(SYSTEM) as work:  # revoked after payment: nothing sold
        await sale_known(work, valuation, price_fen=80_000_000, sold_on=work.now.date())
        await sale_known(work, valuation, price_fen=None, sold_on=None)
    assert "保函1" in (await desk.get("team", page)).text
    assert "待核定" in (await desk.get("bidder", own)).text
    assert (await desk.post("bidder", f"{own}/fee", own, claimed="", claim_reason="")).status_code == 422
    claimed = await desk.post("bidder", f"{own}/fee", own, claimed="3000", claim_reason="差旅、查档")
    assert claimed.status_code == 303, claimed.text
    (fee,) = await desk.ids("SELECT id FROM valuation_fee")
    steps = f"/team/valuation-fees/{fee}"
    assert (await desk.post("team", f"{steps}/fix", page, fixed="3001")).status_code == 422
    assert (await desk.post("team", f"{steps}/fix", page, fixed="2500")).status_code == 303
    assert (await desk.post("team", f"{steps}/nonsense", page)).status_code == 404
    assert (await desk.post("other", f"{steps}/pay", page)).status_code == 404
    paid = await desk.post("team", f"{steps}/pay", page, paid_on=await desk.day(0), paid_ref="凭证1")
    assert paid.status_code == 303, paid.text
    assert "凭证1" in (await desk.get("bidder", own)).text
    assert "¥2,500.00" in (await desk.get("team", page)).text


async def test_V20_the_records_stand_in_the_lists_and_on_the_firms_own_page(desk: Desk) -> None:
    await value(desk)
    await firm_logs_in(desk)
    await court_above_logs_in(desk)
    (valuation,) = await desk.ids("SELECT id FROM valuation")
    async with desk.database.begin(SYSTEM) as work:
        await sale_known(work, valuation, price_fen=90_000_000, sold_on=work.now.date())
    assert "-10.0%" in (await desk.get("bidder", "/appraiser")).text
    shown = await desk.get("above", appraisers.ADDRESS)
    assert "-10.0%" in shown.text
    assert "100.0%" in shown.text
    assert (await desk.get("above", platforms.ADDRESS)).status_code == 200
    assert (await desk.get("team", appraisers.ADDRESS)).status_code == 403


async def test_V04_the_market_price_is_fixed_on_its_page(desk: Desk) -> None:
    page = f"{desk.asset}/valuation/without"
    assert "参照市价" in (await desk.get("team", page)).text
    fields = {"ground": "all_ask", "price": "900000", "source": "三家报价", "opinions": "均无异议"}
    refused = await desk.post("team", page, page, **fields)
    assert (refused.status_code, "还有人没有申请" in refused.text) == (409, True)
    assert (await desk.post("team", page, page, **{**fields, "price": "0"})).status_code == 422
    assert (await desk.post("team", page, page, **fields, asked_by="x")).status_code == 422
    assert (await desk.post("other", page, page, **fields)).status_code == 404
    fixed = await desk.post("team", page, page, **{**fields, "ground": "easily_priced"})
    assert fixed.status_code == 303, fixed.text
    shown = await desk.get("team", f"{desk.asset}/valuation")
    assert "参考价已确定" in shown.text
    assert "¥630,000.00" in shown.text  # 70 %


async def test_V03_shares_are_priced_above_the_costs_on_the_same_page(desk: Desk) -> None:
    async with desk.database.begin(SYSTEM) as work:
        await work.session.execute(text("UPDATE asset SET kind = 'shares'"))
    page, start = f"{desk.asset}/valuation/without", f"{desk.asset}/valuation/start"
    assert "须先委托评估" in (await desk.get("team", page)).text
    assert (await desk.post("team", start, start, **APPRAISAL)).status_code == 303
    (selection,) = await desk.ids("SELECT id FROM appraiser_selection")
    firms = await desk.ids("SELECT id FROM appraisal_firm ORDER BY licence_no")
    named = {f"firm_{place}": str(firm) for place, firm in enumerate(firms, start=1)}
    for party in await desk.ids("SELECT id FROM party WHERE role IN ('applicant', 'debtor')"):
        await desk.post(
            "team", f"/team/selections/{selection}/choices", f"{desk.asset}/valuation",
            party_id=str(party), paper_ref="卷2", **named,
        )  # fmt: skip
    (valuation,) = await desk.ids("SELECT id FROM valuation")
    at = f"/team/valuations/{valuation}/above-costs"
    fields = {
        "told_on": await desk.day(0),
        "firm_ref": "说明1",
        "request_ref": "申请1",
        "costs": "10000",
        "price": "12000",
    }
    worthless = await desk.post("team", at, page, **fields, is_worthless="1")
    assert (worthless.status_code, "明显没有价值" in worthless.text) == (409, True)
    assert (await desk.post("team", at, page, **{**fields, "price": "20000"})).status_code == 422
    fixed = await desk.post("team", at, page, **fields)
    assert fixed.status_code == 303, fixed.text
    assert "¥12,000.00" in (await desk.get("team", f"{desk.asset}/valuation")).text
    assert "股权按现有材料无法出具评估报告" in (await desk.get("team", f"{desk.asset}/listing")).text


async def test_V32_a_person_asks_the_court_above_and_the_price_is_set_aside(desk: Desk) -> None:
    await debtor_logs_in(desk)
    await court_above_logs_in(desk)
    page = f"{desk.asset}/valuation/without"
    fields = {"ground": "easily_priced", "price": "900000", "source": "三家报价", "opinions": "均无异议"}
    assert (await desk.post("team", page, page, **fields)).status_code == 303
    (valuation,) = await desk.ids("SELECT id FROM valuation")
    own = f"/my/price-reviews/{valuation}"
    (party,) = await desk.ids("SELECT id FROM party WHERE role = 'applicant'")
    paper = {"party_id": str(party), "ground": "collusion", "evidence": "报价虚高"}
    at_court, shown_at = f"/team/valuations/{valuation}/supervision", f"{desk.asset}/valuation"
    assert (await desk.post("other", at_court, shown_at, **paper, paper_ref="卷9")).status_code in (403, 404)
    assert (await desk.post("team", at_court, shown_at, **paper, paper_ref="卷9")).status_code == 403
    async with desk.database.begin(SYSTEM) as work:
        await work.session.execute(
            text("UPDATE account SET roles = array_append(roles, 'clerk') WHERE login = 'team'")
        )
        (account,) = await desk.ids("SELECT id FROM account WHERE login = 'team'")
        desk.tokens["team"] = await open_session(work, account)
    assert "登记执行监督申请" in (await desk.get("team", shown_at)).text
    assert (await desk.post("team", at_court, shown_at, **paper, paper_ref="")).status_code == 422
    entered = await desk.post("team", at_court, shown_at, **paper, paper_ref="卷9")
    assert entered.status_code == 303, entered.text
    assert (await desk.get("bidder", own)).status_code == 404
    assert "申请执行监督" in (await desk.get("debtor", own)).text
    refused = await desk.post("debtor", own, own, ground="false_result", evidence="询价虚假")
    assert (refused.status_code, "事由与参考价的确定方式不符" in refused.text) == (409, True)
    assert (await desk.post("debtor", own, own, ground="", evidence="")).status_code == 422
    asked = await desk.post("debtor", own, own, ground="collusion", evidence="报价商户系申请执行人关联方")
    assert asked.status_code == 303, asked.text
    assert "上级法院审查中" in (await desk.get("debtor", own)).text
    assert (await desk.get("team", price_reviews.ADDRESS)).status_code == 403
    assert "报价商户系申请执行人关联方" in (await desk.get("above", price_reviews.ADDRESS)).text
    (request,) = await desk.ids("SELECT id FROM price_supervision WHERE paper_ref = ''")
    at = f"{price_reviews.ADDRESS}/{request}"
    assert (await desk.post("above", at, price_reviews.ADDRESS, outcome="set_aside")).status_code == 422
    decided = await desk.post("above", at, price_reviews.ADDRESS, outcome="set_aside", reasons="串通属实")
    assert decided.status_code == 303, decided.text
    assert "串通属实" in (await desk.get("debtor", own)).text
    assert "执行监督：参考价被撤销" in (await desk.get("team", f"{desk.asset}/valuation")).text
