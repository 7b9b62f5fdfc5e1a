"""A receipt proves itself offline, and no touched one does (B-47)."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from auction.bidding.log import GENESIS_HASH, RECEIPT_PURPOSE, PublicLog, entry_record
from auction.bidding.receipt_file import FORMAT, FiledProof, ReceiptCheck, ReceiptFile, check_receipt
from auction.bidding.receipt_proof import prove_receipts, receipt_leaf
from core.crypto import SigningKey
from core.settings import PROJECT_ROOT
from tests.auction.bidding.test_log import a_sale, published

KEY = SigningKey(bytes(32), RECEIPT_PURPOSE)


@dataclass(frozen=True, slots=True)
class Given:
    """A published log and the receipt of its third bid, one of five of a batch."""

    log: PublicLog
    receipt: ReceiptFile


@pytest.fixture(scope="module")
def given() -> Given:
    """What a bidder and the public hold."""
    log = published(a_sale())
    assert entry_record(log.lot_id, log.entries[0])
    leaves = [receipt_leaf(log.lot_id, entry.seq, bytes.fromhex(entry.hash)) for entry in log.entries]
    proof, entry = prove_receipts(KEY, leaves)[2], log.entries[2]
    return Given(
        log,
        ReceiptFile(
            format=FORMAT,
            lot_id=log.lot_id,
            lot_no=log.lot_no,
            seq=entry.seq,
            code=entry.code,
            priority_order=entry.priority_order,
            amount_fen=entry.amount_fen,
            outcome=entry.outcome,
            received_at=entry.received_at,
            decided_at=entry.decided_at,
            ends_at=entry.ends_at,
            extended=entry.extended,
            previous_hash=log.entries[1].hash,
            hash=entry.hash,
            proof=FiledProof(proof.index, proof.size, proof.path.hex()),
            signature=proof.signature.hex(),
            public_key=KEY.public_bytes.hex(),
        ),
    )


def test_B47_a_receipt_fits_its_hash_its_signature_and_the_public_log(given: Given) -> None:
    assert given.receipt.proof.size == 5
    assert given.receipt.proof.path, "it stands in a batch: there is a path to walk"
    found = check_receipt(given.receipt, public_key=KEY.public_bytes, log=given.log)
    assert set(found) == set(ReceiptCheck) - {ReceiptCheck.CEILING}, "it was bid by hand"
    assert all(found.values())
    alone = check_receipt(given.receipt)
    assert (alone[ReceiptCheck.KEY], alone[ReceiptCheck.LOG]) == (None, None)


TOUCHED: list[dict[str, object]] = [
    {"amount_fen": 1},
    {"code": "Z9999"},
    {"outcome": "too_low"},
    {"seq": 4},
    {"extended": True},
    {"decided_at": "2026-01-01T00:00:00Z"},
    {"priority_order": 1},
    {"previous_hash": GENESIS_HASH.hex()},
    {"hash": "00" * 32},
    {"signature": "00" * 64},
    {"signature": "not hexadecimal"},
    {"decided_at": "2026-01-01T00:00:00"},
    {"amount_fen": 2**80},
    {"ceiling": 1},
    {"ceiling_proof": "00" * 32},
    {"proof": {"index": 3, "size": 5, "path": ""}},
    {"lot_id": "00000000-0000-0000-0000-000000000000"},
]


@pytest.mark.parametrize("touch", TOUCHED, ids=str)
def test_B47_every_touched_receipt_is_found(given: Given, touch: dict[str, object]) -> None:
    plain = {**msgspec.to_builtins(given.receipt), **touch}
    if plain == msgspec.to_builtins(given.receipt):
        pytest.fail("the touch changes nothing")
    found = check_receipt(msgspec.convert(plain, ReceiptFile), public_key=KEY.public_bytes, log=given.log)
    assert False in found.values()


def test_B47_another_key_or_another_log_is_found(given: Given) -> None:
    forged = SigningKey(bytes([1]) * 32, RECEIPT_PURPOSE)
    leaf = receipt_leaf(given.receipt.lot_id, given.receipt.seq, bytes.fromhex(given.receipt.hash))
    (proof,) = prove_receipts(forged, [leaf])
    own_key = msgspec.structs.replace(
        given.receipt,
        proof=FiledProof(0, 1, ""),
        signature=proof.signature.hex(),
        public_key=forged.public_bytes.hex(),
    )
    assert check_receipt(own_key)[ReceiptCheck.SIGNATURE], "whole, by the key that it brings along"
    found = check_receipt(own_key, public_key=KEY.public_bytes)
    assert (found[ReceiptCheck.SIGNATURE], found[ReceiptCheck.KEY]) == (False, False)
    shorter = msgspec.structs.replace(given.log, entries=given.log.entries[:2])
    assert check_receipt(given.receipt, log=shorter)[ReceiptCheck.LOG] is False


def verify(file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run(
        [sys.executable, "-m", "web.cli", "verify", "receipt", str(file), *options],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_B47_the_command_answers_in_two_languages(given: Given, tmp_path: Path) -> None:
    file, log = tmp_path / "receipt.json", tmp_path / "log.json"
    file.write_bytes(msgspec.json.encode(given.receipt))
    log.write_bytes(msgspec.json.encode(given.log))
    good = verify(file, "--public-key", KEY.public_bytes.hex(), "--log", str(log))
    assert (good.returncode, good.stderr) == (0, "")
    assert "凭证真实 · This receipt is genuine." in good.stdout
    touched = json.loads(file.read_text("utf-8"))
    touched["amount_fen"] += 100
    file.write_text(json.dumps(touched), "utf-8")
    bad = verify(file, "--public-key", KEY.public_bytes.hex())
    assert bad.returncode == 1
    assert "not genuine" in bad.stdout
    file.write_text("{}", "utf-8")
    assert verify(file).returncode == 2
