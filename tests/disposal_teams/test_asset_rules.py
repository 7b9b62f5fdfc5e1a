"""The asset's state machine and the terms of seals (§11.1, A-01…A-04)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RuleViolation
from disposal_teams.assets.labels import (
    KIND_LABELS,
    LEASE_LABELS,
    SEAL_KIND_LABELS,
    SEAL_STATE_LABELS,
    SOLE_HOME_LABELS,
    STATE_LABELS,
)
from disposal_teams.assets.models import (
    MOVABLE_KINDS,
    AssetKind,
    AssetState,
    LeaseStatus,
    SealKind,
    SealState,
    SoleHome,
)
from disposal_teams.assets.rules import (
    ALARM_DAYS,
    FINAL_STATES,
    IN_FORCE,
    SEALED_STATES,
    TRANSITIONS,
    ChainLink,
    alarm_due,
    check_order,
    check_renewal,
    check_seal_for,
    check_seal_term,
    check_transition,
    has_lapsed,
    latest_expiry,
    next_in_chain,
    seal_cap_years,
)

days = st.dates(date(2016, 1, 1), date(2090, 12, 31))
kinds = st.sampled_from(AssetKind)
states = st.sampled_from(AssetState)


def test_every_state_has_its_ways_and_its_label() -> None:
    assert set(TRANSITIONS) == set(AssetState) == set(STATE_LABELS)
    for labels, members in (
        (KIND_LABELS, AssetKind),
        (SOLE_HOME_LABELS, SoleHome),
        (LEASE_LABELS, LeaseStatus),
        (SEAL_KIND_LABELS, SealKind),
        (SEAL_STATE_LABELS, SealState),
    ):
        assert set(labels) == set(members)


def test_every_state_can_be_reached_and_can_end() -> None:
    reached, frontier = {AssetState.REGISTERED}, [AssetState.REGISTERED]
    while frontier:
        for state in TRANSITIONS[frontier.pop()] - reached:
            reached.add(state)
            frontier.append(state)
    assert reached == set(AssetState)
    ends = {AssetState.CLOSED}
    while grown := {state for state in AssetState if TRANSITIONS[state] & ends} - ends:
        ends |= grown
    assert ends == set(AssetState)
    assert not TRANSITIONS[AssetState.CLOSED]
    assert AssetState.CLOSED in FINAL_STATES


@given(states, states)
def test_transitions_outside_the_machine_are_refused(current: AssetState, wanted: AssetState) -> None:
    if wanted in TRANSITIONS[current]:
        check_transition(current, wanted)
    else:
        with pytest.raises(RuleViolation):
            check_transition(current, wanted)


@pytest.mark.parametrize(
    ("current", "wanted"),
    [
        (AssetState.REGISTERED, AssetState.LISTED),
        (AssetState.SEALED_EFFECTIVE, AssetState.LISTED),
        (AssetState.UNDER_SURVEY, AssetState.READY_TO_LIST),
        (AssetState.TRANSFER_PENDING, AssetState.LISTED),
        (AssetState.SOLD_PENDING_PAYMENT, AssetState.RULED),
        (AssetState.LISTED, AssetState.TRANSFER_PENDING),
        (AssetState.CLOSED, AssetState.REGISTERED),
    ],
)
def test_shortcuts_are_refused(current: AssetState, wanted: AssetState) -> None:
    with pytest.raises(RuleViolation):
        check_transition(current, wanted)


@given(states)
def test_A01_an_unsealed_asset_is_not_disposed_of(wanted: AssetState) -> None:
    check_seal_for(wanted, sealed=True)
    if wanted in SEALED_STATES:
        with pytest.raises(RuleViolation, match="A-01"):
            check_seal_for(wanted, sealed=False)


@given(kinds, days)
def test_A02_terms_up_to_the_cap_and_not_a_day_more(kind: AssetKind, registered_on: date) -> None:
    last = latest_expiry(kind, registered_on)
    check_seal_term(kind, registered_on, last)
    with pytest.raises(RuleViolation, match="A-02"):
        check_seal_term(kind, registered_on, last + timedelta(days=1))
    with pytest.raises(RuleViolation, match="A-02"):
        check_seal_term(kind, registered_on, registered_on)


def test_A02_movables_two_years_everything_else_three() -> None:
    for kind in AssetKind:
        assert seal_cap_years(kind) == (2 if kind in MOVABLE_KINDS else 3)
    assert latest_expiry(AssetKind.REAL_ESTATE, date(2025, 1, 1)) == date(2028, 1, 1)
    assert latest_expiry(AssetKind.VEHICLE, date(2024, 2, 29)) == date(2026, 2, 28)


@given(kinds, days, st.integers(-400, 400), st.integers(-10, 1200))
def test_A02_renewal_only_before_expiry_longer_and_within_the_cap(
    kind: AssetKind, expires_on: date, late_by: int, longer_by: int
) -> None:
    today, new = expires_on + timedelta(days=late_by), expires_on + timedelta(days=longer_by)
    allowed = late_by <= 0 and longer_by > 0 and new <= latest_expiry(kind, expires_on)
    if allowed:
        check_renewal(kind, expires_on=expires_on, new_expires_on=new, today=today)
    else:
        with pytest.raises(RuleViolation, match="A-02"):
            check_renewal(kind, expires_on=expires_on, new_expires_on=new, today=today)


@given(days, st.integers(0, 90))
def test_A02_each_alarm_is_raised_once_even_when_days_are_missed(expires_on: date, step: int) -> None:
    raised: list[int] = []
    last: int | None = None
    today = expires_on - timedelta(days=100)
    while today <= expires_on:
        if (due := alarm_due(expires_on=expires_on, today=today, last_alarm=last)) is not None:
            raised.append(due)
            last = due
        today += timedelta(days=1 + step)
    assert raised == sorted(set(raised), reverse=True)
    assert set(raised) <= set(ALARM_DAYS)
    if step == 0:
        assert raised == list(ALARM_DAYS)


def test_A03_a_seal_lapses_after_its_last_day() -> None:
    assert not has_lapsed(expires_on=date(2026, 3, 1), today=date(2026, 3, 1))
    assert has_lapsed(expires_on=date(2026, 3, 1), today=date(2026, 3, 2))


links = st.lists(st.sampled_from(SealState), max_size=8).map(
    lambda found: [ChainLink(at + 1, state, date(2025, 1, 1)) for at, state in enumerate(found)]
)


@given(links)
def test_A04_the_first_waiting_seal_is_promoted_only_when_none_is_in_force(chain: list[ChainLink]) -> None:
    position = next_in_chain(chain)
    waiting = [link.position for link in chain if link.state is SealState.WAITING]
    if any(link.state in IN_FORCE for link in chain) or not waiting:
        assert position is None
    else:
        assert position == min(waiting)


def test_A04_seals_stand_in_the_order_of_registration() -> None:
    chain = [ChainLink(1, SealState.EFFECTIVE, date(2025, 5, 1))]
    check_order(chain, date(2025, 5, 1))
    with pytest.raises(RuleViolation, match="A-04"):
        check_order(chain, date(2025, 4, 30))
