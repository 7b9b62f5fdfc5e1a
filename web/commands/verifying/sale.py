"""`disposal verify FILE.json`: verify a sale offline, from its log or its proof bundle. Needs no database and no network."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from core.settings import Settings
from web.commands import Subparsers
from web.commands.verifying.keys import read_public_key, read_verifier_keys

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
        "something does not. 2: the files are not what they should be, or do not suffice.",
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
        help="a checkpoint that you saved yourself, now or long ago: the bundle's must be of the same history",
    )
    parser.add_argument(
        "--consistency",
        type=Path,
        metavar="PROOF.json",
        help="the proof between a checkpoint of another size and the bundle's, from /api/v1/log/proof/consistency",
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
    from auction.transparency.verify_sale import (
        NeedsConsistency,
        ProofBundle,
        check_bundle,
        check_log,
        check_saved,
        holds,
    )

    key, trusted = read_public_key(arguments.public_key), read_verifier_keys(arguments.verifier_key)
    try:
        read = _read(arguments.file)
        saved = arguments.checkpoint.read_text("utf-8") if arguments.checkpoint else None
        proof = _hashes(arguments.consistency) if arguments.consistency else None
        read = _with_openings(read, arguments.ceiling)
    except (OSError, ValueError) as error:
        print(f"{arguments.file}: 不是公开日志或核验包 · neither a log nor a bundle: {error}")
        return 2
    if isinstance(read, ProofBundle):
        lines, log = check_bundle(read, public_key=key, trusted=trusted), read.log
    else:
        lines, log = check_log(read, public_key=key), read
    if isinstance(read, ProofBundle) and read.time_stamp is not None:
        lines.append(await _check_time(read, arguments.time_stamp_roots))
    missing: NeedsConsistency | None = None
    if saved is not None and isinstance(read, ProofBundle):
        try:
            lines.append(check_saved(read, saved, proof, trusted=trusted))
        except NeedsConsistency as error:
            missing = error
    for line in lines:
        _show(line)
    print(_summary(log))
    if not holds(lines):
        return 1
    if missing is not None:
        sizes = f"old={missing.old_size}&new={missing.new_size}"
        print(
            "保存的检查点没有核对：条目数与核验包的不同，请下载两者之间的一致性证明，用 --consistency 给出 · saved checkpoint "
            f"not compared: get /api/v1/log/proof/consistency?{sizes} and give it as --consistency"
        )
        return 2
    return 0


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


def _hashes(file: Path) -> list[bytes]:
    """The hashes of a consistency proof as the API gives it. Raises `OSError`, `ValueError`."""
    told = msgspec.json.decode(file.read_bytes(), type=_Proof)
    return [bytes.fromhex(digits) for digits in told.hashes]


class _Proof(msgspec.Struct, frozen=True):
    """What is read of a consistency proof."""

    hashes: list[str]


WORDS = {
    "form": "日志可以读取",
    "chain": "每次出价首尾相扣",
    "signature": "日志签名",
    "decisions": "每次裁定符合规则",
    "extension": "延时和结束时间",
    "ceilings": "委托限价",
    "result": "公布的结果",
    "checkpoint": "检查点签名",
    "inclusion": "日志在检查点中",
    "consistency": "保存的检查点属于同一历史",
    "time_stamp": "外部时间戳",
}


def _show(line: "CheckLine") -> None:
    words = f"{WORDS[line.check]} · {line.check}"
    if line.is_green is None:
        print(f"-     {words}（没有可核验的内容 · nothing to check）")
    elif line.is_green:
        print(f"ok    {words}")
    for fault in line.faults:
        print(f"FAULT {words}: {fault}")


def _summary(log: "PublicLog") -> str:
    from auction.bidding.log import SaleOutcome
    from core.money import yuan

    closing, count = log.closing, len(log.entries)
    if closing is None:
        result = "竞价尚未结束 · not ended"
    elif closing.price_fen is not None:
        result = f"成交价 · sold for {yuan(closing.price_fen)} 元 · yuan, {closing.winner_code}"
    elif closing.outcome is SaleOutcome.FAILED:
        result = "流拍 · failed"
    else:
        result = "撤回或终结 · ended without a sale"
    return f"{log.lot_no}: 出价 {count} 次 · {count} bids; {result}"
