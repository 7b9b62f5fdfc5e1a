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
    entry_record,
    sign_log,
)
from auction.bidding.models import BidOutcome
from auction.bidding.rules import BiddingState, BidRequest, code_identity, replay
from auction.bidding.verify_log import procedure_of, verify_log
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
    return sign_log(KEY, PublicLog(LOT, "L-1", PROCEDURE, entries, head, "", "", moves or []))


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
    assert reasons == ["signature does not fit the log and the key"]


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


@pytest.mark.parametrize(
    "change",
    [
        {"starting_price_fen": 900},
        {"increment_fen": 50},
        {"window_s": 299},
        {"extension_from": "close"},
        {"may_outbid_self": True},
        {"starts_at": START - timedelta(hours=1)},
        {"ends_at": END + timedelta(seconds=1)},
    ],
)
def test_B42_the_rules_of_the_sale_cannot_be_exchanged_under_its_bids(change: dict[str, object]) -> None:
    log = published(a_sale((1_000,)))
    other = msgspec.structs.replace(log, procedure=msgspec.structs.replace(PROCEDURE, **change))
    reasons = [fault.reason for fault in verify_log(other)]
    assert "signature does not fit the log and the key" in reasons


@pytest.mark.parametrize(
    "change", [{"lot_no": "L-2"}, {"closed_at": END}, {"end_moves": [EndMoved(END, END)]}]
)
def test_B42_nor_its_number_nor_what_the_court_changed(change: dict[str, object]) -> None:
    assert verify_log(msgspec.structs.replace(published(a_sale((1_000,))), **change))


@pytest.mark.parametrize(
    "change",
    [
        {"signature": "zz"},
        {"signature": "00"},
        {"public_key": "zz"},
        {"public_key": "00"},
        {"head_hash": "zz"},
        {"closed_at": START.replace(tzinfo=None)},
        {"end_moves": [EndMoved(START.replace(tzinfo=None), END)]},
    ],
)
def test_B42_a_garbled_log_is_found_faulty_and_breaks_nothing(change: dict[str, object]) -> None:
    assert verify_log(msgspec.structs.replace(published(a_sale()), **change))


@pytest.mark.parametrize(
    "change",
    [
        {"increment_fen": 0},
        {"starting_price_fen": -1},
        {"window_s": 10**15},
        {"extension_s": -1},
        {"extension_from": "moon"},
        {"ends_at": END.replace(tzinfo=None)},
        {"ends_at": START},
        {"ends_at": END.replace(year=9999)},
    ],
)
def test_B42_impossible_rules_are_found_faulty_and_break_nothing(change: dict[str, object]) -> None:
    log = published(a_sale())
    assert verify_log(msgspec.structs.replace(log, procedure=msgspec.structs.replace(PROCEDURE, **change)))


def test_B47_a_time_without_zone_in_a_bid_is_found_faulty() -> None:
    entries = a_sale()
    entries[2] = msgspec.structs.replace(entries[2], decided_at=entries[2].decided_at.replace(tzinfo=None))
    log = msgspec.structs.replace(published(a_sale()), entries=entries)
    assert [fault.seq for fault in verify_log(log)] == [3]


def test_B47_the_time_of_decisions_never_runs_back() -> None:
    first, second = a_sale((1_000, 1_100))
    second = msgspec.structs.replace(second, decided_at=first.decided_at - timedelta(hours=1))
    reasons = [fault.reason for fault in verify_log(published(linked([first, second])))]
    assert reasons == ["decided before the bid that precedes it"]


def test_B51_bids_after_a_withdrawal_are_late_by_the_published_withdrawal_only() -> None:
    withdrawn_at = START - timedelta(hours=1)
    bid = a_sale((1_000,))[0]
    early, after = (
        msgspec.structs.replace(
            bid, seq=seq, decided_at=at, received_at=at, ends_at=END, outcome=outcome, extended=False
        )
        for seq, at, outcome in (
            (1, withdrawn_at - timedelta(minutes=1), BidOutcome.NOT_STARTED),
            (2, withdrawn_at + timedelta(minutes=1), BidOutcome.LATE),
        )
    )
    log = msgspec.structs.replace(published(linked([early, after])), closed_at=withdrawn_at)
    assert verify_log(sign_log(KEY, log)) == []
    never = sign_log(KEY, msgspec.structs.replace(log, closed_at=None))
    assert [fault.seq for fault in verify_log(never)] == [2]
    too_early = msgspec.structs.replace(after, decided_at=withdrawn_at - timedelta(seconds=1))
    forged = msgspec.structs.replace(published(linked([early, too_early])), closed_at=withdrawn_at)
    assert [fault.seq for fault in verify_log(sign_log(KEY, forged))] == [2]
