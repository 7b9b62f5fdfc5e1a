"""Write tables for people: CSV that office programs read rightly, and XLSX. No cell of them is ever run as a formula."""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_RUNS_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(cell: object) -> object:
    """The cell, as text that no spreadsheet takes for a formula: what begins like one gets a quotation mark before it."""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(_RUNS_AS_FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell


def write_csv(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The table in UTF-8 with the mark by which office programs know it."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heading)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def write_xlsx(
    sheets: Sequence[tuple[str, Sequence[str], Sequence[Sequence[object]], Sequence[int]]],
) -> bytes:
    """A workbook of sheets (name, heading, rows, widths of columns); every cell of text is text."""
    import xlsxwriter  # only who downloads such a file pays for loading it

    out = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        for name, heading, rows, widths in sheets:
            sheet = book.add_worksheet(name)
            for place, width in enumerate(widths):
                sheet.set_column(place, place, width, text)
            sheet.write_row(0, 0, heading, bold)
            for number, row in enumerate(rows, start=1):
                sheet.write_row(number, 0, row, text)
            sheet.freeze_panes(1, 0)
    return out.getvalue()
