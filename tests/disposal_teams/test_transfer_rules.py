"""Who may ask for the disposal right, from which day, and how the request travels (T-01…T-15, §11.6)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RuleViolation
from disposal_teams.assets.models import SealKind
from disposal_teams.transfers.eligibility import (
    TransferFacts,
    answer_days,
    best_basis,
    check_eligible,
    first_eligible_day,
    owed_at_once,
    surplus_for_requester,
)
from disposal_teams.transfers.models import (
    OPEN_TRANSFER_STATES,
    RefusalReason,
    TransferBasis,
    TransferDecision,
    TransferState,
)
from disposal_teams.transfers.rules import (
    BASIS_LABELS,
    DECISION_LABELS,
    REFUSAL_LABELS,
    STATE_LABELS,
    STEPS,
    Step,
    check_decision,
    coordination_factors,
    next_state,
    reminders_due,
)

T01, T10, T15, T16 = (
    TransferBasis.PRIORITY_CLAIM,
    TransferBasis.ANY_WAITING_COURT,
    TransferBasis.IDLE_PRESERVATION,
    TransferBasis.SAME_CLAIM,
)
FIRST_SEAL = date(2025, 1, 1)

GOOD = TransferFacts(
    today=date(2025, 3, 3),
    first_seal_on=FIRST_SEAL,
    first_seal_kind=SealKind.ENFORCEMENT,
    first_filed_on=FIRST_SEAL,
    notice_published=False,
    requester_is_enforcing=True,
    requester_has_waiting_seal=True,
    requester_is_earliest_enforcing=True,
    right_ranks_before_first=True,
    right_confirmed=True,
)


@pytest.mark.parametrize("basis", [T01, T10])
def test_T01_T10_eligible_from_day_61_and_not_on_day_60(basis: TransferBasis) -> None:
    check_eligible(basis, GOOD)
    with pytest.raises(RuleViolation, match="2025-03-03"):
        check_eligible(basis, replace(GOOD, today=date(2025, 3, 2)))


def test_T10_counts_from_the_filing_and_without_enforcement_from_the_seal() -> None:
    filed_on = date(2025, 6, 1)
    assert first_eligible_day(T10, first_seal_on=FIRST_SEAL, first_filed_on=filed_on) == date(2025, 8, 1)
    assert first_eligible_day(T10, first_seal_on=FIRST_SEAL, first_filed_on=None) == date(2025, 3, 3)
    assert first_eligible_day(T01, first_seal_on=FIRST_SEAL, first_filed_on=filed_on) == date(2025, 3, 3)


def test_T15_more_than_one_year_since_the_preservation_seal() -> None:
    facts = replace(GOOD, first_seal_kind=SealKind.PRESERVATION, today=date(2026, 1, 2))
    check_eligible(T15, facts)
    with pytest.raises(RuleViolation, match="T-15"):
        check_eligible(T15, replace(facts, today=date(2026, 1, 1)))


def test_T04_T11_fifteen_days_for_a_priority_court_and_five_for_any_other_of_the_province() -> None:
    days = {basis: answer_days(basis, national=15, province=5) for basis in TransferBasis}
    assert days == {T01: 15, T10: 5, T15: 5, T16: 5}


def test_T02_a_court_that_only_preserves_owes_the_asset_to_the_priority_court_at_once() -> None:
    check_eligible(T01, replace(GOOD, first_seal_kind=SealKind.PRESERVATION))
    assert owed_at_once(T01, SealKind.PRESERVATION)
    assert not owed_at_once(T01, SealKind.ENFORCEMENT)
    assert not owed_at_once(T10, SealKind.PRESERVATION)


def test_T05_a_court_that_took_the_asset_over_has_sixty_days_of_its_own() -> None:
    facts = replace(GOOD, today=date(2025, 9, 1), disposal_since=date(2025, 8, 1))
    with pytest.raises(RuleViolation, match="2025-10-01"):
        check_eligible(T10, facts)
    check_eligible(T10, replace(facts, today=date(2025, 10, 1)))


def test_T16_same_claim_goes_to_the_executing_court_or_to_the_first_filed() -> None:
    facts = replace(GOOD, today=FIRST_SEAL, requester_has_waiting_seal=False, same_claim=True)
    check_eligible(T16, replace(facts, first_seal_kind=SealKind.PRESERVATION))
    check_eligible(T16, replace(facts, requester_filed_first=True))
    with pytest.raises(RuleViolation, match="立案在先"):
        check_eligible(T16, facts)
    with pytest.raises(RuleViolation, match="同一债权"):
        check_eligible(T16, replace(facts, same_claim=False))


def test_T17_what_the_superior_has_decided_binds_until_its_day_has_passed() -> None:
    bound = replace(GOOD, bound_until=GOOD.today)
    for basis in (T01, T10):
        with pytest.raises(RuleViolation) as refusal:
            check_eligible(basis, bound)
        assert refusal.value.rule == "T-17"
    check_eligible(T10, replace(bound, today=GOOD.today + timedelta(days=1)))


def test_T15_the_priority_claim_goes_first_and_nothing_is_proposed_without_a_rule() -> None:
    assert best_basis(GOOD) is T01
    plain = replace(GOOD, right_ranks_before_first=False)
    assert best_basis(plain) is T10
    hopeless = replace(plain, estimated_value_fen=1, prior_claims_fen=2)
    assert best_basis(hopeless) is None
    old = replace(hopeless, first_seal_kind=SealKind.PRESERVATION, today=date(2026, 1, 2))
    assert best_basis(old) is T15
    assert best_basis(replace(plain, today=date(2025, 3, 2))) is None


def test_reminders_on_the_first_third_and_fifth_day() -> None:
    due = [reminders_due(arrived_on=FIRST_SEAL, today=FIRST_SEAL + timedelta(days=day)) for day in range(7)]
    assert due == [0, 1, 1, 2, 2, 3, 3]


@given(st.sampled_from((T01, T10, T15)), st.dates(date(2016, 1, 1), date(2080, 1, 1)), st.integers(0, 800))
def test_a_request_is_allowed_from_one_day_on_and_ever_after(
    basis: TransferBasis, seal_on: date, age: int
) -> None:
    facts = replace(
        GOOD,
        first_seal_on=seal_on,
        first_filed_on=None,
        first_seal_kind=SealKind.PRESERVATION,
        today=seal_on + timedelta(days=age),
    )
    if facts.today >= first_eligible_day(basis, first_seal_on=seal_on, first_filed_on=None):
        check_eligible(basis, facts)
    else:
        with pytest.raises(RuleViolation, match="期限未满"):
            check_eligible(basis, facts)


@pytest.mark.parametrize(
    ("basis", "change", "rule"),
    [
        (T01, {"notice_published": True}, "T-01"),
        (T10, {"notice_published": True}, "T-01"),
        (T01, {"requester_is_enforcing": False}, "T-01"),
        (T01, {"right_ranks_before_first": False}, "T-01"),
        (T01, {"right_confirmed": False}, "T-01"),
        (T10, {"requester_has_waiting_seal": False}, "T-10"),
        (T10, {"estimated_value_fen": 100, "prior_claims_fen": 100}, "T-10"),
        (T15, {}, "T-15"),
        (T15, {"first_seal_kind": SealKind.PRESERVATION, "asset_itself_in_dispute": True}, "T-15"),
        (T15, {"first_seal_kind": SealKind.PRESERVATION, "requester_is_earliest_enforcing": False}, "T-15"),
    ],
)
def test_each_guard_refuses_by_itself(basis: TransferBasis, change: dict[str, object], rule: str) -> None:
    facts = replace(GOOD, today=date(2027, 1, 1), **change)  # type: ignore[arg-type]
    with pytest.raises(RuleViolation) as refusal:
        check_eligible(basis, facts)
    assert refusal.value.rule == rule


def test_T10_nothing_left_after_costs_prior_claims_and_earlier_seals() -> None:
    facts = replace(
        GOOD, estimated_value_fen=1000, first_case_costs_fen=100, prior_claims_fen=600, earlier_seals_fen=299
    )
    assert surplus_for_requester(facts) == 1
    check_eligible(T10, facts)
    with pytest.raises(RuleViolation, match="T-10"):
        check_eligible(T10, replace(facts, earlier_seals_fen=300))


@given(st.sampled_from(TransferState), st.sampled_from(Step))
def test_steps_outside_the_machine_are_refused(state: TransferState, step: Step) -> None:
    allowed, target = STEPS[step]
    if state in allowed:
        assert next_state(state, step) is target
    else:
        with pytest.raises(RuleViolation):
            next_state(state, step)


def test_every_open_request_comes_to_an_end_and_every_word_has_its_label() -> None:
    assert set(STATE_LABELS) == set(TransferState)
    assert set(BASIS_LABELS) == set(TransferBasis)
    assert set(DECISION_LABELS) == set(TransferDecision)
    assert set(REFUSAL_LABELS) == set(RefusalReason)
    ended = set(TransferState) - OPEN_TRANSFER_STATES
    ends = set(ended)
    while (
        grown := {state for allowed, target in STEPS.values() if target in ends for state in allowed} - ends
    ):
        ends |= grown
    assert ends == set(TransferState)


def test_T12_a_decision_sets_a_day_in_the_future() -> None:
    today = date(2026, 3, 2)
    check_decision(TransferDecision.JOINT, due_on=date(2026, 3, 3), today=today)
    for due_on in (None, today, date(2026, 3, 1)):
        with pytest.raises(RuleViolation):
            check_decision(TransferDecision.ORDER_FIRST_COURT, due_on=due_on, today=today)


def test_T07_a_price_in_work_and_a_small_claim_speak_for_leaving_the_asset_where_it_is() -> None:
    def factors(claim: int, *, price_in_work: bool) -> list[str | None]:
        found = coordination_factors(
            first_court="a",
            requesting_court="b",
            first_is_enforcing=False,
            asset_court=None,
            first_claim_fen=1,
            requesting_claim_fen=claim,
            price_in_work=price_in_work,
            value_fen=10_000,
        )
        return [factor.points_to for factor in found]

    assert factors(1_000, price_in_work=False) == ["b", None, "b"]
    assert factors(999, price_in_work=False) == ["b", None, "b", "a"]
    assert factors(999, price_in_work=True) == ["b", None, "b", "a", "a"]
