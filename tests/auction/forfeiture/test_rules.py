"""The four uses of a forfeited deposit are filled in their order and never beyond the money (B-34)."""

from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.forfeiture import rules
from auction.forfeiture.models import ForfeitState, ResultKind
from core.errors import RuleViolation

fen = st.integers(0, 10**12)


@pytest.mark.parametrize(
    ("amount", "needs", "uses"),
    [
        (100, (10, 50, 500, 0), (10, 50, 40, 0, 0)),
        (100, (150, 50, 500, 0), (100, 0, 0, 0, 0)),
        (100, (10, 20, 30, 15), (10, 20, 30, 15, 25)),
        (0, (10, 20, 30, 40), (0, 0, 0, 0, 0)),
        (100, (0, 0, 0, 100), (0, 0, 0, 100, 0)),
    ],
)
def test_B34_the_order_of_use(amount: int, needs: tuple[int, ...], uses: tuple[int, ...]) -> None:
    assert rules.allocate(amount, rules.Needs(*needs)) == rules.Uses(*uses)


@given(fen, fen, fen, fen, fen)
def test_B34_nothing_is_used_before_what_comes_before_it_is_met(
    amount: int, costs: int, shortfall: int, case: int, linked: int
) -> None:
    uses = rules.allocate(amount, rules.Needs(costs, shortfall, case, linked))
    given_ = (uses.costs_fen, uses.shortfall_fen, uses.case_debt_fen, uses.linked_debt_fen)
    assert sum(given_) + uses.left_fen == amount
    needs = (costs, shortfall, case, linked)
    for place, (got, need) in enumerate(zip(given_, needs, strict=True)):
        assert 0 <= got <= need
        if any(given_[place + 1 :]) or uses.left_fen:
            assert got == need


def test_B34_the_shortfall_counts_once_though_two_buyers_default() -> None:
    assert rules.shortfall_fen(1000, 800) == 200
    assert rules.shortfall_fen(1000, 1200) == 0
    assert rules.shortfall_fen(1000, 800, made_good_fen=150) == 50
    assert rules.shortfall_fen(900, 800, made_good_fen=150) == 0
    assert rules.shortfall_fen(1000, None) == 0


@pytest.mark.parametrize(
    ("state", "result", "good"),
    [
        (ForfeitState.HELD, None, False),
        (ForfeitState.HELD, ResultKind.RESOLD, True),
        (ForfeitState.PROPOSED, ResultKind.NOT_RESOLD, True),
        (ForfeitState.ALLOCATED, ResultKind.RESOLD, False),
        (ForfeitState.REVERSED, ResultKind.RESOLD, False),
    ],
)
def test_B34_held_until_the_result_and_used_once(
    state: ForfeitState, result: ResultKind | None, good: bool
) -> None:
    with nullcontext() if good else pytest.raises(RuleViolation, match="B-34"):
        rules.check_allocation(state, result=result)
