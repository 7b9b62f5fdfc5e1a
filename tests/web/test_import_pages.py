"""The import of cases on its pages: report, download, confirmation of the examined file, refusals (P-03, P-05)."""

import csv
import io
import re
from typing import Any

import httpx
from openpyxl import load_workbook

from disposal_teams.intake.columns import CASE_COLUMNS
from tests.disposal_teams.intake_files import CASE, DEBTOR, book, cases, moved
from tests.web.listing_desk import Desk
from tests.working_off import work_off

HOME = "/team/imports"


async def hand_in(
    desk: Desk, content: bytes, *, who: str = "team", name: str = "案件.csv", kind: str = "cases"
) -> Any:
    shown = await desk.get(who, HOME)
    token = re.search(r'name="csrf" value="([^"]+)"', shown.text)
    return await desk.client.post(
        HOME,
        headers=desk._headers(who),
        data={"csrf": token[1] if token else "", "kind": kind},
        files={"file": (name, content, "application/octet-stream")},
        follow_redirects=False,
    )


async def test_P03_P05_a_file_is_examined_reported_confirmed_and_loaded_on_the_pages(desk: Desk) -> None:
    year = (await desk.clock.now()).year - 1

    def past(row: dict[str, str]) -> dict[str, str]:
        return {name: moved(value, year).replace("0505", "0583") for name, value in row.items()}

    bad = cases({**past(CASE), "name": '=HYPERLINK("http://x")' + "x" * 80}, past(DEBTOR))
    answer = await hand_in(desk, bad)
    assert answer.status_code == 303, answer.text
    page: str = httpx.URL(answer.headers["location"]).path
    assert "页面会自动刷新" in (await desk.get("team", page)).text
    await work_off(desk.database)
    shown = await desk.get("team", page)
    assert "没有导入任何内容" in shown.text
    assert "确认导入" not in shown.text
    report = await desk.get("team", f"{page}/faults")
    rows = list(csv.reader(io.StringIO(report.content.decode("utf-8-sig"))))
    assert rows[0] == ["行", "列", "内容", "规则", "问题", "处理办法"]
    assert rows[1][:2] == ["2", "姓名或名称"]
    assert rows[1][2].startswith("'=HYPERLINK")
    for other in ("other", "bidder", "finance"):
        for path in (page, f"{page}/faults"):
            assert (await desk.get(other, path)).status_code in (403, 404)
    assert (await desk.post("team", page, page, step="load", sha256="0" * 64)).status_code == 409
    assert (await desk.post("team", page, page, step="discard")).status_code == 303
    assert "已放弃" in (await desk.get("team", HOME)).text

    good = book(CASE_COLUMNS, past(CASE), past(DEBTOR))
    answer = await hand_in(desk, good, name="案件.xlsx")
    page = httpx.URL(answer.headers["location"]).path
    await work_off(desk.database)
    shown = await desk.get("team", page)
    (digest,) = re.findall(r'name="sha256" value="([0-9a-f]{64})"', shown.text)
    assert (await desk.post("team", page, page, step="load", sha256="")).status_code == 422
    assert (await desk.post("team", page, page, step="load", sha256=digest)).status_code == 303
    await work_off(desk.database)
    assert "已导入。" in (await desk.get("team", page)).text
    answer = await hand_in(desk, good, name="again.xlsx")
    assert answer.status_code == 409
    assert "不能重复导入" in answer.text
    (case_id,) = await desk.ids("SELECT id::text FROM enforcement_case WHERE claim_fen = 100170050")
    shown = await desk.get("team", f"/team/cases/{case_id}")
    for told in ("债权构成", "1,000,000.00", "200.00", "苏0583执保8号"):
        assert told in shown.text, told
    assert "Principal" in (await desk.get("team", f"/team/cases/{case_id}", "en")).text

    answer = await hand_in(desk, b"", name="a.csv")
    assert answer.status_code == 422
    assert (await hand_in(desk, good, kind="other")).status_code == 422
    assert (await hand_in(desk, good, who="finance")).status_code == 403
    for kind in ("cases", "assets"):
        template = await desk.get("team", f"/team/import-templates/{kind}/xlsx")
        assert len(load_workbook(io.BytesIO(template.content)).worksheets) == 2
        assert (await desk.get("team", f"/team/import-templates/{kind}/csv")).content.startswith(
            b"\xef\xbb\xbf"
        )
    assert (await desk.get("team", "/team/import-templates/cases/exe")).status_code == 404
    assert (await desk.get("finance", "/team/import-templates/cases/csv")).status_code == 403
