"""`disposal import cases FILE` and `disposal import assets FILE`: examine a CSV or XLSX file, and load it as a whole or not."""

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.settings import Settings
from web.commands import CommandFailed, Subparsers, open_database

if TYPE_CHECKING:
    from disposal_teams.intake.queries import FaultShown

LARGEST_FILE = 64 * 1024 * 1024
SHOWN = 200
_TOLD = {
    "cases": "案件、当事人、债权与关联案件 · cases with parties, claims and linked cases",
    "assets": "标的物、案件与查封 · assets with their cases and seals",
}


def register(subparsers: Subparsers) -> None:
    """Add both commands."""
    for kind, told in _TOLD.items():
        parser = subparsers.add_parser(
            kind,
            help=told,
            description=(
                "A CSV or XLSX file with a heading line, as the templates of /team/imports have it. Every fault is told with "
                "row, column, value, rule and remedy; then nothing is imported. The same file is not imported twice."
            ),
        )
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--dry-run", action="store_true", help="只检查，不写入 · check everything, write nothing"
        )
        parser.set_defaults(handler=partial(import_file, kind))


class _Undo(Exception):
    """Rolls the transaction back."""


async def import_file(kind: str, arguments: argparse.Namespace, settings: Settings) -> int:
    """Examine, load in one transaction, report. Exit code 1 when the file has faults or is loaded already."""
    from core.errors import Conflict
    from core.identity import SYSTEM
    from disposal_teams.courts.establish import establish_courts
    from disposal_teams.intake.examine import examine_file, load_file
    from disposal_teams.intake.hand_in import confirm_file, hand_in_file
    from disposal_teams.intake.models import IntakeKind
    from disposal_teams.intake.queries import faults_of

    content = _content(arguments.file)
    told: list[str] = []
    faults, faulty, rows, counts = 0, 0, 0, {}
    async with open_database(settings) as database:
        try:
            async with database.begin(SYSTEM) as work:
                await establish_courts(work)
                file = await hand_in_file(
                    work, kind=IntakeKind(kind), name=arguments.file.name, content=content
                )
                await examine_file(work, file)
                faults, faulty, rows, counts = file.fault_count, file.faulty_rows, file.row_count, file.counts
                told = [_line(each) for each in await faults_of(work, file, limit=SHOWN)]
                if faults or arguments.dry_run:
                    raise _Undo
                await confirm_file(work, file.id, digest=file.sha256)
                await load_file(work, file, just_examined=True)
                counts = file.counts
        except _Undo:
            pass
        except Conflict as refused:
            print(refused, file=sys.stderr)
            return 1
    if faults:
        print(*told, sep="\n", file=sys.stderr)
        if faults > len(told):
            print(f"... and {faults - len(told)} more", file=sys.stderr)
        print(f"nothing was imported: {faults} faults in {faulty} of {rows} rows", file=sys.stderr)
        return 1
    verb = "would be imported" if arguments.dry_run else "imported"
    print(f"{verb}: " + ", ".join(f"{number} {name}" for name, number in sorted(counts.items()) if number))
    return 0


def _line(fault: "FaultShown") -> str:
    place = ", ".join(filter(None, (f"row {fault.row}", fault.column)))
    value = f"“{fault.value}” " if fault.value else ""
    rule = f" [{fault.rule}]" if fault.rule else ""
    return f"{place}: {value}{fault.message}{rule} {fault.remedy}"


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise CommandFailed(f"{path} is larger than {LARGEST_FILE // 1024 // 1024} MB: split it")
        return path.read_bytes()
    except OSError as error:
        raise CommandFailed(f"cannot read {path}: {error.strerror}") from error
