"""Files of cases and assets as courts hand them in, made for tests."""

import csv
import io
import re
from datetime import date
from typing import Any

from openpyxl import Workbook

from core.database import Work
from core.identity import SYSTEM
from disposal_teams.intake.columns import ASSET_COLUMNS, CASE_COLUMNS, Column
from disposal_teams.intake.examine import examine_file, load_file
from disposal_teams.intake.hand_in import confirm_file, hand_in_file
from disposal_teams.intake.models import IntakeFile, IntakeKind
from disposal_teams.intake.queries import faults_of
from disposal_teams.intake.read_file import FaultBook, Reader
from tests.disposal_teams.city import HUQIU, acting, person

TODAY = date(2026, 6, 1)
CASE = {
    "case_no": "(2026)苏0505执1号",
    "filed_on": "2026年1月5日",
    "cause": "借款合同纠纷",
    "linked_cases": "（2025）苏0505执保8号、(2026)苏0506执9号",
    "role": "申请执行人",
    "name": "苏州某银行",
    "person_kind": "单位",
    "principal_yuan": "１００万元",
    "interest_yuan": "1,500.50",
    "doubled_interest_yuan": "￥200",
    "rank": "1",
}
DEBTOR = {
    "case_no": "（2026）苏0505执1号",
    "role": "被执行人",
    "name": "王某",
    "person_kind": "自然人",
    "identity_number": "11010519491231002X",
}
ASSET = {
    "source_key": "K1",
    "case_no": "(2026)苏0505执1号",
    "filed_on": "2026/01/05",
    "cause": "借款合同纠纷",
    "claim_yuan": "1,234,567.89",
    "applicant": "苏州某银行",
    "debtor": "王某",
    "kind": "房产",
    "title": "狮山路1号住宅",
    "registry_no": "苏（2020）不动产权第1号",
    "area_m2": "89.5",
    "sealed_on": "2026.2.1",
}
Row = dict[str, Any]


def sheet(columns: tuple[Column, ...], *rows: Row, chinese: bool = True) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=[each.name for each in columns])
    writer.writerow({each.name: each.label if chinese else each.name for each in columns})
    writer.writerows(rows)
    return out.getvalue().encode("gb18030" if chinese else "utf-8-sig")


def book(columns: tuple[Column, ...], *rows: Row) -> bytes:
    workbook = Workbook()
    workbook.active.append([each.label for each in columns])
    for row in rows:
        workbook.active.append([row.get(each.name) for each in columns])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def read(content: bytes, kind: IntakeKind, court_code: str | None = HUQIU) -> tuple[list[Any], FaultBook]:
    faults = FaultBook()
    reader = Reader(content, kind, court_code=court_code, today=TODAY, faults=faults)
    drafts: list[Any] = []
    while batch := reader.batch(100):
        drafts += batch
    return drafts, faults


def cases(*rows: Row) -> bytes:
    return sheet(CASE_COLUMNS, *rows)


def assets(*rows: Row) -> bytes:
    return sheet(ASSET_COLUMNS, *rows)


async def taken_in(work: Work, kind: IntakeKind, content: bytes, court: str | None = HUQIU) -> IntakeFile:
    actor = person(court) if court else SYSTEM
    file = await hand_in_file(acting(work, actor), kind=kind, name="a.csv", content=content, court_code=court)
    await examine_file(work, file)
    return file


async def loaded(work: Work, kind: IntakeKind, content: bytes) -> IntakeFile:
    file = await taken_in(work, kind, content)
    assert file.fault_count == 0, [str(each.message) for each in await faults_of(work, file)]
    await confirm_file(acting(work, person(HUQIU)), file.id, digest=file.sha256)
    assert await load_file(work, file)
    return file


def moved(text: str, year: int) -> str:
    return re.sub("202[56]", lambda found: str(year - 2026 + int(found[0])), text)


def this_year(work: Work, row: Row) -> Row:
    """The row moved to the year before that of the court's clock, so that it is past whenever the test runs."""
    year = work.now.year - 1
    return {name: moved(value, year) for name, value in row.items()}
