"""Which way to the price is open (V-02), and the comparison and means of the first three."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RuleViolation
from valuation.agreement.rules import Comparison, Entry, agreed_validity, compare
from valuation.models import ValuationMethod as M
from valuation.online_inquiry.models import ReportFault
from valuation.online_inquiry.rules import (
    Delivered,
    corrections_owed,
    extension_granted,
    mean_fen,
    result_fen,
    suspects,
    to_be_removed,
)
from valuation.ways.models import StepOutcome
from valuation.ways.rules import ORDER, WayFacts, check_way, closed_because, may_jump_to, next_way

A, B = UUID(int=1), UUID(int=2)
facts = st.builds(
    WayFacts,
    party_refuses_agreement=st.booleans(),
    party_missing=st.booleans(),
    base_price_exists=st.booleans(),
    needs_inspection=st.booleans(),
    market_data_exists=st.booleans(),
    law_demands_appraisal=st.booleans(),
    both_ask_for=st.sets(st.sampled_from(ORDER[1:])).map(lambda ways: tuple(sorted(ways))),
)
failures = st.sets(st.sampled_from(ORDER))
prices = st.integers(1, 10**14)


@given(facts, failures)
def test_V02_the_next_way_may_always_be_gone(known: WayFacts, failed: set[M]) -> None:
    way = next_way(known, failed)
    if way is not M.APPRAISAL:
        assert way not in failed
    check_way(way, known, failed)


@given(facts, failures, st.sampled_from(ORDER))
def test_V02_no_way_is_gone_before_an_open_earlier_one(known: WayFacts, failed: set[M], way: M) -> None:
    try:
        check_way(way, known, failed)
    except RuleViolation:
        return
    assert closed_because(way, known) is None
    behind = max((ORDER.index(each) + 1 for each in failed), default=0)
    earlier = ORDER[behind : ORDER.index(way)]
    assert may_jump_to(way, known) or all(closed_because(each, known) is not None for each in earlier)


@pytest.mark.parametrize(
    ("known", "failed", "way"),
    [
        (WayFacts(), set(), M.AGREEMENT),
        (WayFacts(party_missing=True), set(), M.ONLINE_INQUIRY),
        (WayFacts(party_refuses_agreement=True, base_price_exists=True), set(), M.DIRECTED_INQUIRY),
        (WayFacts(party_missing=True, needs_inspection=True), set(), M.APPRAISAL),
        (WayFacts(base_price_exists=True), {M.AGREEMENT, M.DIRECTED_INQUIRY}, M.ONLINE_INQUIRY),
        (WayFacts(law_demands_appraisal=True), set(), M.APPRAISAL),
        (WayFacts(both_ask_for=(M.ONLINE_INQUIRY,)), set(), M.ONLINE_INQUIRY),
        (WayFacts(), {M.AGREEMENT, M.ONLINE_INQUIRY}, M.APPRAISAL),
    ],
)
def test_V02_examples(known: WayFacts, failed: set[M], way: M) -> None:
    assert next_way(known, failed) is way


def test_V02_equal_prices_make_the_price_and_one_refusal_ends_it() -> None:
    assert compare([A, B], {A: Entry(5), B: Entry(5)}, is_due=False) == Comparison(StepOutcome.PRICED, 5)
    assert compare([A, B], {A: Entry(5), B: Entry(6)}, is_due=False) == Comparison(StepOutcome.UNEQUAL)
    assert compare([A, B], {A: Entry(None)}, is_due=False) == Comparison(StepOutcome.REFUSED)
    assert compare([A, B], {A: Entry(5)}, is_due=False) is None
    assert compare([A, B], {A: Entry(5)}, is_due=True) == Comparison(StepOutcome.SILENT)


def test_V33_an_agreed_price_holds_a_year_at_most() -> None:
    today = date(2026, 3, 1)
    assert agreed_validity([Entry(1), Entry(1)], today) == date(2027, 3, 1)
    assert agreed_validity([Entry(1, date(2026, 9, 1)), Entry(1)], today) == date(2026, 9, 1)


@given(st.lists(prices, min_size=1, max_size=8))
def test_V13_the_mean_is_rounded_half_up(amounts: list[int]) -> None:
    mean = mean_fen(amounts)
    assert 2 * len(amounts) * mean - 2 * sum(amounts) <= len(amounts)
    assert 2 * sum(amounts) - 2 * len(amounts) * mean < len(amounts)


def test_V13_objections_change_which_reports_carry_the_result() -> None:
    assert mean_fen([1, 2]) == 2
    assert result_fen([Delivered(100), Delivered(300)]) == 200
    assert result_fen([Delivered(100), Delivered(300, is_objected=True, objection_dismissed=True)]) == 100
    assert result_fen([Delivered(100, True, True), Delivered(300, True, False)]) == 100
    assert result_fen([Delivered(100, True), Delivered(300, True)]) is None


def test_V11_more_time_only_when_asked_in_time_and_nobody_delivered() -> None:
    due = datetime(2026, 3, 4, 16, tzinfo=UTC)
    before = due - timedelta(seconds=1)
    assert extension_granted(asked_at=before, due_at=due, anyone_delivered=False)
    assert not extension_granted(asked_at=due, due_at=due, anyone_delivered=False)
    assert not extension_granted(asked_at=before, due_at=due, anyone_delivered=True)


def test_V12_corrections_are_owed_only_when_every_report_is_wrong() -> None:
    wrong = ReportFault.WRONG_BASICS
    assert corrections_owed([wrong, wrong])
    assert not corrections_owed([wrong, None])
    assert not corrections_owed([])


def test_V12_a_price_in_the_wrong_unit_is_suspect() -> None:
    assert suspects([1_000_000, 1_050_000, 105]) == [False, False, True]
    assert suspects([1_000_000, 1_000]) == [True, True]
    assert suspects([1_000_000, 2_000_000, 1_500_000]) == [False, False, False]


def test_V15_five_late_reports_in_a_year_cost_the_place() -> None:
    assert to_be_removed(late_in_a_year=5, refused_without_reason=False, colluded_or_leaked=False)
    assert not to_be_removed(late_in_a_year=4, refused_without_reason=False, colluded_or_leaked=False)
    assert to_be_removed(late_in_a_year=0, refused_without_reason=True, colluded_or_leaked=False)


def test_V02_what_was_jumped_over_is_not_gone_back_to() -> None:
    asked = WayFacts(both_ask_for=(M.DIRECTED_INQUIRY,))
    assert next_way(asked, set()) is M.DIRECTED_INQUIRY
    assert next_way(asked, {M.DIRECTED_INQUIRY}) is M.ONLINE_INQUIRY
    check_way(M.ONLINE_INQUIRY, asked, {M.DIRECTED_INQUIRY})
    with pytest.raises(RuleViolation, match="V-02"):
        check_way(M.AGREEMENT, asked, {M.DIRECTED_INQUIRY})
