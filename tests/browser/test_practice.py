"""A newcomer without an account practises to the end, on a phone, with and without a script."""

from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from auction.practice.ground import SCHEMA
from auction.practice.rules import ROUND_S
from core.clock import set_clock
from core.database import Database
from core.identity import SYSTEM
from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import Visitors

pytestmark = pytest.mark.browser

OUTBID_MS = 40_000


async def pass_practice_time(visitors: Visitors, length: timedelta) -> None:
    """Let time pass where one practises, and nowhere else."""
    ground = Database(visitors.city.database_url, pool_size=1, schema=SCHEMA)
    async with ground.begin(SYSTEM) as work:
        await set_clock(work.session, court_time=work.now + length)
    await ground.close()


async def fits(page: Page) -> None:
    """Nothing stands out of the phone's width, everybody can read it."""
    assert await page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    await assert_accessible(page)


async def test_B40_B41_B44_a_newcomer_practises_to_the_end_on_a_phone(visitors: Visitors) -> None:
    page = await visitors.open(width=390)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto("/")
    await page.click("main a[href='/practice']")
    await page.click("text=报名并交练习保证金")
    await expect(page.locator(".coach")).to_contain_text("先出第一口价")
    await fits(page)

    await page.fill("#amount", "1000001")
    await page.click(".bid-form button")
    await expect(page.locator(".coach")).to_contain_text("不是整数倍")
    await expect(page.locator("#amount")).to_have_value("1000001")
    await fits(page)

    await page.fill("#amount", "1000000")
    await page.click(".bid-form button")
    await expect(page.locator(".coach")).to_contain_text("您领先")
    await expect(page.locator(".coach")).to_contain_text("您被超过了", timeout=OUTBID_MS)
    await page.click(".bid-form button")
    await expect(page.locator(".coach")).to_contain_text("优先购买权人同价领先", timeout=OUTBID_MS)
    await fits(page)

    await page.fill("#amount", "1200000")
    await page.click(".bid-form button")
    await expect(page.locator(".standing-leading")).to_be_visible()
    await pass_practice_time(visitors, timedelta(seconds=ROUND_S))
    await expect(page.locator("#review")).to_be_visible()
    after = page.locator("section:has(#review)")
    for said in ("您以 ¥1,200,000.00 竞得", "付尾款 ¥1,100,000.00", "B-34", "B-71"):
        await expect(after).to_contain_text(said)
    await fits(page)
    await page.click("text=再练一场")
    await expect(page.locator(".coach")).to_contain_text("先出第一口价")
    assert not faults


async def test_without_a_script_one_practises_by_form(visitors: Visitors) -> None:
    context = await visitors.browser.new_context(
        base_url=visitors.city.url,
        java_script_enabled=False,
        locale="en",
        viewport={"width": 390, "height": 844},
    )
    visitors.contexts.append(context)
    page = await context.new_page()
    await page.goto("/practice")
    await page.click("main button")
    await page.fill("#amount", "900000")
    await page.click(".bid-form button")
    await expect(page.locator(".coach")).to_contain_text("Below the starting price")
    await page.fill("#amount", "1000000")
    await page.click(".bid-form button")
    await expect(page.locator(".standing-leading")).to_be_visible()
    await page.click("noscript a")
    await expect(page.locator(".bid-log tbody tr").first).to_be_visible()
