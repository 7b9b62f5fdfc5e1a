"""What one practises on, and how the two other bidders of a round behave. Pure.

A round is for one person and two machines: a competitor, who raises, and a priority purchaser, who bids the same price (B-44).
They answer the person's bids in turn, at a natural pace, and stop at a limit of their own, so whoever wants to win wins. Pace
and limits follow from the round's id and the number of its newest bid: whichever process moves a machine moves it the same way.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID, uuid5

from msgspec import Struct

from auction.bidding.rules import BiddingState, Procedure, next_amount

STARTING_PRICE_FEN = 1_000_000_00
INCREMENT_FEN = 5_000_00
DEPOSIT_FEN = 100_000_00
REFERENCE_PRICE_FEN = 1_250_000_00
BALANCE_DUE_DAYS = 10
ROUND_S = 180
"""A round lasts so long without an extension; a real auction at least a day (B-41)."""
WINDOW_S = 30
EXTENSION_S = 30
MOST_BIDS = 200
"""Bids that a round decides, refused ones too. Far more than anybody needs to learn."""
KEPT_FOR = timedelta(days=1)
MOST_KEPT = 5_000
"""Of more rounds than these the oldest go earlier."""

OPENING_S = (9, 14)
ANSWER_S = (5, 9)
EQUAL_S = (6, 10)
IDLE_S = (22, 30)
LATE_BY_S = (8, 14)
"""So long before the end the competitor bids, where nobody has extended yet."""
MOST_EQUAL_BIDS = 2
COMPETITOR_STEPS = (9, 14)
PRIORITY_STEPS = (6, 8)

PROCEDURE = Procedure(STARTING_PRICE_FEN, INCREMENT_FEN, WINDOW_S, EXTENSION_S)


class Seat(StrEnum):
    """The three places of a round."""

    VISITOR = "visitor"
    COMPETITOR = "competitor"
    PRIORITY = "priority"


class RoundNow(Struct, frozen=True):
    """What a machine sees of a round. `own_bids` and `equal_bids` count accepted ones: the person's, and the priority
    purchaser's."""

    lot_id: UUID
    standing: BiddingState
    leader: Seat | None
    last_bid_at: datetime | None
    own_bids: int
    equal_bids: int
    now: datetime


class Move(Struct, frozen=True):
    """A bid that a machine makes now. `key` is the same for everybody who decides on the same state: it is bid once."""

    seat: Seat
    amount_fen: int
    key: str


def seat_id(lot_id: UUID, seat: Seat) -> UUID:
    """The registration of a place: it follows from the round, so nothing need be looked up."""
    return uuid5(lot_id, seat)


def by_chance(lot_id: UUID, what: str, span: tuple[int, int]) -> int:
    """A whole number within the span that looks random and is the same for everybody."""
    least, most = span
    drawn = int.from_bytes(sha256(lot_id.bytes + what.encode()).digest()[:4])
    return least + drawn % (most - least + 1)


def limit_fen(lot_id: UUID, seat: Seat) -> int:
    """What a machine pays at most."""
    steps = by_chance(lot_id, seat, PRIORITY_STEPS if seat is Seat.PRIORITY else COMPETITOR_STEPS)
    return STARTING_PRICE_FEN + steps * INCREMENT_FEN


def next_move(seen: RoundNow) -> Move | None:
    """What a machine bids at this moment, or None: nobody's turn yet."""
    standing, now = seen.standing, seen.now
    if standing.phase != "open" or now >= standing.ends_at or standing.last_seq >= MOST_BIDS:
        return None
    if seen.leader is Seat.COMPETITOR:
        return None
    number = str(standing.last_seq)
    since = now - (seen.last_bid_at or standing.starts_at)

    def has_waited(what: str, span: tuple[int, int]) -> bool:
        return since >= timedelta(seconds=by_chance(seen.lot_id, what + number, span))

    if seen.leader is None:
        return _raise(seen) if has_waited("opening", OPENING_S) else None
    if seen.leader is Seat.PRIORITY:
        return _raise(seen) if has_waited("idle", IDLE_S) else None
    if _is_turn_of_priority(seen):
        return _equal(seen) if has_waited("equal", EQUAL_S) else None
    if is_last_chance(seen):
        late_by = timedelta(seconds=by_chance(seen.lot_id, "late" + number, LATE_BY_S))
        return _raise(seen) if now >= standing.ends_at - late_by else None
    return _raise(seen) if has_waited("answer", ANSWER_S) else None


def is_last_chance(seen: RoundNow) -> bool:
    """Whether the competitor holds back to bid in the last moments: so everybody meets an extension once (B-41)."""
    left = seen.standing.ends_at - seen.now
    return seen.standing.extension_count == 0 and left <= timedelta(seconds=2 * WINDOW_S)


def _is_turn_of_priority(seen: RoundNow) -> bool:
    price = seen.standing.price_fen
    return (
        seen.own_bids % 2 == 0
        and seen.equal_bids < MOST_EQUAL_BIDS
        and price is not None
        and price <= limit_fen(seen.lot_id, Seat.PRIORITY)
    )


def _raise(seen: RoundNow) -> Move | None:
    amount = next_amount(PROCEDURE, seen.standing)
    if amount > limit_fen(seen.lot_id, Seat.COMPETITOR):
        return None
    return Move(Seat.COMPETITOR, amount, f"move-{seen.standing.last_seq:06}")


def _equal(seen: RoundNow) -> Move | None:
    assert seen.standing.price_fen is not None
    return Move(Seat.PRIORITY, seen.standing.price_fen, f"move-{seen.standing.last_seq:06}")


def nearest_step_fen(amount_fen: int, lowest_fen: int) -> int:
    """The lowest amount at or above `amount_fen` that may be bid when `lowest_fen` is the least (B-40)."""
    if amount_fen <= lowest_fen:
        return lowest_fen
    over = -(-(amount_fen - lowest_fen) // INCREMENT_FEN)
    return lowest_fen + over * INCREMENT_FEN
