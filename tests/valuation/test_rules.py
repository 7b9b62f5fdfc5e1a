"""The law of the reference price: limits, calendar arithmetic, slips of the pen."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput, RuleViolation
from core.legal_settings import LegalSettings
from disposal_teams.assets.models import AssetKind
from valuation import rules
from valuation.models import ValuationState

MILLION = 1_000_000_00
days = st.dates(date(2020, 1, 1), date(2060, 12, 31))
amounts = st.integers(1, 10**14)


def test_V40_V41_vectors() -> None:
    assert rules.first_floor_fen(MILLION) == 700_000_00
    assert rules.second_floor_fen(700_000_00) == 560_000_00
    assert rules.second_floor_fen(MILLION) == 800_000_00


@given(amounts)
def test_V40_V41_floors_are_the_smallest_amounts_that_keep_the_share(price: int) -> None:
    floor = rules.first_floor_fen(price)
    assert floor * 100 >= price * 70
    assert (floor - 1) * 100 < price * 70
    second = rules.second_floor_fen(price)
    assert second * 100 >= price * 80
    assert (second - 1) * 100 < price * 80


@given(days)
def test_V33_a_price_is_valid_for_a_year_at_most(day: date) -> None:
    # L-38: as rulebook §12.1 has it.
    last = rules.latest_validity(day)
    assert "valid_until" not in rules.check_report_dates(appraised_on=day, valid_until=last, today=day)
    assert "valid_until" in rules.check_report_dates(
        appraised_on=day, valid_until=last + timedelta(days=1), today=day
    )


def test_V34_reuse_ends_six_months_after_validity_on_the_last_day_of_a_short_month() -> None:
    assert rules.reuse_until(date(2026, 8, 31)) == date(2027, 2, 28)
    assert rules.reuse_until(date(2027, 8, 31)) == date(2028, 2, 29)
    assert rules.reuse_until(date(2026, 3, 15)) == date(2026, 9, 15)


@given(days, st.integers(-400, 400), st.integers(0, 400))
def test_V34_first_notice_within_validity_and_sale_within_six_months_after(
    valid_until: date, published: int, sale: int
) -> None:
    published_on = valid_until + timedelta(days=published)
    sale_on = published_on + timedelta(days=sale)
    problem = rules.check_first_notice(valid_until=valid_until, published_on=published_on, sale_on=sale_on)
    good = published <= 0 and sale_on <= rules.reuse_until(valid_until)
    assert (problem is None) == good


def test_V42_the_band_table_rises_with_the_price() -> None:
    bands = LegalSettings().increment_bands
    steps = [
        rules.usual_increment_fen(price, bands=bands) for price in (1, 10**7, 10**8, 10**9, 10**10, 10**12)
    ]
    assert steps == sorted(steps)
    assert rules.usual_increment_fen(700_000_00, bands=bands) == 5_000_00
    assert rules.usual_increment_fen(1_000_000_00, bands=bands) == 5_000_00
    assert rules.usual_increment_fen(1_000_000_01, bands=bands) == 20_000_00


@pytest.mark.parametrize(
    ("kind", "price_fen", "area", "unusual"),
    [
        (AssetKind.REAL_ESTATE, 2_000_000_00, 100_00, False),
        (AssetKind.REAL_ESTATE, 2_000_000_000_00, 100_00, True),
        (AssetKind.REAL_ESTATE, 200_00, 100_00, True),
        (AssetKind.REAL_ESTATE, 200_00, None, True),
        (AssetKind.VEHICLE, 80_000_00, None, False),
        (AssetKind.VEHICLE, 80_000_000_00, None, True),
    ],
)
def test_a_price_with_wrong_zeros_is_noticed(
    kind: AssetKind, price_fen: int, area: int | None, unusual: bool
) -> None:
    assert (rules.unusual_price(kind, price_fen, area_hundredths=area) is not None) == unusual


def test_the_two_entries_of_a_price_must_agree() -> None:
    with pytest.raises(InvalidInput):
        rules.check_price_twice(MILLION, MILLION * 1000)


@given(st.sampled_from(ValuationState), st.sampled_from(ValuationState))
def test_states_follow_the_table(current: ValuationState, wanted: ValuationState) -> None:
    if wanted in rules.TRANSITIONS[current]:
        rules.check_transition(current, wanted)
    else:
        with pytest.raises(RuleViolation):
            rules.check_transition(current, wanted)
