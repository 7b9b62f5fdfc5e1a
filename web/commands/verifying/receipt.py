"""`disposal verify receipt FILE.json`: prove a bidder's receipt offline. Needs no database and no network."""

import argparse
from pathlib import Path

import msgspec

from core.settings import Settings
from web.commands import Subparsers
from web.commands.verifying.keys import read_public_key


def register(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "receipt",
        help="出价凭证 · a bidder's receipt",
        description="Checks a receipt saved from /my/lots/NUMBER/bids/SEQ/receipt.json: that what it says is what was "
        "hashed, and that the service signed it. Without the key that you trust the key in the file is taken, which proves "
        "only that the file is whole. Exit code 0: genuine. 1: not. 2: no receipt.",
    )
    parser.add_argument("file", type=Path, metavar="FILE.json")
    parser.add_argument(
        "--public-key",
        metavar="HEX",
        help="the key for bids that you trust (64 hexadecimal digits), as every log.json names it",
    )
    parser.add_argument(
        "--log", type=Path, metavar="LOG.json", help="the sale's public log: the bid must stand in it"
    )
    parser.set_defaults(handler=verify_receipt_file)


async def verify_receipt_file(arguments: argparse.Namespace, settings: Settings) -> int:
    """One line for each check in Chinese and English, then the answer."""
    from auction.bidding.log import PublicLog
    from auction.bidding.receipt_file import CHECK_WORDS, FORMATS, ReceiptFile, check_receipt
    from auction.bidding.verify_log import verify_log
    from core.money import yuan

    key = read_public_key(arguments.public_key)
    try:
        file = msgspec.json.decode(arguments.file.read_bytes(), type=ReceiptFile)
        if file.format not in FORMATS:
            raise ValueError(f"not a {' or '.join(sorted(FORMATS))}")
        log = msgspec.json.decode(arguments.log.read_bytes(), type=PublicLog) if arguments.log else None
    except (OSError, ValueError) as error:
        print(f"{arguments.file}: 不是出价凭证 · no receipt: {error}")
        return 2
    checks = check_receipt(file, public_key=key, log=log)
    for check, holds in checks.items():
        mark = "-     " if holds is None else "ok    " if holds else "FAULT "
        chinese, english = CHECK_WORDS[check]
        print(f"{mark}{chinese} · {english}{'（未核对 · not looked at）' if holds is None else ''}")
    good = all(holds is not False for holds in checks.values())
    if log is not None:
        faults = verify_log(log, public_key=key)
        good = good and not faults
        print(
            f"{'FAULT' if faults else 'ok   '} 公开日志完整 · the log itself is whole ({len(faults)} faults)"
        )
    by = f", 委托限价 #{file.ceiling} 自动加价 · by ceiling #{file.ceiling}" if file.is_automatic else ""
    print(
        f"{file.lot_no} #{file.seq} {file.code}: {yuan(file.amount_fen)} 元 · yuan, {file.outcome}, "
        f"{file.decided_at.isoformat()}{by}"
    )
    if file.opening is not None:
        print(f"委托限价 · ceiling: {yuan(file.opening.limit_fen)} 元 · yuan ({file.opening.code})")
    if not good:
        print("凭证不真实或者被改动过 · This receipt is not genuine, or it was changed.")
    elif key is None:
        print(
            "凭证完整，但没有与您信任的密钥核对（--public-key） · "
            "Whole, but not held against a key that you trust (--public-key)."
        )
    else:
        print("凭证真实 · This receipt is genuine.")
    return 0 if good else 1
