"""How the two machines of a practice round behave: they answer, teach, and let the person win."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from auction.bidding.rules import BiddingState, BidRequest, decide
from auction.practice.rules import (
    ANSWER_S,
    INCREMENT_FEN,
    MOST_BIDS,
    MOST_EQUAL_BIDS,
    OPENING_S,
    PROCEDURE,
    ROUND_S,
    STARTING_PRICE_FEN,
    WINDOW_S,
    Move,
    RoundNow,
    Seat,
    limit_fen,
    nearest_step_fen,
    next_move,
    seat_id,
)

START = datetime(2026, 5, 11, 2, tzinfo=UTC)
LOT = UUID(int=77)
SECOND = timedelta(seconds=1)
ORDERS = {Seat.PRIORITY: 1}


class Round:
    """A round that is played by the law itself, second by second."""

    def __init__(self, lot_id: UUID = LOT) -> None:
        ends_at = START + ROUND_S * SECOND
        self.seen = RoundNow(lot_id, BiddingState(START, ends_at), None, None, 0, 0, START)
        self.moves: list[tuple[datetime, Move]] = []

    def bid(self, seat: Seat, amount_fen: int) -> None:
        """Somebody bids now; it must be accepted."""
        seen = self.seen
        request = BidRequest(seat_id(seen.lot_id, seat), seat, amount_fen, seen.now, ORDERS.get(seat))
        decision = decide(PROCEDURE, seen.standing, request)
        assert decision.accepted, (seat, amount_fen, decision.outcome)
        self.seen = replace(
            seen,
            standing=decision.state,
            leader=seat,
            last_bid_at=seen.now,
            own_bids=seen.own_bids + (seat is Seat.VISITOR),
            equal_bids=seen.equal_bids + (seat is Seat.PRIORITY),
        )

    def wait(self, seconds: int) -> None:
        """Let time pass; whichever machine's turn comes bids."""
        for _ in range(seconds):
            self.seen = replace(self.seen, now=self.seen.now + SECOND)
            move = next_move(self.seen)
            if move is not None:
                self.moves.append((self.seen.now, move))
                self.bid(move.seat, move.amount_fen)

    @property
    def left(self) -> timedelta:
        """How long until the end."""
        return self.seen.standing.ends_at - self.seen.now

    def raise_price(self) -> None:
        """The person bids the lowest amount possible."""
        price = self.seen.standing.price_fen
        self.bid(Seat.VISITOR, STARTING_PRICE_FEN if price is None else price + INCREMENT_FEN)


def test_B40_the_competitor_opens_at_the_starting_price_when_nobody_bids() -> None:
    practice = Round()
    practice.wait(OPENING_S[1])
    ((at, move),) = practice.moves
    assert (move.seat, move.amount_fen) == (Seat.COMPETITOR, STARTING_PRICE_FEN)
    assert START + OPENING_S[0] * SECOND <= at
    practice.wait(ROUND_S)
    assert len(practice.moves) == 1, "nobody raises over oneself"


def test_B40_a_bid_is_answered_in_seconds_but_not_at_once() -> None:
    practice = Round()
    practice.raise_price()
    practice.wait(ANSWER_S[0] - 1)
    assert not practice.moves
    practice.wait(ANSWER_S[1])
    ((_, move),) = practice.moves
    assert (move.seat, move.amount_fen) == (Seat.COMPETITOR, STARTING_PRICE_FEN + INCREMENT_FEN)


def test_B44_every_second_bid_is_met_by_the_priority_purchaser_at_the_same_price_at_most_twice() -> None:
    practice = Round()
    for _ in range(6):
        practice.raise_price()
        practice.wait(12)
    equals = [move for _, move in practice.moves if move.seat is Seat.PRIORITY]
    assert len(equals) == MOST_EQUAL_BIDS
    assert practice.moves[1][1].seat is Seat.PRIORITY
    assert equals[0].amount_fen == STARTING_PRICE_FEN + 2 * INCREMENT_FEN


def test_B41_whoever_leads_late_meets_an_extension_by_the_last_moments_bid() -> None:
    practice = Round()
    practice.wait(ROUND_S - 2 * WINDOW_S)
    practice.raise_price()
    moved = len(practice.moves)
    practice.wait(2 * WINDOW_S - 15)
    assert len(practice.moves) == moved, "the competitor holds back"
    practice.wait(12)
    assert practice.moves[-1][1].seat is Seat.COMPETITOR
    assert practice.seen.standing.extension_count == 1
    assert practice.left > 15 * SECOND


@pytest.mark.parametrize("lot_id", [UUID(int=number) for number in range(20)])
def test_who_wants_to_win_wins_and_the_round_ends(lot_id: UUID) -> None:
    practice = Round(lot_id)
    for _ in range(200):
        if practice.left <= timedelta(0):
            break
        if practice.seen.leader is not Seat.VISITOR:
            practice.raise_price()
        practice.wait(1)
    assert practice.left <= timedelta(0)
    standing = practice.seen.standing
    assert practice.seen.leader is Seat.VISITOR
    assert standing.price_fen is not None
    assert standing.price_fen <= limit_fen(lot_id, Seat.COMPETITOR) + 2 * INCREMENT_FEN
    assert standing.ends_at - START < timedelta(minutes=10)


def test_B47_everybody_who_decides_on_the_same_state_makes_the_same_move() -> None:
    practice = Round()
    practice.raise_price()
    seen = replace(practice.seen, now=practice.seen.now + ANSWER_S[1] * SECOND)
    later = replace(seen, now=seen.now + SECOND)
    assert next_move(seen) == next_move(later) is not None


def test_nobody_moves_when_it_is_over_stands_still_or_has_too_many_bids() -> None:
    practice = Round()
    practice.raise_price()
    seen = replace(practice.seen, now=practice.seen.now + ANSWER_S[1] * SECOND)
    assert next_move(seen)
    for standing in (
        replace(seen.standing, phase="closed"),
        replace(seen.standing, ends_at=seen.now),
        replace(seen.standing, last_seq=MOST_BIDS),
    ):
        assert next_move(replace(seen, standing=standing)) is None


@given(st.integers(0, 10**12), st.integers(0, 50))
def test_B40_the_amount_that_the_coach_names_would_be_accepted(amount: int, steps: int) -> None:
    lowest = STARTING_PRICE_FEN + steps * INCREMENT_FEN
    nearest = nearest_step_fen(amount, lowest)
    assert nearest >= max(amount, lowest)
    assert (nearest - STARTING_PRICE_FEN) % INCREMENT_FEN == 0
    assert nearest == lowest or nearest - amount < INCREMENT_FEN
