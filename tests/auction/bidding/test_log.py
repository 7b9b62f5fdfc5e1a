"""The public log: an untouched one holds, any touch shows."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from auction.bidding.log import (
    GENESIS_HASH,
    RECEIPT_PURPOSE,
    EndMoved,
    LogEntry,
    LogProcedure,
    PublicLog,
    chain,
    code_identity,
    entry_record,
    head_message,
    procedure_of,
    sign_receipt,
    verify_log,
    verify_receipt,
)
from auction.bidding.rules import BiddingState, BidRequest, replay
from core.crypto import SigningKey
from tests.auction.bidding.test_rules import END, START

LOT = UUID(int=7)
KEY = SigningKey(bytes(32), RECEIPT_PURPOSE)
PROCEDURE = LogProcedure(1_000, 100, 300, 300, "bid", False, False, START, END)


def linked(entries: list[LogEntry]) -> list[LogEntry]:
    """The entries with their right hashes."""
    previous, result = GENESIS_HASH, []
    for entry in entries:
        previous = chain(previous, entry_record(LOT, entry))
        result.append(msgspec.structs.replace(entry, hash=previous.hex()))
    return result


def published(entries: list[LogEntry], moves: list[EndMoved] | None = None) -> PublicLog:
    head = entries[-1].hash
    signature = KEY.sign(head_message(LOT, head)).hex()
    return PublicLog(LOT, "L-1", PROCEDURE, entries, head, KEY.public_bytes.hex(), signature, moves or [])


def a_sale(amounts: tuple[int, ...] = (1_000, 1_100, 1_100, 1_050, 1_300)) -> list[LogEntry]:
    requests = [
        BidRequest(code_identity(code := f"K{n % 2}"), code, amount, END - timedelta(minutes=9 - 2 * n))
        for n, amount in enumerate(amounts)
    ]
    start = BiddingState(starts_at=START, ends_at=END)
    return linked(
        [
            LogEntry(
                d.state.last_seq, r.code, None, r.amount_fen, d.outcome, r.at, r.at, d.ends_at, d.extended, ""
            )
            for r, d in replay(procedure_of(PROCEDURE), start, requests)
        ]
    )


def test_B47_a_true_log_holds_also_after_a_round_trip_through_json() -> None:
    log = published(a_sale())
    assert verify_log(log) == []
    assert verify_log(msgspec.json.decode(msgspec.json.encode(log), type=PublicLog)) == []


@pytest.mark.parametrize(
    "change", [{"amount_fen": 9_000}, {"code": "K9"}, {"received_at": START}, {"extended": True}, {"seq": 9}]
)
def test_B47_a_changed_bid_breaks_the_chain(change: dict[str, object]) -> None:
    entries = a_sale()
    entries[1] = msgspec.structs.replace(entries[1], **change)
    assert len(verify_log(published(entries))) >= 1


def test_B47_a_removed_bid_shows() -> None:
    entries = a_sale()
    assert verify_log(published(entries[:1] + entries[2:]))


def test_B47_a_rewritten_chain_still_shows_by_its_signature() -> None:
    entries = a_sale()
    log = published(entries)
    forged = linked([*entries[:-1], msgspec.structs.replace(entries[-1], amount_fen=1_400)])
    reasons = [
        f.reason for f in verify_log(msgspec.structs.replace(log, entries=forged, head_hash=forged[-1].hash))
    ]
    assert reasons == ["signature of the head does not fit the key"]


def test_B42_a_wrong_decision_shows_though_every_hash_fits() -> None:
    entries = a_sale()
    wrong = linked([msgspec.structs.replace(entries[0], amount_fen=1_001), *entries[1:]])
    assert any("by the rules" in fault.reason for fault in verify_log(published(wrong)))


def test_B50_the_end_moved_by_a_pause_is_part_of_the_published_log() -> None:
    entries = a_sale((1_000,))
    resumed = EndMoved(END + timedelta(hours=1), END + timedelta(hours=3))
    late = msgspec.structs.replace(
        entries[0],
        seq=2,
        code="K1",
        amount_fen=1_100,
        decided_at=END + timedelta(hours=2),
        ends_at=resumed.ends_at,
        extended=False,
    )
    entries = linked([entries[0], late])
    assert verify_log(published(entries, [resumed])) == []
    assert verify_log(published(entries))


def test_B47_a_receipt_proves_one_link() -> None:
    link = bytes(range(32))
    signature = sign_receipt(KEY, LOT, 3, link)
    assert verify_receipt(KEY.public_bytes, signature, LOT, 3, link)
    assert not verify_receipt(KEY.public_bytes, signature, LOT, 4, link)
    assert sign_receipt(KEY, LOT, 3, link) == signature
