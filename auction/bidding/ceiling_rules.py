"""How standing ceilings answer (B-40, B-44), as pure rules over the fold of `rules.py`.

Step by step they would climb: whoever may lead at the next price and ranks first there takes it, until nobody else's ceiling
allows more. Where that ends is known beforehand: the ceiling that ranks first (amount, order of priority, set earlier) leads at
the lowest price at which the second cannot lead any more. So at most two bids are recorded: the second's last one, which explains
the price, and the first's.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from auction.bidding.rules import ABSURD_FEN, BiddingState, BidRequest, Procedure, outranks

MOST_STEPS = 10_000
"""A ceiling lies at most so many increments above the starting price: what proves it takes one hash for each."""

ORDINARY = float("inf")


class StandingCeiling(Struct, frozen=True):
    """A bidder's ceiling while it is open for deciding. `seq`: the record that set it, so also the order in which they were."""

    seq: int
    registration_id: UUID
    code: str
    limit_fen: int
    priority_order: int | None = None

    @property
    def rank(self) -> tuple[int, float, int]:
        """The ranking key of B-44, lowest first: amount, order of priority, set earlier."""
        order = ORDINARY if self.priority_order is None else self.priority_order
        return (-self.limit_fen, order, self.seq)

    def precedes(self, other: "StandingCeiling") -> bool:
        """Whether it ranks before the other at an equal price (B-44)."""
        return self.rank[1:] < other.rank[1:]


def steps_to(procedure: Procedure, amount_fen: int) -> int | None:
    """By how many increments an amount exceeds the starting price; None for what no bid may be (B-40)."""
    steps, rest = divmod(amount_fen - procedure.starting_price_fen, procedure.increment_fen)
    return steps if rest == 0 and steps >= 0 else None


def largest_limit(procedure: Procedure) -> int:
    """The highest ceiling that can be set, in fen."""
    within = (ABSURD_FEN - procedure.starting_price_fen) // procedure.increment_fen
    return procedure.starting_price_fen + min(MOST_STEPS, within) * procedure.increment_fen


def lowest_leading(
    procedure: Procedure, state: BiddingState, registration_id: UUID, priority_order: int | None
) -> int:
    """The lowest amount (fen) with which this bidder would lead, or lead anew (B-40, B-44)."""
    if state.price_fen is None:
        return procedure.starting_price_fen
    if registration_id != state.leader and outranks(priority_order, state.leader_priority):
        return state.price_fen
    return state.price_fen + procedure.increment_fen


def can_answer(procedure: Procedure, state: BiddingState, ceiling: StandingCeiling) -> bool:
    """Whether the ceiling allows a bid that would lead. For the leader's own: whether it allows any further one."""
    lowest = lowest_leading(procedure, state, ceiling.registration_id, ceiling.priority_order)
    return lowest <= ceiling.limit_fen


def takes_bids(state: BiddingState, at: datetime) -> bool:
    """Whether bids are accepted at this instant: ceilings rest whenever hand bids would be refused (B-41, B-50)."""
    return state.phase not in ("paused", "closed") and state.starts_at <= at < state.ends_at


def answers(
    procedure: Procedure, state: BiddingState, ceilings: Sequence[StandingCeiling], at: datetime
) -> list[BidRequest]:
    """The bids that the standing ceilings make now, in their order: none, one, or two of which the second decides.

    After them nobody's ceiling can answer the leader, so asking again gives none. All are of the same instant as the bid that
    they answer: they extend like it and never later (B-41).
    """
    if not takes_bids(state, at):
        return []
    able = sorted(
        (each for each in ceilings if can_answer(procedure, state, each)), key=lambda each: each.rank
    )
    if all(each.registration_id == state.leader for each in able):
        return []
    first = able[0]
    if len(able) == 1:
        return [
            _bid(first, lowest_leading(procedure, state, first.registration_id, first.priority_order), at)
        ]
    second = able[1]
    last_of_second = _bid(second, second.limit_fen, at)
    if first.precedes(second):
        # At the second's limit the first ranks before it: the second's bid comes after, and is refused as equal.
        return [_bid(first, second.limit_fen, at), last_of_second]
    return [last_of_second, _bid(first, second.limit_fen + procedure.increment_fen, at)]


def exhausted(
    procedure: Procedure, state: BiddingState, ceilings: Sequence[StandingCeiling]
) -> list[StandingCeiling]:
    """Those that can never lead again: the price only rises. The leader's own stands until he is overtaken."""
    return [
        each
        for each in ceilings
        if each.registration_id != state.leader and not can_answer(procedure, state, each)
    ]


def _bid(ceiling: StandingCeiling, amount_fen: int, at: datetime) -> BidRequest:
    return BidRequest(
        ceiling.registration_id,
        ceiling.code,
        amount_fen,
        at,
        ceiling.priority_order,
        by_ceiling=ceiling.seq,
    )
