"""Objections to a report by the pages of the person, the firm and the court (V-30, V-31, V-32)."""

import re
from typing import Any

from sqlalchemy import text

from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from core.identity.sessions import open_session
from core.outbox.timetable import PERIODIC, run_periodic
from tests.core import pdfs
from tests.web.listing_desk import Desk, begin_appraisal
from tests.web.test_appraisal_pages import firm_logs_in, upload


async def debtor_logs_in(desk: Desk) -> None:
    """Give the debtor of the case an account with a confirmed identity."""
    async with desk.database.begin(SYSTEM) as work:
        account = await open_account(
            work, login="debtor", password_hash="x", display_name="王小明", roles={Role.DEBTOR}
        )
        account.identity_verified_at = work.now
        await work.session.flush()
        await work.session.execute(
            text("UPDATE party SET account_id = :id WHERE role = 'debtor'"), {"id": account.id}
        )
        desk.tokens["debtor"] = await open_session(work, account.id)


async def served(desk: Desk) -> tuple[str, str, str]:
    """A report that the debtor has received: the pages of debtor, firm and court."""
    await begin_appraisal(desk)
    await firm_logs_in(desk)
    await debtor_logs_in(desk)
    (engagement,) = await desk.ids("SELECT id FROM appraisal_engagement WHERE state = 'entrusted'")
    (valuation,) = await desk.ids("SELECT id FROM valuation")
    (registry,) = await desk.ids("SELECT registry_no FROM asset")
    firm, court, own = f"/appraiser/{engagement}", f"{desk.asset}/valuation", f"/my/reports/{valuation}"
    assert (await desk.get("debtor", own)).status_code == 404
    taken = await upload(
        desk,
        firm,
        pdfs.report_pdf(),
        report_no="苏评1",
        registry_no=registry,
        signers="甲、乙",
        price="1000000",
        price_again="1000000",
        appraised_on=await desk.day(0),
        valid_until=await desk.day(200),
    )
    assert taken.status_code == 303
    sent = await desk.post("team", f"/team/valuations/{valuation}/serve", court, way="electronic")
    assert sent.status_code == 303, sent.text
    for service in await desk.ids("SELECT id FROM result_service"):
        received = await desk.post(
            "team",
            f"/team/valuations/{valuation}/receipts",
            court,
            service_id=str(service),
            received_at=await later_minute(desk),
            proof="回证",
        )
        assert received.status_code == 303, received.text
    return own, firm, court


async def later_minute(desk: Desk) -> str:
    """The next whole minute, once it has come."""
    from datetime import timedelta

    await desk.clock.pass_time(timedelta(minutes=1))
    return await desk.minute()


async def send(desk: Desk, who: str, path: str, seen_at: str, fields: dict[str, Any]) -> Any:
    """A form with repeated fields."""
    shown = await desk.get(who, seen_at)
    found = re.search(r'name="csrf" value="([^"]+)"', shown.text)
    assert found is not None, shown.text
    return await desk.client.post(
        path,
        headers={"cookie": f"session={desk.tokens[who]}; lang=zh-CN"},
        data={"csrf": found[1], **fields},
        follow_redirects=False,
    )


async def test_V31_a_debtor_objects_contests_the_answer_and_the_review_sets_the_price(desk: Desk) -> None:
    own, firm, court = await served(desk)
    shown = await desk.get("debtor", own)
    assert "提出异议" in shown.text
    assert "下载报告" in shown.text
    assert (await desk.get("bidder", own)).status_code == 404
    refused = await send(desk, "debtor", own, own, {"reasons": ""})
    assert refused.status_code == 422
    assert "至少选择一项" in refused.text or "此项必填" in refused.text
    wrong = await send(desk, "debtor", own, own, {"grounds": ["dislike"], "reasons": "x"})
    assert wrong.status_code == 422
    filed = await send(
        desk, "debtor", own, own, {"grounds": ["method", "result"], "reasons": "比较案例 <b>不当</b>"}
    )
    assert filed.status_code == 303, filed.text
    again = await send(desk, "debtor", own, own, {"grounds": ["method"], "reasons": "再次"})
    assert (again.status_code, "不能重复提出" in again.text) == (422, True) or again.status_code == 409
    (objection,) = await desk.ids("SELECT id FROM report_objection")
    page = await desk.get("bidder", firm)
    assert "&lt;b&gt;" in page.text
    assert "王小明" not in page.text.split("对报告的异议")[1].split("现场勘验")[0]
    answered = await desk.post("bidder", f"{firm}/objections/{objection}", firm, answer="案例均在同一小区")
    assert answered.status_code == 303, answered.text
    assert "案例均在同一小区" in (await desk.get("debtor", own)).text
    contested = await desk.post("debtor", f"{own}/contest", own, reason="面积修正系数有误")
    assert contested.status_code == 303, contested.text
    review = f"/team/report-objections/{objection}/review"
    bad = await desk.post("team", review, court, verdict="other_price", conclusion="应下调")
    assert bad.status_code == 422
    done = await desk.post(
        "team", review, court, verdict="other_price", conclusion="应下调", review_price="950000"
    )
    assert done.status_code == 303, done.text
    assert "950,000" in (await desk.get("team", court)).text
    await desk.pass_days(30)
    await run_periodic(desk.database, PERIODIC["valuation.workers.close_objection_windows"])
    assert await desk.ids("SELECT state || price_fen FROM valuation") == ["fixed95000000"]
    late = await send(desk, "debtor", own, own, {"grounds": ["method"], "reasons": "迟"})
    assert late.status_code in (409, 422)


async def test_V31_the_court_enters_a_paper_objection_and_its_withdrawal(desk: Desk) -> None:
    own, _, court = await served(desk)
    (valuation,) = await desk.ids("SELECT id FROM valuation")
    (applicant,) = await desk.ids("SELECT id FROM party WHERE role = 'applicant'")
    async with desk.database.begin(SYSTEM) as work:
        await work.session.execute(
            text("UPDATE account SET roles = array_append(roles, 'clerk') WHERE login = 'team'")
        )
        (account,) = await desk.ids("SELECT id FROM account WHERE login = 'team'")
        desk.tokens["team"] = await open_session(work, account)
    path = f"/team/valuations/{valuation}/objections"
    fields = {"party_id": str(applicant), "grounds": ["wrong_basics"], "reasons": "面积有误"}
    assert (await send(desk, "team", path, court, {**fields, "paper_ref": ""})).status_code == 422
    entered = await send(desk, "team", path, court, {**fields, "paper_ref": "卷5"})
    assert entered.status_code == 303, entered.text
    assert "执行裁判部门审查中" in (await desk.get("team", court)).text
    assert await desk.ids("SELECT state FROM valuation") == ["objection_t1"]
    assert await desk.ids("SELECT count(*) FROM objection WHERE valuation_id IS NOT NULL") == [1]
    assert (await desk.post("debtor", f"{own}/withdraw", own)).status_code == 404
    assert (await desk.post("debtor", f"{own}/nothing", own)).status_code == 404
