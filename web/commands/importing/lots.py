"""`disposal import lots FILE`: read lots from a CSV file, all or nothing."""

import argparse
import sys
from pathlib import Path

from core.settings import Settings
from web.commands import CommandFailed, Subparsers, open_database

STAGES = ("sealed", "surveyed", "valued", "draft", "notified")


def register(subparsers: Subparsers) -> None:
    """Add `lots`."""
    lots = subparsers.add_parser(
        "lots",
        help="从 CSV 导入拍品 · lots from a CSV file",
        description="Imports lots from a UTF-8 CSV file. Formats are told apart by the header; the own format has the columns "
        "source_key, round, kind, title, location, court_code, valuation, starting_price, deposit, increment and, if wanted, "
        "area_m2, owner_name, note, previous_start (money in yuan). Every bad row is reported with its number; then nothing is "
        "imported. Importing the same file again changes nothing.",
    )
    lots.add_argument("file", type=Path, metavar="FILE")
    lots.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
    lots.add_argument(
        "--stage",
        choices=STAGES,
        default="draft",
        help="how far to bring the lots (default: draft, with panel record)",
    )
    lots.add_argument("--demo", action="store_true", help="mark the lots as demonstration")
    lots.set_defaults(handler=import_file)


def read_file(file: Path) -> str:
    """The text of a file. Raises `CommandFailed` in one line."""
    from auction.listing.import_formats import LONGEST_FILE

    try:
        if file.stat().st_size > LONGEST_FILE:
            raise CommandFailed(f"{file} is larger than {LONGEST_FILE // 1_000_000} MB: split it")
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CommandFailed(f"{file} is not UTF-8: save it as “CSV UTF-8”") from None
    except OSError as error:
        raise CommandFailed(f"cannot read {file}: {error.strerror}") from None


async def import_file(arguments: argparse.Namespace, settings: Settings) -> int:
    """Read, check, write; report."""
    from auction.listing.import_formats import read_lots
    from auction.listing.import_lots import ImportStage, import_lots
    from core.identity import SYSTEM
    from disposal_teams.courts.establish import establish_courts

    lots, faults = read_lots(read_file(arguments.file))
    for fault in faults[:1000]:
        print(fault, file=sys.stderr)
    if faults:
        raise CommandFailed(f"{arguments.file}: {len(faults)} bad rows, nothing was imported", code=1)
    if arguments.dry_run:
        print(f"{len(lots)} lots can be imported; nothing was written")
        return 0
    async with open_database(settings) as database, database.begin(SYSTEM) as work:
        await establish_courts(work)
        report = await import_lots(work, lots, stage=ImportStage(arguments.stage), is_demo=arguments.demo)
    print(f"{len(report.created)} lots imported, {report.known} were there already")
    return 0
