"""Ceilings against what they stand for: somebody who sits there and raises by the lowest step, again and again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auction.bidding.ceiling_proof import SECRET_BYTES, commit, new_secret, prove, proves
from auction.bidding.ceiling_rules import (
    StandingCeiling,
    answers,
    can_answer,
    exhausted,
    largest_limit,
    lowest_leading,
    steps_to,
)
from auction.bidding.models import BidOutcome
from auction.bidding.rules import BiddingState, BidRequest, Decision, Procedure, decide
from core.ids import new_id
from tests.auction.bidding.test_rules import END, LAW, NOBODY_YET, START, after, bid, bidder

NOON = START + timedelta(hours=2)
STEP = LAW.increment_fen


def ceiling(limit: int, *, by: int, seq: int | None = None, order: int | None = None) -> StandingCeiling:
    return StandingCeiling(by if seq is None else seq, bidder(by), f"K{by:03}", limit, order)


def resolved(
    law: Procedure, state: BiddingState, ceilings: Sequence[StandingCeiling], at: datetime = NOON
) -> tuple[BiddingState, list[tuple[BidRequest, Decision]]]:
    made = []
    for request in answers(law, state, ceilings, at):
        decision = decide(law, state, request)
        made.append((request, decision))
        state = decision.state
    return state, made


def climbed(
    law: Procedure, state: BiddingState, ceilings: Sequence[StandingCeiling], at: datetime = NOON
) -> BiddingState:
    """The model: level by level, as long as somebody else than the leader still may lead. At each level it is taken by who ranks
    first (order, set earlier) of all whose ceiling reaches it, the leader's included."""
    while True:
        lowest = {
            each.seq: lowest_leading(law, state, each.registration_id, each.priority_order)
            for each in ceilings
            if each.registration_id != state.leader
        }
        able = [each for each in ceilings if each.seq in lowest and lowest[each.seq] <= each.limit_fen]
        if not able:
            return state
        level = min(lowest[each.seq] for each in able)
        at_level = [each for each in able if lowest[each.seq] <= level]
        at_level += [
            each
            for each in ceilings
            if each.registration_id == state.leader
            and level > (state.price_fen or 0)
            and each.limit_fen >= level
        ]
        takes = min(at_level, key=lambda each: (each.priority_order or float("inf"), each.seq))
        decision = decide(
            law,
            state,
            BidRequest(
                takes.registration_id, takes.code, level, at, takes.priority_order, by_ceiling=takes.seq
            ),
        )
        assert decision.accepted
        state = decision.state


@st.composite
def contests(draw: st.DrawFn) -> tuple[Procedure, BiddingState, list[StandingCeiling]]:
    """A lot, a leader by hand or nobody, and ceilings of ordinary and priority purchasers, the leader's perhaps among them."""
    law = Procedure(draw(st.integers(1, 500)), draw(st.integers(1, 90)), may_outbid_self=draw(st.booleans()))
    orders = {by: draw(st.sampled_from([None, None, 1, 2])) for by in range(6)}
    state = NOBODY_YET
    if draw(st.booleans()):
        by, steps = draw(st.integers(0, 5)), draw(st.integers(0, 12))
        first = bid(law.starting_price_fen + steps * law.increment_fen, by=by, order=orders[by], at=NOON)
        state = decide(law, state, first).state
    people = draw(st.permutations(range(6)))[: draw(st.integers(0, 6))]
    ceilings = [
        ceiling(
            law.starting_price_fen + draw(st.integers(0, 25)) * law.increment_fen,
            by=by,
            seq=place + 1,
            order=orders[by],
        )
        for place, by in enumerate(people)
    ]
    return law, state, ceilings


@settings(max_examples=500)
@given(contests(), st.integers(0, 600))
def test_B40_B44_the_result_is_that_of_climbing_step_by_step(
    contest: tuple[Procedure, BiddingState, list[StandingCeiling]], seconds: int
) -> None:
    law, state, ceilings = contest
    at = END - timedelta(seconds=seconds + 1)
    direct, made = resolved(law, state, ceilings, at)
    naive = climbed(law, state, ceilings, at)
    assert (direct.price_fen, direct.leader, direct.leader_priority) == (
        naive.price_fen,
        naive.leader,
        naive.leader_priority,
    )
    assert direct.ends_at == naive.ends_at
    assert len(made) <= 2
    by_seq = {each.seq: each for each in ceilings}
    for request, decision in made:
        assert request.by_ceiling is not None
        assert request.amount_fen <= by_seq[request.by_ceiling].limit_fen
        assert request.at == at
        assert decision.outcome in (BidOutcome.ACCEPTED, BidOutcome.EQUAL_WITHOUT_BETTER_RANK)


@given(contests())
def test_B41_after_the_answer_nobody_has_another(
    contest: tuple[Procedure, BiddingState, list[StandingCeiling]],
) -> None:
    law, state, ceilings = contest
    state, _ = resolved(law, state, ceilings)
    assert answers(law, state, ceilings, NOON) == []
    gone = exhausted(law, state, ceilings)
    assert {each.seq for each in ceilings} - {each.seq for each in gone} <= {
        each.seq for each in ceilings if each.registration_id == state.leader
    }
    assert answers(law, state, [each for each in ceilings if each not in gone], NOON) == []


@given(contests())
def test_B44_no_ceiling_that_ranks_before_the_winner_s_could_have_had_the_price(
    contest: tuple[Procedure, BiddingState, list[StandingCeiling]],
) -> None:
    law, state, ceilings = contest
    state, made = resolved(law, state, ceilings)
    if not made:
        return
    (winner,) = (each for each in ceilings if each.registration_id == state.leader)
    assert state.price_fen is not None
    for other in ceilings:
        if other is not winner:
            assert other.limit_fen <= state.price_fen
            if other.limit_fen == state.price_fen:
                assert winner.precedes(other)


def test_B40_a_ceiling_answers_a_bid_by_hand_with_the_lowest_step() -> None:
    state, made = resolved(LAW, after(bid(1_000_00)), [ceiling(5_000_00, by=2)])
    assert (state.price_fen, state.leader, len(made)) == (1_000_00 + STEP, bidder(2), 1)


def test_B43_a_ceiling_alone_opens_at_the_starting_price_and_rests() -> None:
    state, _ = resolved(LAW, NOBODY_YET, [ceiling(5_000_00, by=2)])
    assert (state.price_fen, state.leader) == (1_000_00, bidder(2))
    assert resolved(LAW, state, [ceiling(5_000_00, by=2)])[1] == []


def test_B40_of_two_ceilings_the_second_s_last_bid_is_recorded_and_explains_the_price() -> None:
    _, made = resolved(LAW, after(bid(1_000_00)), [ceiling(3_000_00, by=2), ceiling(9_000_00, by=3)])
    assert [(request.code, request.amount_fen, d.outcome) for request, d in made] == [
        ("K002", 3_000_00, BidOutcome.ACCEPTED),
        ("K003", 3_100_00, BidOutcome.ACCEPTED),
    ]


def test_B44_of_equal_ceilings_the_one_set_earlier_leads_and_the_other_s_bid_is_refused_as_equal() -> None:
    _, made = resolved(
        LAW, after(bid(1_000_00)), [ceiling(3_000_00, by=3, seq=5), ceiling(3_000_00, by=2, seq=4)]
    )
    assert [(request.code, request.amount_fen, d.outcome) for request, d in made] == [
        ("K002", 3_000_00, BidOutcome.ACCEPTED),
        ("K003", 3_000_00, BidOutcome.EQUAL_WITHOUT_BETTER_RANK),
    ]


def test_B44_a_priority_purchaser_s_ceiling_matches_and_needs_no_step_more() -> None:
    ordinary, priority = ceiling(3_000_00, by=2), ceiling(3_000_00, by=3, order=1)
    state, _ = resolved(LAW, after(bid(1_000_00)), [ordinary, priority])
    assert (state.price_fen, state.leader) == (3_000_00, bidder(3))
    matched, made = resolved(LAW, after(bid(1_000_00)), [ceiling(1_000_00, by=3, order=1)])
    assert (matched.price_fen, matched.leader, len(made)) == (1_000_00, bidder(3), 1)


def test_B46_a_leader_s_ceiling_rises_over_his_own_bid_only_against_another_ceiling() -> None:
    own = ceiling(9_000_00, by=1)
    assert resolved(LAW, after(bid(1_000_00)), [own])[1] == []
    state, made = resolved(LAW, after(bid(1_000_00)), [own, ceiling(4_000_00, by=2)])
    assert (state.price_fen, state.leader) == (4_000_00, bidder(1))
    assert [d.accepted for _, d in made] == [True, False]
    hand = decide(LAW, after(bid(1_000_00)), bid(1_100_00))
    assert hand.outcome is BidOutcome.SELF_OUTBID


def test_B41_answers_extend_like_the_bid_that_they_answer_and_never_again_after_it() -> None:
    late = END - timedelta(seconds=20)
    hand = decide(LAW, after(bid(1_000_00, by=3)), bid(1_100_00, by=1, at=late))
    assert hand.extended
    state, made = resolved(LAW, hand.state, [ceiling(9_000_00, by=2), ceiling(8_000_00, by=4)], late)
    assert state.ends_at == late + timedelta(minutes=5)
    assert [d.extended for _, d in made] == [False, False]
    by_ceiling_alone = resolved(LAW, NOBODY_YET, [ceiling(9_000_00, by=2)], late)[0]
    assert by_ceiling_alone.ends_at == late + timedelta(minutes=5)


@pytest.mark.parametrize("phase", ["paused", "closed"])
def test_B50_ceilings_rest_while_bids_are_refused(phase: str) -> None:
    state = BiddingState(START, END, phase=phase)
    assert answers(LAW, state, [ceiling(9_000_00, by=2)], NOON) == []
    assert answers(LAW, NOBODY_YET, [ceiling(9_000_00, by=2)], END) == []
    assert answers(LAW, NOBODY_YET, [ceiling(9_000_00, by=2)], START - timedelta(microseconds=1)) == []


def test_X06_a_ceiling_s_opening_bid_starts_the_24_hours_of_a_sell_off() -> None:
    sell_off = Procedure(starting_price_fen=100, increment_fen=10, is_sell_off=True)
    state = BiddingState(starts_at=START, ends_at=START + timedelta(days=60))
    opened, _ = resolved(sell_off, state, [ceiling(500, by=1)], NOON)
    assert opened.ends_at == NOON + timedelta(days=1)


def test_B40_ceilings_lie_on_the_steps_and_have_an_upper_bound() -> None:
    assert steps_to(LAW, 1_000_00) == 0
    assert steps_to(LAW, 1_050_00) is None
    assert steps_to(LAW, 900_00) is None
    assert steps_to(LAW, largest_limit(LAW)) == 10_000
    assert not can_answer(LAW, after(bid(1_000_00)), ceiling(1_000_00, by=2))


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_link_proves_every_bid_within_the_ceiling_and_none_beyond(limit: int, steps: int) -> None:
    lot, secret = new_id(), new_secret()
    committed = commit(lot, "J1234", secret, limit)
    if steps > limit:
        with pytest.raises(ValueError, match="beyond"):
            prove(secret, limit, steps)
        assert not proves(committed, lot, "J1234", secret, steps)
        return
    link = prove(secret, limit, steps)
    assert len(link) == SECRET_BYTES
    assert proves(committed, lot, "J1234", link, steps)
    assert not proves(committed, lot, "J1235", link, steps)
    assert not proves(committed, new_id(), "J1234", link, steps)
    assert not proves(committed, lot, "J1234", link, steps + 1)
