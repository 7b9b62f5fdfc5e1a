"""Whole sales of hand bids and ceilings in any order: nobody is bid beyond his ceiling or higher than needed (B-40, B-44)."""

from collections import defaultdict
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from auction.bidding.ceiling_rules import StandingCeiling, answers, can_answer, exhausted
from auction.bidding.models import BidOutcome
from auction.bidding.rules import BiddingState, Procedure, decide
from tests.auction.bidding.test_rules import END, NOBODY_YET, bid, bidder

PEOPLE, FAR = 5, 30
ORDERS = (None, None, None, 2, 1)
Event = tuple[str, int, int]

events = st.lists(
    st.tuples(
        st.sampled_from(["bid", "bid", "set", "set", "withdraw"]),
        st.integers(0, PEOPLE - 1),
        st.integers(0, FAR),
    ),
    max_size=25,
)


class Sale:
    """Decides events as `Batch` does, and remembers what everybody allowed."""

    def __init__(self, law: Procedure) -> None:
        self.law, self.state, self.seq = law, NOBODY_YET, 0
        self.standing: dict[int, StandingCeiling] = {}
        self.by_hand: dict[int, int] = defaultdict(int)
        self.reach: dict[int, int] = defaultdict(int)

    def happen(self, event: Event, seconds_left: int) -> None:
        kind, who, steps = event
        at = END - timedelta(seconds=seconds_left)
        amount = self.law.starting_price_fen + steps * self.law.increment_fen
        self.seq += 1
        if kind == "withdraw":
            self.standing.pop(who, None)
            return
        if kind == "set":
            new = StandingCeiling(self.seq, bidder(who), f"K{who:03}", amount, ORDERS[who])
            if not can_answer(self.law, self.state, new):
                return
            self.standing[who] = new
            self.reach[who] = max(self.reach[who], amount)
        else:
            decision = decide(self.law, self.state, bid(amount, by=who, order=ORDERS[who], at=at))
            self.state = decision.state
            if not decision.accepted:
                return
            self.by_hand[who] = amount
            self.reach[who] = max(self.reach[who], amount)
        before = self.state
        made = answers(self.law, self.state, list(self.standing.values()), at)
        assert len(made) <= 2
        allowed = {each.seq: each for each in self.standing.values()}
        for request in made:
            assert request.by_ceiling is not None
            assert request.registration_id == allowed[request.by_ceiling].registration_id
            assert request.amount_fen <= allowed[request.by_ceiling].limit_fen, "beyond the ceiling"
            decision = decide(self.law, self.state, request)
            assert decision.outcome in (BidOutcome.ACCEPTED, BidOutcome.EQUAL_WITHOUT_BETTER_RANK)
            self.state = decision.state
        assert self.state.ends_at <= max(before.ends_at, at + timedelta(seconds=self.law.extension_s))
        for each in exhausted(self.law, self.state, list(self.standing.values())):
            self.standing = {who: kept for who, kept in self.standing.items() if kept is not each}


def check(sale: Sale) -> None:
    """After every event the one who would go furthest leads, at a price that somebody else's offer made."""
    state, law = sale.state, sale.law
    assert all(
        each.registration_id == state.leader or not can_answer(law, state, each)
        for each in sale.standing.values()
    )
    if state.price_fen is None:
        return
    leader = next(who for who in range(PEOPLE) if bidder(who) == state.leader)
    others = max((sale.reach[who] for who in range(PEOPLE) if who != leader), default=0)
    needed = max(law.starting_price_fen, sale.by_hand[leader], others + law.increment_fen)
    assert state.price_fen <= needed, "raised higher than anybody's offer asked for"
    assert state.price_fen <= sale.reach[leader], "nobody pays more than he allowed"


@settings(max_examples=400)
@given(events, st.integers(1, 400), st.integers(1, 90), st.booleans(), st.integers(0, 600))
def test_B40_B44_no_sale_exceeds_a_ceiling_and_the_highest_leads_at_the_right_price(
    history: list[Event], start: int, step: int, may_outbid_self: bool, seconds_left: int
) -> None:
    sale = Sale(Procedure(start, step, may_outbid_self=may_outbid_self))
    for event in history:
        sale.happen(event, seconds_left + 1)
        check(sale)


def settled(*history: Event) -> BiddingState:
    sale = Sale(Procedure(1_000, 100))
    for event in history:
        sale.happen(event, 3_600)
        check(sale)
    return sale.state


def test_B44_the_price_is_one_step_above_the_second_whatever_the_order_they_come_in() -> None:
    for history in (
        (("set", 0, 20), ("set", 1, 9)),
        (("set", 1, 9), ("set", 0, 20)),
        (("bid", 2, 3), ("set", 0, 20), ("set", 1, 9)),
    ):
        state = settled(*history)
        at_nine = 1_000 + 9 * 100
        assert state.leader == bidder(0)
        # Set earlier, it ranks before the other at an equal price; set later, it needs a step more (B-44).
        assert state.price_fen == (at_nine if history[0] != ("set", 1, 9) else at_nine + 100)
