"""The two tests as figures: nothing is sold in vain, nothing beyond need, and no more is left out than may be."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.worth_selling.models import Way, Wish
from auction.worth_selling.rules import (
    CaseFigures,
    ChainLink,
    Held,
    Line,
    LineKind,
    SurplusFigures,
    check_decider,
    check_wish,
    order_problem,
    part_needed,
    prior_lines,
    proposals,
    surplus_of,
    surplus_problem,
)
from core.errors import RuleViolation
from core.ids import new_id
from disposal_teams.surveys.rules import SurplusOutcome

FEN = st.integers(0, 10**12)


@st.composite
def figures(draw: st.DrawFn) -> SurplusFigures:
    lines = draw(st.lists(st.tuples(st.sampled_from(list(LineKind)), st.integers(1, 10**9)), max_size=6))
    return SurplusFigures(
        draw(st.integers(1, 10**9)), tuple(Line(kind, "x", fen) for kind, fen in lines), draw(st.booleans())
    )


@given(figures(), st.sampled_from([None, True, False]))
def test_A23_a_sale_is_stopped_exactly_when_nothing_is_left(
    case: SurplusFigures, goes_on: bool | None
) -> None:
    decision = surplus_of(case, goes_on=goes_on)
    assert decision is not None
    left = (case.reserve_fen or 0) - case.prior_fen - case.costs_fen
    problem = surplus_problem(decision, asked=goes_on is not None)
    assert (problem is not None) == (left <= 0 and not case.applicant_ranks_first)
    assert case.prior_fen + case.costs_fen == sum(line.amount_fen for line in case.lines)
    if decision.outcome is SurplusOutcome.GO_ON_ABOVE:
        assert decision.reserve_above_fen is not None
        above = SurplusFigures(decision.reserve_above_fen + 1, case.lines, applicant_ranks_first=False)
        raised = surplus_of(above, goes_on=True)
        assert raised is not None
        assert raised.outcome is SurplusOutcome.CLEAR, "above that sum it may be sold"


def link(position: int, *, claim: int = 100, priority: bool = False, own: bool = False) -> ChainLink:
    return ChainLink(position, f"案{position}", f"债权人{position}", claim, priority, own)


def test_A23_priority_rights_and_earlier_seals_rank_before_later_seals_do_not() -> None:
    chain = [link(1), link(2, own=True), link(3, priority=True), link(4)]
    lines, first = prior_lines(
        chain, [("抵押银行", 50), ("债权人3", 100), ("申请人", 9)], applicants=["申请人"]
    )
    assert [(line.kind, line.text) for line in lines] == [
        (LineKind.EARLIER_SEAL, "债权人1"),
        (LineKind.PRIORITY, "债权人3"),
        (LineKind.PRIORITY, "抵押银行"),
    ], "a creditor named twice counts once, the applicant never"
    assert not first
    lines, first = prior_lines(
        [link(1), link(2, own=True, priority=True), link(3, priority=True)], [("抵押银行", 50)]
    )
    assert (lines, first) == ([], True), "who holds the priority right ranks first"
    assert surplus_of(SurplusFigures(None, (), applicant_ranks_first=False), goes_on=None) is None
    first_rank = SurplusFigures(1, (Line(LineKind.COST, "x", 5),), applicant_ranks_first=True)
    assert surplus_problem(surplus_of(first_rank, goes_on=None), asked=False) is None
    assert (
        surplus_problem(surplus_of(first_rank, goes_on=None, test_first_rank=True), asked=False) is not None
    )


@st.composite
def cases(draw: st.DrawFn) -> CaseFigures:
    held = [
        Held(UUID(int=number), "x", value, prior, is_open=is_open, units=units, held_back=back)
        for number, (value, prior, is_open, units, back) in enumerate(
            draw(
                st.lists(
                    st.tuples(
                        st.integers(1, 10**6), st.integers(0, 10**6), st.booleans(),
                        st.sampled_from([None, 1, 7, 1000]), st.booleans(),
                    ),
                    max_size=6,
                )
            )
        )
    ]  # fmt: skip
    return CaseFigures(draw(st.integers(0, 10**6)), draw(st.integers(0, 1000)), tuple(held))


@given(cases())
def test_A24_what_is_left_out_never_takes_what_is_needed_and_nothing_more_could_be_left_out(
    case: CaseFigures,
) -> None:
    found = {each.asset_id: each for each in proposals(case)}
    rest = 0
    for asset in case.assets:
        if asset.held_back:
            assert asset.asset_id not in found
            continue
        proposed = found.get(asset.asset_id)
        if proposed is None:
            rest += asset.net_fen
        elif proposed.way is Way.PART:
            assert proposed.units is not None
            assert asset.units is not None
            assert 0 < proposed.units < asset.units
            rest += max(0, asset.value_fen * proposed.units // asset.units - asset.prior_fen)
        if not asset.is_open:
            assert proposed is None, "what is sold or on sale is not proposed"
    if case.claim_fen == 0 or case.held_fen <= case.needed_fen:
        assert not found
        return
    assert rest >= case.needed_fen
    for asset in case.assets:
        if asset.is_open and not asset.held_back and asset.asset_id not in found:
            assert rest - asset.net_fen < case.needed_fen or asset.net_fen == rest - case.needed_fen == 0


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(1, 10**6))
def test_A25_the_part_of_shares_is_the_smallest_that_suffices(needed: int, value: int, units: int) -> None:
    part = part_needed(needed, value, units)
    assert 1 <= part <= units
    if needed <= value:
        assert part * value >= needed * units, "it suffices"
    if part > 1:
        assert (part - 1) * value < needed * units, "one share less would not"
    with pytest.raises(ValueError, match="shares"):
        part_needed(needed, 0, units)


def test_A24_an_order_is_kept_and_stops_when_enough_is_realised() -> None:
    first, second, third, other = (new_id() for _ in range(4))
    order = (first, second, third)
    assert order_problem(first, order, (first, second, third), is_enough=False) is None
    assert order_problem(third, order, (second, third), is_enough=False) is not None
    assert order_problem(third, order, (third,), is_enough=False) is None
    assert order_problem(third, order, (third,), is_enough=True) is not None
    assert order_problem(other, order, order, is_enough=True) is None


def test_A25_only_the_debtor_asks_that_all_be_sold_and_two_assets_are_needed_for_the_rest() -> None:
    check_wish(Wish.ALL, is_debtor=True, count=1)
    with pytest.raises(RuleViolation, match="A-25"):
        check_wish(Wish.ALL, is_debtor=False, count=3)
    with pytest.raises(RuleViolation, match="A-24"):
        check_wish(Wish.IN_ORDER, is_debtor=True, count=1)
    person = new_id()
    with pytest.raises(RuleViolation, match="P-05"):
        check_decider(person, person)
