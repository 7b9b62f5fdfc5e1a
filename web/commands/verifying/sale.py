"""`disposal verify FILE.json`: verify a sale offline, from its log or its proof bundle. Needs no database and no network."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from core.settings import Settings
from web.commands import Subparsers

if TYPE_CHECKING:
    from auction.bidding.log import PublicLog
    from auction.transparency.verify_sale import CheckLine, ProofBundle


def register(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "sale",
        help="一场拍卖 · a sale: its log or its proof bundle; `disposal verify FILE.json` means the same",
        description="Checks a file saved from /lots/NUMBER/log.json (chain, signature, every decision, extensions, result) or "
        "/lots/NUMBER/proof.json (the same, and that the log is in the tree under a signed checkpoint). Without the keys "
        "that you trust, the keys in the file are taken, which proves only that it is whole. Exit code 0: all fits. 1: "
        "something does not. 2: neither a log nor a bundle.",
    )
    parser.add_argument("file", type=Path, metavar="FILE.json")
    parser.add_argument(
        "--public-key", metavar="HEX", help="the key for logs that you trust (64 hexadecimal digits)"
    )
    parser.add_argument(
        "--verifier-key", metavar="KEY", help="the key for checkpoints that you trust (name+hash+base64)"
    )
    parser.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FILE",
        help="a checkpoint that you saved yourself: it must say the same as the one in the bundle",
    )
    parser.add_argument(
        "--time-stamp-roots",
        type=Path,
        metavar="PEM",
        help="root certificates of time-stamping authorities that you trust",
    )
    parser.add_argument(
        "--ceiling",
        type=Path,
        action="append",
        default=[],
        metavar="RECEIPT.json",
        help="the receipt of a ceiling that its bidder handed you after the end: did it answer whenever it could? (repeatable)",
    )
    parser.set_defaults(handler=verify_sale)


async def verify_sale(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print one line for each thing that was looked at, then the result of the sale."""
    from auction.transparency.note import BadNote, read_verifier_key
    from auction.transparency.verify_sale import ProofBundle, check_bundle, check_log, holds

    try:
        read = _read(arguments.file)
        key = bytes.fromhex(arguments.public_key) if arguments.public_key else None
        trusted = [read_verifier_key(arguments.verifier_key)] if arguments.verifier_key else None
        saved = arguments.checkpoint.read_text("utf-8") if arguments.checkpoint else None
        read = _with_openings(read, arguments.ceiling)
    except (OSError, ValueError) as error:
        print(f"{arguments.file}: {error}")
        return 2
    if isinstance(read, ProofBundle):
        lines, log = check_bundle(read, public_key=key, trusted=trusted), read.log
    else:
        lines, log = check_log(read, public_key=key), read
    if isinstance(read, ProofBundle) and read.time_stamp is not None:
        lines.append(await _check_time(read, arguments.time_stamp_roots))
    for line in lines:
        _show(line)
    good = holds(lines)
    if saved is not None and isinstance(read, ProofBundle):
        try:
            same = _says(saved) == _says(read.checkpoint)
        except BadNote as error:
            print(f"{arguments.checkpoint}: {error}")
            return 2
        print("ok    saved checkpoint" if same else "FAULT saved checkpoint: another tree than the bundle's")
        good = good and same
    print(_summary(log))
    return 0 if good else 1


def _read(file: Path) -> "PublicLog | ProofBundle":
    """The file as what it is. Raises `ValueError`."""
    from auction.bidding.log import PublicLog
    from auction.transparency.verify_sale import ProofBundle

    content = file.read_bytes()
    if "format" in msgspec.json.decode(content, type=dict):
        return msgspec.json.decode(content, type=ProofBundle)
    return msgspec.json.decode(content, type=PublicLog)


def _with_openings(read: "PublicLog | ProofBundle", files: list[Path]) -> "PublicLog | ProofBundle":
    """The same with ceilings opened by their receipts. Raises `ValueError` for a receipt that opens none of this sale."""
    from auction.bidding.log import CeilingOpening
    from auction.bidding.receipt_file import ReceiptFile
    from auction.transparency.verify_sale import ProofBundle

    if not files:
        return read
    log = read.log if isinstance(read, ProofBundle) else read
    openings = []
    for path in files:
        receipt = msgspec.json.decode(path.read_bytes(), type=ReceiptFile)
        if receipt.opening is None or receipt.lot_id != log.lot_id:
            raise ValueError(f"{path}: not the receipt of a ceiling of this sale")
        told = receipt.opening
        openings.append(CeilingOpening(receipt.seq, told.code, told.limit_fen, told.secret))
    opened = msgspec.structs.replace(log, openings=openings)
    return msgspec.structs.replace(read, log=opened) if isinstance(read, ProofBundle) else opened


async def _check_time(bundle: "ProofBundle", roots: Path | None) -> "CheckLine":
    """The outside time stamp; only an authority that the reader trusts is taken for more than intact."""
    from base64 import b64decode

    from auction.transparency.time_stamp import check_stamp, read_roots
    from auction.transparency.verify_sale import CheckLine, SaleCheck

    try:
        token = b64decode(bundle.time_stamp or "", validate=True)
        checked = await check_stamp(bundle.checkpoint, token, read_roots(roots) if roots else [])
    except (OSError, ValueError) as error:
        return CheckLine(SaleCheck.TIME_STAMP, False, (str(error),))
    if not checked.intact:
        return CheckLine(SaleCheck.TIME_STAMP, False, ("the time stamp is for another checkpoint",))
    if roots is not None and not checked.trusted:
        return CheckLine(SaleCheck.TIME_STAMP, False, (f"{checked.authority} is not trusted by your roots",))
    return CheckLine(SaleCheck.TIME_STAMP, True)


def _says(note: str) -> object:
    from auction.transparency.checkpoint import read_tree_head

    return read_tree_head(note.partition("\n\n")[0])


def _show(line: "CheckLine") -> None:
    if line.is_green is None:
        print(f"-     {line.check}: nothing to check")
    elif line.is_green:
        print(f"ok    {line.check}")
    for fault in line.faults:
        print(f"FAULT {line.check}: {fault}")


def _summary(log: "PublicLog") -> str:
    closing = log.closing
    if closing is None:
        result = "not ended"
    elif closing.price_fen is None:
        result = str(closing.outcome)
    else:
        result = f"{closing.outcome} for {closing.price_fen} fen to {closing.winner_code}"
    return f"{log.lot_no}: {len(log.entries)} bids; {result}"
