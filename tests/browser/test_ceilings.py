"""Two bidders and their ceilings, side by side: what the system bids reaches both pages by itself; without script too."""

import pytest
from playwright.async_api import Page, expect

from benchmarks.market import START_FEN, STEP_FEN, Market, open_market, open_sessions
from core.database import Database
from core.identity import SYSTEM
from core.settings import get_settings
from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import PATIENCE_MS, RunningCity, Visitors

pytestmark = pytest.mark.browser


async def open_lot(city: RunningCity) -> tuple[Market, list[str]]:
    """A lot that allows ceilings, with two who may bid; and their sessions."""
    key = get_settings().encryption_key()
    database = Database(city.database_url, pool_size=1)
    async with database.begin(SYSTEM) as work:
        market = await open_market(work, key, ceiling_bids_allowed=True)
        sessions = await open_sessions(work, market)
    await database.close()
    return market, sessions


async def page_of(visitors: Visitors, session: str, *, width: int = 1280, script: bool = True) -> Page:
    """A window of somebody who is logged in."""
    context = await visitors.browser.new_context(
        base_url=visitors.city.url,
        viewport={"width": width, "height": 900},
        locale="zh-CN",
        java_script_enabled=script,
    )
    context.set_default_timeout(PATIENCE_MS)
    visitors.contexts.append(context)
    await context.add_cookies([{"name": "session", "value": session, "url": visitors.city.url}])
    return await context.new_page()


def yuan(steps: int) -> str:
    return f"{(START_FEN + steps * STEP_FEN) / 100:.2f}"


def shown(steps: int) -> str:
    return f"{(START_FEN + steps * STEP_FEN) / 100:,.2f}"


async def test_B40_B44_two_ceilings_meet_and_both_pages_follow_by_themselves(visitors: Visitors) -> None:
    market, (first, second) = await open_lot(visitors.city)
    path = f"/lots/{market.lots[0].lot_no}"
    one, other = await page_of(visitors, first), await page_of(visitors, second, width=390)
    for page in (one, other):
        await page.goto(path)
    await one.fill("#limit", yuan(5))
    await one.get_by_role("button", name="设置委托限价").click()
    await expect(one.get_by_text("生效中，已为您领先")).to_be_visible()

    await other.fill("#limit", yuan(9))
    await other.fill("#amount", yuan(1))
    await other.locator(".bid-form button").first.click()
    await expect(other.get_by_text("您已被超过").first).to_be_visible()
    await expect(one.locator(".bidding")).to_contain_text(f"系统已代您出价到 ¥{shown(2)}")
    assert await other.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    await assert_accessible(other)

    await one.fill("#limit", yuan(7))
    await other.fill("#limit", yuan(9))
    await other.get_by_role("button", name="设置委托限价").click()
    await expect(other.get_by_text("生效中，已为您领先")).to_be_visible()
    await expect(one.get_by_text("您的限价已不足以领先")).to_be_visible()
    await expect(one.locator("#limit")).to_have_value(yuan(7))
    assert shown(9) not in await one.inner_text("body"), "nobody else sees a ceiling"

    still = await page_of(visitors, first, script=False)
    await still.goto(f"{path}/ceiling")
    await still.fill("#limit", yuan(6))
    await still.get_by_role("button", name="设置委托限价").click()
    await expect(still.locator(".banner-bad")).to_contain_text("最低可出价")
    await still.fill("#limit", yuan(20))
    await still.get_by_role("button", name="设置委托限价").click()
    await expect(still.get_by_text("生效中，已为您领先")).to_be_visible()
    await still.get_by_role("button", name="撤回委托限价").click()
    await expect(still.get_by_text("已撤回", exact=True)).to_be_visible()
    await expect(still.locator(".standing-leading")).to_be_visible()
