"""`disposal verify log LOG.json`: decide a published sale again, from its public log alone. Needs no database."""

import argparse
from pathlib import Path

import msgspec

from core.settings import Settings
from web.commands import Subparsers


def register(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "log",
        help="公开出价日志 · a sale's public log of bids",
        description="Checks numbers, hashes and signature of a log saved from /lots/NUMBER/log.json, and decides every "
        "bid again by the published rules. Exit code 0: all fits. 1: something does not. 2: not a log.",
    )
    parser.add_argument("file", type=Path, metavar="LOG.json")
    parser.add_argument(
        "--public-key", help="the service's public key (64 hexadecimal digits) that you trust"
    )
    parser.set_defaults(handler=verify_public_log)


async def verify_public_log(arguments: argparse.Namespace, settings: Settings) -> int:
    """Check one log and print each fault, then the result of the sale."""
    from auction.bidding.log import PublicLog
    from auction.bidding.models import BidOutcome
    from auction.bidding.verify_log import verify_log

    try:
        log = msgspec.json.decode(arguments.file.read_bytes(), type=PublicLog)
        key = bytes.fromhex(arguments.public_key) if arguments.public_key else None
    except (OSError, ValueError) as error:
        print(f"{arguments.file}: {error}")
        return 2
    faults = verify_log(log, public_key=key)
    for fault in faults:
        print(f"bid {fault.seq}: {fault.reason}" if fault.seq else f"log: {fault.reason}")
    accepted = [entry for entry in log.entries if entry.outcome is BidOutcome.ACCEPTED]
    last = f"; price {accepted[-1].amount_fen} fen by {accepted[-1].code}" if accepted else ""
    print(f"{log.lot_no}: {len(log.entries)} bids, {len(accepted)} accepted{last}; {len(faults)} faults")
    return 1 if faults else 0
