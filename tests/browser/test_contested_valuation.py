"""A valuation in real browsers: the debtor objects and contests, the firm fails to correct, and the parties choose anew (V-20 to
V-31)."""

from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from playwright.async_api import Page, expect
from sqlmodel import select

from core.database import Database, Work
from core.identity import SYSTEM
from core.identity.accounts import as_actor
from core.identity.models import Account
from tests.browser.conftest import RunningCity, Visitors
from tests.browser.test_main_job import until
from web.demo_city.appraisals import case_against, reported_on, surveyed_home
from web.demo_city.cast import TEAM_COURT, person_at

pytestmark = pytest.mark.browser


async def served_report(city: RunningCity) -> tuple[str, UUID]:
    """A report on one of the debtor's homes that both parties have just received: the asset's number, the valuation."""
    database = Database(city.database_url, pool_size=1)
    async with database.begin(SYSTEM) as work:
        accounts = {
            login: (await work.session.exec(select(Account).where(Account.login == login))).one()
            for login in ("debtor", "appraiser")
        }
        court = Work(work.session, await person_at(work, "officer", TEAM_COURT), work.now)
        case, people = await case_against(court, Random(7), accounts["debtor"], number=9007)
        asset = await surveyed_home(court, case, 100)
        valuation = await reported_on(court, as_actor(accounts["appraiser"]), asset, people, number=77)
        found = asset.asset_no, valuation.id
    await database.close()
    return found


async def press(page: Page, opener: str, submit: str, **fields: str) -> None:
    """Open a dialog, fill it by the names of its fields, and send it."""
    await page.get_by_role("button", name=opener, exact=True).first.click()
    dialog = page.locator(".dialog:popover-open")
    for name, value in fields.items():
        field = dialog.locator(f"[name={name}]")
        if await field.evaluate("each => each.tagName") == "SELECT":
            await field.select_option(value)
        else:
            await field.fill(value)
    await dialog.get_by_role("button", name=submit, exact=True).click()
    await expect(page.locator(".banner-bad")).to_have_count(0)


async def test_V31_V20_an_objection_and_another_choice_of_firms(visitors: Visitors) -> None:
    city = visitors.city
    asset_no, valuation_id = await served_report(city)
    debtor, firm, court = [await visitors.open(login) for login in ("debtor", "appraiser", "officer")]
    await debtor.goto("/my/reports")
    await debtor.locator(f"a[href='/my/reports/{valuation_id}']").click()
    await debtor.get_by_label("评估结果不当").check()
    await debtor.fill("[name=reasons]", "同小区近期成交单价明显高于评估单价。")
    await debtor.get_by_role("button", name="提交异议").click()
    await expect(debtor.get_by_text("等待评估机构说明")).to_be_visible()

    await firm.goto("/appraiser")
    await firm.locator("tr", has_text="答复异议").locator("a").first.click()
    await firm.fill("[name=answer]", "已选取三个可比实例并作楼层修正。")
    await firm.get_by_role("button", name="提交说明").click()
    await expect(firm.locator(".said")).to_contain_text("已告知异议人")
    await debtor.reload()
    await press(debtor, "不同意，申请评审", "提交", reason="楼层修正没有依据。")

    page = f"/team/assets/{asset_no}/valuation"
    await court.goto(page)
    await press(court, "登记评审结论", "登记结论", verdict="firm_corrects", conclusion="修正系数没有依据。")
    await expect(court.get_by_text("修正系数没有依据。").first).to_be_visible()
    await city.pass_time(timedelta(days=6))  # the firm does not correct its report in three days
    await court.goto(page)
    await press(court, "更换评估机构", "确认更换", reason="没有按期补正")
    for _ in range(2):  # the other two that were chosen cannot do it
        await press(court, "不能承办", "确认不能承办", reason="与当事人有利害关系")
    chosen = court.get_by_text("代当事人登记书面选择")
    await until(court, chosen.is_visible, "the parties are asked again")
    await chosen.click()
    await court.locator("[name=party_id]").first.select_option(index=0)
    await court.locator("[name=firm_1]").select_option(index=1)
    await court.locator("section", has=chosen).locator("[name=paper_ref]").fill("选定意见书")
    await court.get_by_role("button", name="登记选择").click()
    await expect(court.locator(".said")).to_contain_text("已登记")

    await debtor.goto("/my/reports")
    await debtor.locator("a[href^='/my/appraisers/']").first.click()
    await debtor.locator("[name=firm_1]").select_option(index=1)
    await debtor.get_by_role("button", name="提交选择").click()
    await expect(debtor.locator(".said")).to_contain_text("您的选择已提交")
    await court.goto(page)
    await expect(court.get_by_role("heading", name="演示丁资产评估事务所")).to_contain_text("评估中")
