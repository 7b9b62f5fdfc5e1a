"""The declared result is part of the signed log, and the verifier finds it again from the bids alone."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from auction.bidding.log import EndMoved, LogClosing, LogEntry, PublicLog, SaleOutcome, sign_log
from auction.bidding.models import BidOutcome
from auction.bidding.rules import BiddingState, BidRequest, code_identity
from auction.bidding.rules import replay as fold
from auction.bidding.verify_log import LogCheck, Replay, procedure_of, verify_log
from tests.auction.bidding.test_log import KEY, LOT, PROCEDURE, a_sale, linked
from tests.auction.bidding.test_rules import END, START

SOLD = LogClosing(SaleOutcome.SOLD, 1_300, "K0", END + timedelta(minutes=4))
FAILED = LogClosing(SaleOutcome.FAILED, None, None, END)


def closed(entries: list[LogEntry], closing: LogClosing, **changes: Any) -> PublicLog:
    """A signed log of an ended lot."""
    head = entries[-1].hash if entries else bytes(32).hex()
    log = PublicLog(LOT, "L-1", PROCEDURE, entries, head, "", "", closing=closing, **changes)
    return sign_log(KEY, log)


def reasons(log: PublicLog) -> list[tuple[LogCheck, str]]:
    return [(fault.check, fault.reason) for fault in verify_log(log)]


def test_B43_a_sale_declared_as_the_bids_say_verifies() -> None:
    assert reasons(closed(a_sale(), SOLD)) == []


def test_B49_a_failure_without_bids_verifies() -> None:
    assert reasons(closed([], FAILED)) == []


@pytest.mark.parametrize(
    ("declared", "check"),
    [
        (replace(SOLD, price_fen=1_200), LogCheck.RESULT),
        (replace(SOLD, winner_code="K1"), LogCheck.RESULT),
        (replace(SOLD, winner_code=None), LogCheck.RESULT),
        (replace(SOLD, outcome=SaleOutcome.FAILED), LogCheck.RESULT),
        (replace(SOLD, outcome=SaleOutcome.WITHDRAWN), LogCheck.RESULT),
        (replace(SOLD, ended_at=END), LogCheck.EXTENSION),
    ],
)
def test_B43_another_result_than_the_bids_say_is_found_though_it_is_signed(
    declared: LogClosing, check: LogCheck
) -> None:
    assert check in {found for found, _ in reasons(closed(a_sale(), declared))}


def test_B49_a_sale_declared_without_a_bid_is_found() -> None:
    assert LogCheck.RESULT in {check for check, _ in reasons(closed([], replace(SOLD, ended_at=END)))}


@pytest.mark.parametrize(
    "change", [{"price_fen": 1}, {"winner_code": "K1"}, {"ended_at": START}, {"outcome": SaleOutcome.FAILED}]
)
def test_B42_the_signature_covers_the_declared_result(change: dict[str, Any]) -> None:
    log = closed(a_sale(), SOLD)
    other = replace(log, closing=replace(SOLD, **change))
    assert (LogCheck.SIGNATURE, "signature does not fit the log and the key") in reasons(other)


def test_B42_nor_can_the_result_be_left_out() -> None:
    assert [check for check, _ in reasons(replace(closed(a_sale(), SOLD), closing=None))] == [
        LogCheck.SIGNATURE
    ]


def test_B50_an_end_moved_after_the_last_bid_is_the_end_of_the_sale() -> None:
    moved = EndMoved(END - timedelta(hours=1), END + timedelta(days=2))
    early = a_sale((1_000,))
    declared = LogClosing(SaleOutcome.SOLD, 1_000, "K0", moved.ends_at)
    entries = linked([replace(early[0], decided_at=START, received_at=START, ends_at=END, extended=False)])
    assert reasons(closed(entries, declared, end_moves=[moved])) == []
    assert LogCheck.EXTENSION in {check for check, _ in reasons(closed(entries, declared))}


def test_B51_a_withdrawn_lot_has_no_winner_whatever_was_bid() -> None:
    at = END - timedelta(hours=2)
    withdrawn = LogClosing(SaleOutcome.WITHDRAWN, None, None, at)
    assert reasons(closed([], withdrawn, closed_at=at)) == []
    assert reasons(closed([], replace(withdrawn, ended_at=END), closed_at=at)) != []
    assert reasons(closed([], replace(withdrawn, price_fen=1_000), closed_at=at)) != []


def test_B42_a_closing_without_zone_is_faulty_and_breaks_nothing() -> None:
    naive = replace(closed(a_sale(), SOLD), closing=replace(SOLD, ended_at=END.replace(tzinfo=None)))
    assert [check for check, _ in reasons(naive)] == [LogCheck.FORM]


bids = st.lists(
    st.tuples(st.sampled_from(["A1", "B2", "C3", "D4"]), st.integers(0, 4), st.integers(1, 40)),
    min_size=1,
    max_size=40,
)
ORDERS = {"A1": None, "B2": 1, "C3": 2, "D4": None}


@given(bids)
@settings(max_examples=120)
def test_B44_the_winner_of_the_replay_is_the_first_by_price_order_and_number(
    bids: list[tuple[str, int, int]],
) -> None:
    """The rulebook's ranking key, stated apart from the fold: price descending, order ascending, sequence ascending."""
    at, requests = START, []
    for code, steps, seconds in bids:
        at += timedelta(seconds=seconds)
        requests.append(BidRequest(code_identity(code), code, 1_000 + 100 * steps, at, ORDERS[code]))
    start = BiddingState(starts_at=START, ends_at=END)
    entries = [
        LogEntry(
            d.state.last_seq,
            r.code,
            r.priority_order,
            r.amount_fen,
            d.outcome,
            r.at,
            r.at,
            d.ends_at,
            d.extended,
            "",
        )
        for r, d in fold(procedure_of(PROCEDURE), start, requests)
    ]
    accepted = [entry for entry in entries if entry.outcome is BidOutcome.ACCEPTED]
    first = min(accepted, key=lambda e: (-e.amount_fen, e.priority_order or 99, e.seq), default=None)
    replayed = Replay(UUID(int=7), PROCEDURE)
    replayed.feed(entries)
    assert (replayed.state.leader_code, replayed.state.price_fen) == (
        (first.code, first.amount_fen) if first else (None, None)
    )
    if first is not None:
        assert replayed.finish(LogClosing(SaleOutcome.SOLD, first.amount_fen, first.code, END)) == []
