"""`disposal verify draw RECORD.json`: draw the appraisal firms again, from the published record alone. Needs no database."""

import argparse
from pathlib import Path

import msgspec

from core.settings import Settings
from web.commands import Subparsers


def register(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "draw",
        help="评估机构摇号 · the draw of appraisal firms",
        description="Checks the commitment and draws again from a record saved from /draws/ID/record.json. Exit code 0: the "
        "same firms in the same order. 1: something does not fit. 2: not a record.",
    )
    parser.add_argument("file", type=Path, metavar="RECORD.json")
    parser.set_defaults(handler=verify_draw)


async def verify_draw(arguments: argparse.Namespace, settings: Settings) -> int:
    """Check one record, print each fault, then the firms."""
    from valuation.selection.rules import DrawRecord, faults

    try:
        record = msgspec.json.decode(arguments.file.read_bytes(), type=DrawRecord)
    except (OSError, ValueError) as error:
        print(f"{arguments.file}: {error}")
        return 2
    found = faults(record)
    for fault in found:
        print(f"draw: {fault}")
    names = {each.id: each.name for each in record.candidates}
    chosen = ", ".join(names.get(each, str(each)) for each in record.chosen)
    print(f"{record.selection_id}: {len(record.candidates)} candidates; {chosen}; {len(found)} faults")
    return 1 if found else 0
