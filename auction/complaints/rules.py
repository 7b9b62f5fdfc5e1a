"""Read the file of the 12368 line: every fault of every row is told, and one fault lets nothing in (K-29). Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from auction.complaints.models import Matter
from core.errors import InvalidInput
from core.i18n import Message, msg
from core.tables import read_table
from disposal_teams.plain_text import clean_text

COLUMNS = ("工单号", "收到日期", "法院", "拍品编号", "事项", "内容")
MOST_BYTES, MOST_ROWS = 1_000_000, 2_000
MATTER_LABELS: dict[Matter, str] = {
    Matter.NOTICE: "公告信息",
    Matter.VIEWING: "看样咨询",
    Matter.BIDDING: "报名竞价",
    Matter.MONEY: "退款付款",
    Matter.DELIVERY: "腾退交付",
    Matter.CONDUCT: "工作作风",
    Matter.OTHER: "其他",
}
_MATTERS = {label: matter for matter, label in MATTER_LABELS.items()}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row; `row` counts as a spreadsheet does, the heading is 1."""

    row: int
    column: str
    message: Message


@dataclass(frozen=True, slots=True)
class ComplaintRow:
    """A row that can be read. `court` is a code or empty where the lot says it; `lot_no` may be empty."""

    row: int
    ticket_no: str
    received_on: date
    court: str
    lot_no: str
    matter: Matter
    summary: str


def read_complaints(
    content: bytes, courts: Mapping[str, str], *, today: date
) -> tuple[list[ComplaintRow], list[Problem]]:
    """Rows and problems. `courts`: codes by code, name and short name. Raises `InvalidInput` for a file that is no such table."""
    rows: list[ComplaintRow] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for number, cells in _lines(content):
        found = _row(number, cells, courts, today, problems)
        if found is None:
            continue
        if found.ticket_no in seen:
            problems.append(Problem(number, "工单号", msg("与第 {row} 行重复。", row=seen[found.ticket_no])))
            continue
        seen[found.ticket_no] = number
        rows.append(found)
    return rows, problems


def _lines(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    table = read_table(content)
    heading = list(next(table).cells)
    missing = [name for name in COLUMNS if name not in heading]
    if missing:
        said = msg("缺少列：{columns}。", columns="、".join(missing))
        raise InvalidInput(said, fields={"file": said})
    places = {name: heading.index(name) for name in COLUMNS}
    for count, line in enumerate(table, 1):
        if count > MOST_ROWS:
            said = msg("一次最多导入 {most} 行。", most=MOST_ROWS)
            raise InvalidInput(said, fields={"file": said})
        yield (
            line.number,
            {name: line.cells[at].strip() if at < len(line.cells) else "" for name, at in places.items()},
        )


def _row(
    number: int, cells: dict[str, str], courts: Mapping[str, str], today: date, problems: list[Problem]
) -> ComplaintRow | None:
    found: dict[str, Message] = {}
    ticket = clean_text(cells["工单号"], "工单号", found, longest=40)
    summary = clean_text(cells["内容"], "内容", found, longest=500)
    lot_no = clean_text(cells["拍品编号"], "拍品编号", found, longest=30, required=False)
    received = None
    try:
        received = date.fromisoformat(cells["收到日期"].replace("/", "-"))
    except ValueError:
        found["收到日期"] = msg("请写成 2026-11-26 的样式。")
    if received is not None and not date(2016, 1, 1) <= received <= today:
        found["收到日期"] = msg("日期不能晚于今天。")
    court = courts.get(cells["法院"], "")
    if cells["法院"] and not court:
        found["法院"] = msg("没有这个法院，请写全称、简称或者代码。")
    elif not cells["法院"] and not lot_no:
        found["法院"] = msg("没有拍品编号的，须写明法院。")
    matter = _MATTERS.get(cells["事项"])
    if matter is None:
        found["事项"] = msg("须为以下之一：{choices}。", choices="、".join(_MATTERS))
    problems += [Problem(number, column, message) for column, message in found.items()]
    if found or received is None or matter is None:
        return None
    return ComplaintRow(number, ticket, received, court, lot_no, matter, summary)
