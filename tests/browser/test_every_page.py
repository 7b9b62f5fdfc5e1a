"""Every page that exists: answers, is accessible in both languages and themes, fits a phone, needs no script error."""

import pytest
from playwright.async_api import Page

from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import Visitors

pytestmark = pytest.mark.browser

PAGES: dict[str | None, list[str]] = {
    None: [
        "/",
        "/lots",
        "/lots?q=%E8%8B%91",
        "/results",
        "/courts",
        "/courts/0583",
        "/leads/new",
        "/leads/track",
        "/guide",
        "/practice",
        "/login",
        "/sign-up",
        "/style",
        "/developers",
        "/service",
        "/no-such-page",
    ],
    "bidder1": [
        "/my",
        "/my/settings",
        "/my/objections",
        "/my/inaction",
        "/my/self-sales",
        "/my/compromises",
        "/my/sale-wishes",
    ],
    "team": [
        "/team",
        "/team/assets",
        "/team/assets/new",
        "/team/cases",
        "/team/searches",
        "/team/imports",
        "/team/lots",
        "/team/worth",
        "/team/settlements",
        "/team/proceeds",
        "/team/identities",
        "/court/barred",
    ],
    "officer": [
        "/court",
        "/court/instructions",
        "/court/instructions?box=out",
        "/court/leads",
        "/court/people",
        "/court/agents",
        "/court/declarations",
        "/court/defaults",
        "/court/stays",
        "/court/auxiliary",
        "/court/humane",
    ],
    "panel": ["/court", "/court/priority"],
    "judge": ["/court/objections", "/court/objections?show=all"],
    "president": ["/court/stays"],
    "court-first": ["/court", "/court/orders", "/court/indicators"],
    "court-priority": ["/court", "/court/transfers/new", "/court/waiting-seals/new"],
    "finance": [
        "/finance",
        "/finance/cash",
        "/finance/payouts",
        "/finance/returns",
        "/finance/reconciliation",
    ],
    "appraiser": ["/appraiser"],
    "debtor": ["/my", "/my/proceeds", "/my/reports", "/my/forbearance"],
    "intermediate": [
        "/supervision/faults",
        "/supervision/orders",
        "/supervision/humane",
        "/supervision",
        "/supervision/platforms",
        "/supervision/appraisers",
        "/supervision/price-reviews",
        "/supervision/indicators",
        "/supervision/indicators/K-02",
        "/supervision/indicators/courts/0583",
        "/supervision/indicator-months",
        "/supervision/indicator-weights",
        "/supervision/red-flags",
    ],
    "risk": ["/risk", "/risk?show=all", "/court/barred-hits"],
    "leader": ["/risk/inquiries"],
}
FIRST_OF = {
    "a[href^='/lots/']:not([href*='?'])": (None, "/lots"),
    "a[href^='/lots/'][href$='/register']": ("bidder1", "/my"),
    "a[href^='/court/agents/']": ("officer", "/court/agents"),
    "a[href^='/court/priority/']": ("panel", "/court/priority"),
    "a[href^='/team/assets/']:not([href$='/new'])": ("team", "/team/assets"),
    "a[href^='/team/cases/0']:not([href$='/conclusion'])": ("team", "/team/cases"),
    "a[href^='/team/imports/0']": ("team", "/team/imports"),
    "a[href^='/team/lots/']": ("team", "/team/lots"),
    "a[href^='/team/settlements/']": ("team", "/team/settlements"),
    "a[href^='/risk/lots/']": ("risk", "/risk"),
    "a[href^='/court/transfers/']:not([href*='/new'])": ("court-priority", "/court"),
    "a[href^='/court/instructions/0']": ("officer", "/court/instructions"),
    "a[href^='/court/leads/0']": ("officer", "/court/leads"),
    "a[href^='/court/orders/0']": ("court-first", "/court/orders"),
    "a[href^='/my/reports/0']": ("debtor", "/my/reports"),
    "a[href^='/my/prices/0']": ("debtor", "/my/reports"),
    "a[href^='/appraiser/0']": ("appraiser", "/appraiser"),
}
SUBPAGES = {
    "/team/cases": ("/dossier", "/outstanding", "/cash", "/searches"),
    "/court/instructions": ("/dossier",),
    "/team/assets": (
        "/survey",
        "/photos",
        "/valuation",
        "/valuation/start",
        "/valuation/fees",
        "/valuation/without",
        "/outlook",
        "/listing",
        "/platform",
        "/auxiliary",
        "/quality",
        "/suggestions",
        "/self-sale",
        "/worth",
        "/live-seal",
        "/compromise",
        "/seal-notices",
    ),
}


async def check(page: Page, path: str) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    answer = await page.goto(path)
    assert answer is not None
    assert answer.status == (404 if path == "/no-such-page" else 200), f"{path} answers {answer.status}"
    overflow = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 0, f"{path} is {overflow} px too wide at {page.viewport_size}"
    await assert_accessible(page)
    assert not faults, f"{path}: {faults}"


WAYS = [(1280, "zh-CN", False), (390, "en", True)]
OTHER_WAYS = [(390, "zh-CN", True), (1280, "en", False)]


@pytest.mark.parametrize(("width", "locale", "dark"), WAYS)
@pytest.mark.parametrize("login", list(PAGES), ids=str)
async def test_every_page_answers_and_is_accessible(
    visitors: Visitors, login: str | None, width: int, locale: str, dark: bool
) -> None:
    page = await visitors.open(login, width=width, locale=locale, dark=dark)
    for path in PAGES[login]:
        await check(page, path)


@pytest.mark.parametrize(("width", "locale", "dark"), OTHER_WAYS)
async def test_public_pages_are_accessible_the_other_way_round(
    visitors: Visitors, width: int, locale: str, dark: bool
) -> None:
    page = await visitors.open(width=width, locale=locale, dark=dark)
    for path in ("/", "/lots", "/login", "/style"):
        await check(page, path)


@pytest.mark.parametrize(("width", "locale", "dark"), WAYS)
@pytest.mark.parametrize("link", list(FIRST_OF))
async def test_pages_behind_lists_are_accessible(
    visitors: Visitors, link: str, width: int, locale: str, dark: bool
) -> None:
    login, listing = FIRST_OF[link]
    page = await visitors.open(login, width=width, locale=locale, dark=dark)
    await page.goto(listing)
    href = await page.locator(link).first.get_attribute("href")
    assert href is not None
    for behind in ("", *SUBPAGES.get(listing, ())):
        await check(page, href + behind)
