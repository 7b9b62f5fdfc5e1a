"""`disposal import assets FILE`: assets with their cases and seals from a CSV file."""

import argparse
import sys
from pathlib import Path

from core.settings import Settings
from web.commands import CommandFailed, Subparsers, open_database

LARGEST_FILE = 64 * 1024 * 1024
SHOWN = 200


def register(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "assets",
        help="标的物、案件与查封 · assets with their cases and seals",
        description=(
            "CSV with a heading line. Required: source_key, case_no, filed_on, cause, kind, title. Optional: claim_yuan, "
            "applicant, debtor, location, district, registry_no, owner_name, area_m2, sealed_on, seal_until, seal_kind. "
            "Chinese names of the columns are understood too."
        ),
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--dry-run", action="store_true", help="只检查，不写入 · check everything, write nothing"
    )
    parser.set_defaults(handler=import_assets_file)


async def import_assets_file(arguments: argparse.Namespace, settings: Settings) -> int:
    """Check, write in one transaction, report. Exit code 1 when rows are refused."""
    from core.identity import SYSTEM
    from disposal_teams.assets.import_assets import ImportRefused, import_assets
    from disposal_teams.assets.import_file import read_assets
    from disposal_teams.courts.establish import establish_courts

    rows, problems = read_assets(_content(arguments.file))

    class _DryRun(Exception):
        """Rolls the transaction back."""

    if not problems:
        async with open_database(settings) as database:
            try:
                async with database.begin(SYSTEM) as work:
                    await establish_courts(work)
                    done = await import_assets(work, rows)
                    if arguments.dry_run:
                        raise _DryRun
            except ImportRefused as refused:
                problems = refused.problems
            except _DryRun:
                pass
    if problems:
        _report(problems)
        return 1
    verb = "would be imported" if arguments.dry_run else "imported"
    print(f"{done.created} assets {verb} ({done.cases} new cases), {done.unchanged} were there already")
    return 0


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise CommandFailed(f"{path} is larger than {LARGEST_FILE // 1024 // 1024} MB: split it")
        return path.read_bytes()
    except OSError as error:
        raise CommandFailed(f"cannot read {path}: {error.strerror}") from error


def _report(problems: "list[Problem]") -> None:  # type: ignore[name-defined]  # noqa: F821
    for problem in sorted(problems, key=lambda each: each.row)[:SHOWN]:
        place = f"row {problem.row}" + (f", {problem.column}" if problem.column else "")
        print(f"{place}: {problem.message}", file=sys.stderr)
    if len(problems) > SHOWN:
        print(f"... and {len(problems) - SHOWN} more", file=sys.stderr)
    print(f"nothing was imported: {len(problems)} problems", file=sys.stderr)
