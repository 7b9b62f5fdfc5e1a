"""The tree against RFC 9162 and the reference vectors of Certificate Transparency: proofs hold, any touch fails."""

from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auction.transparency.merkle import (
    EMPTY_ROOT,
    Node,
    append,
    consistency_path,
    hashes_of,
    inclusion_path,
    leaf_hash,
    nodes_of,
    root_of,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

MOST = 300

REFERENCE_LEAVES = [
    bytes.fromhex(digits)
    for digits in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
REFERENCE_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def root_by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162 §2.1.1, word by word."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + root_by_definition(leaves[:split]) + root_by_definition(leaves[split:])).digest()


@cache
def grown() -> tuple[list[bytes], dict[Node, bytes], list[bytes]]:
    """A tree of `MOST` leaves as it is kept: leaf hashes, hashes of complete subtrees, roots of every size."""
    leaves = [leaf_hash(b"%d" % number) for number in range(MOST)]
    edge: list[bytes] = []
    kept: dict[Node, bytes] = {}
    roots = [EMPTY_ROOT]
    for index, leaf in enumerate(leaves):
        for level, subtree in enumerate(append(edge, index, leaf)):
            node = Node(level, index >> level)
            assert node.last_leaf == index
            kept[node] = subtree
        roots.append(root_of(edge))
    return leaves, kept, roots


def test_B42_roots_are_those_of_the_reference_vectors() -> None:
    for size, root in enumerate(REFERENCE_ROOTS):
        assert tree_root(map(leaf_hash, REFERENCE_LEAVES[:size])).hex() == root


@given(st.lists(st.binary(max_size=8), max_size=70))
@settings(max_examples=60)
def test_B42_roots_are_those_of_the_definition(leaves: list[bytes]) -> None:
    assert tree_root(map(leaf_hash, leaves)) == root_by_definition(leaves)


@pytest.mark.parametrize(
    ("index", "size", "proof"),
    [
        (0, 1, []),
        (
            0,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    ],
)
def test_B42_inclusion_proofs_are_those_of_the_reference_vectors(
    index: int, size: int, proof: list[str]
) -> None:
    hashes = [leaf_hash(leaf) for leaf in REFERENCE_LEAVES]
    whole: dict[Node, bytes] = {}
    edge: list[bytes] = []
    for at, leaf in enumerate(hashes):
        for level, subtree in enumerate(append(edge, at, leaf)):
            whole[Node(level, at >> level)] = subtree
    path = inclusion_path(index, size)
    assert [each.hex() for each in hashes_of(path, whole)] == proof
    root = bytes.fromhex(REFERENCE_ROOTS[size])
    assert verify_inclusion(hashes[index], index, size, [bytes.fromhex(each) for each in proof], root)


@pytest.mark.parametrize(
    ("old", "new", "proof"),
    [
        (1, 1, []),
        (
            1,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            6,
            8,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ],
)
def test_B42_consistency_proofs_are_those_of_the_reference_vectors(
    old: int, new: int, proof: list[str]
) -> None:
    whole: dict[Node, bytes] = {}
    edge: list[bytes] = []
    for at, leaf in enumerate(REFERENCE_LEAVES):
        for level, subtree in enumerate(append(edge, at, leaf_hash(leaf))):
            whole[Node(level, at >> level)] = subtree
    assert [each.hex() for each in hashes_of(consistency_path(old, new), whole)] == proof
    roots = [bytes.fromhex(REFERENCE_ROOTS[size]) for size in (old, new)]
    assert verify_consistency(old, roots[0], new, roots[1], [bytes.fromhex(each) for each in proof])


def test_B42_every_proof_of_every_size_holds_and_reads_few_hashes() -> None:
    leaves, kept, roots = grown()
    for size in range(1, MOST + 1):
        for index in {0, 1, size // 3, size // 2, size - 1} & set(range(size)):
            path = inclusion_path(index, size)
            assert len(nodes_of(path)) <= 2 * size.bit_length()
            assert verify_inclusion(leaves[index], index, size, hashes_of(path, kept), roots[size])
        for old in {0, 1, size // 3, size // 2, size - 1, size}:
            path = consistency_path(old, size)
            assert len(nodes_of(path)) <= 2 * size.bit_length()
            assert verify_consistency(old, roots[old], size, roots[size], hashes_of(path, kept))


@given(st.data())
@settings(max_examples=150)
def test_B42_an_inclusion_proof_with_any_changed_byte_fails(data: st.DataObject) -> None:
    leaves, kept, roots = grown()
    size = data.draw(st.integers(2, MOST))
    index = data.draw(st.integers(0, size - 1))
    proof = hashes_of(inclusion_path(index, size), kept)
    at = data.draw(st.integers(0, len(proof) - 1))
    other = data.draw(st.integers(0, MOST - 1).filter(lambda number: number != index))
    assert verify_inclusion(leaves[index], index, size, proof, roots[size])
    assert not verify_inclusion(leaves[index], index, size, touched(proof, at, data), roots[size])
    assert not verify_inclusion(leaves[other], index, size, proof, roots[size])
    assert not verify_inclusion(leaves[index], other, size, proof, roots[size])
    assert not verify_inclusion(leaves[index], index, size, proof, roots[size - 1])
    assert not verify_inclusion(leaves[index], index, size, proof[:-1], roots[size])
    assert not verify_inclusion(leaves[index], index, size, [*proof, proof[-1]], roots[size])


@given(st.data())
@settings(max_examples=150)
def test_B42_a_consistency_proof_with_any_changed_byte_fails(data: st.DataObject) -> None:
    _, kept, roots = grown()
    new = data.draw(st.integers(2, MOST))
    old = data.draw(st.integers(1, new - 1))
    proof = hashes_of(consistency_path(old, new), kept)
    at = data.draw(st.integers(0, len(proof) - 1))
    assert verify_consistency(old, roots[old], new, roots[new], proof)
    assert not verify_consistency(old, roots[old], new, roots[new], touched(proof, at, data))
    assert not verify_consistency(old, roots[old - 1], new, roots[new], proof)
    assert not verify_consistency(old, roots[old], new, roots[new - 1], proof)
    assert not verify_consistency(old, roots[old], new, roots[new], proof[:-1])
    assert not verify_consistency(old, roots[old], new, roots[new], [*proof, proof[-1]])
    assert not verify_consistency(new, roots[new], old, roots[old], proof)


def touched(proof: list[bytes], at: int, data: st.DataObject) -> list[bytes]:
    """The proof with one bit of one hash turned."""
    bit = data.draw(st.integers(0, 255))
    turned = int.from_bytes(proof[at]) ^ (1 << bit)
    return [*proof[:at], turned.to_bytes(32), *proof[at + 1 :]]


def test_B42_an_empty_tree_has_only_the_empty_proof() -> None:
    _, _, roots = grown()
    assert verify_consistency(0, EMPTY_ROOT, 9, roots[9], [])
    assert not verify_consistency(0, roots[1], 9, roots[9], [])
    assert not verify_consistency(0, EMPTY_ROOT, 9, roots[9], [roots[1]])
    assert not verify_consistency(5, roots[5], 5, roots[5], [roots[1]])
    assert not verify_inclusion(roots[1], 0, 0, [], EMPTY_ROOT)
    with pytest.raises(ValueError):
        inclusion_path(3, 3)
    with pytest.raises(ValueError):
        consistency_path(4, 3)
