"""Stopping and going on (B-50, B-53, B-54), without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auction.listing.models import LotState
from auction.suspension import rules
from auction.suspension.grounds import GROUNDS
from auction.suspension.models import StayKind
from core.errors import RuleViolation

START = datetime(2026, 3, 2, 2, tzinfo=UTC)
END = START + timedelta(days=1)
NOW = START - timedelta(days=3)
PANEL = ("甲", "乙", "丙")


def test_B57_every_ground_of_the_rulebook_belongs_to_a_kind() -> None:
    by_kind = {kind: {code for code, ground in GROUNDS.items() if kind in ground.kinds} for kind in StayKind}
    assert by_kind[StayKind.DEFERRAL] == {
        "applicant_consent", "security", "superior_order", "objection", "platform_fault", "force_majeure",
    }  # fmt: skip
    assert by_kind[StayKind.SUSPENSION] == {
        "settlement", "third_party_founded", "party_ended", "bankruptcy_reference", "bankruptcy", "retrial", "other",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("order", "fields"),
    [
        (rules.StayOrder(StayKind.DEFERRAL, "applicant_consent", NOW + timedelta(days=5), "局长"), set()),
        (rules.StayOrder(StayKind.DEFERRAL, "applicant_consent", None, "局长"), {"until"}),
        (rules.StayOrder(StayKind.DEFERRAL, "applicant_consent", NOW, "局长"), {"until"}),
        (rules.StayOrder(StayKind.DEFERRAL, "objection", None, "局长"), set()),
        (rules.StayOrder(StayKind.DEFERRAL, "settlement", NOW + timedelta(days=5), "局长"), {"ground"}),
        (rules.StayOrder(StayKind.SUSPENSION, "settlement", None, "局长", PANEL), set()),
        (rules.StayOrder(StayKind.SUSPENSION, "settlement", None, "局长", PANEL[:2]), {"panel"}),
        (
            rules.StayOrder(StayKind.SUSPENSION, "settlement", NOW + timedelta(days=1), "局长", PANEL),
            {"until"},
        ),
        (rules.StayOrder(StayKind.SUSPENSION, "nonsense", None, "局长", PANEL), {"ground"}),
        (rules.StayOrder(StayKind.DEFERRAL, "security", NOW + timedelta(days=5)), {"approver"}),
        (rules.StayOrder(StayKind.PLATFORM_STOP, "platform_fault", is_automatic=True), set()),
    ],
)
def test_P05_an_order_names_its_ground_date_and_approver(order: rules.StayOrder, fields: set[str]) -> None:
    assert set(rules.order_problems(order, now=NOW)) == fields


def test_B54_a_superior_stays_at_most_three_months_and_its_president_prolongs_by_as_much() -> None:
    last = rules.longest_superior_stay(NOW)
    superior = rules.StayOrder(StayKind.DEFERRAL, "superior_order", last, "院长")
    assert not rules.order_problems(superior, now=NOW)
    late = rules.StayOrder(StayKind.DEFERRAL, "superior_order", last + timedelta(seconds=1), "院长")
    assert set(rules.order_problems(late, now=NOW)) == {"until"}
    rules.check_extension(ground="superior_order", until=last, new_until=rules.longest_superior_stay(last))
    for ground, until, wanted in (
        ("superior_order", last, last),
        ("superior_order", last, rules.longest_superior_stay(last) + timedelta(seconds=1)),
        ("security", last, last + timedelta(days=1)),
    ):
        with pytest.raises(RuleViolation, match="B-54"):
            rules.check_extension(ground=ground, until=until, new_until=wanted)


@pytest.mark.parametrize("state", sorted(LotState))
def test_B50_only_a_published_lot_that_is_not_over_can_be_stopped(state: LotState) -> None:
    stoppable = {"published", "bidding", "selloff_open", "selloff_bidding", "paused"}
    if state in stoppable:
        rules.check_can_pause(state, "open", lot_no="1", ends_at=END, now=END - timedelta(seconds=1))
        rules.check_can_pause(state, "paused", lot_no="1", ends_at=END, now=END + timedelta(days=9))
        for phase, now in (("open", END), ("closed", START)):
            with pytest.raises(RuleViolation, match="B-50"):
                rules.check_can_pause(state, phase, lot_no="1", ends_at=END, now=now)
    else:
        with pytest.raises(RuleViolation, match="B-50"):
            rules.check_can_pause(state, "open", lot_no="1", ends_at=END, now=START)


def test_B50_a_start_that_passed_meanwhile_is_set_anew_and_one_to_come_holds() -> None:
    paused = START - timedelta(days=2)
    left = rules.remaining(starts_at=START, ends_at=END, at=paused)
    for at, starts in (
        (START - timedelta(days=1), START),
        (START + timedelta(days=4), START + timedelta(days=4)),
    ):
        assert rules.times_after(starts_at=START, paused_at=paused, remaining_ms=left, at=at) == (
            starts,
            starts + timedelta(days=1),
        )


def test_P50_bidders_know_a_day_ahead_on_a_whole_minute() -> None:
    assert rules.earliest_resumption(NOW, notice_hours=24) == NOW + timedelta(hours=24)
    assert rules.earliest_resumption(NOW + timedelta(seconds=1), notice_hours=24) == NOW + timedelta(
        hours=24, minutes=1
    )


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({}, None),
        ({"state": LotState.BIDDING}, "B-50"),
        ({"in_force": 1}, "B-50"),
        ({"resumes_at": NOW + timedelta(hours=23)}, "B-50"),
        ({"resumes_at": NOW + timedelta(days=6)}, "L-25"),
        ({"resumes_at": NOW + timedelta(days=6), "due_at": None}, None),
        ({"due_at": NOW + timedelta(hours=1)}, None),
    ],
)
def test_L25_a_sale_goes_on_within_five_days_when_no_ground_is_left(
    changes: dict[str, object], rule: str | None
) -> None:
    facts = {
        "lot_no": "1",
        "state": LotState.PAUSED,
        "in_force": 0,
        "resumes_at": NOW + timedelta(hours=24),
        "earliest": NOW + timedelta(hours=24),
        "due_at": NOW + timedelta(days=6),
        **changes,
    }
    if rule is None:
        rules.check_resumption(**facts)  # type: ignore[arg-type]
    else:
        with pytest.raises(RuleViolation, match=rule):
            rules.check_resumption(**facts)  # type: ignore[arg-type]


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(
            st.timedeltas(timedelta(0), timedelta(hours=40)), st.timedeltas(timedelta(0), timedelta(days=90))
        ),
        max_size=8,
    )
)
def test_B50_no_row_of_stops_shortens_the_time_in_which_bids_are_taken(
    stops: list[tuple[timedelta, timedelta]],
) -> None:
    """Run, stand, run, stand …: bids are taken for the whole published time, and never before the published start."""
    starts_at, ends_at, now, taken = START, END, NOW, timedelta(0)
    for runs, stands in stops:
        stop_at = now + runs
        if stop_at >= ends_at:
            break
        taken += max(stop_at, starts_at) - max(now, starts_at)
        left = rules.remaining(starts_at=starts_at, ends_at=ends_at, at=stop_at)
        now = stop_at + stands
        starts_at, ends_at = rules.times_after(
            starts_at=starts_at, paused_at=stop_at, remaining_ms=left, at=now
        )
        assert starts_at >= START
        assert ends_at > now
    taken += ends_at - max(now, starts_at)
    assert END - START <= taken <= END - START + len(stops) * rules.MILLISECOND
