"""The Merkle tree of RFC 9162, section 2.1: hashes, inclusion and consistency proofs. Pure: no storage, no I/O.

A `Range` (begin, end) stands for the leaves begin … end-1; a `Node` (level, place) for the complete subtree over the leaves
place·2^level … (place+1)·2^level-1. The leaf that completes a subtree is its last one, so the log keeps beside each leaf
the hashes of all complete subtrees which that leaf ends (`completed`): nothing is ever written again, and any proof for any
past size needs at most 2·log2(size) of those hashes.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

HASH_BYTES = 32
EMPTY_ROOT = sha256().digest()
"""The root of a tree without leaves."""


class Range(NamedTuple):
    """The leaves `begin` … `end`-1."""

    begin: int
    end: int


class Node(NamedTuple):
    """A complete subtree: 2^`level` leaves, number `place` of them from the left."""

    level: int
    place: int

    @property
    def last_leaf(self) -> int:
        """The leaf that completes it, beside which its hash is kept."""
        return ((self.place + 1) << self.level) - 1


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


# --- growing ------------------------------------------------------------------------------------------------------


def frontier(size: int) -> list[Node]:
    """The complete subtrees that a tree of `size` leaves consists of, from the left."""
    return complete_subtrees(Range(0, size))


def append(edge: list[bytes], size: int, leaf: bytes) -> list[bytes]:
    """Add the leaf hash to a tree of `size` leaves whose frontier has the hashes `edge` (changed in place).

    Returns the hashes of all complete subtrees that end with this leaf, from the leaf itself upwards.
    """
    completed = [leaf]
    while size & 1:
        completed.append(node_hash(edge.pop(), completed[-1]))
        size >>= 1
    edge.append(completed[-1])
    return completed


def root_of(edge: Sequence[bytes]) -> bytes:
    """The root of the tree whose frontier has these hashes."""
    if not edge:
        return EMPTY_ROOT
    root = edge[-1]
    for left in reversed(edge[:-1]):
        root = node_hash(left, root)
    return root


def tree_root(leaves: Iterable[bytes]) -> bytes:
    """The root over all the leaf hashes."""
    edge: list[bytes] = []
    for size, leaf in enumerate(leaves):
        append(edge, size, leaf)
    return root_of(edge)


# --- what a proof consists of -------------------------------------------------------------------------------------


def complete_subtrees(leaves: Range) -> list[Node]:
    """The complete subtrees that a subtree of the tree consists of, from the left."""
    nodes, begin = [], leaves.begin
    while begin < leaves.end:
        level = (leaves.end - begin).bit_length() - 1
        nodes.append(Node(level, begin >> level))
        begin += 1 << level
    return nodes


def inclusion_path(index: int, size: int) -> list[Range]:
    """The subtrees whose hashes prove that leaf `index` is in the tree of `size` leaves, in the order of the proof."""
    if not 0 <= index < size:
        raise ValueError("the leaf is not in the tree")
    path, (begin, end) = [], (0, size)
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(Range(middle, end))
            end = middle
        else:
            path.append(Range(begin, middle))
            begin = middle
    return path[::-1]


def consistency_path(old_size: int, new_size: int) -> list[Range]:
    """The subtrees whose hashes prove that the tree of `new_size` leaves only appends to that of `old_size`."""
    if not 0 <= old_size <= new_size:
        raise ValueError("the older tree is the larger one")
    if old_size in (0, new_size):
        return []
    path, (begin, end) = [], (0, new_size)
    while end != old_size:
        middle = begin + _split(end - begin)
        if old_size <= middle:
            path.append(Range(middle, end))
            end = middle
        else:
            path.append(Range(begin, middle))
            begin = middle
    if begin > 0:
        path.append(Range(begin, end))
    return path[::-1]


def nodes_of(path: Iterable[Range]) -> set[Node]:
    """Every complete subtree whose hash is needed for the path."""
    return {node for leaves in path for node in complete_subtrees(leaves)}


def hashes_of(path: Iterable[Range], known: Mapping[Node, bytes]) -> list[bytes]:
    """The proof: the hash of each subtree of the path, from the hashes of `nodes_of(path)`."""
    return [root_of([known[node] for node in complete_subtrees(leaves)]) for leaves in path]


def _split(width: int) -> int:
    """The largest power of two smaller than `width`."""
    return 1 << (width - 1).bit_length() - 1


# --- checking -----------------------------------------------------------------------------------------------------


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows that the leaf hash is leaf `index` of the tree of `size` leaves (§2.1.3.2)."""
    return root_by_proof(leaf, index, size, proof) == root


def root_by_proof(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to; None when it is no proof for a tree of that size."""
    if not 0 <= index < size:
        return None
    at, last, computed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if at & 1 or at == last:
            computed = node_hash(sibling, computed)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            computed = node_hash(computed, sibling)
        at, last = at >> 1, last >> 1
    return computed if last == 0 else None


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the proof shows that the newer tree only appends to the older one (§2.1.4.2)."""
    if not 0 <= old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root and (new_size > 0 or new_root == EMPTY_ROOT)
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    if not path:
        return False
    at, last = old_size - 1, new_size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root
