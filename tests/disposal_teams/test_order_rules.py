"""When the court above may be asked and what it may order, by the rules alone (T-20, T-21, T-23)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RuleViolation
from disposal_teams.assets.models import AssetState
from disposal_teams.instructions.kinds import FROM_ABOVE, KINDS
from disposal_teams.instructions.models import InstructionKind
from disposal_teams.orders import rules
from disposal_teams.orders.models import InactionDecision

K = InstructionKind
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def test_T20_the_first_day_is_the_one_after_six_months() -> None:
    # L-37: as rulebook §12.1 has it.
    assert rules.first_day_to_apply(date(2026, 1, 15), None, 0) == date(2026, 7, 16)
    assert rules.first_day_to_apply(date(2025, 8, 31), None, 0) == date(2026, 3, 1)
    assert rules.first_day_to_apply(date(2026, 1, 15), date(2026, 3, 1), 0) == date(2026, 9, 2)
    assert rules.first_day_to_apply(date(2026, 1, 15), date(2025, 3, 1), 40) == date(2026, 8, 25)


@given(days, st.none() | days, st.integers(0, 500))
def test_T20_nobody_may_go_up_a_day_early_and_nobody_is_sent_away_a_day_late(
    filed_on: date, found_on: date | None, stopped: int
) -> None:
    first = rules.first_day_to_apply(filed_on, found_on, stopped)
    assert first > max(filed_on, found_on or filed_on) + timedelta(days=180 + stopped)
    rules.check_six_months(today=first, filed_on=filed_on, found_on=found_on, stopped_days=stopped)
    with pytest.raises(RuleViolation):
        rules.check_six_months(
            today=first - timedelta(days=1), filed_on=filed_on, found_on=found_on, stopped_days=stopped
        )


def test_T21_urging_and_joining_leave_the_power_where_it_is_the_others_move_it() -> None:
    assert {K.URGE, K.JOINT} | rules.MOVING == FROM_ABOVE == set(rules.KIND_TITLES)
    assert {kind for kind in FROM_ABOVE if KINDS[kind].moves_power} == rules.MOVING


@pytest.mark.parametrize("kind", sorted(FROM_ABOVE))
@pytest.mark.parametrize("chosen", ["05", "0505", "0506"])
def test_T20_the_chosen_court_fits_the_order(kind: InstructionKind, chosen: str) -> None:
    fits = {
        K.URGE: chosen == "0505", K.JOINT: chosen == "0505", K.RAISE: chosen == "05",
        K.DESIGNATE: chosen == "0506", K.CONCENTRATE: chosen != "0505",
    }  # fmt: skip
    if fits[kind]:
        rules.check_courts(kind, superior="05", old_court="0505", chosen=chosen)
    else:
        with pytest.raises(RuleViolation):
            rules.check_courts(kind, superior="05", old_court="0505", chosen=chosen)


@pytest.mark.parametrize("panel", [[], ["甲"], ["甲", "乙"], ["甲", "乙", "丙", "丁"], ["甲", "甲", "甲"]])
def test_P05_a_change_of_court_is_ruled_by_a_panel_of_three_odd_in_number(panel: list[str]) -> None:
    with pytest.raises(RuleViolation):
        rules.check_panel(K.RAISE, panel)
    rules.check_panel(K.URGE, panel)
    rules.check_panel(K.RAISE, ["甲", "乙", "丙"])


@pytest.mark.parametrize("state", list(AssetState))
def test_T20_nothing_moves_in_the_middle_of_its_sale(state: AssetState) -> None:
    stays = state in rules.IN_SALE or state is AssetState.SUSPENDED
    if stays:
        with pytest.raises(RuleViolation):
            rules.check_may_move("苏E1", state, was_listed=True)
    else:
        rules.check_may_move("苏E1", state, was_listed=True)


def test_T20_every_decision_has_its_order_or_none() -> None:
    assert set(rules.KIND_OF_DECISION) == set(InactionDecision) == set(rules.DECISION_LABELS)
    assert rules.KIND_OF_DECISION[InactionDecision.DISMISSED] is None


def test_T23_a_second_reconsideration_is_refused() -> None:
    rules.check_reconsideration(asked_before=False)
    with pytest.raises(RuleViolation):
        rules.check_reconsideration(asked_before=True)
