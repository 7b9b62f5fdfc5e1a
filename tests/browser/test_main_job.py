"""The main job in a real browser, with the real web and worker processes: from the panel's record to the ruling's PDF."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from io import BytesIO

import pytest
from playwright.async_api import Page, expect
from pypdf import PdfReader
from sqlmodel import select

from auction.listing.import_lots import ImportStage, import_lots
from auction.listing.models import Lot, LotBidding, Round
from core.clock import COURT_ZONE
from core.database import Database
from core.identity import SYSTEM
from core.money import yuan
from core.settings import get_settings
from disposal_teams.assets.models import Asset
from tests.browser.conftest import RunningCity, Visitors
from web.demo_city.cast import TEAM_COURT
from web.demo_city.lot_files import demo_lots, of_round

pytestmark = pytest.mark.browser

PATIENCE_S = 90


async def real_asset(city: RunningCity) -> Asset:
    """A real lot, valued and waiting for the panel, at the court of the team (generated where the files are missing)."""
    lots, _ = demo_lots(get_settings().demo_data, 60)
    chosen = replace(of_round(lots, Round.FIRST)[-1], source_key="main-job", court_code=TEAM_COURT)
    database = Database(city.database_url, pool_size=1)
    async with database.begin(SYSTEM) as work:
        await import_lots(work, [chosen], stage=ImportStage.VALUED, is_demo=True)
        asset = (await work.session.exec(select(Asset).where(Asset.source_key == "main-job"))).one()
    await database.close()
    return asset


async def bidding_of(city: RunningCity, lot_no: str) -> LotBidding:
    """The contested row as it stands."""
    database = Database(city.database_url, pool_size=1)
    async with database.read(SYSTEM) as work:
        lot = (await work.session.exec(select(Lot).where(Lot.lot_no == lot_no))).one()
        bidding = await work.session.get(LotBidding, lot.id)
    await database.close()
    assert bidding is not None
    return bidding


async def until(page: Page, shown: Callable[[], Awaitable[bool]], what: str) -> None:
    """Reload until a worker has done its part."""
    for _ in range(PATIENCE_S * 2):
        if await shown():
            return
        await page.wait_for_timeout(500)
        await page.reload()
    raise AssertionError(f"{what}: not within {PATIENCE_S} s at {page.url}\n{await page.inner_text('main')}")


def typed(moment: datetime) -> str:
    """As a datetime field takes it: court time."""
    return moment.astimezone(COURT_ZONE).strftime("%Y-%m-%dT%H:%M")


async def record_panel(visitors: Visitors, asset_no: str) -> None:
    """The panel records start, increment and deposit as proposed."""
    page = await visitors.open("panel")
    await page.goto(f"/team/assets/{asset_no}/listing")
    for number, name in enumerate(("审判长甲", "审判员乙", "审判员丙"), start=1):
        await page.fill(f"#member{number}", name)
    await page.fill("#minutes", "合议庭一致同意按拟定价格上拍。")
    await page.get_by_role("button", name="记录决定").click()
    await expect(page.locator(".banner-bad")).to_have_count(0)


async def publish(visitors: Visitors, asset_no: str) -> tuple[Page, str, datetime]:
    """Draft, notify, wait three days, publish. Returns the team's page, the lot number and the start."""
    city = visitors.city
    page = await visitors.open("team")
    await page.goto(f"/team/assets/{asset_no}/listing")
    await page.get_by_role("button", name="建立拍品草稿").click()
    await page.wait_for_url("**/team/lots/*")
    lot_no = page.url.rsplit("/", 1)[-1]
    day = (await city.now() + timedelta(days=37)).astimezone(COURT_ZONE).date()
    starts_at = datetime.combine(day, time(10), COURT_ZONE)
    await page.fill("#starts_at", typed(starts_at))
    await page.fill("#ends_at", typed(starts_at + timedelta(days=1)))
    await page.select_option("#no_surplus", "surplus")
    await page.get_by_role("button", name="保存草稿").click()
    await expect(page.locator(".banner-bad")).to_have_count(0)
    await page.get_by_role("button", name="发出拍卖通知书").click()
    await city.pass_time(timedelta(minutes=10))
    while await page.locator("#note_id").count():
        await page.select_option("#kind", "received")
        await page.fill("#received_at", typed(await city.now() - timedelta(minutes=2)))
        await page.fill("#proof", "送达回证 1 号")
        await page.get_by_role("button", name="登记", exact=True).click()
        await page.wait_for_load_state()
        assert not await page.locator(".banner-bad").count(), await page.inner_text("main")
    await expect(page.get_by_role("button", name="发布公告")).to_be_disabled()
    await city.pass_time(timedelta(days=4))
    await page.goto(f"/team/lots/{lot_no}")
    button = page.get_by_role("button", name="发布公告")
    assert await button.is_enabled(), await page.inner_text("main")
    await button.click()
    await expect(page.get_by_text("公告期").first).to_be_visible()
    return page, lot_no, starts_at


async def enter(visitors: Visitors, login: str, lot_no: str) -> tuple[Page, str]:
    """Register, pay the demo deposit, get a code."""
    page = await visitors.open(login)
    await page.goto(f"/lots/{lot_no}/register")
    await page.get_by_role("button", name="下一步：核对").click()
    await page.check("#accept")
    await page.locator("form:has(#accept) button").click()
    await page.get_by_role("button", name="模拟支付").click()
    code = page.locator(".banner-good strong.code")

    async def has_code() -> bool:
        return await code.count() > 0

    await until(page, has_code, "the deposit was not matched")
    return page, await code.inner_text()


async def place(page: Page, lot_no: str, amount: str | None = None) -> None:
    """Bid what the page proposes, or `amount`."""
    await page.goto(f"/lots/{lot_no}")
    if amount is not None:
        await page.fill("#amount", amount)
    await page.get_by_role("button", name="出价", exact=True).click()
    await expect(page.locator(".banner-good, .banner-bad").first).to_be_visible()


async def text_of(page: Page, link_text: str) -> str:
    """The text of the PDF behind a link."""
    href = await page.get_by_role("link", name=link_text).first.get_attribute("href")
    assert href is not None
    answer = await page.request.get(href)
    assert answer.ok
    assert answer.headers["content-type"].startswith("application/pdf")
    pages = PdfReader(BytesIO(await answer.body())).pages
    return "".join(each.extract_text() for each in pages).replace("\n", "")


async def test_a_real_lot_is_listed_contested_closed_paid_and_ruled(visitors: Visitors) -> None:
    city = visitors.city
    asset = await real_asset(city)
    await record_panel(visitors, asset.asset_no)
    _, lot_no, starts_at = await publish(visitors, asset.asset_no)

    winner, winner_code = await enter(visitors, "bidder1", lot_no)
    loser, loser_code = await enter(visitors, "bidder2", lot_no)
    await city.travel_to(starts_at + timedelta(seconds=5))
    watcher = await visitors.open()
    await watcher.goto(f"/lots/{lot_no}")

    async def is_open() -> bool:
        return (await bidding_of(city, lot_no)).phase == "open"

    await until(watcher, is_open, "bidding was not opened")
    await winner.goto(f"/lots/{lot_no}")
    await watcher.reload()
    start = (await bidding_of(city, lot_no)).starting_price_fen
    await place(loser, lot_no, yuan(start))
    await expect(watcher.locator(".bidding")).to_contain_text(loser_code)

    # The last minute: a bid moves the end, and everybody sees it without reloading (B-41).
    await city.travel_to(starts_at + timedelta(days=1, seconds=-40))
    before = await bidding_of(city, lot_no)
    await place(winner, lot_no)
    after = await bidding_of(city, lot_no)
    assert after.ends_at > before.ends_at
    assert (after.leader_code, after.extension_count) == (winner_code, 1)
    await expect(watcher.locator(".bidding")).to_contain_text("已延时 1 次")
    await expect(loser.locator(".bidding")).to_contain_text("您已被超过")
    await expect(loser.locator("main")).not_to_contain_text("您目前领先")
    price = after.current_price_fen or 0
    # A bid that does not beat the leader is refused with the reason (B-40).
    await place(loser, lot_no, yuan(price))
    await expect(loser.locator(".banner-bad")).to_be_visible()

    await city.travel_to(after.ends_at + timedelta(seconds=2))

    # The open page says how it ended, above the panel too.
    await expect(watcher.locator("#lot-status")).to_contain_text("本次拍卖已成交", timeout=PATIENCE_S * 1000)
    await expect(watcher.locator("#lot-state")).to_have_text("已成交")

    await loser.goto("/my")

    async def is_refunded() -> bool:
        return await loser.get_by_text("已退还").count() > 0

    await until(loser, is_refunded, "the loser was not refunded")

    await winner.goto(f"/my/purchases/{lot_no}")

    async def may_pay() -> bool:
        return await winner.get_by_role("button", name="模拟支付").count() > 0

    await until(winner, may_pay, "the sale was not confirmed")
    assert yuan(price) in await text_of(winner, "成交确认书")
    await winner.get_by_role("button", name="模拟支付").click()

    async def is_paid() -> bool:
        return await winner.get_by_text("价款付清").count() > 0

    await until(winner, is_paid, "the balance was not matched")

    officer = await visitors.open("officer")
    await officer.goto(f"/team/settlements/{lot_no}")
    await officer.get_by_role("button", name="作出成交裁定").click()
    await officer.get_by_role("button", name="送达").first.click()
    await winner.goto(f"/my/purchases/{lot_no}")
    ruling = await text_of(winner, "执行裁定书")
    deposit = await registration_deposit(city, lot_no)
    for figure in (yuan(price), yuan(deposit), yuan(price - deposit)):
        assert figure in ruling, f"{figure} is not in the ruling"
    await watcher.goto("/results")
    await expect(watcher.locator(f"main a[href='/lots/{lot_no}']").first).to_be_visible()


async def registration_deposit(city: RunningCity, lot_no: str) -> int:
    """The deposit that the notice asked for, in fen."""
    database = Database(city.database_url, pool_size=1)
    async with database.read(SYSTEM) as work:
        deposit = (await work.session.exec(select(Lot.deposit_fen).where(Lot.lot_no == lot_no))).one()
    await database.close()
    return deposit
