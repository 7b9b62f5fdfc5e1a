"""The tree as it is kept: checkpoints, hashes of complete subtrees, proofs for any past size in O(log n) reads."""

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import col, select

from auction.transparency.checkpoint import read_tree_head
from auction.transparency.log_keys import configured_origin
from auction.transparency.merkle import (
    HASH_BYTES,
    Node,
    Range,
    consistency_path,
    hashes_of,
    inclusion_path,
    nodes_of,
)
from auction.transparency.models import Checkpoint, LogLeaf
from core.database import Work
from core.errors import DisposalError, NotFound
from core.i18n import msg


class HashMissing(DisposalError):
    """A leaf that the tree needs is gone, or its hashes are."""

    status = 500
    kind = "log-damaged"

    def __init__(self, index: int) -> None:
        super().__init__(
            msg("公开日志缺少第 {index} 条，自查会报警；请以您保存的检查点为准。", index=index), rule="B-42"
        )
        self.index = index


async def latest_checkpoint(work: Work) -> Checkpoint | None:
    """The newest checkpoint."""
    rows = await work.session.exec(select(Checkpoint).order_by(col(Checkpoint.number).desc()).limit(1))
    return rows.first()


async def checkpoint_of_size(work: Work, size: int | None = None) -> Checkpoint:
    """The checkpoint with so many leaves, or the newest. Raises `NotFound`."""
    if size is None:
        found = await latest_checkpoint(work)
    else:
        found = (await work.session.exec(select(Checkpoint).where(Checkpoint.size == size))).first()
    if found is None:
        raise NotFound(msg("没有这个检查点。"), rule="B-42")
    return found


def origin_of(checkpoint: Checkpoint | None) -> str:
    """The log's name: what its checkpoints say, or, before the first, what is configured."""
    if checkpoint is None:
        return configured_origin()
    return read_tree_head(checkpoint.note.partition("\n\n")[0]).origin


async def newest_leaf_of(work: Work, lot_id: UUID, *, size: int) -> LogLeaf | None:
    """A lot's last leaf in the tree of `size` leaves."""
    rows = await work.session.exec(
        select(LogLeaf)
        .where(LogLeaf.lot_id == lot_id, LogLeaf.leaf_index < size)
        .order_by(col(LogLeaf.leaf_index).desc())
        .limit(1)
    )
    return rows.first()


async def read_hashes(work: Work, nodes: Iterable[Node]) -> dict[Node, bytes]:
    """The hashes of complete subtrees, in one read by key. Raises `HashMissing`."""
    wanted = list(nodes)
    rows = await work.session.exec(
        select(LogLeaf.leaf_index, LogLeaf.hashes).where(
            col(LogLeaf.leaf_index).in_({node.last_leaf for node in wanted})
        )
    )
    kept = dict(rows.all())
    found = {}
    for node in wanted:
        begin = node.level * HASH_BYTES
        found[node] = kept.get(node.last_leaf, b"")[begin : begin + HASH_BYTES]
        if len(found[node]) != HASH_BYTES:
            raise HashMissing(node.last_leaf)
    return found


async def prove_inclusion(work: Work, index: int, size: int) -> list[bytes]:
    """The inclusion proof of a leaf in the tree of `size` leaves (RFC 9162 §2.1.3)."""
    return await _proof(work, inclusion_path(index, size))


async def prove_consistency(work: Work, old_size: int, new_size: int) -> list[bytes]:
    """The proof that the newer tree only appends to the older one (RFC 9162 §2.1.4)."""
    return await _proof(work, consistency_path(old_size, new_size))


async def _proof(work: Work, path: list[Range]) -> list[bytes]:
    return hashes_of(path, await read_hashes(work, nodes_of(path)))
