"""Read sales made elsewhere from CSV files (UTF-8, comma, header line). Pure: text in, rows for `sale_record` and faults out.

Told apart by the header:

`own`         source_key, kind, region, title, reference, price, sold_on and, if wanted, area_m2, built_year, rooms, round.
              Money in yuan.
`listings`    city, title, marketPrice, currentPrice, …, bidCount: rows with at least one bid are sales.
`valuations`  id, bundesland_name, typ, flaeche, baujahr, raeume, sale_date, verkehrswert: court appraisals of another
              country (market `de`, in euro cents); rows that repeat a valuation count once.
"""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from auction.listing.import_guesses import guess_kind

MAX_ROWS = 500_000
LARGEST = Decimal(10) ** 12

OWN = {"source_key", "kind", "region", "title", "reference", "price", "sold_on"}
LISTINGS = {"city", "title", "marketPrice", "currentPrice", "bidCount"}
VALUATIONS = {"id", "bundesland_name", "typ", "flaeche", "sale_date", "verkehrswert"}

Row = dict[str, str]


class BadRow(ValueError):
    """A value that cannot be read; the text names the column."""


def read_sales(text: str, *, source: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The sales of a file as columns of `SaleRecord`, and one line for each bad row. No sale is guessed."""
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    header = set(reader.fieldnames or ())
    make: Callable[[Row], dict[str, Any] | None]
    if header >= OWN:
        make = _own
    elif header >= LISTINGS:
        make = _listing
    elif header >= VALUATIONS:
        make = _valuation
    else:
        return [], [f"row 1: unknown columns: {', '.join(sorted(header))[:200] or 'the file is empty'}"]
    sales: dict[str, dict[str, Any]] = {}
    faults = []
    for number, row in _numbered(reader):
        if number > MAX_ROWS:
            faults.append(f"row {number}: more than {MAX_ROWS} rows")
            break
        try:
            sale = make(row)
        except (BadRow, KeyError) as error:
            faults.append(f"row {number}: {error}")
            continue
        if sale is not None:
            sales.setdefault(sale["source_key"], {**_BLANK, **sale, "source": source})
    return list(sales.values()), faults


_BLANK: dict[str, Any] = {
    "market": "cn",
    "region": "",
    "title": "",
    "area_m2": None,
    "built_year": None,
    "rooms": None,
    "round": "",
    "reference_fen": None,
    "sold_on": None,
}


def _numbered(reader: "csv.DictReader[str]") -> Iterator[tuple[int, Row]]:
    for number, row in enumerate(reader, start=2):
        yield number, {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}


def _own(row: Row) -> dict[str, Any]:
    return {
        "source_key": _text(row, "source_key", 80),
        "kind": _text(row, "kind", 40),
        "region": row["region"][:60],
        "title": row["title"][:200],
        "area_m2": _number(row, "area_m2"),
        "built_year": _year(row.get("built_year", "")),
        "rooms": _float(row.get("rooms", "")),
        "round": row.get("round", "")[:20],
        "reference_fen": _fen(row, "reference", required=False),
        "price_fen": _fen(row, "price"),
        "sold_on": _day(row, "sold_on"),
    }


def _listing(row: Row) -> dict[str, Any] | None:
    if not row["bidCount"].isdigit():
        raise BadRow(f"bidCount is no number: {row['bidCount'][:40]!r}")
    if int(row["bidCount"]) == 0:
        return None
    return {
        "source_key": _text(row, "title", 200)[:80],
        "kind": str(guess_kind(row["title"])),
        "region": row["city"][:60],
        "title": row["title"][:200],
        "reference_fen": _fen(row, "marketPrice", required=False),
        "price_fen": _fen(row, "currentPrice"),
    }


def _valuation(row: Row) -> dict[str, Any] | None:
    price = _fen(row, "verkehrswert", required=False)
    if price is None:
        return None
    facts = [row.get(name, "") for name in ("bundesland_name", "typ", "flaeche", "baujahr", "raeume")]
    return {
        "market": "de",
        "source_key": "|".join([*facts, str(price)])[:80],
        "kind": row["typ"] or "Anderes",
        "region": row["bundesland_name"][:60],
        "title": row["id"],
        "area_m2": _number(row, "flaeche"),
        "built_year": _year(row.get("baujahr", "")),
        "rooms": _float(row.get("raeume", "")),
        "price_fen": price,
        "sold_on": _day(row, "sale_date"),
    }


def _text(row: Row, name: str, longest: int) -> str:
    if not row[name] or len(row[name]) > longest:
        raise BadRow(f"{name} must have 1 to {longest} characters")
    return row[name]


def _decimal(row: Row, name: str) -> Decimal | None:
    value = row.get(name, "")
    if value == "":
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise BadRow(f"{name} is no number: {value[:40]!r}") from None
    if not number.is_finite() or not 0 <= number < LARGEST:
        raise BadRow(f"{name} is out of range: {value[:40]!r}")
    return number


def _number(row: Row, name: str) -> Decimal | None:
    number = _decimal(row, name)
    return number.quantize(Decimal("0.01")) if number else None


def _fen(row: Row, name: str, *, required: bool = True) -> int | None:
    number = _decimal(row, name)
    fen = round(number * 100) if number else None
    if not fen and required:
        raise BadRow(f"{name} must be above 0")
    return fen or None


def _float(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 < number < 1_000 else None


def _year(text: str) -> int | None:
    number = _float_or_nothing(text)
    return int(number) if number is not None and 1500 <= number <= 2100 else None


def _float_or_nothing(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _day(row: Row, name: str) -> date | None:
    if not row[name]:
        return None
    try:
        return date.fromisoformat(row[name])
    except ValueError:
        raise BadRow(f"{name} is no day (YYYY-MM-DD): {row[name][:40]!r}") from None
