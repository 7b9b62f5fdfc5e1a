"""The control page of a sandbox: whoever trains there sees its time run, stops it, and goes to the next event."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from playwright.async_api import Browser, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import PATIENCE_MS, RunningCity, Visitors, served, skip_without_browser
from tests.conftest import cloned_database

pytestmark = pytest.mark.browser


@pytest.fixture
async def sandbox(server_url: str, browser: Browser, tmp_path: Path) -> AsyncIterator[Visitors]:
    """A sandbox with one asset, its conductor and its robots."""
    skip_without_browser()
    with cloned_database(server_url) as database_url:
        with psycopg.connect(database_url) as connection:
            connection.execute("DELETE FROM clock_permit")
        settings = {
            "DISPOSAL_SANDBOX_SPEED": "60",
            "DISPOSAL_DEMO_LOTS": "1",
            "DISPOSAL_MEASURE_SECONDS": "0",
        }
        with served(database_url, tmp_path, "serve", "worker", "conduct", **settings) as url:
            visitors = Visitors(RunningCity(url, database_url, tmp_path), browser, {})
            yield visitors
            for context in visitors.contexts:
                await context.close()


async def test_a_trainee_steers_the_time_of_the_sandbox(sandbox: Visitors) -> None:
    page = await sandbox.open("bidder1", width=390)
    await page.goto("/sandbox")
    strip, clock = page.locator(".sandbox-strip"), page.locator(".sandbox-clock")
    await expect(strip).to_contain_text("训练沙箱")
    await assert_accessible(page)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(overflow) <= 0
    # At sixty times the speed the minute changes every second, without loading the page again.
    before = await clock.inner_text()
    await expect(clock).not_to_have_text(before)
    await page.get_by_role("button", name="到下一事件").click()
    await expect(page.locator(".said")).to_contain_text("快进")

    async with asyncio.timeout(PATIENCE_MS / 1000):
        while "合议庭决定起拍价" not in await page.inner_text("main"):
            await page.reload()
    # The team's post is a trainee's: what waits for it stands there, with the page on which it is done.
    await expect(page.locator("#tasks")).to_have_count(0)
    await page.get_by_label("处置团队").check()
    await page.get_by_role("button", name="保存").click()
    task = page.get_by_role("region", name="等学员办理").get_by_role("link").first
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while not await task.count():
            await page.get_by_role("button", name="到下一事件").click()
            await page.wait_for_load_state()
    await expect(task).to_have_attribute("href", re.compile(r"^/team/(assets|lots)/"))
    await assert_accessible(page)
    await page.get_by_role("button", name="暂停").click()
    await expect(strip).to_contain_text("时间已暂停")
