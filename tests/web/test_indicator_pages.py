"""Indicators through the pages: the court above ranks, drills down, publishes, weighs, flags and orders; a court sees its own."""

import csv
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import text

from auction.indicators.definitions import INDICATORS
from auction.indicators.flags import look_for_flags
from auction.indicators.refresh import refresh_all
from auction.indicators.rules import add_months, month_of
from core.database import Database
from core.identity import SYSTEM
from tests.auction.indicators.raw_history import Historian
from tests.conftest import CourtClock, Snapshot, snapshot
from tests.disposal_teams.city import HUQIU
from tests.web.court_city import City, city, court_today

__all__ = ["city"]
BASE = "/supervision/indicators"
MONTHS, WEIGHTS, FLAGS = (
    "/supervision/indicator-months",
    "/supervision/indicator-weights",
    "/supervision/red-flags",
)


async def counted(database: Database, clock: CourtClock) -> None:
    """Half a year of raw rows, counted."""
    del clock
    async with database.begin(SYSTEM) as work:
        history = Historian(work, 5)
        await history.begin()
        await history.live(40)
        await refresh_all(work)


@pytest.fixture(scope="module")
async def half_a_year(server_url: str) -> AsyncIterator[Snapshot[None]]:
    """The database with the history in it."""
    async with snapshot(server_url, counted) as made:
        yield made


@pytest.fixture
def template(half_a_year: Snapshot[None]) -> str:
    """Every test begins with a copy."""
    return half_a_year.template


def month_name(step: int) -> str:
    """A month before or after the running one."""
    return f"{add_months(court_today().replace(day=1), step):%Y-%m}"


async def a_figure(city: City, code: str, month: str, court: str | None = None) -> Any:
    """One figure of a court that has one."""
    async with city.database.read(SYSTEM) as work:
        rows = await work.session.execute(
            text(
                "SELECT * FROM indicator_figure WHERE indicator = :code AND month = CAST(CAST(:month AS text) AS date) "
                "AND team_id IS NULL AND (CAST(:court AS text) IS NULL OR court_code = :court) ORDER BY court_code LIMIT 1"
            ).bindparams(code=code, month=f"{month}-01", court=court)
        )
        return rows.one()


async def test_K01_K29_from_the_ranking_down_to_the_rows(city: City) -> None:
    month = month_name(-1)
    ranking = await city.get("middle", f"{BASE}?period={month}")
    assert ranking.status_code == 200
    for each in INDICATORS:
        assert f"{BASE}/{each.code}?period={month}" in ranking.text
        shown = await city.get("middle", f"{BASE}/{each.code}?period={month}")
        assert shown.status_code == 200
        assert each.name in shown.text
        assert (each.missing in shown.text) if each.missing else ("逐月变化" in shown.text)
    figure = await a_figure(city, "K-01", month)
    court = await city.get("middle", f"{BASE}/courts/{figure.court_code}?period={month}")
    assert court.status_code == 200
    rows_at = f"{BASE}/K-01/rows/{figure.court_code}?period={month}"
    assert rows_at in court.text.replace("&amp;", "&")
    rows = await city.get("middle", rows_at)
    assert rows.text.count("/team/lots/L") == figure.numerator, "as many rows as the figure says"
    for period in (month[:4], f"{month[:4]}-Q4"):
        assert (await city.get("middle", f"{BASE}?period={period}")).status_code == 200
        assert (
            await city.get("middle", f"{BASE}/courts/{figure.court_code}?period={period}")
        ).status_code == 200
    for wrong in (f"{BASE}?period=x", f"{BASE}/K-02/rows/0505?period=2026"):
        assert (await city.get("middle", wrong)).status_code == 422
    for unknown in (
        f"{BASE}/K-99",
        f"{BASE}/courts/9999",
        f"{BASE}/courts/05",
        "/supervision/indicator-files/exe",
    ):
        assert (await city.get("middle", unknown)).status_code == 404
    file = await city.get("middle", f"/supervision/indicator-files/csv?period={month}")
    assert file.status_code == 200
    lines = list(csv.DictReader(StringIO(file.content.decode("utf-8-sig"))))
    assert len(lines) == 10 * len(INDICATORS)
    mine = next(
        line for line in lines if (line["court_code"], line["indicator"]) == (figure.court_code, "K-01")
    )
    assert int(mine["numerator"]) == figure.numerator
    silent = [line for line in lines if line["indicator"] == "K-27b"]
    assert all(line["value"] == line["numerator"] == "" and line["no_data_because"] for line in silent)


async def test_P03_a_court_sees_its_own_figures_and_the_published_ranking(city: City) -> None:
    month = month_name(-1)
    own = await city.get("huqiu", f"/court/indicators?period={month}")
    assert own.status_code == 200
    assert "还没有发布的月份" in own.text
    assert (await city.post("middle", MONTHS, MONTHS, month=month)).status_code == 303
    own = await city.get("huqiu", f"/court/indicators?period={month}")
    assert own.text.count('data-label="总分"') == 10
    figure = await a_figure(city, "K-28", month, HUQIU)
    rows = await city.get("huqiu", f"/court/indicators/K-28/rows?period={month}")
    assert rows.status_code == 200
    assert rows.text.count("<tr>") - 1 == figure.row_count
    for path in (
        BASE,
        f"{BASE}/K-01",
        f"{BASE}/courts/{HUQIU}",
        MONTHS,
        WEIGHTS,
        FLAGS,
        "/supervision/indicator-files/csv",
    ):
        for who in ("huqiu", "bidder"):
            assert (await city.get(who, path)).status_code == 403, path
    assert (await city.get("bidder", "/court/indicators")).status_code == 403


async def test_K01_a_month_is_published_once_corrected_beside_and_explained(city: City) -> None:
    month = month_name(-1)
    assert (await city.post("middle", MONTHS, MONTHS, month=month_name(0))).status_code in (409, 422)
    assert (await city.post("middle", MONTHS, MONTHS, month=month)).status_code == 303
    again = await city.post("middle", MONTHS, MONTHS, month=month)
    assert again.status_code == 409
    async with city.database.begin(SYSTEM) as work:
        changed = await work.session.execute(
            text(
                "UPDATE lot SET state = 'withdrawn' WHERE id = (SELECT subject_id FROM indicator_fact AS fact "
                "WHERE indicator = 'K-01' AND month = :month ORDER BY id LIMIT 1) RETURNING id"
            ),
            {"month": add_months(month_of(work.now), -1)},
        )
        assert changed.scalar_one()
        await refresh_all(work)
    shown = await city.get("middle", MONTHS)
    action = re.search(r'action="(/supervision/indicator-corrections/[^"]+)"', shown.text)
    assert action
    assert (await city.post("middle", action[1], MONTHS, note="")).status_code == 422
    assert (await city.post("middle", action[1], MONTHS, note="成交后悔拍。")).status_code == 303
    assert "成交后悔拍。" in (await city.get("middle", MONTHS)).text
    assert "未冻结" not in (await city.get("middle", f"{BASE}?period={month}")).text


async def test_K01_the_court_above_makes_versions_of_the_weights(city: City) -> None:
    fields = {"after": "0", "from_month": month_name(0), "reason": "突出成交", "weight-K-02": "60", "method-K-02": "percentile",
              "weight-K-17": "40", "method-K-17": "target", "target-K-17": "95"}  # fmt: skip
    assert (await city.post("middle", WEIGHTS, WEIGHTS, **fields)).status_code == 303
    shown = await city.get("middle", WEIGHTS)
    assert "突出成交" in shown.text
    assert 'name="weight-K-02" inputmode="numeric" maxlength="3" size="4" value="60"' in shown.text
    assert (await city.post("middle", WEIGHTS, WEIGHTS, **fields)).status_code == 409
    for wrong in (
        {"target-K-17": "x"},
        {"weight-K-02": "999"},
        {"reason": ""},
        {"from_month": "2026"},
        {"weight-K-02": "-"},
    ):
        assert (
            await city.post("middle", WEIGHTS, WEIGHTS, **(fields | {"after": "1"} | wrong))
        ).status_code == 422, wrong
    assert "权重第 1 版" in (await city.get("middle", BASE)).text


async def test_K21_T20_a_red_flag_leads_to_an_order(city: City) -> None:
    async with city.database.begin(SYSTEM) as work:
        await work.session.execute(text("UPDATE asset SET state = 'valuation' WHERE state = 'closed'"))
        await refresh_all(work)
        raised = await look_for_flags(work)
    assert raised
    shown = await city.get("middle", FLAGS)
    assert f"{FLAGS}/{raised[0].id}" in shown.text
    for flag in raised:
        page = await city.get("middle", f"{FLAGS}/{flag.id}")
        case_id = re.search(r'<option value="([0-9a-f-]{36})"', page.text)
        if case_id:
            break
    else:
        pytest.fail("no flag has a case behind it")
    at, due_on = f"{FLAGS}/{flag.id}", (court_today() + timedelta(days=20)).isoformat()
    assert (
        await city.post("middle", f"{at}/orders", at, case_id=case_id[1], due_on="", reason="x")
    ).status_code == 422
    wrong = await city.post("middle", f"{at}/orders", at, case_id=case_id[1], due_on="2020-01-01", reason="x")
    assert 400 <= wrong.status_code < 500
    made = await city.post(
        "middle", f"{at}/orders", at, case_id=case_id[1], due_on=due_on, reason="请限期启动拍卖。"
    )
    assert made.status_code == 303, made.text
    record = await city.get("middle", "/supervision/interventions")
    assert "请限期启动拍卖。" in record.text
    assert "到期或办结后比较" in record.text
    assert (await city.get("huqiu", "/supervision/interventions")).status_code == 403
    own = await city.get("huqiu", "/court/interventions")
    assert own.status_code == 200
    assert ("请限期启动拍卖。" in own.text) is (flag.court_code == HUQIU)
    page = await city.get("middle", at)
    assert "已督办" in page.text
    order = re.search(r'href="(/court/orders/[^"]+)"', page.text)
    assert order
    assert (await city.get("middle", order[1])).status_code == 200
    own = flag.court_code == HUQIU
    assert (await city.get("huqiu", f"/court/red-flags/{flag.id}")).status_code == (200 if own else 404)
