"""Pages work by form without a script; with one they update in place. Theme and language need no script either."""

import pytest

from tests.browser.conftest import Visitors
from web.demo_city.logins import PASSWORD

pytestmark = pytest.mark.browser


async def test_without_a_script_people_search_log_in_and_choose_a_theme(visitors: Visitors) -> None:
    context = await visitors.browser.new_context(
        base_url=visitors.city.url, java_script_enabled=False, locale="zh-CN"
    )
    visitors.contexts.append(context)
    page = await context.new_page()
    await page.goto("/lots")
    await page.select_option("#show", "all")
    await page.click("form[role=search] button")
    assert "show=all" in page.url
    assert await page.locator("article").count() > 0
    await page.click("a.theme-to-dark")
    assert await page.locator("html").get_attribute("data-theme") == "dark"
    assert "show=all" in page.url
    await page.click("a.theme-to-light")
    assert await page.locator("html").get_attribute("data-theme") == "light"
    await page.click("a[hreflang=en]")
    assert await page.locator("html").get_attribute("lang") == "en"
    await page.goto("/login")
    await page.fill("#login", "bidder1")
    await page.fill("#password", PASSWORD)
    await page.click("main button >> nth=0")
    assert page.url.endswith("/my")
    await page.click(".masthead-tools button")
    assert await page.locator(".sign-up").count() == 1


async def test_the_catalogue_filters_in_place_and_tells_how_many(visitors: Visitors) -> None:
    page = await visitors.open()
    loads: list[str] = []
    page.on("load", lambda loaded: loads.append(loaded.url))
    await page.goto("/lots")
    before = await page.inner_text("#count")
    await page.select_option("#show", "all")
    await page.wait_for_function(
        "before => document.querySelector('#count').textContent !== before", arg=before
    )
    assert "show=all" in page.url
    await page.fill("#least", "abc")
    await page.press("#least", "Enter")
    await page.wait_for_selector("#found .banner-bad")
    assert await page.input_value("#least") == "abc"
    assert len(loads) == 1


async def test_an_amount_is_said_again_in_large_units(visitors: Visitors) -> None:
    page = await visitors.open()
    await page.goto("/style")
    await page.fill("#deposit", "448375")
    assert await page.inner_text("[data-amount-of=deposit]") == "44.8375 万元"
    await page.fill("#deposit", "4483750")
    assert await page.inner_text("[data-amount-of=deposit]") == "448.375 万元"
