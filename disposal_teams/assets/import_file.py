"""Read a CSV file of assets with their cases and seals: all or nothing, every bad row told, safe to repeat.

Columns may bear their English or their Chinese name. Pure: `import_assets` writes.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from core.errors import InvalidInput
from core.i18n import Message, msg
from core.money import parse_yuan
from disposal_teams.assets.labels import KIND_LABELS, SEAL_KIND_LABELS
from disposal_teams.assets.models import AssetKind, SealKind
from disposal_teams.cases.rules import normalise_case_number, parse_case_number

Value = TypeVar("Value")

MOST_ROWS = 100_000
COLUMNS: dict[str, str] = {
    "source_key": "来源编号",
    "case_no": "案号",
    "filed_on": "立案日期",
    "cause": "案由",
    "claim_yuan": "标的额",
    "applicant": "申请执行人",
    "debtor": "被执行人",
    "kind": "财产类型",
    "title": "名称",
    "location": "坐落",
    "district": "区县",
    "registry_no": "权证号",
    "owner_name": "登记权利人",
    "area_m2": "面积",
    "sealed_on": "查封日期",
    "seal_until": "查封到期日",
    "seal_kind": "查封种类",
}
REQUIRED = ("source_key", "case_no", "filed_on", "cause", "kind", "title")
_KINDS = {**{kind.value: kind for kind in AssetKind}, **{label: kind for kind, label in KIND_LABELS.items()}}
_SEAL_KINDS = {
    **{kind.value: kind for kind in SealKind},
    **{label: kind for kind, label in SEAL_KIND_LABELS.items()},
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one place of the file. `row` counts lines as a spreadsheet shows them: the heading is 1."""

    row: int
    column: str
    message: Message


@dataclass(frozen=True, slots=True)
class AssetRow:
    """One row, checked. Money in fen."""

    row: int
    source_key: str
    case_no: str
    filed_on: date
    cause: str
    claim_fen: int
    applicant: str
    debtor: str
    kind: AssetKind
    title: str
    location: str
    district: str
    registry_no: str
    owner_name: str
    area_m2: Decimal | None
    sealed_on: date | None
    seal_until: date | None
    seal_kind: SealKind


def read_assets(content: bytes) -> tuple[list[AssetRow], list[Problem]]:
    """The rows of the file and everything that is wrong with it."""
    try:
        lines = list(_lines(content))
    except InvalidInput as error:
        return [], [Problem(1, "", error.message)]
    rows: list[AssetRow] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for number, cells in lines:
        found: dict[str, Message] = {}
        row = _row(number, cells, found)
        if row.source_key and row.source_key in seen:
            found["source_key"] = msg("与第 {row} 行重复，请删除其中一行。", row=seen[row.source_key])
        seen.setdefault(row.source_key, number)
        problems.extend(Problem(number, column, message) for column, message in found.items())
        rows.append(row)
    if not rows and not problems:
        problems.append(Problem(1, "", msg("文件中没有数据行。")))
    return rows, problems


def _lines(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    text = _decoded(content)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise InvalidInput(
            msg("不是有效的 CSV 文件（{error}）。请用表格软件另存为 CSV UTF-8。", error=str(error))
        ) from error
    if not table:
        raise InvalidInput(msg("文件是空的。"))
    if len(table) > MOST_ROWS + 1:
        raise InvalidInput(msg("一次最多导入 {most} 行，请拆分文件。", most=MOST_ROWS))
    english = {label: name for name, label in COLUMNS.items()}
    heading = [english.get(cell.strip(), cell.strip().lower()) for cell in table[0]]
    missing = [f"{name}（{COLUMNS[name]}）" for name in REQUIRED if name not in heading]
    if missing:
        raise InvalidInput(msg("缺少列：{columns}。", columns="、".join(missing)))
    for number, cells in enumerate(table[1:], start=2):
        if any(cell.strip() for cell in cells):
            yield number, dict(zip(heading, (cell.strip() for cell in cells), strict=False))


def _decoded(content: bytes) -> str:
    if b"\x00" in content:
        raise InvalidInput(msg("不是文本文件。请用表格软件另存为 CSV UTF-8。"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput(msg("文件编码无法识别。请用表格软件另存为 CSV UTF-8。"))


def _row(number: int, cells: dict[str, str], problems: dict[str, Message]) -> AssetRow:
    for name in REQUIRED:
        if not cells.get(name):
            problems[name] = msg("此项必填。")
    case_no = cells.get("case_no", "")
    if case_no:
        try:
            case_no = normalise_case_number(case_no)
            if parse_case_number(case_no).province != "苏":
                problems["case_no"] = msg("案号 {number} 不是本市法院的案件。", number=case_no)
        except InvalidInput as error:
            problems["case_no"] = error.message
    return AssetRow(
        row=number,
        source_key=cells.get("source_key", "")[:80],
        case_no=case_no,
        filed_on=_day(cells, "filed_on", problems) or date.min,
        cause=cells.get("cause", ""),
        claim_fen=_fen(cells, "claim_yuan", problems),
        applicant=cells.get("applicant", ""),
        debtor=cells.get("debtor", ""),
        kind=_one_of(cells, "kind", _KINDS, problems) or AssetKind.OTHER_RIGHT,
        title=cells.get("title", ""),
        location=cells.get("location", ""),
        district=cells.get("district", ""),
        registry_no=cells.get("registry_no", ""),
        owner_name=cells.get("owner_name", ""),
        area_m2=_area(cells, problems),
        sealed_on=_day(cells, "sealed_on", problems),
        seal_until=_day(cells, "seal_until", problems),
        seal_kind=_one_of(cells, "seal_kind", _SEAL_KINDS, problems) or SealKind.ENFORCEMENT,
    )


def _day(cells: dict[str, str], name: str, problems: dict[str, Message]) -> date | None:
    text = cells.get(name, "")
    if not text:
        return None
    try:
        return date.fromisoformat(text.replace("/", "-").replace(".", "-"))
    except ValueError:
        problems[name] = msg("日期“{text}”应写成 2026-01-31。", text=text[:20])
        return None


def _fen(cells: dict[str, str], name: str, problems: dict[str, Message]) -> int:
    if not cells.get(name):
        return 0
    try:
        return parse_yuan(cells[name])
    except InvalidInput as error:
        problems[name] = error.message
        return 0


def _area(cells: dict[str, str], problems: dict[str, Message]) -> Decimal | None:
    text = cells.get("area_m2", "")
    if not text:
        return None
    try:
        area = Decimal(text.replace(",", ""))
    except InvalidOperation:
        area = Decimal("NaN")
    if not area.is_finite() or area <= 0:
        problems["area_m2"] = msg("面积须为正数，单位平方米。")
        return None
    return area.quantize(Decimal("0.01"))


def _one_of(
    cells: dict[str, str], name: str, values: dict[str, Value], problems: dict[str, Message]
) -> Value | None:
    text = cells.get(name, "")
    if not text:
        return None
    if text not in values:
        allowed = "、".join(key for key in values if not key.isascii())
        problems[name] = msg("“{text}”不可识别，可填：{allowed}。", text=text[:20], allowed=allowed)
        return None
    return values[text]
