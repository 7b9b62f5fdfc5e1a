"""The chain of rounds: floors over whole chains of runs, dates, periods, what the planner proposes."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.listing import rules
from auction.listing.alarms import alarm_reached
from auction.listing.models import Lot, LotState, Round
from auction.listing.next_round import earliest_publication, proposed_figures, proposed_times
from auction.listing.rounds import next_position
from core.deadlines.rules import COURT_ZONE, day_in_court
from core.ids import new_id
from core.legal_settings import LegalSettings

LAW = LegalSettings()
LENIENT = replace(LAW, notice_counting_strict=False)
ENDS = {Round.FIRST: LotState.FAILED, Round.SECOND: LotState.FAILED, Round.SELL_OFF: LotState.SELLOFF_FAILED}
moments = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minute: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
)


def run(round_: Round, state: LotState = LotState.DRAFT, **more: Any) -> Lot:
    """A run with just what the chain looks at."""
    facts: dict[str, Any] = {
        "rerun": 0,
        "attempt": 0,
        "lot_no": "x",
        "starting_price_fen": 1,
        "deposit_fen": 1,
        "is_movable": False,
        **more,
    }
    return Lot(id=new_id(), round=round_, state=state, **facts)


@given(
    st.integers(100_00, 10**12),
    st.lists(
        st.tuples(st.sampled_from(["fails", "defaults", "is withdrawn"]), st.integers(0, 3)),
        min_size=1,
        max_size=12,
    ),
)
def test_V40_V41_X04_B35_no_chain_of_rounds_goes_below_its_floors(
    reference: int, events: list[tuple[str, int]]
) -> None:
    runs: list[Lot] = []
    for end, above in events:
        position = next_position(runs)
        limits = {
            "reference_fen": reference,
            "previous_start_fen": position.previous.starting_price_fen if position.previous else None,
            "rerun_of_fen": position.rerun_of.starting_price_fen if position.rerun_of else None,
        }
        lowest = rules.lowest_start_fen(position.round, **limits)
        assert lowest is not None, "every run of a chain has a floor"
        start = lowest if position.round is Round.SELL_OFF else lowest + above
        assert rules.check_start(position.round, start, **limits) is None
        assert rules.check_start(position.round, lowest - 1, **limits) is not None
        state = {"fails": ENDS[position.round], "defaults": LotState.DEFAULTED}.get(end, LotState.WITHDRAWN)
        runs.append(
            run(
                position.round,
                state,
                rerun=position.rerun,
                attempt=position.attempt,
                starting_price_fen=start,
            )
        )
        if position.round is Round.FIRST:
            assert start * 100 >= reference * 70
        else:
            assert start * 100 >= reference * 56, "V-41: 80 % of at least 70 %"
        if position.round is Round.SELL_OFF:
            second = [
                each for each in runs[:-1] if each.round == Round.SECOND and each.state == LotState.FAILED
            ]
            assert start == second[-1].starting_price_fen, "X-04: no further cut"
    keys = [(each.round, each.rerun, each.attempt) for each in runs]
    assert len(set(keys)) == len(keys), "each run has a place of its own"


def test_V41_vectors_of_the_rulebook() -> None:
    assert (
        rules.lowest_start_fen(Round.FIRST, reference_fen=1_000_000_00, previous_start_fen=None) == 70_000_000
    )
    assert (
        rules.lowest_start_fen(Round.SECOND, reference_fen=None, previous_start_fen=70_000_000) == 56_000_000
    )
    assert (
        rules.lowest_start_fen(Round.SELL_OFF, reference_fen=None, previous_start_fen=56_000_000)
        == 56_000_000
    )
    assert rules.check_start(Round.SELL_OFF, 56_000_001, reference_fen=None, previous_start_fen=56_000_000)


def test_B35_a_withdrawn_repetition_is_followed_by_the_same_repetition() -> None:
    first = run(Round.FIRST, LotState.DEFAULTED, starting_price_fen=900)
    position = next_position([first, run(Round.FIRST, LotState.WITHDRAWN, rerun=1, starting_price_fen=900)])
    assert (position.round, position.rerun, position.attempt, position.rerun_of) == (Round.FIRST, 1, 1, first)


@given(moments, st.sampled_from(Round), st.booleans(), st.integers(0, 2), st.booleans())
def test_C04_B10_X02_a_proposed_start_keeps_the_whole_notice_period(
    published: datetime, round_: Round, movable: bool, rerun: int, strict: bool
) -> None:
    settings = LAW if strict else LENIENT
    lot = run(round_, is_movable=movable, rerun=rerun)
    days = rules.notice_days(round_, is_movable=movable, rerun=rerun, settings=settings)
    starts_at, ends_at = proposed_times(published, lot, settings)
    between = (day_in_court(starts_at) - day_in_court(published)).days
    assert between >= days + 1 if strict else starts_at - published >= timedelta(days=days)
    assert between <= days + 2, "and loses no day"
    assert starts_at.astimezone(COURT_ZONE).time() == time(10)
    assert ends_at - starts_at == timedelta(days=60 if round_ is Round.SELL_OFF else 1)


@pytest.mark.parametrize(
    ("movable", "strict", "start"),
    [
        (False, True, datetime(2025, 4, 3, 10, tzinfo=COURT_ZONE)),
        (False, False, datetime(2025, 4, 2, 10, tzinfo=COURT_ZONE)),
        (True, True, datetime(2025, 3, 19, 10, tzinfo=COURT_ZONE)),
    ],
)
def test_C04_vectors_of_the_rulebook(movable: bool, strict: bool, start: datetime) -> None:
    published = datetime(2025, 3, 3, 9, tzinfo=COURT_ZONE)
    proposed, _ = proposed_times(published, run(Round.FIRST, is_movable=movable), LAW if strict else LENIENT)
    assert proposed == start


def test_C05_a_holiday_neither_shortens_nor_moves_the_notice_period() -> None:
    published = datetime(2025, 9, 15, 9, tzinfo=COURT_ZONE)
    starts_at, _ = proposed_times(published, run(Round.SECOND), LAW)
    assert starts_at == datetime(2025, 10, 1, 10, tzinfo=COURT_ZONE)


def test_X01_the_next_notice_waits_for_the_creditors_answers() -> None:
    ended_at = datetime(2025, 3, 3, 10, tzinfo=COURT_ZONE)
    failed = run(Round.SECOND, LotState.FAILED, ended_at=ended_at)
    assert earliest_publication(ended_at, failed, LAW) == datetime(2025, 3, 14, tzinfo=COURT_ZONE)
    late = ended_at + timedelta(days=20)
    assert earliest_publication(late, failed, LAW) == late + timedelta(days=4)
    defaulted = run(Round.SECOND, LotState.DEFAULTED, ended_at=ended_at)
    assert earliest_publication(ended_at, defaulted, LAW) == ended_at + timedelta(days=4)


@given(st.integers(100_00, 10**13), st.integers(5, 20))
def test_B35_a_repetition_is_proposed_at_the_same_price_with_a_higher_deposit(
    start: int, percent: int
) -> None:
    ended = run(
        Round.FIRST,
        LotState.DEFAULTED,
        starting_price_fen=start,
        deposit_fen=rules.into_band(start * percent // 100, start),
    )
    price, deposit = proposed_figures(next_position([ended]), ended, LAW)
    assert price == start
    assert deposit == rules.deposit_band_fen(start)[1]
    low = replace(LAW, re_auction_deposit_percent="5")
    assert proposed_figures(next_position([ended]), ended, low)[1] == ended.deposit_fen, (
        "never lower than before"
    )


def test_B35_the_notice_of_a_repetition_is_a_setting() -> None:
    full = replace(LAW, re_auction_notice_movable_days=15, re_auction_notice_immovable_days=30)
    for round_ in Round:
        assert rules.notice_days(round_, is_movable=False, rerun=1, settings=LAW) == 15
        assert rules.notice_days(round_, is_movable=True, rerun=1, settings=LAW) == 7
        assert rules.notice_days(round_, is_movable=False, rerun=2, settings=full) == 30
        assert rules.notice_days(round_, is_movable=True, rerun=1, settings=full) == 15


def test_L13_alarms_on_day_20_25_and_30() -> None:
    start = datetime(2026, 3, 1, 10, tzinfo=COURT_ZONE)
    reached = [
        alarm_reached("L-13", started_at=start, now=start + timedelta(days=day))
        for day in (19, 20, 24, 25, 30)
    ]
    assert reached == [None, 20, 20, 25, 30]
