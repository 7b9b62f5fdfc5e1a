"""Verify a sale offline: the log by itself, and its place in the tree under a checkpoint. Pure, never raises.

The result is a list of lines, one for each thing that was looked at, for the page, the command and the self-check alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from auction.bidding.log import PublicLog
from auction.bidding.verify_log import LogCheck, verify_log
from auction.transparency.checkpoint import TreeHead, open_checkpoint
from auction.transparency.leaves import entry_hash, lot_entry
from auction.transparency.merkle import HASH_BYTES, verify_consistency, verify_inclusion
from auction.transparency.note import BadNote, VerifierKey, read_verifier_key

FORMAT = "disposal-proof/1"


class ProofBundle(msgspec.Struct, frozen=True):
    """Everything that verifying a sale offline takes. Hashes in hexadecimal; `checkpoint` is a signed note.

    `log` is the log as it stood when its head became leaf `leaf_index`: bids since then are in the next bundle. The leaf's data
    is the canonical head of the log (`head_message`), so it need not be told apart. `time_stamp`: an RFC 3161 token on the
    checkpoint, in base64.
    """

    format: str
    log: PublicLog
    leaf_index: int
    tree_size: int
    inclusion: list[str]
    checkpoint: str
    verifier_key: str
    time_stamp: str | None = None


class SaleCheck(StrEnum):
    """What is looked at."""

    FORM = "form"
    CHAIN = "chain"
    SIGNATURE = "signature"
    DECISIONS = "decisions"
    EXTENSION = "extension"
    CEILINGS = "ceilings"
    RESULT = "result"
    CHECKPOINT = "checkpoint"
    INCLUSION = "inclusion"
    CONSISTENCY = "consistency"
    TIME_STAMP = "time_stamp"


OF_THE_LOG = tuple(SaleCheck(check.value) for check in LogCheck)


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One thing that was looked at. `is_green` is None when there was nothing to look at."""

    check: SaleCheck
    is_green: bool | None
    faults: tuple[str, ...] = ()


def check_log(log: PublicLog, *, public_key: bytes | None = None) -> list[CheckLine]:
    """The log by itself. `public_key`: the key that the reader trusts for logs."""
    faults = verify_log(log, public_key=public_key)
    found: dict[SaleCheck, list[str]] = {}
    for fault in faults:
        text = f"bid {fault.seq}: {fault.reason}" if fault.seq else fault.reason
        found.setdefault(SaleCheck(fault.check.value), []).append(text)
    unread = SaleCheck.FORM in found
    lines = []
    for check in OF_THE_LOG:
        seen = tuple(found.get(check, ()))
        if check is SaleCheck.CEILINGS and not seen and not log.procedure.ceiling_bids_allowed:
            continue
        nothing_there = not seen and (unread or (check is SaleCheck.RESULT and log.closing is None))
        lines.append(CheckLine(check, None if nothing_there else not seen, seen))
    return lines


def check_bundle(
    bundle: ProofBundle, *, public_key: bytes | None = None, trusted: Sequence[VerifierKey] | None = None
) -> list[CheckLine]:
    """The log, the checkpoint and the log's place under it. `trusted`: the reader's keys for checkpoints; without them the
    one in the bundle, which proves only integrity."""
    lines = check_log(bundle.log, public_key=public_key)
    return lines + check_place(bundle, trusted=trusted, readable=not lines[0].faults)


def check_place(
    bundle: ProofBundle, *, trusted: Sequence[VerifierKey] | None = None, readable: bool = True
) -> list[CheckLine]:
    """The checkpoint, and that the log's head is the leaf it should be; the latter not for a log that is not `readable`."""
    try:
        keys = [read_verifier_key(bundle.verifier_key)] if trusted is None else trusted
        head = open_checkpoint(bundle.checkpoint, keys)
    except BadNote as error:
        return [
            CheckLine(SaleCheck.CHECKPOINT, False, (str(error),)),
            CheckLine(SaleCheck.INCLUSION, None),
        ]
    signed = CheckLine(SaleCheck.CHECKPOINT, True)
    if not readable:
        return [signed, CheckLine(SaleCheck.INCLUSION, None)]
    reason = _inclusion_fault(bundle, head)
    return [signed, CheckLine(SaleCheck.INCLUSION, reason is None, (reason,) if reason else ())]


def check_growth(
    older: str, newer: str, proof: Sequence[bytes], *, trusted: Sequence[VerifierKey]
) -> CheckLine:
    """That the tree of the newer checkpoint only appends to that of the older one."""
    try:
        old, new = open_checkpoint(older, trusted), open_checkpoint(newer, trusted)
    except BadNote as error:
        return CheckLine(SaleCheck.CONSISTENCY, False, (str(error),))
    if old.origin == new.origin and verify_consistency(old.size, old.root, new.size, new.root, proof):
        return CheckLine(SaleCheck.CONSISTENCY, True)
    return CheckLine(SaleCheck.CONSISTENCY, False, ("the newer tree does not continue the older one",))


class NeedsConsistency(ValueError):
    """Two checkpoints of different sizes say nothing of each other without the proof that the one continues the other."""

    def __init__(self, old_size: int, new_size: int) -> None:
        super().__init__(f"consistency proof from {old_size} to {new_size} leaves")
        self.old_size, self.new_size = old_size, new_size


def check_saved(
    bundle: ProofBundle,
    saved: str,
    proof: Sequence[bytes] | None,
    *,
    trusted: Sequence[VerifierKey] | None = None,
) -> CheckLine:
    """That the bundle's checkpoint and one that the reader saved, earlier or later, are of one history. `proof`: the hashes of
    the consistency proof between the two. Raises `NeedsConsistency` where it takes one."""
    try:
        keys = [read_verifier_key(bundle.verifier_key)] if trusted is None else trusted
        kept, told = open_checkpoint(saved, keys), open_checkpoint(bundle.checkpoint, keys)
    except BadNote as error:
        return CheckLine(SaleCheck.CONSISTENCY, False, (str(error),))
    if kept.origin != told.origin or kept.size == told.size:
        reason = None if kept == told else "another tree than the bundle's"
        return CheckLine(SaleCheck.CONSISTENCY, reason is None, (reason,) if reason else ())
    if proof is None:
        raise NeedsConsistency(*sorted((kept.size, told.size)))
    older, newer = (saved, bundle.checkpoint) if kept.size < told.size else (bundle.checkpoint, saved)
    return check_growth(older, newer, proof, trusted=keys)


def _inclusion_fault(bundle: ProofBundle, head: TreeHead) -> str | None:
    if bundle.format != FORMAT:
        return f"the format is not {FORMAT}"
    if bundle.tree_size != head.size:
        return "the proof is for a tree of another size than the checkpoint's"
    try:
        proof = [bytes.fromhex(digits) for digits in bundle.inclusion]
    except ValueError:
        return "the proof is not hexadecimal"
    leaf = entry_hash(lot_entry(bundle.log.head))
    if any(len(each) != HASH_BYTES for each in proof) or not verify_inclusion(
        leaf, bundle.leaf_index, head.size, proof, head.root
    ):
        return "the log's head is not the leaf that the checkpoint signed"
    return None


def holds(lines: Sequence[CheckLine]) -> bool:
    """Whether nothing is at fault."""
    return not any(line.is_green is False for line in lines)
