"""The draw by its pages, and the firm's own portal."""

import asyncio
import json
import re
from argparse import Namespace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from core.identity import SYSTEM
from core.outbox.timetable import PERIODIC, run_periodic
from core.settings import Settings
from tests.core import pdfs
from tests.web.listing_desk import APPRAISAL, Desk, begin_appraisal
from web.commands.verifying.draw import verify_draw


async def test_V20_the_draw_is_committed_held_and_recomputed_in_public(desk: Desk, tmp_path: Path) -> None:
    start = f"{desk.asset}/valuation/start"
    assert (await desk.post("team", start, start, **APPRAISAL)).status_code == 303
    (selection,) = await desk.ids("SELECT id FROM appraiser_selection")
    assert (await desk.get(None, f"/draws/{selection}")).status_code == 404
    await desk.pass_days(20)
    await run_periodic(desk.database, PERIODIC["valuation.workers.go_on_with_appraisals"])
    waiting = await desk.get(None, f"/draws/{selection}")
    assert "等待摇号" in waiting.text
    assert (await desk.get(None, f"/draws/{selection}/record.json")).status_code == 404
    await desk.pass_days(5)
    page = f"{desk.asset}/valuation"
    path = f"/team/selections/{selection}/draw"
    refused = await desk.post("team", path, page, public_value="", witnesses="王某")
    assert refused.status_code == 422
    held = await desk.post("team", path, page, public_value="3286.65", witnesses="王某")
    assert held.status_code == 303, held.text
    assert "重算一致" in (await desk.get(None, f"/draws/{selection}")).text
    record = await desk.get(None, f"/draws/{selection}/record.json")
    file = tmp_path / "record.json"
    file.write_text(record.text, encoding="utf-8")
    assert await verify_draw(Namespace(file=file), Settings()) == 0
    touched = json.loads(record.text)
    touched["chosen"].reverse()
    await asyncio.to_thread(file.write_text, json.dumps(touched), encoding="utf-8")
    assert await verify_draw(Namespace(file=file), Settings()) == 1
    file.write_text("{}", encoding="utf-8")
    assert await verify_draw(Namespace(file=file), Settings()) == 2


async def firm_logs_in(desk: Desk) -> None:
    """Let the bidder of the desk be the firm at work."""
    async with desk.database.begin(SYSTEM) as work:
        await work.session.execute(
            text("UPDATE account SET roles = array_append(roles, 'appraiser') WHERE login = 'bidder'")
        )
        await work.session.execute(
            text(
                "UPDATE appraisal_firm SET account_id = (SELECT id FROM account WHERE login = 'bidder') "
                "WHERE name = '某评估公司'"
            )
        )
    await desk.clock.pass_time(timedelta(minutes=2))  # the session's roles are remembered for a moment
    async with desk.database.begin(SYSTEM) as work:
        from core.identity.sessions import open_session

        (account,) = await desk.ids("SELECT id FROM account WHERE login = 'bidder'")
        desk.tokens["bidder"] = await open_session(work, account)


async def upload(desk: Desk, page: str, content: bytes, **fields: str) -> Any:
    """Hand in a file with its figures, as the firm."""
    shown = await desk.get("bidder", page)
    found = re.search(r'name="csrf" value="([^"]+)"', shown.text)
    assert found is not None
    return await desk.client.post(
        f"{page}/report",
        headers={"cookie": f"session={desk.tokens['bidder']}; lang=zh-CN"},
        data={"csrf": found[1], **fields},
        files={"file": ("../报告.pdf", content, "application/pdf")},
        follow_redirects=False,
    )


async def test_V23_a_firm_works_through_its_portal(desk: Desk) -> None:
    await begin_appraisal(desk)
    assert (await desk.get("bidder", "/appraiser")).status_code == 403
    await firm_logs_in(desk)
    (engagement,) = await desk.ids("SELECT id FROM appraisal_engagement WHERE state = 'entrusted'")
    (other, *_) = await desk.ids("SELECT id FROM appraisal_engagement WHERE state = 'in_reserve'")
    page = f"/appraiser/{engagement}"
    assert "评估中" in (await desk.get("bidder", "/appraiser")).text
    assert (await desk.get("bidder", f"/appraiser/{other}")).status_code == 404
    assert (await desk.post("bidder", f"{page}/accept", page)).status_code == 303
    assert (await desk.post("bidder", f"{page}/ask-time", page, days="99", reason="x")).status_code == 422
    assert (
        await desk.post("bidder", f"{page}/ask-time", page, days="10", reason="现场复杂")
    ).status_code == 303
    assert (await desk.post("bidder", f"{page}/grant-time", page)).status_code == 404
    at_court = f"/team/engagements/{engagement}"
    granted = await desk.post("team", f"{at_court}/grant-time", f"{desk.asset}/valuation")
    assert granted.status_code == 303
    assert "1 次（最多 2 次）" in (await desk.get("bidder", page)).text
    assert (await desk.post("bidder", f"{page}/decline", page, reason="利害关系")).status_code == 303
    shown = await desk.get("team", f"{desk.asset}/valuation")
    assert "不能承办" in shown.text


async def test_V24_a_firm_uploads_its_report_and_corrects_it_on_demand(desk: Desk) -> None:
    await begin_appraisal(desk)
    await firm_logs_in(desk)
    (engagement,) = await desk.ids("SELECT id FROM appraisal_engagement WHERE state = 'entrusted'")
    (valuation,) = await desk.ids("SELECT id FROM valuation")
    (registry,) = await desk.ids("SELECT registry_no FROM asset")
    page, at_court = f"/appraiser/{engagement}", f"{desk.asset}/valuation"
    assert "上传评估报告" in (await desk.get("bidder", page)).text
    figures = {
        "report_no": "苏评报7号",
        "registry_no": registry,
        "signers": "甲（证1）、乙（证2）",
        "price": "1000000",
        "price_again": "1000000",
        "appraised_on": await desk.day(0),
        "valid_until": await desk.day(200),
    }
    for content, word in (
        (b"MZ not a pdf", "只接受 PDF"),
        (pdfs.scripted_pdf(), "脚本"),
        (pdfs.flate_bomb(), "解压后过大"),
    ):
        refused = await upload(desk, page, content, **figures)
        assert (refused.status_code, word in refused.text) == (422, True), word
    taken = await upload(desk, page, pdfs.report_pdf(4), **figures)
    assert taken.status_code == 303, re.findall(r"field-error[^<]+<?[^<]+", taken.text)
    (report,) = await desk.ids("SELECT id FROM appraisal_report")
    for who in ("bidder", "team"):
        file = await desk.get(who, f"/reports/{report}")
        assert file.content.startswith(b"%PDF-")
        assert file.headers["content-disposition"].startswith("attachment")
        assert "sandbox" in file.headers["content-security-policy"]
    assert (await desk.get("other", f"/reports/{report}")).status_code == 404
    assert (await desk.get(None, f"/reports/{report}")).status_code in (303, 401, 403)
    shown = await desk.get("team", at_court)
    assert "4 页" in shown.text
    assert "未找到" in shown.text
    asked = await desk.post(
        "team", f"/team/valuations/{valuation}/demand", at_court, cause="wrong_basics", wanted="面积有误"
    )
    assert asked.status_code == 303, asked.text
    assert "面积有误" in (await desk.get("bidder", page)).text
    corrected = await upload(desk, page, pdfs.report_pdf(5), **{**figures, "report_no": "苏评报7号更"})
    assert corrected.status_code == 303, corrected.text
    assert "第 2 版" in (await desk.get("team", at_court)).text


async def test_V22_an_inspection_is_called_and_recorded_on_the_firms_page(desk: Desk) -> None:
    await begin_appraisal(desk)
    await firm_logs_in(desk)
    (engagement,) = await desk.ids("SELECT id FROM appraisal_engagement WHERE state = 'entrusted'")
    page = f"/appraiser/{engagement}"
    called = await desk.post(
        "bidder",
        f"{page}/call-inspection",
        page,
        planned_at=f"{await desk.day(1)}T10:00",
        place="某路1号",
    )
    assert called.status_code == 303, called.text
    await desk.pass_days(2)
    refused = await desk.post(
        "bidder", f"{page}/record-inspection", page, held_at=await desk.minute(), was_refused="1"
    )
    assert refused.status_code == 422
    assert "见证人" in refused.text
    held = await desk.post(
        "team",
        f"/team/engagements/{engagement}/record-inspection",
        f"{desk.asset}/valuation",
        held_at=await desk.minute(),
        witness="社区李某",
    )
    assert held.status_code == 303, held.text
    assert "社区李某" in (await desk.get("bidder", page)).text
