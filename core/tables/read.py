"""Read a table that somebody hands in: CSV in the encodings of office programs, or the first sheet of an XLSX file.

Lines come one by one, so that memory does not grow with the file. What a file claims of itself is not believed: the kind is
told by the first bytes, an XLSX file is measured before it is unpacked, document types (and with them entities) are refused.
"""

import codecs
import csv
import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from core.errors import InvalidInput
from core.i18n import Message, msg

MOST_ROWS = 100_000
MOST_COLUMNS = 100
MOST_CELL = 2_000
MOST_UNPACKED = 200_000_000
MOST_PARTS = 500
_PIECE = 1 << 16
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_DELIMITERS = ",\t;，；"
_DOUBLE_DIGITS = 10**15


@dataclass(frozen=True, slots=True)
class Line:
    """One row with something in it. `number` is that of the spreadsheet: the heading is 1."""

    number: int
    cells: tuple[str, ...]


def read_table(content: bytes) -> Iterator[Line]:
    """The lines of the file, the heading first. Raises `InvalidInput` for what is no table or too large, also midway."""
    if content.startswith(b"PK\x03\x04"):
        rows = _xlsx_rows(content)
    elif content.startswith(_OLD_OFFICE):
        raise InvalidInput(
            msg("这是旧版 .xls 文件或加了密码的文件。请另存为不加密的 .xlsx 或 CSV 后重新上传。")
        )
    else:
        rows = _csv_rows(content)
    count = 0
    for number, cells in rows:
        if not any(cells):
            continue
        count += 1
        if count > MOST_ROWS + 1:
            raise InvalidInput(msg("一次最多导入 {most} 行，请拆分文件。", most=MOST_ROWS))
        if len(cells) > MOST_COLUMNS:
            raise InvalidInput(
                msg("第 {row} 行超过 {most} 列，请删除多余的列。", row=number, most=MOST_COLUMNS)
            )
        if any(len(cell) > MOST_CELL for cell in cells):
            raise InvalidInput(
                msg("第 {row} 行有单元格超过 {most} 个字，请缩短。", row=number, most=MOST_CELL)
            )
        yield Line(number, tuple(cells))
    if count == 0:
        raise InvalidInput(msg("文件是空的。"))


def _csv_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    encoding = _encoding(content)
    stream = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
    delimiter = _delimiter(stream.readline(_PIECE))
    stream.seek(0)
    try:
        for number, cells in enumerate(csv.reader(stream, delimiter=delimiter, strict=True), start=1):
            kept = [cell.strip() for cell in cells]
            while kept and not kept[-1]:
                kept.pop()
            yield number, kept
    except csv.Error as error:
        raise InvalidInput(
            msg("不是有效的 CSV 文件（{error}）。请用表格软件另存为 CSV UTF-8。", error=str(error))
        ) from error


def _encoding(content: bytes) -> str:
    """UTF-16 by its mark, then UTF-8 with or without one, then what Chinese office programs write."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates: tuple[str, ...] = ("utf-16",)
    elif b"\x00" in content:
        raise InvalidInput(msg("不是文本文件。请用表格软件另存为 CSV UTF-8。"))
    else:
        candidates = ("utf-8-sig", "gb18030")
    for encoding in candidates:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for start in range(0, len(content), _PIECE):
                if "\x00" in decoder.decode(content[start : start + _PIECE]):
                    raise InvalidInput(msg("不是文本文件。请用表格软件另存为 CSV UTF-8。"))
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise InvalidInput(msg("文件编码无法识别。请用表格软件另存为 CSV UTF-8。"))


def _delimiter(heading: str) -> str:
    return max(_DELIMITERS, key=lambda each: (heading.count(each), -_DELIMITERS.index(each)))


_NO_WORKBOOK = "不是有效的 XLSX 文件，可能已损坏。请用表格软件重新另存后上传。"


def _xlsx_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    _check_package(content)
    from openpyxl import load_workbook  # only who reads such a file pays for loading it

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that do not matter here
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheet = next((each for each in book.worksheets if each.sheet_state == "visible"), None)
            if sheet is None:
                raise InvalidInput(msg("文件中没有可见的工作表。"))
            sheet.reset_dimensions()  # a file may claim any size of itself
            for number, values in enumerate(
                sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True), start=1
            ):
                kept = [_as_text(value) for value in values]
                while kept and not kept[-1]:
                    kept.pop()
                yield number, kept
    except InvalidInput:
        raise
    except Exception as error:  # whatever the library stumbles over in a file made by strangers
        raise InvalidInput(msg(_NO_WORKBOOK)) from error


def _check_package(content: bytes) -> None:
    """Raise `InvalidInput` for what would grow beyond measure when unpacked, or holds a document type."""
    broken: Message | None = None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise InvalidInput(
                    msg(
                        "文件解压后超过 {most} MB，已拒绝。请删除图片和多余的工作表。",
                        most=MOST_UNPACKED // 1_000_000,
                    )
                )
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with package.open(part) as opened:
                        if b"<!DOCTYPE" in opened.read(4096).upper():
                            broken = msg(_NO_WORKBOOK)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise InvalidInput(msg(_NO_WORKBOOK)) from error
    except Exception as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(msg(_NO_WORKBOOK)) from error
    if broken is not None:
        raise InvalidInput(broken)


def _as_text(value: Any) -> str:
    """A cell as its reader sees it. Numbers beyond what a spreadsheet keeps exactly stay in exponent form, so that nobody
    takes their invented last digits for those of an identity card."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case int() if abs(value) < _DOUBLE_DIGITS:
            return str(value)
        case int() | float():
            shown = f"{value:.15g}"
            if abs(value) >= _DOUBLE_DIGITS:
                return f"{value:.14e}"
            return f"{float(shown):.10f}".rstrip("0").rstrip(".") if "e" in shown else shown
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(sep=" ", timespec="seconds")
        case date():
            return value.isoformat()
        case _:
            return str(value).strip()
