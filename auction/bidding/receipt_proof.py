"""One signature for all receipts of a batch: they are the leaves of a Merkle tree (RFC 9162), the root is signed, and each
receipt carries its own path to the root. So every receipt is proven alone and offline, and a signature, which costs more
than everything else about a bid together, is made once for each batch.

A leaf fixes the lot, the number and the link of the public log, which by its hash fixes the bid and everything before it.
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from msgspec import Struct

from auction.transparency.merkle import HASH_BYTES, leaf_hash, node_hash, root_by_proof
from core.crypto import SigningKey, verify_signature

RECEIPT_VERSION = "disposal-receipt/2"
BATCH_VERSION = "disposal-receipt-batch/2"

_encode = msgspec.json.Encoder().encode


class ReceiptProof(Struct, frozen=True):
    """Where a receipt stands in its batch. `path` holds the sibling hashes from the leaf upwards, 32 bytes each;
    `signature` is Ed25519 over the root (`batch_message`)."""

    index: int
    size: int
    path: bytes
    signature: bytes


def receipt_leaf(lot_id: UUID, seq: int, link_hash: bytes) -> bytes:
    """The leaf hash of one receipt."""
    return leaf_hash(_encode((RECEIPT_VERSION, lot_id, seq, link_hash.hex())))


def batch_message(size: int, root: bytes) -> bytes:
    """What is signed for a batch of `size` receipts."""
    return _encode((BATCH_VERSION, size, root.hex()))


def prove_receipts(key: SigningKey, leaves: Sequence[bytes]) -> list[ReceiptProof]:
    """Sign the tree over the leaves; returns the proof of each."""
    size = len(leaves)
    if size == 0:
        return []
    root, paths = _root_and_paths(leaves)
    signature = key.sign(batch_message(size, root))
    return [ReceiptProof(index, size, path, signature) for index, path in enumerate(paths)]


def verify_receipt(public_key: bytes, proof: ReceiptProof, lot_id: UUID, seq: int, link_hash: bytes) -> bool:
    """Whether the holder of the key gave a receipt for this link of the lot's log. Never raises."""
    path = [proof.path[at : at + HASH_BYTES] for at in range(0, len(proof.path), HASH_BYTES)]
    root = root_by_proof(receipt_leaf(lot_id, seq, link_hash), proof.index, proof.size, path)
    return root is not None and verify_signature(public_key, proof.signature, batch_message(proof.size, root))


def _root_and_paths(leaves: Sequence[bytes]) -> tuple[bytes, list[bytes]]:
    """The root of the tree and each leaf's path. Level by level a node without a sibling rises as it is, which gives
    the tree of RFC 9162 §2.1."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        level = levels[-1]
        above = [node_hash(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
        if len(level) % 2:
            above.append(level[-1])
        levels.append(above)
    root = levels.pop()[0]
    paths = [b""]
    for level in reversed(levels):
        paths = [
            (level[index ^ 1] if index ^ 1 < len(level) else b"") + paths[index >> 1]
            for index in range(len(level))
        ]
    return root, paths
