"""The draw by its pages, and the firm's own portal."""

import asyncio
import json
from argparse import Namespace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from core.identity import SYSTEM
from core.outbox.timetable import PERIODIC, run_periodic
from core.settings import Settings
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


async def test_V23_a_firm_works_through_its_portal(desk: Desk) -> None:
    await begin_appraisal(desk)
    assert (await desk.get("bidder", "/appraiser")).status_code == 403
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
