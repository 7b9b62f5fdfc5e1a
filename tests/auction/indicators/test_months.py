"""Frozen months never change, what is found later is a correction beside them; weights have versions; courts see their own."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from auction.indicators.corrections import explain_correction
from auction.indicators.definitions import BY_CODE, Better
from auction.indicators.figures import (
    corrections,
    figures_of,
    figures_of_court,
    figures_of_teams,
    published_ranking,
    ranked,
)
from auction.indicators.freeze import freeze_due_months, freeze_month
from auction.indicators.refresh import refresh_all
from auction.indicators.rules import (
    DEFAULT_WEIGHTS,
    Figure,
    Method,
    Period,
    Weight,
    add_months,
    check_weights,
    compared,
    month_of,
    percentile_points,
    ranking,
    read_period,
    target_points,
    value,
)
from auction.indicators.weights import set_weights, weights_for
from core.audit import verify_stream
from core.database import Work
from core.errors import Conflict, InvalidInput, NotPermitted, RuleViolation
from core.identity import Role
from tests.auction.indicators.raw_history import Historian
from tests.disposal_teams.city import acting, person, superior


async def city(work: Work, seed: int = 3) -> Historian:
    """Half a year of ten courts, counted."""
    history = Historian(work, seed)
    await history.begin()
    await history.live(30)
    await refresh_all(work)
    return history


async def test_K01_a_frozen_month_never_changes_and_later_finds_are_corrections(work: Work) -> None:
    history = await city(work)
    above = acting(work, superior())
    month = add_months(month_of(work.now), -1)
    frozen = await freeze_month(above, month)
    assert frozen.weights_version == 0
    assert {each["court"] for each in frozen.ranking} == set(history.courts)
    row = (
        await work.session.execute(
            text(
                "SELECT fact.subject_id, fact.court_code FROM indicator_fact AS fact JOIN lot ON lot.id = fact.subject_id "
                "WHERE indicator = 'K-02' AND month = :month AND lot.state = 'sold' ORDER BY fact.id LIMIT 1"
            ),
            {"month": month},
        )
    ).one()
    period = Period(month, 1)
    before = (await figures_of(above, period))[row.court_code]["K-02"]
    await work.session.execute(
        text("UPDATE lot SET state = 'defaulted' WHERE id = :id"), {"id": row.subject_id}
    )
    await refresh_all(work)
    assert (await figures_of(above, period))[row.court_code]["K-02"] == before, "as published"
    now = (await figures_of(above, period, live=True))[row.court_code]["K-02"]
    assert (now.numerator, now.denominator) == (before.numerator - 1, before.denominator)
    (found,) = await corrections(above, court_code=row.court_code, month=month, code="K-02")
    assert (found.numerator_before, found.numerator) == (before.numerator, now.numerator)
    (because,) = found.because
    assert (because["subject_id"], because["before"], because["after"]) == (
        str(row.subject_id),
        [1, 1],
        [0, 1],
    )
    await refresh_all(work)
    assert len(await corrections(above, court_code=row.court_code, month=month, code="K-02")) == 1
    with pytest.raises(InvalidInput):
        await explain_correction(above, found.id, note=" ")
    with pytest.raises(NotPermitted):
        await explain_correction(
            acting(work, person(row.court_code, Role.BUREAU_DIRECTOR)), found.id, note="x"
        )
    await explain_correction(above, found.id, note="买受人悔拍。")
    with pytest.raises(Conflict):
        await explain_correction(above, found.id, note="又一次。")
    with pytest.raises(Conflict):
        await freeze_month(above, month)
    assert await verify_stream(work, f"indicators:{month:%Y-%m}") is None


@pytest.mark.parametrize(
    "table",
    ["indicator_frozen_month", "indicator_frozen_figure", "indicator_frozen_fact", "indicator_correction"],
)
async def test_K01_the_database_refuses_to_change_what_was_published(work: Work, table: str) -> None:
    for act in (f"DELETE FROM {table}", f"UPDATE {table} SET month = month", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(IntegrityError, match="append-only"):
            async with work.session.begin_nested():
                await work.session.execute(text(act))


async def test_K01_months_freeze_by_themselves_on_their_day_and_not_before(work: Work) -> None:
    await city(work)
    first = month_of(work.now)
    above = acting(work, superior())
    with pytest.raises(RuleViolation):
        await freeze_month(above, first)
    with pytest.raises(NotPermitted):
        await freeze_month(acting(work, person("0505", Role.PRESIDENT)), add_months(first, -1))
    later = Work(work.session, work.actor, work.now.replace(day=1) + timedelta(days=35), None)
    done = await freeze_due_months(later)
    assert done == sorted(done)
    assert done[-1] >= add_months(first, -1)
    assert all(add_months(one, 1) == two for one, two in pairwise(done))
    assert await freeze_due_months(later) == []


async def test_P03_a_court_sees_itself_and_the_published_ranking_and_nothing_else(work: Work) -> None:
    await city(work)
    month = add_months(month_of(work.now), -1)
    period = Period(month, 1)
    await freeze_month(acting(work, superior()), month)
    own = acting(work, person("0505", Role.BUREAU_DIRECTOR))
    await figures_of_court(own, "0505", period)
    await figures_of_teams(own, "0505", period)
    published = await published_ranking(own, month)
    assert published is not None
    assert len(published.ranking) == 10
    for refused in (
        figures_of_court(own, "0506", period),
        figures_of_teams(own, "0506", period),
        figures_of(own, period),
        ranked(own, period),
        corrections(own),
        corrections(own, court_code="0506"),
    ):
        with pytest.raises(NotPermitted):
            await refused
    stranger = acting(work, person("0505", Role.BIDDER))
    with pytest.raises(NotPermitted):
        await published_ranking(stranger, month)


async def test_K01_weights_have_versions_and_months_keep_theirs(work: Work) -> None:
    await city(work)
    above = acting(work, superior())
    this = month_of(work.now)
    assert await weights_for(work, this) == (0, DEFAULT_WEIGHTS)
    mine = [Weight("K-02", 60), Weight("K-17", 40, Method.TARGET, "95")]
    with pytest.raises(NotPermitted):
        await set_weights(
            acting(work, person("0505", Role.PRESIDENT)), mine, from_month=this, reason="x", after=0
        )
    first = await set_weights(above, mine, from_month=this, reason="突出成交与裁定。", after=0)
    assert (first.version, first.made_at) == (1, work.now)
    with pytest.raises(Conflict):
        await set_weights(above, mine, from_month=this, reason="x", after=0)
    assert (await weights_for(work, add_months(this, -1)))[0] == 0
    assert await weights_for(work, add_months(this, 3)) == (1, tuple(mine))
    last = add_months(this, -1)
    assert (await freeze_month(above, last)).weights_version == 0
    with pytest.raises(RuleViolation):
        await set_weights(above, mine, from_month=last, reason="x", after=1)
    assert (await ranked(above, Period(this, 1))).version == 1


@pytest.mark.parametrize(
    "weights",
    [
        [],
        [Weight("K-99", 1)],
        [Weight("K-01", 1)],
        [Weight("K-27b", 1)],
        [Weight("K-02", 0)],
        [Weight("K-02", 101)],
        [Weight("K-02", 1), Weight("K-02", 2)],
        [Weight("K-02", 1, Method.TARGET, "")],
        [Weight("K-02", 1, Method.TARGET, "NaN")],
        [Weight("K-02", 1, Method.TARGET, "-1")],
    ],
)
def test_K01_weights_that_cannot_be_used_are_refused(weights: list[Weight]) -> None:
    with pytest.raises(InvalidInput):
        check_weights(weights)
    check_weights(DEFAULT_WEIGHTS)


def test_K02_equal_scores_share_a_place_and_the_next_is_left_out() -> None:
    def of(sold: int) -> dict[str, Figure]:
        return {"K-02": Figure(sold, 100, 100)}

    placed = ranking(
        {"a": of(50), "b": of(70), "c": of(70), "d": of(10), "e": {"K-02": Figure(9, 9, 9)}, "f": {}},
        [Weight("K-02", 10)], runs=20, few=5,
    )  # fmt: skip
    assert [(each.court_code, each.place) for each in placed] == [
        ("b", 1), ("c", 1), ("a", 3), ("d", 4), ("e", None), ("f", None),
    ]  # fmt: skip
    assert placed[0].score == Decimal("83.33")
    assert placed[-1].points[0].is_small, "样本不足"


def test_K02_a_court_is_placed_only_when_half_of_the_weight_can_be_compared() -> None:
    figures = {"a": {"K-02": Figure(5, 40, 40)}, "b": {"K-02": Figure(9, 40, 40), "K-17": Figure(9, 10, 10)}}
    placed = ranking(figures, [Weight("K-02", 40), Weight("K-17", 60, Method.TARGET, "95")], runs=20, few=5)
    assert [(each.court_code, each.place) for each in placed] == [("b", 1), ("a", None)]


@given(
    st.dictionaries(st.text(max_size=3), st.fractions(0, 100), max_size=10),
    st.sampled_from([Better.UP, Better.DOWN]),
)
def test_K02_points_follow_the_order_of_the_figures(ratios: dict[str, Fraction], better: Better) -> None:
    points = percentile_points(ratios, better)
    assert len(points) == (len(ratios) if len(ratios) > 1 else 0)
    for one in points:
        assert 0 <= points[one] <= 100
        for other in points:
            if ratios[one] == ratios[other]:
                assert points[one] == points[other]
            elif (ratios[one] > ratios[other]) is (better is Better.UP):
                assert points[one] > points[other]
    if points:
        assert sum(points.values()) == 50 * len(points), "percentiles are shared out, never made"


@given(st.fractions(0, 1000), st.fractions(0, 1000), st.sampled_from([Better.UP, Better.DOWN]))
def test_K17_points_by_target_are_full_when_it_is_reached(
    shown: Fraction, target: Fraction, better: Better
) -> None:
    points = target_points(shown, target, better)
    assert 0 <= points <= 100
    reached = shown >= target if better is Better.UP else shown <= target
    assert (points == 100) is reached


def test_K07_K20_figures_are_shown_in_their_units() -> None:
    assert value(BY_CODE["K-02"], Figure(3, 4, 4)) == 75
    assert value(BY_CODE["K-02"], Figure()) is None
    assert value(BY_CODE["K-01"], Figure()) == 0
    assert value(BY_CODE["K-10"], Figure(12_345, 3, 3)) == Fraction(12_345, 100)
    assert value(BY_CODE["K-23b"], Figure(90, 1, 1)) == Fraction(3, 2)
    assert value(BY_CODE["K-25"], Figure(3, 60, 60)) == 5


@pytest.mark.parametrize("name", ["2026-10", "2026-Q4", "2026", "2026-01", "2025-Q1"])
def test_K01_periods_have_names(name: str) -> None:
    period = read_period(name)
    assert period.name == name
    assert period.last == period.each_month()[-1]


@pytest.mark.parametrize(
    "name", ["", "2026-13", "2026-00", "2026-Q5", "26", "2026-1", "x", "２０２６", "2026-10-01", "9999"]
)
def test_K01_other_names_of_periods_are_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        read_period(name)


def test_K01_months_are_the_courts_months() -> None:
    assert add_months(date(2026, 11, 1), 2) == date(2027, 1, 1)
    assert add_months(date(2026, 1, 1), -1) == date(2025, 12, 1)


def test_K21_an_effect_is_read_in_the_direction_of_the_indicator() -> None:
    assert compared(BY_CODE["K-21"], Figure(3, 3, 3), Figure(1, 1, 1)) == 1
    assert compared(BY_CODE["K-21"], Figure(3, 3, 3), Figure()) == 1, "no overdue asset is a figure"
    assert compared(BY_CODE["K-17"], Figure(9, 10, 10), Figure(18, 20, 20)) == 0
    assert compared(BY_CODE["K-17"], Figure(9, 10, 10), Figure(1, 10, 10)) == -1
    assert compared(BY_CODE["K-17"], Figure(9, 10, 10), Figure()) is None
    assert compared(BY_CODE["K-01"], Figure(1), Figure(2)) is None
