"""Receipts of a batch: each is proven alone, and no other than those of the batch."""

from hashlib import sha256
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from auction.bidding.receipt_proof import (
    ReceiptProof,
    batch_message,
    prove_receipts,
    receipt_leaf,
    verify_receipt,
)
from core.crypto import SigningKey

LOT = UUID(int=7)
KEY = SigningKey(bytes(32), "test")


def link(number: int) -> bytes:
    return sha256(number.to_bytes(4)).digest()


def batch(size: int) -> list[ReceiptProof]:
    return prove_receipts(KEY, [receipt_leaf(LOT, seq, link(seq)) for seq in range(size)])


def holds(proof: ReceiptProof, seq: int, of: int | None = None) -> bool:
    return verify_receipt(KEY.public_bytes, proof, LOT, seq, link(seq if of is None else of))


def tree_of_rfc_9162(leaves: list[bytes]) -> bytes:
    """The root as §2.1.1 defines it, from the top down."""
    if len(leaves) == 1:
        return leaves[0]
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + tree_of_rfc_9162(leaves[:left]) + tree_of_rfc_9162(leaves[left:])).digest()


@given(st.integers(1, 70), st.data())
def test_B47_every_receipt_of_a_batch_is_proven_and_proves_nothing_else(
    size: int, data: st.DataObject
) -> None:
    proofs = batch(size)
    assert len(proofs) == size
    assert {proof.signature for proof in proofs} == {proofs[0].signature}
    own, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    assert holds(proofs[own], own)
    assert holds(proofs[own], own, of=other) == (own == other)
    leaves = [receipt_leaf(LOT, seq, link(seq)) for seq in range(size)]
    assert proofs[own].signature == KEY.sign(batch_message(size, tree_of_rfc_9162(leaves)))


@pytest.mark.parametrize(
    "change",
    [
        {"index": 4},
        {"index": -1},
        {"index": 7},
        {"size": 6},
        {"size": 8},
        {"size": 2**200},
        {"path": b""},
        {"path": b"x"},
        {"path": bytes(32)},
        {"path": bytes(96)},
        {"path": bytes(32 * 50)},
        {"signature": b""},
        {"signature": bytes(64)},
    ],
)
def test_B47_a_changed_proof_does_not_hold(change: dict[str, object]) -> None:
    assert holds(batch(7)[5], 5)
    assert not holds(replace(batch(7)[5], **change), 5)


def test_B47_a_receipt_is_of_one_lot_and_of_one_key() -> None:
    proof = batch(3)[1]
    assert not verify_receipt(KEY.public_bytes, proof, UUID(int=8), 1, link(1))
    assert not verify_receipt(SigningKey(bytes(32), "other").public_bytes, proof, LOT, 1, link(1))
