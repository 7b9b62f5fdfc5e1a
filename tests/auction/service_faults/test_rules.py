"""The fault policy as pure rules: each sign by an example, hysteresis and restored time by chance."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auction.service_faults.models import FaultKind
from auction.service_faults.policy import Measure, Scope, policy_of
from auction.service_faults.rules import (
    Gap,
    Reading,
    Standing,
    check_postponement,
    gap_kind,
    gap_scope,
    judge_measure,
    latest_resumption,
    proven_offset_ms,
    resumption,
    touched_until,
)
from core.errors import RuleViolation
from core.ids import new_id
from core.legal_settings import LegalSettings

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
POLICY = policy_of(LegalSettings())
MEASURES = {measure.kind: measure for measure in POLICY.measures}
DRIFT, WAITING = MEASURES[FaultKind.CLOCK_DRIFT], MEASURES[FaultKind.WAITING_BIDS]
FAILED = MEASURES[FaultKind.FAILED_BIDS]
SERVER = "7712168288674502718/1/1764093107.00861"


def series(*values: float, cases: int = 0, process: str = "web") -> list[Reading]:
    return [Reading(process, NOW + place * SECOND, value, cases) for place, value in enumerate(values)]


def verdict(measure: Measure, readings: list[Reading], *, was_fault: bool = False) -> Standing:
    found = judge_measure(measure, readings, was_fault=was_fault)
    assert found is not None
    return found


def gap(seconds: float, *, after: str | None = SERVER) -> Gap:
    return Gap(new_id(), NOW, seconds, SERVER, NOW + seconds * SECOND, after)


def test_B47_drift_above_200_ms_in_three_measurements_running_is_a_fault_since_the_first() -> None:
    found = verdict(DRIFT, series(20, 201, 250, 230))
    assert (found.is_fault, found.at, found.value) == (True, NOW + SECOND, 250)
    assert not verdict(DRIFT, series(20, 201, 199, 230)).is_fault
    assert not verdict(DRIFT, series(300, 300)).is_fault, "two measurements are not yet proof"


def test_B47_a_slow_answer_proves_no_drift() -> None:
    assert proven_offset_ms(-350, 100) == 250
    assert proven_offset_ms(350, 400) == 0


def test_B47_one_process_in_trouble_is_a_fault_and_ends_only_when_all_are_well() -> None:
    well, ill = series(*[10] * 5, process="web-1"), series(*[6_000] * 5, process="web-2")
    assert verdict(WAITING, well + ill).is_fault
    assert verdict(WAITING, well + ill, was_fault=True).is_fault
    early, late = series(*[6_000] * 5, process="web-1"), series(*[10] * 5, 6_000, 6_000, process="web-2")
    assert verdict(WAITING, early + late).at == early[-WAITING.samples].at, (
        "a fault counts from the first process"
    )
    recovered = series(*[10] * 5, process="web-2")
    assert not verdict(WAITING, well + recovered, was_fault=True).is_fault
    assert judge_measure(WAITING, [], was_fault=True) is None, "silence says nothing: it may be an outage"


def test_B47_a_share_needs_cases_behind_it() -> None:
    assert not verdict(FAILED, series(3, 3, cases=3)).is_fault, "6 bids are too few to judge by"
    assert verdict(FAILED, series(3, 3, 2, cases=10)).is_fault
    assert not verdict(FAILED, series(1, 1, 1, cases=10)).is_fault


@given(
    st.sampled_from(POLICY.measures),
    st.lists(st.floats(0, 1_000_000), min_size=1, max_size=30),
    st.booleans(),
)
def test_B47_between_the_thresholds_nothing_changes(
    measure: Measure, heights: list[float], was_fault: bool
) -> None:
    width = measure.raise_at - measure.clear_below
    between = [measure.clear_below + height / 1_000_001 * width for height in heights]
    cases = 1_000 if measure.least else 0
    readings = series(*(value * (cases or 1) for value in between), cases=cases)
    assert verdict(measure, readings, was_fault=was_fault).is_fault is was_fault


@given(
    st.sampled_from([measure for measure in POLICY.measures if not measure.least]),
    st.lists(st.floats(0, 100_000), min_size=1, max_size=40),
)
def test_B47_a_fault_is_declared_and_ended_only_by_enough_samples_in_a_row(
    measure: Measure, values: list[float]
) -> None:
    is_fault = False
    for length in range(1, len(values) + 1):
        seen = values[:length]
        after = verdict(measure, series(*seen), was_fault=is_fault).is_fault
        if after and not is_fault:
            assert min(seen[-measure.samples :]) >= measure.raise_at
            assert length >= measure.samples
        if is_fault and not after:
            assert max(seen[-measure.samples_to_clear :]) < measure.clear_below
        is_fault = after


@pytest.mark.parametrize(
    ("found", "kind", "scope"),
    [
        (gap(9.9), None, Scope.ENDING_SOON),
        (gap(10), FaultKind.OUTAGE, Scope.ENDING_SOON),
        (gap(299), FaultKind.OUTAGE, Scope.ENDING_SOON),
        (gap(300), FaultKind.OUTAGE, Scope.ALL_OPEN),
        (gap(3, after="7712168288674502718/1/1764093999"), FaultKind.FAILOVER, Scope.ENDING_SOON),
        (gap(400, after="7712168288674502718/1/1764093999"), FaultKind.FAILOVER, Scope.ALL_OPEN),
        (gap(1, after="7712168288674502718/2/1764093999"), FaultKind.FAILOVER, Scope.ALL_OPEN),
        (gap(1, after="9999999999999999999/1/1764093999"), FaultKind.FAILOVER, Scope.ALL_OPEN),
        (Gap(new_id(), NOW, 11, SERVER), FaultKind.OUTAGE, Scope.ENDING_SOON),
    ],
)
def test_B50_an_outage_or_another_database_server_is_a_fault(
    found: Gap, kind: FaultKind | None, scope: Scope
) -> None:
    assert gap_kind(POLICY, found) == kind
    assert gap_scope(POLICY, found) == scope


def test_B50_what_a_fault_touches() -> None:
    assert touched_until(POLICY, Scope.ENDING_SOON, NOW) == NOW + timedelta(minutes=15)
    assert touched_until(POLICY, Scope.ALL_OPEN, NOW) is None
    nothing = touched_until(POLICY, Scope.NOTHING, NOW)
    assert nothing is not None
    assert nothing < NOW


def test_B50_after_a_short_fault_bidding_goes_on_within_the_hour_after_a_long_one_with_a_day_s_notice() -> (
    None
):
    soon = resumption(POLICY, began_at=NOW, over_at=NOW + 90 * SECOND, now=NOW + 95 * SECOND)
    assert soon == NOW + timedelta(minutes=32)
    later = resumption(POLICY, began_at=NOW, over_at=NOW + timedelta(hours=3), now=NOW + timedelta(hours=3))
    assert later == NOW + timedelta(hours=27)
    long = NOW + timedelta(seconds=POLICY.long_fault_s)
    assert resumption(POLICY, began_at=NOW, over_at=long, now=long) == long + timedelta(hours=24)
    before = long - SECOND
    assert resumption(POLICY, began_at=NOW, over_at=before, now=before) < long + timedelta(hours=1)


@settings(max_examples=60)
@given(
    lasted=st.timedeltas(timedelta(0), timedelta(days=30)),
    found_after=st.timedeltas(timedelta(0), timedelta(days=10)),
    notice_minutes=st.integers(0, 20_000),
    notice_hours=st.integers(0, 400),
)
def test_L25_bidding_never_goes_on_later_than_five_days_after_the_fault_nor_in_the_past(
    lasted: timedelta, found_after: timedelta, notice_minutes: int, notice_hours: int
) -> None:
    policy = policy_of(LegalSettings(fault_notice_minutes=notice_minutes, resume_notice_hours=notice_hours))
    over_at = NOW + lasted
    now = over_at + found_after
    at = resumption(policy, began_at=NOW, over_at=over_at, now=now)
    assert now <= at
    assert at < latest_resumption(over_at) or at == now


def test_L25_a_court_postpones_into_the_future_and_to_less_than_five_days_after_the_fault() -> None:
    last = latest_resumption(NOW)
    check_postponement(last - SECOND, over_at=NOW, now=NOW)
    for refused in (last, last + SECOND, NOW):
        with pytest.raises(RuleViolation):
            check_postponement(refused, over_at=NOW, now=NOW)
    check_postponement(last + SECOND, over_at=NOW, now=last)


def test_B47_the_version_of_the_policy_changes_with_every_figure() -> None:
    versions = {
        policy_of(changed).version
        for changed in (
            LegalSettings(),
            LegalSettings(clock_drift_alarm_ms=199),
            LegalSettings(fault_outage_s=11),
            LegalSettings(fault_notice_minutes=31),
        )
    }
    assert len(versions) == 4
