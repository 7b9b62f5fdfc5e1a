"""`disposal import sales FILE`: read sales made elsewhere as evidence, train anew, and say how good the model is."""

import argparse
import sys
from pathlib import Path

from core.settings import Settings
from web.commands import CommandFailed, Subparsers, open_database
from web.commands.importing.lots import read_file


def register(subparsers: Subparsers) -> None:
    """Add `sales`."""
    sales = subparsers.add_parser(
        "sales",
        help="从 CSV 导入成交记录 · sales from a CSV file, as evidence",
        description="Imports sales from a UTF-8 CSV file, all or nothing, trains the price model anew and prints its error on "
        "later sales beside the baseline's. The own format has the columns source_key, kind, region, title, reference, price, "
        "sold_on and, if wanted, area_m2, built_year, rooms, round (money in yuan). Importing a file again changes nothing.",
    )
    sales.add_argument("file", type=Path, metavar="FILE")
    sales.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
    sales.set_defaults(handler=import_file)


async def import_file(arguments: argparse.Namespace, settings: Settings) -> int:
    """Read, check, write, train; report."""
    from auction.results.import_sales import read_sales
    from core.identity import SYSTEM
    from valuation.comparables.records import remember_sales
    from valuation.comparables.refresh import refresh_outlooks

    rows, faults = read_sales(read_file(arguments.file), source=arguments.file.stem[:40])
    for fault in faults[:1000]:
        print(fault, file=sys.stderr)
    if faults:
        raise CommandFailed(f"{arguments.file}: {len(faults)} bad rows, nothing was imported", code=1)
    if arguments.dry_run:
        print(f"{len(rows)} sales can be imported; nothing was written")
        return 0
    async with open_database(settings) as database, database.begin(SYSTEM) as work:
        added = await remember_sales(work, rows)
        model = await refresh_outlooks(work, market=rows[0]["market"]) if rows else None
    print(f"{added} sales imported, {len(rows) - added} were there already")
    if model is None or model.metrics is None:
        print("too few dated sales for a test over time: outlooks show the baseline")
        return 0
    metrics = model.metrics
    for name in ("model", "baseline"):
        errors = metrics[name]
        print(f"{name:>8}: MdAPE {errors['mdape_percent']} %, MAE {errors['mae_fen'] / 100:,.0f}")
    print(
        f"interval meant for 80 %: held in {metrics['coverage_percent']} % of {metrics['tested_rows']} later sales"
    )
    print(
        "the model is used"
        if model.beats_baseline
        else "the model does not beat the baseline: outlooks show the baseline"
    )
    return 0
