"""The fold of the bidding law: each rule by an example, then against a naive model by chance."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from auction.bidding.models import BidOutcome
from auction.bidding.rules import (
    ABSURD_FEN,
    BiddingState,
    BidRequest,
    Procedure,
    decide,
    next_amount,
    outranks,
    replay,
)

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
END = START + timedelta(days=1)
LAW = Procedure(starting_price_fen=1_000_00, increment_fen=100_00)
NOBODY_YET = BiddingState(starts_at=START, ends_at=END)


def bidder(number: int) -> UUID:
    return UUID(int=number)


def bid(
    amount: int,
    *,
    by: int = 1,
    at: datetime = START + timedelta(hours=1),
    order: int | None = None,
    qualified: bool = True,
) -> BidRequest:
    return BidRequest(bidder(by), f"K{by:03}", amount, at, order, qualified)


def after(*bids: BidRequest, procedure: Procedure = LAW) -> BiddingState:
    state = NOBODY_YET
    for _, decision in replay(procedure, state, bids):
        assert decision.accepted
        state = decision.state
    return state


def outcome(state: BiddingState, new: BidRequest, procedure: Procedure = LAW) -> BidOutcome:
    return decide(procedure, state, new).outcome


def test_B40_first_bid_at_the_starting_price_is_accepted() -> None:
    state = after(bid(1_000_00))
    assert (state.price_fen, state.leader, state.accepted_count) == (1_000_00, bidder(1), 1)
    assert next_amount(LAW, state) == 1_100_00


@pytest.mark.parametrize("amount", [-1, 0, 1, 999_99])
def test_B40_bid_below_the_start_is_void(amount: int) -> None:
    assert outcome(NOBODY_YET, bid(amount)) is BidOutcome.BELOW_START


def test_B40_steps_are_counted_from_the_starting_price() -> None:
    odd = Procedure(starting_price_fen=1_050, increment_fen=100)
    assert outcome(NOBODY_YET, bid(1_100), odd) is BidOutcome.BAD_STEP
    assert outcome(NOBODY_YET, bid(1_350), odd) is BidOutcome.ACCEPTED


def test_B40_less_than_one_increment_more_is_too_low_and_broken_steps_are_refused() -> None:
    state = after(bid(1_000_00))
    assert outcome(state, bid(1_050_00, by=2)) is BidOutcome.TOO_LOW
    assert outcome(state, bid(1_150_00, by=2)) is BidOutcome.BAD_STEP
    assert outcome(state, bid(1_300_00, by=2)) is BidOutcome.ACCEPTED


def test_B40_an_absurd_amount_is_refused() -> None:
    assert outcome(NOBODY_YET, bid(ABSURD_FEN + 1)) is BidOutcome.ABSURD


@pytest.mark.parametrize(
    ("before_end", "new_end", "extended"),
    [(301, 0, False), (300, 0, False), (299, 1, True), (1, 299, True)],
)
def test_B41_bid_in_the_last_five_minutes_extends(before_end: int, new_end: int, extended: bool) -> None:
    decision = decide(LAW, NOBODY_YET, bid(1_000_00, at=END - timedelta(seconds=before_end)))
    assert decision.ends_at == END + timedelta(seconds=new_end)
    assert (decision.extended, decision.state.extension_count) == (extended, int(extended))


def test_B41_the_end_moves_again_and_again() -> None:
    # L-15: as rulebook §12.1 has it.
    state, moment = NOBODY_YET, END - timedelta(seconds=1)
    for step in range(20):
        decision = decide(LAW, state, bid(1_000_00 + step * 100_00, by=step % 2, at=moment))
        assert decision.ends_at == moment + timedelta(minutes=5)
        state, moment = decision.state, decision.ends_at - timedelta(microseconds=1)
    assert state.extension_count == 20


def test_B41_an_extension_shorter_than_the_window_never_brings_the_end_forward() -> None:
    short = Procedure(starting_price_fen=1_000_00, increment_fen=100_00, window_s=300, extension_s=60)
    for before_end, moves_by in ((240, 0), (60, 0), (59, 1), (10, 50)):
        decision = decide(short, NOBODY_YET, bid(1_000_00, at=END - timedelta(seconds=before_end)))
        assert decision.ends_at == END + timedelta(seconds=moves_by)
        assert decision.extended == (moves_by > 0)


def test_B41_extension_from_the_close_adds_to_the_end() -> None:
    from_close = Procedure(
        starting_price_fen=100, increment_fen=1, window_s=60, extension_s=120, extension_from="close"
    )
    decision = decide(from_close, NOBODY_YET, bid(100, at=END - timedelta(seconds=30)))
    assert decision.ends_at == END + timedelta(seconds=120)


def test_B41_a_bid_at_the_end_is_late_and_one_microsecond_before_is_not() -> None:
    assert outcome(NOBODY_YET, bid(1_000_00, at=END)) is BidOutcome.LATE
    assert outcome(NOBODY_YET, bid(1_000_00, at=END - timedelta(microseconds=1))) is BidOutcome.ACCEPTED


def test_B41_before_the_start_nothing_is_accepted() -> None:
    early = bid(1_000_00, at=START - timedelta(microseconds=1))
    assert outcome(NOBODY_YET, early) is BidOutcome.NOT_STARTED
    assert outcome(NOBODY_YET, bid(1_000_00, at=START)) is BidOutcome.ACCEPTED


def test_B44_a_priority_bid_may_equal_the_price_and_leads() -> None:
    state = after(bid(1_000_00), bid(1_000_00, by=2, order=2))
    assert state.leader == bidder(2)
    assert outcome(state, bid(1_000_00, by=3, order=2)) is BidOutcome.EQUAL_WITHOUT_BETTER_RANK
    assert outcome(state, bid(1_000_00, by=4)) is BidOutcome.EQUAL_WITHOUT_BETTER_RANK
    assert after(bid(1_000_00), bid(1_000_00, by=2, order=2), bid(1_000_00, by=3, order=1)).leader == bidder(
        3
    )


def test_B44_who_leads_does_not_equal_the_own_bid_even_with_an_order_confirmed_since() -> None:
    own_again = bid(1_000_00, order=1)
    assert outcome(after(bid(1_000_00)), own_again) is BidOutcome.EQUAL_WITHOUT_BETTER_RANK


def test_B44_a_higher_ordinary_bid_beats_any_order() -> None:
    assert after(bid(1_000_00, order=1), bid(1_100_00, by=2)).leader == bidder(2)


def test_B45_an_equal_priority_bid_in_the_last_five_minutes_extends() -> None:
    late = END - timedelta(seconds=10)
    decision = decide(LAW, after(bid(1_000_00)), bid(1_000_00, by=2, order=1, at=late))
    assert decision.extended
    assert decision.ends_at == late + timedelta(minutes=5)


def test_B46_the_leader_may_raise_only_where_the_notice_allows() -> None:
    state = after(bid(1_000_00))
    assert outcome(state, bid(1_100_00)) is BidOutcome.SELF_OUTBID
    open_rule = Procedure(starting_price_fen=1_000_00, increment_fen=100_00, may_outbid_self=True)
    assert outcome(state, bid(1_100_00), open_rule) is BidOutcome.ACCEPTED


def test_B47_refused_bids_take_a_number_and_change_nothing_else() -> None:
    state = after(bid(1_000_00))
    refused = decide(LAW, state, bid(1_000_00, by=2))
    assert refused.state.last_seq == state.last_seq + 1
    assert (refused.state.price_fen, refused.ends_at) == (state.price_fen, state.ends_at)


def test_B50_nothing_is_accepted_while_paused_or_after_the_close() -> None:
    for phase, expected in (("paused", BidOutcome.PAUSED), ("closed", BidOutcome.LATE)):
        state = BiddingState(starts_at=START, ends_at=END, phase=phase)
        assert outcome(state, bid(1_000_00)) is expected


def test_B30_only_a_qualified_bidder_bids() -> None:
    assert outcome(NOBODY_YET, bid(1_000_00, qualified=False)) is BidOutcome.NOT_QUALIFIED


def test_X06_the_first_bid_of_a_sell_off_starts_24_hours() -> None:
    sell_off = Procedure(starting_price_fen=100, increment_fen=10, is_sell_off=True)
    state = BiddingState(starts_at=START, ends_at=START + timedelta(days=60))
    first = decide(sell_off, state, bid(100, at=START + timedelta(days=3)))
    assert first.ends_at == START + timedelta(days=4)
    assert not first.extended
    last_minute = first.ends_at - timedelta(minutes=1)
    assert decide(sell_off, first.state, bid(110, by=2, at=last_minute)).ends_at == last_minute + timedelta(
        minutes=5
    )


def test_X11_a_bid_in_the_last_minute_of_day_sixty_still_gets_its_24_hours() -> None:
    sell_off = Procedure(starting_price_fen=100, increment_fen=10, is_sell_off=True)
    state = BiddingState(starts_at=START, ends_at=START + timedelta(days=60))
    last = state.ends_at - timedelta(seconds=1)
    first = decide(sell_off, state, bid(100, at=last))
    assert first.ends_at == last + timedelta(days=1)
    assert (first.extended, first.state.extension_count) == (False, 0), "the 24 hours are no extension"
    assert decide(sell_off, state, bid(100, at=state.ends_at)).outcome is BidOutcome.LATE


orders = st.none() | st.integers(1, 4)


@given(orders, orders)
def test_B44_of_two_orders_at_most_one_is_better(one: int | None, other: int | None) -> None:
    assert not (outranks(one, other) and outranks(other, one))
    assert not outranks(None, one)


class BiddingAgainstAList(RuleBasedStateMachine):
    """The naive model keeps every accepted bid in a list and asks it for the leader by the ranking key of B-44."""

    def __init__(self) -> None:
        super().__init__()
        self.law = Procedure(starting_price_fen=1_000, increment_fen=7, window_s=30, extension_s=30)
        self.end = START + timedelta(seconds=120)
        self.state = BiddingState(starts_at=START, ends_at=self.end)
        self.now = START
        self.accepted: list[tuple[int, float, int, UUID]] = []
        self.seq = 0

    @rule(seconds=st.integers(0, 25), micros=st.integers(0, 999_999))
    def time_passes(self, seconds: int, micros: int) -> None:
        self.now += timedelta(seconds=seconds, microseconds=micros)

    @rule(by=st.integers(1, 4), steps=st.integers(-2, 3), slip=st.sampled_from([0, 0, 0, 0, 1, 3]))
    def somebody_bids(self, by: int, steps: int, slip: int) -> None:
        order = by if by <= 2 else None
        base = self.accepted[-1][0] if self.accepted else 1_000
        amount = base + steps * 7 + slip
        self.seq += 1
        rank = float("inf") if order is None else float(order)
        leader = self.leader()
        fits = self.now < self.end and amount >= 1_000 and (amount - 1_000) % 7 == 0
        if leader is not None:
            higher = amount >= leader[0] + 7 and leader[3] != bidder(by)
            fits = fits and (higher or (amount == leader[0] and rank < leader[1] and leader[3] != bidder(by)))
        if fits:
            self.accepted.append((amount, rank, self.seq, bidder(by)))
            if self.end - self.now <= timedelta(seconds=30):
                self.end = max(self.end, self.now + timedelta(seconds=30))
        decision = decide(self.law, self.state, bid(amount, by=by, at=self.now, order=order))
        assert decision.accepted is fits
        self.state = decision.state

    def leader(self) -> tuple[int, float, int, UUID] | None:
        return min(self.accepted, key=lambda b: (-b[0], b[1], b[2]), default=None)

    @invariant()
    def the_same_bid_leads(self) -> None:
        leader = self.leader()
        assert (self.state.price_fen, self.state.leader) == (
            (None, None) if leader is None else (leader[0], leader[3])
        )
        assert self.state.ends_at == self.end
        assert self.state.accepted_count == len(self.accepted)
        assert self.state.last_seq == self.seq


TestBiddingAgainstAList = BiddingAgainstAList.TestCase
TestBiddingAgainstAList.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
