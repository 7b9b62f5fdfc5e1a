"""Tables that people hand in and take away as files: CSV and XLSX, read line by line, written so that nothing in them runs."""

from core.tables.read import MOST_CELL, MOST_COLUMNS, MOST_ROWS, Line, read_table
from core.tables.write import MEDIA_TYPES, harmless, write_csv, write_xlsx

__all__ = [
    "MEDIA_TYPES",
    "MOST_CELL",
    "MOST_COLUMNS",
    "MOST_ROWS",
    "Line",
    "harmless",
    "read_table",
    "write_csv",
    "write_xlsx",
]
