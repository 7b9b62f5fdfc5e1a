"""Read lots from CSV files (UTF-8, comma, header line). Pure: text in, lots and faults out.

Three formats, told apart by their header:

`own`        source_key, round, kind, title, location, court_code, valuation, starting_price, deposit, increment
             and, if wanted, area_m2, owner_name, note, previous_start. Money in yuan. `round`: first, second, sell_off;
             `kind`: real_estate, vehicle, shares, land, goods, other_right; `court_code` as in case numbers (0582).
`published`  lots as a judicial-auction platform publishes them, whose prices were cut at the first thousands separator;
             the price is restored within the range that the file states, always the same one for the same key.
`listings`   title, marketPrice, currentPrice, ensurePrice, priceLowerOffset: exact figures, first or second round by price.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from hashlib import sha256

from auction.listing import rules
from auction.listing.import_guesses import court_for, guess_kind
from auction.listing.models import Round
from auction.listing.restore import restore_prices
from core.errors import InvalidInput
from core.i18n import Message, msg
from core.money import parse_yuan, yuan
from disposal_teams.assets.models import AssetKind
from disposal_teams.courts.rules import SUZHOU_COURTS

LONGEST_FILE = 40_000_000
MAX_ROWS = 200_000

OWN = (
    "source_key",
    "round",
    "kind",
    "title",
    "location",
    "court_code",
    "valuation",
    "starting_price",
    "deposit",
    "increment",
)
PUBLISHED = ("lot_key", "round", "kind", "title_masked", "disposal_place", "deposit_cny", "increment_cny")
LISTINGS = ("city", "title", "marketPrice", "currentPrice", "ensurePrice", "priceLowerOffset")


@dataclass(frozen=True, slots=True)
class ImportedLot:
    """One lot to import; money in fen. `previous_start_fen` is the first auction's starting price of a later round."""

    row: int
    source_key: str
    round: Round
    rerun: int
    kind: AssetKind
    title: str
    location: str
    court_code: str
    valuation_fen: int
    starting_price_fen: int
    previous_start_fen: int | None
    deposit_fen: int
    increment_fen: int
    area_hundredths: int | None = None
    owner_name: str = ""
    restored: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with one row. Row 1 is the header; None names the whole file."""

    row: int | None
    field: str
    reason: Message

    def __str__(self) -> str:
        where = f"第 {self.row} 行" if self.row is not None else "文件"
        return f"{where} {self.field}：{self.reason}"


class _Fault(Exception):
    def __init__(self, field: str, reason: Message) -> None:
        super().__init__(field)
        self.field = field
        self.reason = reason


def read_lots(text: str) -> tuple[list[ImportedLot], list[RowFault]]:
    """The lots of a file and everything that is wrong with it. Nothing may be imported while there is a fault."""
    if "\x00" in text:
        return [], [RowFault(None, "", msg("文件不是文本（含有空字节）。请导出为 UTF-8 编码的 CSV。"))]
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        parse = _format_of(header)
        return _read_rows(reader, header, parse)
    except csv.Error:
        return [], [RowFault(reader.line_num, "", msg("引号没有成对，无法继续读取。请检查该行。"))]
    except InvalidInput as error:
        return [], [RowFault(None, "", error.message)]


def _format_of(header: list[str]) -> "Parse":
    for columns, parse in ((OWN, _own), (PUBLISHED, _published), (LISTINGS, _listing)):
        if set(columns) <= set(header):
            if len(set(header)) < len(header):
                raise InvalidInput(msg("表头中有重复的列名。"))
            return parse
    if not any(header):
        raise InvalidInput(msg("文件是空的。"))
    raise InvalidInput(
        msg("无法识别表头。需要的列：{columns}", columns=", ".join(OWN)),
    )


def _read_rows(
    reader: Iterator[list[str]], header: list[str], parse: "Parse"
) -> tuple[list[ImportedLot], list[RowFault]]:
    lots: list[ImportedLot] = []
    faults: list[RowFault] = []
    seen: dict[str, int] = {}
    for row, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if row > MAX_ROWS + 1:
            faults.append(RowFault(None, "", msg("一次最多导入 {count} 行，请拆分文件。", count=MAX_ROWS)))
            break
        if len(cells) != len(header):
            faults.append(
                RowFault(
                    row, "", msg("有 {found} 列，表头有 {wanted} 列。", found=len(cells), wanted=len(header))
                )
            )
            continue
        try:
            lot = parse(row, dict(zip(header, (cell.strip() for cell in cells), strict=True)))
            _check(lot)
        except _Fault as fault:
            faults.append(RowFault(row, fault.field, fault.reason))
            continue
        if lot.source_key in seen:
            faults.append(
                RowFault(
                    row,
                    "source_key",
                    msg("与第 {row} 行的编号 {key} 重复。", row=seen[lot.source_key], key=lot.source_key),
                )
            )
            continue
        seen[lot.source_key] = row
        lots.append(lot)
    if not lots and not faults:
        faults.append(RowFault(None, "", msg("文件中没有数据行。")))
    return lots, faults


Parse = Callable[[int, dict[str, str]], ImportedLot]


# --- the three formats --------------------------------------------------------------------------------------------


def _own(row: int, cells: dict[str, str]) -> ImportedLot:
    try:
        round_ = Round(cells["round"])
    except ValueError:
        raise _Fault("round", msg("须为 first、second 或 sell_off。")) from None
    try:
        kind = AssetKind(cells["kind"])
    except ValueError:
        raise _Fault("kind", msg("须为 {kinds} 之一。", kinds="、".join(AssetKind))) from None
    starting = _money(cells, "starting_price")
    valuation = _money(cells, "valuation")
    previous = None
    if round_ is not Round.FIRST:
        previous = (
            _money(cells, "previous_start")
            if cells.get("previous_start")
            else min(starting * 5 // 4, valuation)
        )
    return ImportedLot(
        row=row,
        source_key=cells["source_key"],
        round=round_,
        rerun=0,
        kind=kind,
        title=cells["title"],
        location=cells["location"],
        court_code=cells["court_code"],
        valuation_fen=valuation,
        starting_price_fen=starting,
        previous_start_fen=previous,
        deposit_fen=_money(cells, "deposit"),
        increment_fen=_money(cells, "increment"),
        area_hundredths=_area(cells.get("area_m2", "")),
        owner_name=cells.get("owner_name", ""),
        note=cells.get("note", ""),
    )


_ROUNDS = {
    "第一次拍卖": (Round.FIRST, 0),
    "第二次拍卖": (Round.SECOND, 0),
    "变卖": (Round.SELL_OFF, 0),
    "再次拍卖": (Round.FIRST, 1),
    "重新拍卖": (Round.FIRST, 1),
}


def _published(row: int, cells: dict[str, str]) -> ImportedLot:
    if cells["round"] not in _ROUNDS:
        raise _Fault("round", msg("未知的拍次“{round}”。", round=cells["round"][:20]))
    round_, rerun = _ROUNDS[cells["round"]]
    key = f"published:{cells['lot_key']}"
    if not cells["lot_key"]:
        raise _Fault("lot_key", msg("此项必填。"))
    deposit = _money(cells, "deposit_cny")
    low, high = _money(cells, "start_price_min_inferred"), _money(cells, "start_price_max_inferred")
    truncated = cells.get("valuation_raw_truncated", "")
    if (truncated and not truncated.isascii()) or (truncated and not truncated.isdigit()):
        raise _Fault("valuation_raw_truncated", msg("须为整数。"))
    restored = restore_prices(
        key, round_, low_fen=low, high_fen=high, deposit_fen=deposit, truncated_value=int(truncated or 0)
    )
    if restored is None:
        raise _Fault("start_price_min_inferred", msg("价格范围与保证金不符，无法还原起拍价。"))
    place = cells["disposal_place"]
    kind = guess_kind(cells["title_masked"])
    title = cells["title_masked"] or f"{place}房产（名称不公开）"
    return ImportedLot(
        row=row,
        source_key=key,
        round=round_,
        rerun=rerun,
        kind=kind,
        title=title,
        location=place,
        court_code=court_for(place, title, key),
        valuation_fen=restored.valuation_fen,
        starting_price_fen=restored.starting_price_fen,
        previous_start_fen=restored.previous_start_fen,
        deposit_fen=deposit,
        increment_fen=_money(cells, "increment_cny"),
        restored=f"公开数据中价格不完整，起拍价在 {yuan(low)}–{yuan(high)} 元之间还原，评估价据此推算",
        note="破产财产" if cells["kind"] == "bankruptcy" else "",
    )


def _listing(row: int, cells: dict[str, str]) -> ImportedLot:
    valuation, starting = _money(cells, "marketPrice"), _money(cells, "currentPrice")
    deposit = _money(cells, "ensurePrice")
    title = cells["title"]
    key = "listing:" + sha256(f"{cells['city']}|{title}|{valuation}".encode()).hexdigest()[:20]
    later = starting * 100 < valuation * 70
    if later and starting * 100 < valuation * 56:
        valuation = starting * 100 // 56
    previous = min(starting * 5 // 4, valuation) if later else None
    bounded = min(max(deposit, -(-starting * 5 // 100)), starting * 20 // 100)
    notes = []
    if bounded != deposit:
        notes.append(f"保证金原为 {yuan(deposit)} 元，按起拍价的 5%–20% 调整")
    if valuation != _money(cells, "marketPrice"):
        notes.append(f"评估价原为 {cells['marketPrice']} 元，按二拍下限推算")
    return ImportedLot(
        row=row,
        source_key=key,
        round=Round.SECOND if later else Round.FIRST,
        rerun=0,
        kind=guess_kind(title),
        title=title.removeprefix("（破）").strip(),
        location=cells["city"],
        court_code=court_for(cells["city"], title, key),
        valuation_fen=valuation,
        starting_price_fen=starting,
        previous_start_fen=previous,
        deposit_fen=bounded,
        increment_fen=_money(cells, "priceLowerOffset"),
        restored="；".join(notes),
        note="破产财产" if "（破）" in title else "",
    )


# --- fields -------------------------------------------------------------------------------------------------------


def _money(cells: dict[str, str], field: str) -> int:
    text = cells.get(field, "")
    if not text:
        raise _Fault(field, msg("此项必填。"))
    try:
        return parse_yuan(_two_decimals(text))
    except InvalidInput as error:
        raise _Fault(field, error.message) from None


def _two_decimals(text: str) -> str:
    whole, point, decimals = text.partition(".")
    return f"{whole}.{decimals[:2]}" if point and not decimals[2:].strip("0") else text


def _area(text: str) -> int | None:
    if not text:
        return None
    try:
        area = Decimal(text)
    except InvalidOperation:
        raise _Fault("area_m2", msg("须为以平方米为单位的数字。")) from None
    if not area.is_finite() or not Decimal("0.01") <= area <= 10**8:
        raise _Fault("area_m2", msg("面积须为 0.01 至 1 亿平方米。"))
    return int(area * 100)


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_COURTS = {court.code for court in SUZHOU_COURTS}


def _check(lot: ImportedLot) -> None:
    """The rules that hold for every lot, whatever file it comes from."""
    for field, value, longest in (
        ("source_key", lot.source_key, 80),
        ("title", lot.title, 200),
        ("location", lot.location, 200),
        ("owner_name", lot.owner_name, 80),
        ("note", lot.note, 500),
    ):
        if _CONTROL.search(value):
            raise _Fault(field, msg("含有无法显示的控制字符，请删除后重试。"))
        if len(value) > longest:
            raise _Fault(
                field, msg("最多 {longest} 个字，现有 {length} 个字。", longest=longest, length=len(value))
            )
    for field, value in (("source_key", lot.source_key), ("title", lot.title)):
        if not value:
            raise _Fault(field, msg("此项必填。"))
    if lot.court_code not in _COURTS:
        raise _Fault("court_code", msg("没有代码为 {code} 的法院。", code=lot.court_code[:8]))
    if lot.valuation_fen <= 0:
        raise _Fault("valuation", msg("评估价须大于 0，且不超过一万亿元。"))
    if lot.starting_price_fen <= 0:
        raise _Fault("starting_price", msg("起拍价须大于 0，且不超过一万亿元。"))
    first_fen = lot.starting_price_fen if lot.round is Round.FIRST else (lot.previous_start_fen or 0)
    _refuse(
        "starting_price",
        rules.check_start(Round.FIRST, first_fen, reference_fen=lot.valuation_fen, previous_start_fen=None),
    )
    if lot.round is not Round.FIRST:
        _refuse(
            "starting_price",
            rules.check_start(
                Round.SECOND,
                lot.starting_price_fen,
                reference_fen=None,
                previous_start_fen=lot.previous_start_fen,
            ),
        )
    _refuse("deposit", rules.check_deposit(lot.starting_price_fen, lot.deposit_fen))
    _refuse("increment", rules.check_increment(lot.starting_price_fen, lot.increment_fen))


def _refuse(field: str, problem: Message | None) -> None:
    if problem is not None:
        raise _Fault(field, problem)
