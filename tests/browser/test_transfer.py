"""Two courts and their superior in three windows, and the clock moved: silence, report, decision, switch, files (T-04…T-12)."""

from datetime import timedelta

import pytest
from playwright.async_api import Page, expect
from sqlmodel import select

from core.clock import COURT_ZONE
from core.database import Database, Work
from core.identity import SYSTEM
from disposal_teams.assets.models import Asset, AssetKind
from disposal_teams.assets.register import register_asset
from disposal_teams.assets.seal import record_seal
from disposal_teams.cases.register import register_case
from disposal_teams.transfers.models import TransferRequest
from disposal_teams.transfers.propose import scan_idle_seals
from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import RunningCity, Visitors
from web.demo_city.cast import FIRST_COURT, PRIORITY_COURT, person_at

pytestmark = pytest.mark.browser


async def idle_asset(city: RunningCity) -> str:
    """An asset that the first court has left idle for seventy days; the number under which it is known."""
    database = Database(city.database_url, pool_size=1)
    async with database.begin(SYSTEM) as work:
        first = Work(work.session, await person_at(work, "officer", FIRST_COURT), work.now)
        waiting = Work(work.session, await person_at(work, "officer", PRIORITY_COURT), work.now)
        sealed_on = work.now.astimezone(COURT_ZONE).date() - timedelta(days=70)
        cases = [
            await register_case(
                one, case_no=f"（{sealed_on.year}）苏{court}执9901号", filed_on=sealed_on, cause="借款纠纷",
                claim_fen=80_000_000,
            )
            for one, court in ((first, FIRST_COURT), (waiting, PRIORITY_COURT))
        ]  # fmt: skip
        asset = await register_asset(
            first, case=cases[0], kind=AssetKind.REAL_ESTATE, title="苏州市吴中区移送测试路 1 号住宅",
            location="移送测试路 1 号", district="吴中区", is_demo=True,
        )  # fmt: skip
        for one, case in ((first, cases[0]), (waiting, cases[1])):
            await record_seal(one, asset, case_no=case.case_no, registered_on=sealed_on, claim_fen=80_000_000)
        await scan_idle_seals(work)
        number = asset.asset_no
    await database.close()
    return number


async def answer_by(city: RunningCity, asset_no: str) -> TransferRequest:
    """The request about the asset as it stands."""
    database = Database(city.database_url, pool_size=1)
    async with database.read(SYSTEM) as work:
        found = await work.session.exec(
            select(TransferRequest)
            .join(Asset, Asset.id == TransferRequest.asset_id)  # type: ignore[arg-type]
            .where(Asset.asset_no == asset_no)
        )
        request = found.one()
    await database.close()
    return request


async def sees(page: Page, text: str) -> None:
    """The open page comes to say so by itself."""
    await expect(page.locator("main")).to_contain_text(text)


async def test_T11_T06_silence_goes_up_and_the_decision_moves_the_asset(
    city: RunningCity, visitors: Visitors
) -> None:
    asset_no = await idle_asset(city)
    waiting = await visitors.open("court-priority")
    await waiting.goto("/court")
    await waiting.locator("tr:has-text('移送测试路') a:has-text('商请移送')").click()
    await waiting.fill("#reason", "首封法院七十日未处置，本院债权无法实现。")
    await waiting.get_by_role("button", name="签发商请移送执行函").click()
    await sees(waiting, "首封法院答复期限")
    page = waiting.url
    await assert_accessible(waiting)

    first = await visitors.open("court-first", width=390)
    await first.goto(page)
    await first.get_by_role("button", name="签收", exact=True).click()
    await sees(waiting, "状态刚刚发生变化")  # without a reload

    request = await answer_by(city, asset_no)
    assert request.answer_due_at is not None
    await city.travel_to(request.answer_due_at + timedelta(seconds=1))
    await sees(first, "上级法院决定期限")

    superior = await visitors.open("intermediate")
    await superior.goto("/supervision")
    await superior.locator("a:has-text('移送测试路')").first.click()
    await sees(superior, "倾向")
    await superior.get_by_label("指定商请法院处置").check()
    due_on = (await city.now()).astimezone(COURT_ZONE).date() + timedelta(days=60)
    await superior.fill("#due_on", due_on.isoformat())
    await superior.fill("#reason", "首封法院逾期未复，商请法院债权占比较大。")
    await superior.get_by_role("button", name="签发决定书").click()
    await sees(superior, "材料移交")
    await sees(first, "材料移交")

    await first.goto(page)
    for code in ("title", "seal_papers", "contacts"):
        await first.check(f"#handed_{code}")
    await first.fill("#none_keys", "房屋由承租人占有")
    await first.get_by_role("button", name="登记移交").click()
    await sees(first, "完整度 100%")
    await assert_accessible(first)
    assert await first.evaluate("document.documentElement.scrollWidth <= innerWidth")

    await waiting.goto(page)
    await waiting.get_by_role("button", name="签收全部材料").click()
    await sees(waiting, "处置权移交材料清单")
    answer = await waiting.goto(f"/team/assets/{asset_no}")
    assert answer is not None
    assert answer.status == 200
    closed = await first.goto(f"/team/assets/{asset_no}")
    assert closed is not None
    assert closed.status == 404
