"""The tree against its signatures: every leaf again from its data, every checkpoint against the tree (RFC 9162, B-42)."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from auction.transparency import merkle
from auction.transparency.checkpoint import TreeHead, open_checkpoint
from auction.transparency.leaves import entry_hash, heartbeat_entry, read_lot_entry
from auction.transparency.log_keys import trusted_keys
from auction.transparency.models import Checkpoint, FaultKind, LeafKind, LogLeaf
from auction.transparency.note import BadNote
from auction.transparency.tree import HashMissing, origin_of, read_hashes
from core.database import Work


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit. `subject` names the record, `detail` says what, in English."""

    kind: FaultKind
    subject: str
    detail: str
    lot_id: UUID | None = None


async def check_tree(work: Work, begin: int, leaves: Sequence[LogLeaf]) -> list[Finding]:
    """Check consecutive leaves from number `begin`, and every checkpoint that ends among them."""
    try:
        nodes = merkle.frontier(begin)
        known = await read_hashes(work, nodes)
    except HashMissing as missing:
        return [Finding(FaultKind.LOG_CUT_OFF, f"leaf:{missing.index}", "a leaf or its hashes are missing")]
    edge, findings = [known[node] for node in nodes], []
    roots: dict[int, bytes] = {}
    for index, leaf in enumerate(leaves, begin):
        if leaf.leaf_index != index:
            findings.append(Finding(FaultKind.LOG_CUT_OFF, f"leaf:{index}", "the leaf is missing"))
            break
        completed = merkle.append(edge, index, entry_hash(leaf.entry))
        if (detail := _leaf_fault(leaf, b"".join(completed))) is not None:
            findings.append(Finding(FaultKind.LEAF_CHANGED, f"leaf:{index}", detail, leaf.lot_id))
        roots[index + 1] = merkle.root_of(edge)
    # A changed leaf changes every root after it: the leaf is the finding, not the checkpoints that it spoils.
    return findings + await _check_checkpoints(work, begin, leaves, {} if findings else roots)


def _leaf_fault(leaf: LogLeaf, hashes: bytes) -> str | None:
    if leaf.hashes != hashes:
        return "the hashes do not fit the entry and the tree before it"
    if leaf.lot_id is None:
        return None
    said = read_lot_entry(leaf.entry)
    if said is None:
        return "the entry is not a lot's head"
    kept = (str(leaf.lot_id), leaf.seq, leaf.head_hash, leaf.kind == LeafKind.CLOSING)
    if kept != (said.lot_id, said.count, bytes.fromhex(said.head_hash), said.is_closed):
        return "the columns do not say what the entry says"
    return None


async def _check_checkpoints(
    work: Work, begin: int, leaves: Sequence[LogLeaf], roots: dict[int, bytes]
) -> list[Finding]:
    """The checkpoints that end among the leaves: signature, number, time, and root where it is known."""
    end = begin + len(leaves)
    rows = await work.session.exec(
        select(Checkpoint)
        .where(Checkpoint.size > begin, Checkpoint.size <= end)
        .order_by(col(Checkpoint.size))
    )
    before = await work.session.exec(select(func.max(Checkpoint.number)).where(Checkpoint.size <= begin))
    number, start, findings = before.one() or 0, 0, []
    for checkpoint in rows:
        number, subject = number + 1, f"checkpoint:{checkpoint.number}"
        if checkpoint.number != number:
            findings.append(
                Finding(FaultKind.LOG_CUT_OFF, f"checkpoint:{number}", "the checkpoint is missing")
            )
            number = checkpoint.number
        part = leaves[start : checkpoint.size - begin]
        start = checkpoint.size - begin
        reason = _checkpoint_fault(checkpoint, part, roots.get(checkpoint.size))
        if reason is not None:
            findings.append(Finding(FaultKind.CHECKPOINT_CHANGED, subject, reason))
    return findings


def _checkpoint_fault(checkpoint: Checkpoint, leaves: Sequence[LogLeaf], root: bytes | None) -> str | None:
    try:
        origin = origin_of(checkpoint)
        signed = open_checkpoint(checkpoint.note, trusted_keys(origin))
    except BadNote as error:
        return str(error)
    if signed != TreeHead(origin, checkpoint.size, checkpoint.root):
        return "the columns do not say what the note says"
    if root is not None and root != checkpoint.root:
        return "the tree is not the one that was signed"
    if leaves and leaves[-1].entry != heartbeat_entry(checkpoint.published_at):
        return "the time of publication is not the one in the tree"
    if any(leaf.recorded_at != checkpoint.published_at for leaf in leaves):
        return "a leaf bears another time than its checkpoint"
    return None


async def check_ends(work: Work, *, walked: int) -> list[Finding]:
    """Whether the log still reaches as far as it once did, and has nothing beyond its last checkpoint. `walked`: the number
    of leaves that an earlier run has seen."""
    ends = await work.session.execute(
        select(
            select(func.max(Checkpoint.size)).scalar_subquery(),
            select(func.max(LogLeaf.leaf_index)).scalar_subquery(),
        )
    )
    size, last = ends.one()
    size, last = size or 0, -1 if last is None else last
    findings = []
    if size < walked:
        findings.append(
            Finding(FaultKind.LOG_CUT_OFF, "checkpoint:newest", f"{walked} leaves were signed, now {size}")
        )
    if last + 1 != size:
        findings.append(
            Finding(FaultKind.LOG_CUT_OFF, f"leaf:{size}", f"{last + 1} leaves, {size} under a signature")
        )
    return findings
