"""Histories with the figures of real sales, made anew from the demo's generator, so that they are replayed on any machine.

Prices end in odd fen, leaders raise over themselves (B-46), most bids come in the last minutes and the end moves again and
again (B-41). What should come out is reckoned here by hand, bid by bid, not by the fold.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from auction.bidding.models import BidOutcome
from auction.bidding.rules import BiddingState, BidRequest, Procedure, code_identity, replay
from web.demo_city.generated_lots import GeneratedLot, generated_lots

START = datetime(2026, 5, 25, 2, tzinfo=UTC)
PLANNED_END = START + timedelta(days=1)
FIVE_MINUTES = timedelta(minutes=5)
LOTS = [lot for lot in generated_lots(40) if lot.round != "sell_off"]


@dataclass(frozen=True, slots=True)
class Contest:
    """A sale as the bidders made it, and what must come of it."""

    lot: GeneratedLot
    bids: list[BidRequest]
    end: datetime
    extensions: int
    self_raises: int

    def procedure(self, **changes: object) -> Procedure:
        lot = self.lot
        values = {"extension_from": "bid", "may_outbid_self": True, **changes}
        return Procedure(lot.starting_price_fen, lot.increment_fen, 300, 300, **values)  # type: ignore[arg-type]


def contest(lot: GeneratedLot, *, from_close: bool = False) -> Contest:
    """Some bids in the day, then a fight over the last minutes, each in time by the end as it stands then."""
    random = Random(lot.key)
    codes = [f"J{random.randrange(10_000):04}" for _ in range(random.randint(2, 6))]
    at, price, end, extensions, self_raises, leader = START, lot.starting_price_fen, PLANNED_END, 0, 0, ""
    bids: list[BidRequest] = []
    for number in range(random.randint(20, 74)):
        if number:
            price += lot.increment_fen * random.choice((1, 1, 1, 2, 5))
        if at < PLANNED_END - timedelta(minutes=6):
            at += timedelta(minutes=random.randint(30, 240))
            at = min(at, PLANNED_END - FIVE_MINUTES - timedelta(seconds=random.choice((0, 1))))
        else:
            at += (end - at) * random.uniform(0.01, 0.999)
        code = random.choice(codes)
        self_raises += code == leader
        leader = code
        bids.append(BidRequest(code_identity(code), code, price, at))
        if end - at <= FIVE_MINUTES:
            later = end + FIVE_MINUTES if from_close else at + FIVE_MINUTES
            extensions += later > end
            end = max(end, later)
    return Contest(lot, bids, end, extensions, self_raises)


@pytest.mark.parametrize("rule", ["bid", "close"])
def test_B40_B41_B46_every_bid_is_accepted_and_the_end_and_price_are_those_of_the_bidders(rule: str) -> None:
    contests = [contest(lot, from_close=rule == "close") for lot in LOTS]
    for sale in contests:
        decided = replay(sale.procedure(extension_from=rule), BiddingState(START, PLANNED_END), sale.bids)
        decisions = [decision for _, decision in decided]
        assert all(decision.accepted for decision in decisions)
        state, last = decisions[-1].state, sale.bids[-1]
        assert (state.price_fen, state.leader_code) == (last.amount_fen, last.code)
        assert (state.ends_at, state.extension_count) == (sale.end, sale.extensions)
    # The figures of real sales: without them nothing would be proven.
    assert sum(sale.lot.starting_price_fen % 100 != 0 for sale in contests) > len(contests) / 2
    assert sum(sale.self_raises for sale in contests) > len(contests)
    assert sum(sale.extensions for sale in contests) > 10 * len(contests)


def test_B46_where_a_leader_may_not_raise_over_himself_exactly_those_bids_are_refused() -> None:
    for sale in map(contest, LOTS):
        procedure = sale.procedure(may_outbid_self=False)
        decided = list(replay(procedure, BiddingState(START, PLANNED_END), sale.bids[:15]))
        leader = None
        for bid, decision in decided:
            expected = BidOutcome.SELF_OUTBID if bid.code == leader else BidOutcome.ACCEPTED
            if decision.outcome is BidOutcome.LATE:
                break  # the refused bid had moved the end
            assert decision.outcome is expected
            leader = bid.code


def test_B41_the_instant_of_the_end_and_the_last_before_it_are_told_apart() -> None:
    moment = timedelta(microseconds=1)
    for sale in map(contest, LOTS):
        step = sale.lot.increment_fen
        late = BidRequest(code_identity("J9"), "J9", sale.bids[-1].amount_fen + step, sale.end)
        in_time = BidRequest(late.registration_id, "J9", late.amount_fen, sale.end - moment)
        for bid, outcome in ((late, BidOutcome.LATE), (in_time, BidOutcome.ACCEPTED)):
            decided = replay(sale.procedure(), BiddingState(START, PLANNED_END), [*sale.bids, bid])
            assert [decision.outcome for _, decision in decided][-1] is outcome
