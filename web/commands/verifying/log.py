"""`disposal verify log LOG.json`: decide a published sale again, from its public log alone. Needs no database."""

import argparse
from pathlib import Path

import msgspec

from core.settings import Settings
from web.commands import Subparsers
from web.commands.verifying.keys import read_public_key


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
    from core.money import yuan

    key = read_public_key(arguments.public_key)
    try:
        log = msgspec.json.decode(arguments.file.read_bytes(), type=PublicLog)
    except (OSError, ValueError) as error:
        print(f"{arguments.file}: 不是公开出价日志 · not a log: {error}")
        return 2
    faults = verify_log(log, public_key=key)
    for fault in faults:
        print(
            f"FAULT 第 {fault.seq} 号 · bid {fault.seq}: {fault.reason}"
            if fault.seq
            else f"FAULT {fault.reason}"
        )
    accepted = [entry for entry in log.entries if entry.outcome is BidOutcome.ACCEPTED]
    print(
        f"{log.lot_no}: 出价 {len(log.entries)} 次，有效 {len(accepted)} 次 · {len(log.entries)} bids, {len(accepted)} accepted"
    )
    if accepted:
        last = accepted[-1]
        print(f"最高价 · price: {yuan(last.amount_fen)} 元 · yuan, {last.code}")
    print(f"不符 {len(faults)} 处 · {len(faults)} faults")
    return 1 if faults else 0
