"""Deadlines on pages: each has a name in words and leads to where it is worked on; the table of all of them."""

import re
from datetime import timedelta
from html import unescape

from auction.due.places import BY_SUBJECT
from core.deadlines import open_deadline
from core.deadlines.queries import missing_years
from core.identity import SYSTEM, Role
from core.settings import PROJECT_ROOT
from disposal_teams.leads.report import report_lead
from tests.disposal_teams.city import HUQIU
from tests.web.court_city import City, asked, city

__all__ = ["city"]


def desk_table(page: str, label: str) -> str:
    """The table of that label."""
    found = re.search(rf'aria-label="{label}">(.*?)</table>', page, re.S)
    assert found, page
    return found[1]


async def with_clocks(city: City) -> None:
    """A request, a lead and clocks of several kinds, all of 虎丘."""
    await asked(city)
    async with city.database.begin(SYSTEM) as work:
        await report_lead(
            work,
            court_code=HUQIU,
            about="王某名下车辆",
            details="白色轿车，长期停放在小区的地下车库内",
            place="192.0.2.7",
        )
        for clock in ("V-02", "L-08", "X-09", "V-31评审", "L-01"):
            await open_deadline(
                work, clock, subject_kind="asset" if clock[0] in "LX" else "valuation", subject_id=city.asset_id,
                owner_role=Role.DISPOSAL_TEAM, owner_court=HUQIU, asset_id=city.asset_id,
                due_at=work.now + timedelta(days=2),
            )  # fmt: skip


async def test_C08_every_deadline_on_the_team_s_desk_has_a_name_and_leads_to_its_work(city: City) -> None:
    await with_clocks(city)
    table = desk_table((await city.get("huqiu", "/team")).text, "近期期限")
    for name in (
        "答复处置权移交商请",
        "线索核查与反馈",
        "议价或者定向询价",
        "专业技术评审",
        "变卖未成交后的处理",
    ):
        assert name in table
    named = re.findall(r'data-label="事项">\s*([^<]+?)\s*<', table)
    assert not [name for name in named if re.fullmatch(r"[A-Z]+(-\d+\S*)?", name)]
    assert "—" not in table
    links = {unescape(each) for each in re.findall(r'href="([^"]+)"', table)}
    assert len(links) >= 5
    for link in links:
        assert (await city.get("huqiu", link)).status_code == 200, link


def test_every_kind_of_subject_has_a_page_where_it_is_worked_on() -> None:
    opened = re.compile(r'subject_kind="([a-z_]+)"')
    kinds = {
        kind
        for package in ("disposal_teams", "valuation", "auction")
        for file in (PROJECT_ROOT / package).rglob("*.py")
        for kind in opened.findall(file.read_text(encoding="utf-8"))
    }
    assert kinds <= BY_SUBJECT.keys()


async def test_every_row_stands_in_words_for_everybody_in_court_and_nobody_else(city: City) -> None:
    shown = await city.get("clerk", "/court/deadlines")
    for words in (
        "法定期限总表",
        "查封后启动确定参考价",
        "日历日；末日逢节假日顺延",
        "设置：尾款支付期限 = 10",
        "届满前 3、1 日",
    ):
        assert words in shown.text
    assert shown.text.count("<tr id=") == shown.text.count('data-label="依据"') > 60
    assert (await city.get("middle", "/court/deadlines")).status_code == 200
    assert (await city.get("bidder", "/court/deadlines")).status_code == 403


async def test_the_list_of_what_is_due_by_scope_time_and_clock(city: City) -> None:
    await with_clocks(city)
    async with city.database.begin(SYSTEM) as work:
        await open_deadline(
            work, "L-19", subject_kind="asset", subject_id=city.asset_id, owner_role=Role.CASE_OFFICER,
            owner_court=HUQIU, asset_id=city.asset_id, started_at=work.now - timedelta(days=9),
            due_at=work.now - timedelta(days=1),
        )  # fmt: skip
    for who in ("huqiu", "clerk", "middle"):
        for scope in ("mine", "team", "court"):
            assert (await city.get(who, f"/court/due?scope={scope}")).status_code == 200
    assert (await city.get("bidder", "/court/due")).status_code == 403
    table = desk_table((await city.get("huqiu", "/court/due?scope=court")).text, "期限清单")
    assert table.index("全款后作出成交裁定") < table.index("议价或者定向询价")
    for link in {unescape(each) for each in re.findall(r'href="([^"]+)"', table)}:
        assert (await city.get("huqiu", link)).status_code == 200, link
    late = desk_table((await city.get("huqiu", "/court/due?when=overdue")).text, "期限清单")
    assert "全款后作出成交裁定" in late
    assert "议价或者定向询价" not in late
    only = desk_table((await city.get("huqiu", "/court/due?clock=V-02")).text, "期限清单")
    assert "全款后作出成交裁定" not in only
    for odd in ("when=never", "scope=all", "clock=X-99", "after=1&due=x", "due=2026-01-01T00:00:00"):
        assert (await city.get("huqiu", f"/court/due?{odd}")).status_code in (200, 422), odd


async def test_a_calendar_is_made_read_without_a_session_and_given_up(city: City) -> None:
    await with_clocks(city)
    made = await city.post("huqiu", "/court/calendar", "/court/calendar", scope="court", act="renew")
    assert made.status_code == 200
    found = re.search(r"http://court\.test(/calendar\.ics\?token=[\w-]+)", unescape(made.text))
    assert found
    assert found[1] not in (await city.get("huqiu", "/court/calendar")).text
    file = await city.client.get(found[1])
    assert file.status_code == 200
    assert file.headers["content-type"].startswith("text/calendar")
    assert "BEGIN:VEVENT" in file.text
    gone = await city.post("huqiu", "/court/calendar", "/court/calendar", scope="court", act="revoke")
    assert gone.status_code == 303
    assert (await city.client.get(found[1])).status_code == 404
    assert (await city.client.get("/calendar.ics")).status_code == 404
    assert (await city.get("bidder", "/court/calendar")).status_code == 403


async def test_C02_the_court_above_sees_at_once_that_a_year_s_holidays_are_missing(city: City) -> None:
    async with city.database.read() as work:
        year = next((each.year for each in await missing_years(work)), None)
    shown = (await city.get("middle", "/supervision")).text
    assert ("的法定节假日尚未收录" in shown) == (year is not None)
    assert year is None or f"{year} 年的法定节假日尚未收录" in shown
