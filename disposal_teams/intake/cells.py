"""Read the cells of one line: what cannot be taken becomes a fault with its place, value, rule and remedy. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from core.errors import InvalidInput
from core.i18n import Message, msg
from core.money import LARGEST_FEN
from core.tables import Line
from disposal_teams.intake.columns import NO, YES, Column
from disposal_teams.plain_text import clean_text

Value = TypeVar("Value")

SHOWN = 60
_DAY = re.compile(r"([12][0-9]{3})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)")
_PACKED_DAY = re.compile(r"([12][0-9]{3})([0-9]{2})([0-9]{2})")
_MIDNIGHT = re.compile(r"[T ]00:00(:00)?$")
_SERIAL = re.compile(r"[2-7][0-9]{4}")
_AMOUNT = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,16})(?:\.[0-9]{1,10})?")
_UNITS = {"亿元": 10**8, "亿": 10**8, "万元": 10**4, "万": 10**4, "元": 1, "": 1}
_FORMULA_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)
_HEADING = re.compile(r"(?P<name>[^(]+?)(?:\((?P<unit>[^)]*)\))?\*?")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and what to do. `row` is that of the spreadsheet, 0 the file as a whole."""

    row: int
    column: str
    value: str
    rule: str
    message: Message
    remedy: Message


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column stands in this file, and how many yuan one of its figures is."""

    at: int
    unit: int = 1


def read_heading(line: Line, columns: Sequence[Column]) -> tuple[dict[str, Place], list[Fault]]:
    """Where each column is. Names are understood in Chinese and English, in any width, with a unit in brackets."""
    by_name = {each.label: each for each in columns} | {each.name: each for each in columns}
    places: dict[str, Place] = {}
    faults: list[Fault] = []
    for at, cell in enumerate(line.cells):
        plain = "".join(unicodedata.normalize("NFKC", cell).split())
        found = _HEADING.fullmatch(plain.rstrip("*"))
        column = by_name.get(found["name"]) or by_name.get(found["name"].lower()) if found else None
        if column is None or found is None:
            if plain:
                faults.append(
                    Fault(
                        line.number, plain[:40], "", "",
                        msg("不认识的列“{name}”。", name=plain[:40]),
                        msg("请按模板的列名填写，或删除该列。"),
                    )
                )  # fmt: skip
            continue
        if column.name in places:
            faults.append(
                Fault(
                    line.number, column.label, "", "",
                    msg("列“{name}”出现两次。", name=column.label), msg("请删除其中一列。"),
                )
            )  # fmt: skip
            continue
        unit = _UNITS.get(found["unit"] or "", 1) if column.is_money else 1
        places[column.name] = Place(at, unit)
    missing = [each.label for each in columns if each.required and each.name not in places]
    if missing:
        faults.append(
            Fault(
                line.number, "", "", "",
                msg("缺少列：{columns}。", columns="、".join(missing)),
                msg("请下载模板，保留第一行列名。"),
            )
        )  # fmt: skip
    return places, faults


class Cells:
    """The cells of one line by the names of their columns."""

    def __init__(
        self, line: Line, places: Mapping[str, Place], columns: Mapping[str, Column], faults: list[Fault]
    ) -> None:
        self.row = line.number
        self._line = line
        self._places = places
        self._columns = columns
        self._faults = faults

    def raw(self, name: str) -> str:
        """What stands there; empty where the file has no such column."""
        place = self._places.get(name)
        if place is None or place.at >= len(self._line.cells):
            return ""
        return self._line.cells[place.at]

    def has(self, *names: str) -> bool:
        """Whether any of these is filled."""
        return any(self.raw(name) for name in names)

    def fault(self, name: str, message: Message, remedy: Message, *, rule: str = "") -> None:
        """Note what is wrong with a cell of this line (`name` may be empty for the line as a whole)."""
        column = self._columns.get(name)
        value = self.raw(name)
        if column is not None and column.is_secret and value:
            value = f"{value[:3]}***{value[-2:]}" if len(value) > 8 else "***"
        self._faults.append(
            Fault(self.row, column.label if column else "", value[:SHOWN], rule, message, remedy)
        )

    def text(self, name: str, *, longest: int, required: bool = False) -> str:
        """Cleaned text."""
        found: dict[str, Message] = {}
        value = clean_text(self.raw(name), name, found, longest=longest, required=required)
        if name in found:
            self.fault(name, found[name], msg("请补填或修改后重新上传。"))
            return ""
        if value in _FORMULA_ERRORS:
            self.fault(name, msg("单元格是公式错误。"), msg("请改为实际内容，粘贴为数值。"))
            return ""
        return value

    def day(self, name: str, *, required: bool = False) -> date | None:
        """A calendar day; only ways of writing it that can mean one day."""
        text = _MIDNIGHT.sub("", "".join(unicodedata.normalize("NFKC", self.raw(name)).strip()))
        if not text:
            if required:
                self.fault(name, msg("此项必填。"), msg("请补填或修改后重新上传。"))
            return None
        if _SERIAL.fullmatch(text):
            self.fault(
                name,
                msg("日期保存成了数字“{text}”。", text=text),
                msg("请把该列设为日期或文本格式，写成 2026-01-31。"),
            )
            return None
        parts = _DAY.fullmatch("".join(text.split())) or _PACKED_DAY.fullmatch(text)
        try:
            if parts is not None:
                year, month, day = (int(each) for each in parts.groups() if each and each.isdecimal())
                return date(year, month, day)
        except ValueError:
            pass
        self.fault(
            name, msg("“{text}”不是有效日期。", text=text[:20]), msg("请写成 2026-01-31 或 2026年1月31日。")
        )
        return None

    def fen(self, name: str) -> int | None:
        """An amount in fen, exactly; None where nothing stands."""
        text = self.raw(name)
        if not text:
            return None
        place = self._places[name]
        try:
            return exact_fen(text, place.unit)
        except InvalidInput as error:
            self.fault(name, error.message, error.remedy or msg("请核对金额和单位。"))
            return None

    def number(self, name: str, *, least: int, most: int) -> int | None:
        """A whole number within bounds; None where nothing stands."""
        text = unicodedata.normalize("NFKC", self.raw(name)).strip()
        if not text:
            return None
        if re.fullmatch(r"[0-9]{1,9}", text) and least <= int(text) <= most:
            return int(text)
        self.fault(
            name,
            msg("“{text}”不在允许范围内。", text=text[:20]),
            msg("请填写 {least} 到 {most} 之间的整数。", least=least, most=most),
        )
        return None

    def area(self, name: str) -> Decimal | None:
        """Square metres with two decimals."""
        text = unicodedata.normalize("NFKC", self.raw(name)).strip().replace(",", "")
        if not text:
            return None
        try:
            area = Decimal(text)
            if (
                area.is_finite()
                and Decimal("0.01") <= area <= 10**8
                and area == area.quantize(Decimal("0.01"))
            ):
                return area.quantize(Decimal("0.01"))
        except InvalidOperation:
            pass
        self.fault(
            name,
            msg("面积“{text}”无效。", text=text[:20]),
            msg("请填写 0.01 至 1 亿之间、最多两位小数的平方米数。"),
        )
        return None

    def one_of(self, name: str, values: Mapping[str, Value], *, required: bool = False) -> Value | None:
        """One of the known words, in Chinese or English."""
        text = unicodedata.normalize("NFKC", self.raw(name)).strip()
        if not text:
            if required:
                self.fault(name, msg("此项必填。"), self._choices(name))
            return None
        if text not in values:
            self.fault(name, msg("“{text}”不可识别。", text=text[:20]), self._choices(name))
            return None
        return values[text]

    def yes(self, name: str) -> bool:
        """是 or 否; empty is 否."""
        return bool(self.one_of(name, {YES: True, NO: False, "yes": True, "no": False}))

    def _choices(self, name: str) -> Message:
        return msg("可填：{allowed}。", allowed="、".join(self._columns[name].choices))


def exact_fen(text: str, unit: int = 1) -> int:
    """Fen of an amount in yuan, or in 万元 or 亿元 as the cell or the heading (`unit` yuan) says; nothing is ever rounded.

    Raises `InvalidInput` for signs, fractions of a fen, other characters, and amounts above ten trillion yuan.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split()).removeprefix("¥").removeprefix("人民币")
    suffix = next(each for each in _UNITS if plain.endswith(each))
    body = plain.removesuffix(suffix)
    if _AMOUNT.fullmatch(body) is None:
        raise InvalidInput(
            msg("“{text}”不是有效金额。", text=text[:20]),
        )
    fen = Decimal(body.replace(",", "")) * (_UNITS[suffix] if suffix else unit) * 100
    if fen != fen.to_integral_value():
        raise InvalidInput(msg("金额“{text}”不是整分。", text=text[:20]))
    if fen > LARGEST_FEN:
        raise InvalidInput(msg("金额过大，请核对单位是否为元。"))
    return int(fen)
