"""Purchase limits of cities with their dates, the statement at registration, continuity until the ruling (B-17)."""

from datetime import date

import pytest

from auction.purchase_limits.models import ProofSource
from auction.purchase_limits.rules import (
    Finding,
    Place,
    PurchaseStatement,
    check_statement,
    continuity_gap,
    limit_in_force,
)
from core.errors import InvalidInput, RuleViolation
from core.legal_settings import LegalSettings, PurchaseLimit

HOME = "苏州市"
HOUSE = Place("real_estate", "姑苏区", "苏州市姑苏区某小区1幢101室")
SHANGHAI = PurchaseLimit("上海市", "须有购房资格", since=date(2025, 1, 1), districts=("黄浦区",))
LIMITS = (*LegalSettings().purchase_limits, SHANGHAI)


def in_force(place: Place, on: date) -> PurchaseLimit | None:
    return limit_in_force(LIMITS, place, on=on, home_city=HOME)


def test_B17_suzhou_has_had_no_limit_since_the_end_of_january_2024() -> None:
    assert in_force(HOUSE, date(2024, 1, 29)) is not None
    assert in_force(HOUSE, date(2024, 1, 30)) is None
    assert in_force(Place("vehicle", "姑苏区", "苏州市"), date(2023, 6, 1)) is None


def test_B17_an_asset_elsewhere_follows_its_own_city_district_and_dates() -> None:
    there = Place("real_estate", "黄浦区", "上海市黄浦区某路1号")
    assert in_force(there, date(2025, 1, 1)) is SHANGHAI
    assert in_force(there, date(2024, 12, 31)) is None, "the home city's limit does not reach there"
    assert in_force(Place("real_estate", "嘉定区", "上海市嘉定区某路1号"), date(2026, 1, 1)) is None
    assert in_force(Place("real_estate", "昆山市", "玉山镇某小区"), date(2023, 1, 1)) is not None


def test_B17_who_is_bound_is_refused_and_everybody_else_promises() -> None:
    check_statement(None, None)
    check_statement(SHANGHAI, PurchaseStatement(True))
    with pytest.raises(InvalidInput) as silent:
        check_statement(SHANGHAI, None)
    assert "may_buy" in silent.value.fields
    with pytest.raises(RuleViolation, match="B-17"):
        check_statement(SHANGHAI, PurchaseStatement(False))


PROMISE = Finding(date(2026, 3, 1), True, ProofSource.PROMISE)
FRESH = Finding(date(2026, 4, 20), True, ProofSource.HOUSING_AUTHORITY)
LOST = Finding(date(2026, 4, 1), False, ProofSource.HOUSING_AUTHORITY)


@pytest.mark.parametrize(
    ("findings", "says"),
    [
        ([PROMISE, FRESH], None),
        ([PROMISE], "住房管理部门"),
        ([FRESH], "承诺"),
        ([PROMISE, Finding(date(2026, 3, 10), True, ProofSource.HOUSING_AUTHORITY)], "30 日内"),
        ([PROMISE, Finding(date(2026, 4, 20), True, ProofSource.BUYER)], "住房管理部门"),
        ([PROMISE, LOST, FRESH], "持续"),
    ],
)
def test_B17_the_buyer_is_qualified_without_a_break_from_registration_to_ruling(
    findings: list[Finding], says: str | None
) -> None:
    gap = continuity_gap(
        SHANGHAI,
        registered_on=date(2026, 3, 1),
        ruling_on=date(2026, 5, 1),
        findings=findings,
        fresh_days=30,
    )
    assert (gap is None) if says is None else (gap is not None and says in str(gap))


def test_B17_without_a_limit_there_is_nothing_to_prove() -> None:
    assert (
        continuity_gap(
            None, registered_on=date(2026, 3, 1), ruling_on=date(2026, 5, 1), findings=[LOST], fresh_days=30
        )
        is None
    )
