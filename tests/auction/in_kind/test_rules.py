"""The law of taking in kind: ranks, shares, ties, times, states."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.in_kind import rules
from auction.in_kind.models import OfferState
from core.errors import RuleViolation
from core.ids import new_id

A, B, C = new_id(), new_id(), new_id()
DUE = datetime(2026, 3, 11, 16, tzinfo=UTC)


def claim(who: UUID, rank: int, fen: int) -> rules.Claim:
    """A creditor's claim."""
    return rules.Claim(who, rank, fen)


@pytest.mark.parametrize(
    ("claims", "taker", "share"),
    [
        ([claim(A, 1, 900)], A, 700),
        ([claim(A, 1, 400)], A, 400),
        ([claim(A, 1, 500), claim(B, 2, 1000)], B, 200),
        ([claim(A, 1, 500), claim(B, 2, 1000), claim(C, 2, 1000)], B, 100),
        ([claim(A, 1, 500), claim(B, 2, 100), claim(C, 2, 50)], B, 100),
        ([claim(A, 1, 5000), claim(B, 2, 100)], B, 0),
        ([claim(A, 1, 0)], A, 0),
        ([claim(A, 1, 1000), claim(B, 2, 900)], A, 700),
    ],
)
def test_B74_the_share_is_what_a_distribution_of_the_price_would_pay(
    claims: list[rules.Claim], taker: UUID, share: int
) -> None:
    assert rules.due_share_fen(700, 0, claims, taker) == share


def test_B74_costs_come_before_every_claim() -> None:
    assert rules.due_share_fen(700, 100, [claim(A, 1, 5000)], A) == 600
    assert rules.due_share_fen(700, 900, [claim(A, 1, 5000)], A) == 0


@given(
    st.integers(1, 10**12),
    st.integers(0, 10**11),
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 10**12)), min_size=1, max_size=6),
)
def test_B74_shares_never_exceed_the_price_or_the_claim(
    price: int, costs: int, rows: list[tuple[int, int]]
) -> None:
    claims = [claim(new_id(), rank, fen) for rank, fen in rows]
    shares = [rules.due_share_fen(price, costs, claims, each.id) for each in claims]
    assert all(0 <= share <= each.claim_fen for share, each in zip(shares, claims, strict=True))
    assert sum(shares) <= max(0, price - costs)


def test_B74_the_best_rank_takes_and_equals_draw_lots() -> None:
    one, two, three = rules.Taker(A, 2), rules.Taker(B, 2), rules.Taker(C, 3)
    assert rules.tied([one, two, three])
    assert not rules.tied([one, three])
    assert rules.first_taker([three, one]).id == A
    drawn = [rules.Taker(A, 2, 3), rules.Taker(B, 2, 1), rules.Taker(C, 3, 2)]
    assert not rules.tied(drawn)
    assert rules.first_taker(drawn).id == B
    assert rules.first_taker([drawn[0], drawn[2]]).id == A, "rank comes before the draw"


def test_D03_proposed_ranks() -> None:
    assert rules.proposed_rank(has_priority=True, debtor_is_natural=False, seal_position=4) == 1
    assert rules.proposed_rank(has_priority=False, debtor_is_natural=True, seal_position=4) == 2
    assert [
        rules.proposed_rank(has_priority=False, debtor_is_natural=False, seal_position=place)
        for place in (1, 2, 3)
    ] == [2, 3, 4]


@pytest.mark.parametrize(
    ("state", "now", "posted", "good"),
    [
        (OfferState.OPEN, -1, None, True),
        (OfferState.OPEN, 0, None, False),
        (OfferState.OPEN, 3, -1, True),
        (OfferState.OPEN, 3, 0, False),
        (OfferState.DECLINED, 3, -1, True),
        (OfferState.DECLINED, -1, None, False),
        (OfferState.AWAIT_RULING, -1, None, False),
        (OfferState.AWAIT_RULING, 3, -1, False),
    ],
)
def test_C03_X01_an_answer_counts_before_the_end_or_when_it_was_posted_before(
    state: OfferState, now: int, posted: int | None, good: bool
) -> None:
    def at(minutes: int) -> datetime:
        return DUE + timedelta(minutes=minutes)

    with nullcontext() if good else pytest.raises(RuleViolation):
        posted_at = None if posted is None else at(posted)
        rules.check_answer_in_time(state, due_at=DUE, now=at(now), posted_at=posted_at)


@given(st.sampled_from(OfferState), st.sampled_from(OfferState))
def test_states_follow_the_table(current: OfferState, wanted: OfferState) -> None:
    if wanted in rules.TRANSITIONS[current]:
        rules.check_transition(current, wanted)
    else:
        with pytest.raises(RuleViolation):
            rules.check_transition(current, wanted)
