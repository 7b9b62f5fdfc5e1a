"""`disposal verify records`: hold every published record of this database against its rows, once and wholly."""

import argparse

from core.settings import Settings
from web.commands import Subparsers, open_database


def register(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "records",
        help="全部记录 · every record of this database against what was published of it",
        description="What the self-check does within a day, at once: the tree, every checkpoint and time stamp, every bid, "
        "decision and result, every audit event. Changes nothing. Exit code 0: everything fits. 1: something does not.",
    )
    parser.set_defaults(handler=verify_records)


async def verify_records(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Print each finding, then how many leaves were walked."""
    from auction.transparency.queries import log_health
    from auction.transparency.self_check import check_everything
    from core.identity import SYSTEM

    async with open_database(settings) as database, database.read(SYSTEM) as work:
        findings = await check_everything(work)
        size = (await log_health(work)).size
    for finding in findings:
        print(f"{finding.subject}: {finding.kind}: {finding.detail}")
    print(f"{size} entries of the public log verified, {len(findings)} faults")
    return 1 if findings else 0
