"""Tables that people hand in: encodings, limits, hostile files; and what is written runs nowhere."""

import csv
import io
import zipfile
from contextlib import suppress
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from core.errors import InvalidInput
from core.tables import MOST_CELL, harmless, read_table, write_csv, write_xlsx
from core.tables import read as reading


def book(*rows: list[Any]) -> bytes:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_of_chinese_office_programs_is_read_in_each_encoding(encoding: str, delimiter: str) -> None:
    text = f"案号{delimiter}名称\r\n\r\n“①”{delimiter}狮山路1号㐀\r\n"
    lines = list(read_table(text.encode(encoding)))
    assert [line.number for line in lines] == [1, 3]
    assert lines[1].cells == ("“①”", "狮山路1号㐀")


def test_a_workbook_is_read_as_its_reader_sees_it() -> None:
    lines = list(
        read_table(
            book(
                ["日期", "金额", "证件", "是"],
                [
                    datetime(2026, 1, 31),  # noqa: DTZ001
                    1234.56,
                    320505199001011234,
                    True,
                ],
                [date(2026, 2, 1), 0.1 + 0.2, "320505199001011234", None],
                [None, None, None, None],
                [None, 12, None, "=1+1"],
            )
        )
    )
    assert lines[1].cells == ("2026-01-31", "1234.56", "3.20505199001011e+17", "是")
    assert lines[2].cells == ("2026-02-01", "0.3", "320505199001011234")
    assert [line.number for line in lines] == [1, 2, 3, 5]


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def test_what_is_no_table_or_beyond_measure_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped(xl__worksheets__sheet1_xml=b"0" * 5_000_000)
    entities = zipped(a_xml=b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    for content in (
        b"",
        b"\x00\x01",
        b'"a',
        b"\xff\xff\xff",
        b"\xd0\xcf\x11\xe0old",
        b"PK\x03\x04",
        entities,
    ):
        with pytest.raises(InvalidInput):
            list(read_table(content))
    monkeypatch.setattr(reading, "MOST_UNPACKED", 1_000_000)
    assert len(bomb) < 20_000
    with pytest.raises(InvalidInput, match="解压"):
        list(read_table(bomb))
    monkeypatch.setattr(reading, "MOST_ROWS", 3)
    assert len(list(read_table(b"a\n1\n2\n3\n"))) == 4
    for content in (b"a\n1\n2\n3\n4\n", b"," * 101 + b"x\n", b"a\n" + b"x" * (MOST_CELL + 1)):
        with pytest.raises(InvalidInput):
            list(read_table(content))


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_whatever_break_the_reader(content: bytes, as_workbook: bool) -> None:
    with suppress(InvalidInput):
        list(read_table(b"PK\x03\x04" + content if as_workbook else content))


@given(st.text(max_size=20))
def test_no_cell_that_is_written_runs_as_a_formula(text: str) -> None:
    written = write_csv(["a"], [[text]])
    (_, row) = csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""))
    assert not row[0].lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert row[0] in (text, f"'{text}")
    assert harmless(-5) == -5


def test_a_workbook_that_is_written_holds_text_and_no_formula() -> None:
    content = write_xlsx([("表", ["甲"], [["=1+1"], ["http://x"]], [10])])
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert [(cell.data_type, cell.value, cell.hyperlink) for (cell,) in sheet.iter_rows(min_row=2)] == [
        ("s", "=1+1", None),
        ("s", "http://x", None),
    ]
