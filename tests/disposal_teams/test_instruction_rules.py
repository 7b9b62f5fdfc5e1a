"""The state machine, the clocks and the limits of instructions, by their rules (§7.5, §11.7)."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.calendar import official_calendar
from core.deadlines.rules import Period, day_in_court, end_of_day
from core.errors import RuleViolation
from core.legal_settings import LegalSettings
from disposal_teams.courts.rules import SUZHOU_COURTS
from disposal_teams.instructions import rules
from disposal_teams.instructions.kinds import FROM_ABOVE, KINDS, Addressee
from disposal_teams.instructions.models import (
    OPEN_STATES,
    Escalation,
    InstructionKind,
    InstructionState,
    Urgency,
)
from disposal_teams.instructions.rules import Candidate, Step

S = InstructionState
TERMS = LegalSettings()
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""10:00 in court, a working day, with no holiday near."""
FRIDAY_EVENING = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
SUPERIORS = {court.code: court.superior_code for court in SUZHOU_COURTS}
FIND = KINDS[InstructionKind.FIND]
moments = st.datetimes(datetime(2025, 1, 2), datetime(2026, 11, 1), timezones=st.just(UTC))  # noqa: DTZ001


def due(state: S, now: datetime = MONDAY, urgency: Urgency = Urgency.NORMAL, **given: object) -> datetime:
    found = rules.due_after(
        state, now=now, kind=given.get("kind", FIND), urgency=urgency,  # type: ignore[arg-type]
        wanted_on=given.get("wanted_on"), terms=TERMS,  # type: ignore[arg-type]
    )  # fmt: skip
    assert found is not None
    return found.end() if isinstance(found, Period) else found


def test_T25_the_kinds_say_who_is_addressed_and_what_they_do() -> None:
    assert set(KINDS) == set(InstructionKind)
    assert {kind for kind, row in KINDS.items() if row.moves_power} <= FROM_ABOVE
    assert not KINDS[InstructionKind.URGE].moves_power
    assert not KINDS[InstructionKind.JOINT].moves_power
    assert KINDS[InstructionKind.FIND].needs_approval is False
    assert KINDS[InstructionKind.PARTICIPATE].needs_approval
    assert {row.code for row in KINDS[InstructionKind.PARTICIPATE].papers} == {
        "application", "title", "insufficiency",
    }  # fmt: skip


def test_sign_in_is_due_within_one_working_day() -> None:
    assert due(S.SENT) == end_of_day(date(2026, 3, 3))
    assert due(S.SENT, FRIDAY_EVENING) == end_of_day(date(2026, 3, 9))


def test_assigning_is_due_on_the_same_day_or_the_next_on_which_courts_work() -> None:
    assert due(S.SIGNED_IN) == end_of_day(date(2026, 3, 2))
    saturday = datetime(2026, 3, 7, 2, 0, tzinfo=UTC)
    assert due(S.SIGNED_IN, saturday) == end_of_day(date(2026, 3, 9))


def test_the_work_is_due_by_urgency_by_the_type_or_by_the_day_that_was_asked_for() -> None:
    assert due(S.ASSIGNED) == end_of_day(date(2026, 3, 9))
    assert due(S.ASSIGNED, urgency=Urgency.URGENT) == end_of_day(date(2026, 3, 4))
    assert due(S.ASSIGNED, urgency=Urgency.CRITICAL) == MONDAY + timedelta(hours=4)
    assert due(S.IN_PROGRESS, kind=KINDS[InstructionKind.COORDINATE]) == end_of_day(date(2026, 3, 9))
    assert due(S.ASSIGNED, wanted_on=date(2026, 4, 1)) == end_of_day(date(2026, 4, 1))
    assert due(S.ASSIGNED, wanted_on=date(2026, 3, 1)) == MONDAY + timedelta(hours=4)


def test_silence_of_two_days_accepts_and_a_return_is_answered_in_three_or_thirty() -> None:
    assert due(S.FEEDBACK) == end_of_day(date(2026, 3, 4))
    assert due(S.RETURNED) == end_of_day(date(2026, 3, 5))
    assert due(S.RETURNED, kind=KINDS[InstructionKind.ENTRUST]) == end_of_day(date(2026, 4, 1))


@given(moments, st.sampled_from(sorted(OPEN_STATES - {S.DRAFT})), st.sampled_from(list(Urgency)))
def test_every_open_state_has_a_clock_that_ends_later_and_on_no_holiday(
    now: datetime, state: S, urgency: Urgency
) -> None:
    end = due(state, now, urgency)
    assert end > now
    if end == end_of_day(day_in_court(end) - timedelta(days=1)):
        assert official_calendar().is_working_day(day_in_court(end) - timedelta(days=1))


@given(moments, st.sampled_from([S.DRAFT, S.CLOSED, S.WITHDRAWN]))
def test_nobody_is_hurried_where_nobody_has_to_act(now: datetime, state: S) -> None:
    assert (
        rules.due_after(state, now=now, kind=FIND, urgency=Urgency.NORMAL, wanted_on=None, terms=TERMS)
        is None
    )


def test_the_receiving_centre_is_reminded_after_four_hours() -> None:
    end = due(S.SENT)
    look = {"since": MONDAY, "due_at": end, "escalation": None, "terms": TERMS}
    assert rules.check_at(S.SENT, now=MONDAY, **look) == MONDAY + timedelta(hours=4)  # type: ignore[arg-type]
    later = MONDAY + timedelta(hours=4)
    assert rules.check_at(S.SENT, now=later, **look) == end  # type: ignore[arg-type]
    assert rules.check_at(S.FEEDBACK, now=MONDAY, **look) == end  # type: ignore[arg-type]


def test_a_missed_clock_goes_to_the_director_then_the_bureau_then_the_bulletin() -> None:
    end = end_of_day(date(2026, 3, 3))
    second = timedelta(seconds=1)
    assert rules.escalation_due(end, end - second, TERMS) is None
    assert rules.escalation_due(end, end, TERMS) is Escalation.DIRECTOR
    bureau = end_of_day(date(2026, 3, 4))
    assert rules.escalation_due(end, bureau - second, TERMS) is Escalation.DIRECTOR
    assert rules.escalation_due(end, bureau, TERMS) is Escalation.BUREAU
    assert rules.escalation_due(end, end + timedelta(days=7), TERMS) is Escalation.BULLETIN


@given(moments, st.integers(0, 60 * 24 * 20))
def test_the_system_always_looks_again_until_the_bulletin(end: datetime, minutes: int) -> None:
    now = end + timedelta(minutes=minutes)
    reached = rules.escalation_due(end, now, TERMS)
    following = rules.check_at(
        S.IN_PROGRESS, since=end - timedelta(days=7), due_at=end, escalation=reached, terms=TERMS, now=now
    )
    if reached is Escalation.BULLETIN:
        assert following is None
    else:
        assert following is not None
        assert following > now
        assert rules.escalation_due(end, following, TERMS) is not reached


def test_it_is_returned_once_and_within_a_working_day() -> None:
    friday = datetime(2026, 3, 6, 2, 0, tzinfo=UTC)
    limit = end_of_day(date(2026, 3, 9))
    rules.check_return(
        returned_before=False, signed_in_at=friday, now=limit - timedelta(seconds=1), terms=TERMS
    )
    for before, now in ((True, friday), (False, limit)):
        with pytest.raises(RuleViolation):
            rules.check_return(returned_before=before, signed_in_at=friday, now=now, terms=TERMS)


@given(moments, st.integers(1, 40), st.integers(1, 100))
def test_an_extension_is_one_asked_in_time_and_no_longer_than_the_term(
    started: datetime, days: int, more: int
) -> None:
    end = started + timedelta(days=days)
    ask = {"extended_before": False, "started": started, "due_at": end, "now": started}
    until = end + timedelta(days=more)
    if more <= days:
        rules.check_extension(until=until, **ask)  # type: ignore[arg-type]
    else:
        with pytest.raises(RuleViolation):
            rules.check_extension(until=until, **ask)  # type: ignore[arg-type]
    for wrong in ({"extended_before": True}, {"now": end}, {"due_at": until}):
        with pytest.raises(RuleViolation):
            rules.check_extension(until=min(until, end + timedelta(days=days)), **{**ask, **wrong})  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", list(InstructionKind))
@pytest.mark.parametrize(
    ("sender", "receiver"), [("0505", "0506"), ("0505", "05"), ("05", "0505"), ("05", "05")]
)
def test_the_addressee_follows_from_the_type(kind: InstructionKind, sender: str, receiver: str) -> None:
    row = KINDS[kind]
    possible = {
        Addressee.ANY_COURT: sender != receiver,
        Addressee.SUPERIOR: (sender, receiver) == ("0505", "05"),
        Addressee.BELOW: (sender, receiver) == ("05", "0505"),
    }[row.addressee]
    if possible:
        rules.check_addressee(row, sender, receiver, SUPERIORS)
    else:
        with pytest.raises(RuleViolation):
            rules.check_addressee(row, sender, receiver, SUPERIORS)


def test_an_order_from_above_names_its_last_day() -> None:
    urge = KINDS[InstructionKind.URGE]
    for wrong in (None, date(2026, 3, 2)):
        with pytest.raises(RuleViolation):
            rules.check_wanted(urge, wrong, date(2026, 3, 2))
    rules.check_wanted(urge, date(2026, 3, 3), date(2026, 3, 2))
    rules.check_wanted(FIND, None, date(2026, 3, 2))


def test_missing_papers_are_named() -> None:
    row = KINDS[InstructionKind.PARTICIPATE]
    assert [paper.code for paper in rules.missing_papers(row, ["title", "other"])] == [
        "application", "insufficiency",
    ]  # fmt: skip
    assert not rules.missing_papers(FIND, [])


people = st.builds(
    Candidate, st.text("abc", min_size=1, max_size=4), st.integers(0, 9),
    st.frozensets(st.sampled_from(["find", "evict"])),
)  # fmt: skip


@given(st.lists(people), st.sampled_from(["", "find"]))
def test_people_are_proposed_by_skill_then_by_load(candidates: list[Candidate], skill: str) -> None:
    ordered = rules.propose(candidates, skill=skill)
    assert sorted(ordered, key=id) == sorted(candidates, key=id)
    for first, second in pairwise(ordered):
        able = not skill or skill in first.skills, not skill or skill in second.skills
        assert able != (False, True)
        if able[0] == able[1]:
            assert first.load <= second.load


class Journey(RuleBasedStateMachine):
    """Every way through §11.7: nothing leaves an end, nothing is returned, extended or reopened twice."""

    def __init__(self) -> None:
        super().__init__()
        self.state = S.DRAFT
        self.returned = self.rejected = 0
        self.taken: list[Step] = []

    def take(self, step: Step) -> bool:
        try:
            self.state = rules.next_state(self.state, step)
        except RuleViolation:
            return False
        self.taken.append(step)
        return True

    @rule(step=st.sampled_from([step for step in Step if step not in (Step.RETURN, Step.REJECT)]))
    def step(self, step: Step) -> None:
        self.take(step)

    @rule()
    @precondition(lambda self: self.returned == 0)
    def send_back(self) -> None:
        self.returned += self.take(Step.RETURN)

    @rule()
    @precondition(lambda self: self.rejected == 0)
    def reject(self) -> None:
        self.rejected += self.take(Step.REJECT)

    @invariant()
    def an_end_is_an_end(self) -> None:
        if self.state in (S.CLOSED, S.WITHDRAWN):
            for step in Step:
                with pytest.raises(RuleViolation):
                    rules.next_state(self.state, step)

    @invariant()
    def nothing_is_closed_without_a_report_after_the_last_assignment(self) -> None:
        if self.state is S.CLOSED:
            last = max(at for at, step in enumerate(self.taken) if step is Step.REPORT)
            assert Step.ASSIGN not in self.taken[last:]
            assert Step.SIGN_IN in self.taken
            assert Step.SEND in self.taken

    @invariant()
    def an_open_one_can_always_go_on(self) -> None:
        if self.state in OPEN_STATES:
            assert any(self.state in allowed for allowed, _ in rules.STEPS.values())


TestJourney = Journey.TestCase
