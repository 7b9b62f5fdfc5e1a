"""Figures as files for other programs: CSV, XLSX and Parquet with the same columns (chapter 9)."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO, StringIO
from typing import Any

from auction.indicators.definitions import INDICATORS, SUMS
from auction.indicators.figures import Figures
from auction.indicators.rules import NOTHING, Period, value

_KINDS: dict[str, tuple[str, str | None]] = {
    "csv": ("text/csv; charset=utf-8", None),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsxwriter"),
    "parquet": ("application/vnd.apache.parquet", "pyarrow"),
}
FILES: dict[str, str] = {
    kind: media_type
    for kind, (media_type, library) in _KINDS.items()
    if library is None or find_spec(library) is not None
}
"""Kinds of files with their media types; without the library of a kind (requirements/runtime.in) that kind is not offered."""

COLUMNS: dict[str, type] = {
    "period": str,
    "court_code": str,
    "court": str,
    "indicator": str,
    "name": str,
    "unit": str,
    "numerator": int,
    "denominator": int,
    "rows": int,
    "value": float,
    "median": int,
    "ninth_decile": int,
    "no_data_because": str,
}
"""Money is in fen in numerator and denominator, in yuan in value; hours are in minutes and hours likewise."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in the order of `COLUMNS`; None where there is nothing to say."""

    rows: list[tuple[Any, ...]]


def figure_table(period: Period, figures: Figures, names: Mapping[str, str], courts: Sequence[str]) -> Table:
    """Every indicator of every court. What the product keeps no rows of has no numbers but its reason."""
    rows = []
    for court in courts:
        for each in INDICATORS:
            figure = figures.get(court, {}).get(each.code, NOTHING)
            shown = value(each, figure) if each.has_data else None
            rows.append(
                (
                    period.name,
                    court,
                    names.get(court, court),
                    each.code,
                    each.name,
                    str(each.unit),
                    figure.numerator if each.has_data else None,
                    figure.denominator if each.has_data and each.unit not in SUMS else None,
                    figure.row_count if each.has_data else None,
                    None if shown is None else float(shown),
                    figure.median,
                    figure.ninth_decile,
                    each.missing or None,
                )
            )
    return Table(rows)


def in_format(table: Table, kind: str) -> bytes:
    """The table as a file of this kind (a key of `FILES`)."""
    return {"csv": _csv, "xlsx": _xlsx, "parquet": _parquet}[kind](table)


def _csv(table: Table) -> bytes:
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(["" if cell is None else cell for cell in row] for row in table.rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()  # the mark by which office programs know UTF-8


def _xlsx(table: Table) -> bytes:
    import xlsxwriter  # only who downloads such a file pays for loading it

    out = BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet("indicators")
        sheet.write_row(0, 0, COLUMNS, book.add_format({"bold": True}))
        for place, row in enumerate(table.rows, 1):
            sheet.write_row(place, 0, row)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(table.rows), len(COLUMNS) - 1)
    return out.getvalue()


def _parquet(table: Table) -> bytes:
    from pyarrow import Table as Columns
    from pyarrow import array, float64, int64, parquet, string

    types = {str: string(), int: int64(), float: float64()}
    columns = [
        array([row[place] for row in table.rows], types[kind]) for place, kind in enumerate(COLUMNS.values())
    ]
    out = BytesIO()
    parquet.write_table(Columns.from_arrays(columns, names=list(COLUMNS)), out)
    return out.getvalue()
