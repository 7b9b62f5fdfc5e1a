"""The same figures in every kind of file that the installation offers (chapter 9)."""

import csv
from datetime import date
from io import BytesIO, StringIO
from typing import Any
from xml.etree.ElementTree import parse
from zipfile import ZipFile

import pytest

from auction.indicators.definitions import INDICATORS
from auction.indicators.export import COLUMNS, FILES, figure_table, in_format
from auction.indicators.rules import Figure, Period

FIGURES = {"0505": {"K-02": Figure(3, 4, 4), "K-10": Figure(12_345, 2, 2), "K-16": Figure(90, 3, 3, 30, 40)}}
TABLE = figure_table(Period(date(2026, 10, 1), 1), FIGURES, {"0505": '=虎丘,"法院"'}, ["0505", "0506"])
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells(row: Any, words: list[str]) -> dict[str, str]:
    """The written cells of a row of a sheet, by the letter of their column."""
    found = {}
    for cell in row.iter(f"{SHEET}c"):
        text = cell.find(f"{SHEET}v").text
        found[cell.get("r").rstrip("0123456789")] = words[int(text)] if cell.get("t") == "s" else text
    return found


def test_K01_every_court_and_indicator_has_a_row_and_no_data_has_no_number() -> None:
    assert len(TABLE.rows) == 2 * len(INDICATORS)
    lines = [dict(zip(COLUMNS, row, strict=True)) for row in TABLE.rows]
    for line in lines:
        if line["no_data_because"]:
            assert line["numerator"] is line["denominator"] is line["rows"] is line["value"] is None
    (rate,) = (line for line in lines if (line["court_code"], line["indicator"]) == ("0505", "K-02"))
    assert (rate["numerator"], rate["denominator"], rate["value"]) == (3, 4, 75.0)
    (turnover,) = (line for line in lines if (line["court_code"], line["indicator"]) == ("0505", "K-10"))
    assert (turnover["numerator"], turnover["denominator"], turnover["value"]) == (12_345, None, 123.45)


@pytest.mark.parametrize("kind", list(FILES))
def test_K01_a_file_says_what_the_table_says(kind: str) -> None:
    content = in_format(TABLE, kind)
    if kind == "csv":
        rows = list(csv.reader(StringIO(content.decode("utf-8-sig"))))
        assert rows[0] == list(COLUMNS)
        assert rows[1:] == [["" if cell is None else str(cell) for cell in row] for row in TABLE.rows]
    elif kind == "xlsx":
        with ZipFile(BytesIO(content)) as book:
            words = [
                each.findtext(f"{SHEET}t") or ""
                for each in parse(book.open("xl/sharedStrings.xml")).getroot()
            ]
            sheet = parse(book.open("xl/worksheets/sheet1.xml")).getroot()
        lines = [cells(row, words) for row in sheet.iter(f"{SHEET}row")]
        assert list(lines[0].values()) == list(COLUMNS)
        assert len(lines) == len(TABLE.rows) + 1
        assert lines[1]["C"] == '=虎丘,"法院"', "a name is never a formula"
        for written, row in zip(lines[1:], TABLE.rows, strict=True):
            kept = [cell for cell in row if cell is not None]
            for one, other in zip(written.values(), kept, strict=True):
                assert (float(one) == other) if isinstance(other, int | float) else (one == other)
    else:
        from pyarrow import parquet

        read = parquet.read_table(BytesIO(content))
        assert read.column_names == list(COLUMNS)
        assert [tuple(row.values()) for row in read.to_pylist()] == TABLE.rows
