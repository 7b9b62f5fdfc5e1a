"""When a case may be concluded, at the borders of each rule (§11.9, T-13, P-05)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput, RuleViolation
from disposal_teams.cases.models import Course
from disposal_teams.cases.rules import CaseType, course_of
from disposal_teams.conclusions.models import ConclusionState, Ground, Way
from disposal_teams.conclusions.rules import (
    GROUNDS,
    PAPER_TITLES,
    WAY_LABELS,
    Amounts,
    Line,
    OpenMatters,
    WaitingAsset,
    check_green,
    check_ground,
    check_list,
    check_panel,
    check_resumable,
    red,
    waiting_lines,
)

TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)
DONE = WaitingAsset(
    "A1", "住宅", checked_on=TODAY, asked_on=TODAY - timedelta(days=30), was_refused=True, superior_due_at=NOW,
    letter_sent_on=TODAY,
)  # fmt: skip


def red_ids(way: Way, open_: OpenMatters, amounts: Amounts = Amounts(100)) -> set[str]:
    return {line.id for line in red(check_list(way, open_, amounts, now=NOW, today=TODAY))}


def t13(**given_: object) -> dict[str, bool | None]:
    asset = WaitingAsset(**{name: getattr(DONE, name) for name in DONE.__slots__} | given_)
    return {line.id: line.is_green for line in waiting_lines(asset, now=NOW, today=TODAY)}


@given(st.integers(-5, 60))
def test_T13_the_first_courts_state_was_checked_within_twenty_days(days: int) -> None:
    assert t13(checked_on=TODAY - timedelta(days=days))["checked"] is (0 <= days <= 20)


def test_T13_never_checked_never_asked_and_no_letter_are_red() -> None:
    found = t13(checked_on=None, asked_on=None, letter_sent_on=None)
    assert found == {"checked": False, "asked": False, "letter": False}


def test_T13_asked_refused_and_the_superior_silent_for_its_days() -> None:
    assert t13()["asked"] is True, "the end of the five days is exclusive: at that moment they are over"
    assert t13(superior_due_at=NOW + timedelta(microseconds=1))["asked"] is False
    assert t13(was_refused=False, superior_due_at=None)["asked"] is False
    assert t13(superior_due_at=None)["asked"] is False, "nobody asked the superior"
    assert t13(superior_decided=True)["asked"] is False, "who got a decision was not met by silence"


def test_T13_is_asked_of_an_ending_without_result_and_of_nothing_else() -> None:
    bare = OpenMatters(waiting=(WaitingAsset("A1", "住宅"),))
    assert {"checked", "asked", "letter"} <= red_ids(Way.NO_RESULT, bare)
    for way in set(Way) - {Way.NO_RESULT}:
        assert not {"checked", "asked", "letter"} & red_ids(way, bare)
    assert red_ids(Way.NO_RESULT, OpenMatters(waiting=(DONE,))) == set()


@pytest.mark.parametrize(
    ("open_", "line"),
    [
        (OpenMatters(lots=("L1",)), "lots"),
        (OpenMatters(sales=("L1",)), "sales"),
        (OpenMatters(offers=("A1",)), "offers"),
        (OpenMatters(compromises=("A1",)), "compromises"),
        (OpenMatters(money_fen=1), "money"),
        (OpenMatters(instructions=("N1",)), "instructions"),
        (OpenMatters(transfers=("A1",)), "transfers"),
        (OpenMatters(objections=("Y1",)), "objections"),
        (OpenMatters(assets=("A1",)), "assets"),
    ],
)
def test_nothing_is_left_open_in_whatever_way_a_case_ends(open_: OpenMatters, line: str) -> None:
    for way in Way:
        assert line in red_ids(way, open_, Amounts(100, 100) if way is Way.FULFILLED else Amounts(100))


def test_seals_stay_after_an_ending_without_result_and_are_released_otherwise() -> None:
    sealed = OpenMatters(seals=("A1",))
    assert "seals" not in red_ids(Way.NO_RESULT, sealed)
    assert all("seals" in red_ids(way, sealed) for way in set(Way) - {Way.NO_RESULT})


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 10**12))
def test_what_served_the_claim_never_exceeds_it(applied: int, sales: int, other: int) -> None:
    amounts = Amounts(applied, sales, other)
    assert amounts.realised_fen == min(applied, sales + other)
    full = sales + other >= applied
    assert ("amount" in red_ids(Way.FULFILLED, OpenMatters(), amounts)) is not full
    assert ("amount" in red_ids(Way.NO_RESULT, OpenMatters(), amounts)) is (full and applied > 0)


def test_a_red_line_stops_the_conclusion_and_says_what_to_do() -> None:
    lines = check_list(Way.NO_RESULT, OpenMatters(lots=("L1", "L2")), Amounts(100), now=NOW, today=TODAY)
    with pytest.raises(RuleViolation) as stopped:
        check_green(Way.NO_RESULT, lines)
    assert stopped.value.rule == "§11.3"
    assert stopped.value.remedy is not None
    check_green(Way.NO_RESULT, [Line("x", "x", stopped.value.message, None)])


def test_P05_rulings_need_a_panel_and_notices_do_not() -> None:
    for way in (Way.NO_RESULT, Way.TERMINATED, Way.NOT_ENFORCED, Way.DISMISSED):
        check_panel(way, ["甲", "乙", "丙"])
        for wrong in ([], ["甲", "乙"], ["甲", "乙", "丙", "丁"], ["甲", "甲", "乙"]):
            with pytest.raises(InvalidInput):
                check_panel(way, wrong)
    for way in (Way.FULFILLED, Way.STRUCK_OFF):
        check_panel(way, [])


def test_each_way_has_its_grounds_its_paper_and_its_name() -> None:
    assert set(GROUNDS) == set(PAPER_TITLES) == set(WAY_LABELS) == set(Way)
    for way, grounds in GROUNDS.items():
        for ground in Ground:
            if ground in grounds:
                check_ground(way, ground)
            else:
                with pytest.raises(InvalidInput):
                    check_ground(way, ground)


def test_only_an_ending_without_result_resumes_and_by_a_number_of_its_kind() -> None:
    check_resumable(Way.NO_RESULT, ConclusionState.CONCLUDED, CaseType.RESUMED)
    for way, state, kind in (
        (Way.FULFILLED, ConclusionState.CONCLUDED, CaseType.RESUMED),
        (Way.NO_RESULT, ConclusionState.RESUMED, CaseType.RESUMED),
        (Way.NO_RESULT, ConclusionState.CONCLUDED, CaseType.ENFORCEMENT),
    ):
        with pytest.raises(RuleViolation):
            check_resumable(way, state, kind)


def test_K12_the_number_marks_a_first_enforcement() -> None:
    assert course_of(CaseType.ENFORCEMENT) is Course.FIRST
    assert course_of(CaseType.RESUMED) is Course.RESUMED
    assert course_of(CaseType.PRESERVATION) is Course.NONE
