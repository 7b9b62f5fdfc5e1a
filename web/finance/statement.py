"""Read a bank statement (CSV): credits and reversals. A bad row is told with its number, and then nothing is taken over."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime

from auction.payments.record_line import StatementLine
from core.i18n import Message, msg
from web.forms import Form

COLUMNS = ("reference", "account", "amount", "payer", "booked_at")
HEADERS = {
    "流水号": "reference",
    "收款账号": "account",
    "金额": "amount",
    "付款人": "payer",
    "入账时间": "booked_at",
    "冲正流水号": "reverses",
    "付款账号": "payer_account",
}
"""`payer_account` and `reverses` may be missing. A row with `reverses` takes a credit back (冲正), with or without a minus."""

MOST_ROWS = 5000


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be taken over. `number` counts from 1, the header included."""

    number: int
    field: str
    fault: Message


def read_statement(content: bytes, *, now: datetime) -> tuple[list[StatementLine], list[BadRow]]:
    """The lines of a statement and its bad rows. The header may be Chinese or English; UTF-8 or GB 18030."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            return [], [BadRow(1, "", msg("文件编码无法识别，请另存为 UTF-8 的 CSV。"))]
    if "\x00" in text:
        return [], [BadRow(1, "", msg("这不是 CSV 文件。"))]
    lines: list[StatementLine] = []
    bad: list[BadRow] = []
    seen: dict[str, int] = {}
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    names: list[str] = []
    try:
        for number, row in enumerate(rows, start=1):
            if not names:
                names = [HEADERS.get(cell.strip(), cell.strip().lower()) for cell in row]
                if missing := [name for name in COLUMNS if name not in names]:
                    wanted = {column: header for header, column in HEADERS.items()}
                    columns = "、".join(wanted[name] for name in missing)
                    return [], [BadRow(number, "", msg("缺少列：{columns}。", columns=columns))]
                continue
            if not any(cell.strip() for cell in row):
                continue
            if number > MOST_ROWS + 1:
                return [], [BadRow(number, "", msg("一次最多导入 {most} 行。", most=MOST_ROWS))]
            line, faults = _read_row(dict(zip(names, row, strict=False)), now)
            bad.extend(BadRow(number, field, fault) for field, fault in faults.items())
            if line is None:
                continue
            if line.reference in seen:
                earlier = seen[line.reference]
                bad.append(BadRow(number, "reference", msg("与第 {row} 行的流水号重复。", row=earlier)))
            seen.setdefault(line.reference, number)
            lines.append(line)
    except csv.Error:
        return [], [BadRow(rows.line_num, "", msg("引号或分隔符有误，无法读取。"))]
    if not lines and not bad:
        bad.append(BadRow(1, "", msg("文件中没有流水。")))
    return lines, bad


def _read_row(values: dict[str, str], now: datetime) -> tuple[StatementLine | None, dict[str, Message]]:
    form = Form(dict(values))
    line = line_of(form, now)
    return line, form.errors


def line_of(form: Form, now: datetime) -> StatementLine | None:
    """One line from a form or a row; faults are noted in the form."""
    reference = form.text("reference", longest=60)
    reverses = form.text("reverses", required=False, longest=60)
    if reverses and isinstance(form.values.get("amount"), str):
        form.values["amount"] = form.values["amount"].strip().removeprefix("-")
    account = form.text("account", longest=32).replace(" ", "")
    amount = form.yuan("amount", least_fen=1)
    payer = form.text("payer", longest=80)
    payer_account = form.text("payer_account", required=False, longest=40)
    booked_at = form.moment("booked_at")
    if account and not account.isascii():
        form.errors.setdefault("account", msg("账号只能包含数字和字母。"))
    if booked_at is not None and booked_at > now:
        form.errors["booked_at"] = msg("入账时间不能晚于现在。")
    if form.is_bad or booked_at is None:
        return None
    if reverses == reference:
        form.errors["reverses"] = msg("冲正流水号不能是本笔流水自己的流水号。")
        return None
    return StatementLine(reference, account, amount, payer, booked_at, reverses or None, payer_account)
