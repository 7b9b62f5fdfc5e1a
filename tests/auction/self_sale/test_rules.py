"""When, for how much and how long a debtor may sell by itself (A-26, A-27, A-28, L-40)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.self_sale.models import SelfSaleGround
from auction.self_sale.rules import (
    FAILURES_NEEDED,
    SaleFacts,
    check_creditors,
    check_decider,
    check_open,
    check_price,
    floor_fen,
    latest_end,
    window_end,
)
from core.errors import RuleViolation
from core.ids import new_id
from disposal_teams.assets.models import AssetKind, AssetState

G, K, A = SelfSaleGround, AssetKind, AssetState
READY = SaleFacts(K.REAL_ESTATE, A.READY_TO_LIST, 1_000, 700, 0, None, 5_000)
FAILED_TWICE = replace(READY, state=A.LISTED, failures=2, failed_fen=560)
NOW = datetime(2026, 3, 2, 3, tzinfo=UTC)

money = st.integers(1, 10_000)
facts = st.builds(
    SaleFacts,
    kind=st.sampled_from(K),
    state=st.sampled_from([A.READY_TO_LIST, A.LISTED]),
    reference_fen=st.none() | money,
    lowest_start_fen=st.none() | money,
    failures=st.integers(0, 3),
    failed_fen=st.none() | money,
    claims_fen=money,
)


def refused(ground: SelfSaleGround, known: SaleFacts) -> str | None:
    try:
        check_open(ground, known)
    except RuleViolation as error:
        return error.rule
    return None


def test_A26_before_the_notice_or_between_rounds_only() -> None:
    assert refused(G.REASONABLE_PRICE, READY) is None
    assert refused(G.REASONABLE_PRICE, FAILED_TWICE) is None
    for changed in (
        {"state": A.VALUATION},
        {"state": A.SUSPENDED},
        {"is_live": True},
        {"has_open_transfer": True},
        {"is_objected": True},
        {"tried": [G.REASONABLE_PRICE]},
    ):
        assert refused(G.REASONABLE_PRICE, replace(READY, **changed)) == "A-26", changed
    assert refused(G.FAILED_PRICE, replace(FAILED_TWICE, tried=[G.REASONABLE_PRICE])) is None


def test_A27_who_objected_to_the_report_does_not_sell_because_the_price_is_too_low() -> None:
    assert refused(G.VALUE_TOO_LOW, READY) is None
    assert refused(G.VALUE_TOO_LOW, replace(READY, has_objected_to_report=True)) == "A-27"
    assert refused(G.VALUE_TOO_LOW, replace(READY, reference_fen=None)) == "A-27"
    assert refused(G.REASONABLE_PRICE, replace(READY, has_objected_to_report=True)) is None


def test_A27_A28_after_so_many_failures_and_when_no_creditor_takes_in_kind() -> None:
    for ground, needed in FAILURES_NEEDED.items():
        assert refused(ground, FAILED_TWICE) is None
        assert refused(ground, replace(FAILED_TWICE, failures=needed - 1)) is not None
        assert refused(ground, replace(FAILED_TWICE, has_open_inquiry=True)) is not None
    assert refused(G.SEALED_TRANSFER, replace(FAILED_TWICE, kind=K.VEHICLE)) == "A-28"


@given(st.sampled_from(G), facts, money, st.booleans())
def test_A26_the_price_is_refused_exactly_below_the_floor(
    ground: SelfSaleGround, known: SaleFacts, price: int, agree: bool
) -> None:
    floor = floor_fen(ground, known, all_agree=agree)
    assert (check_price(ground, known, price, all_agree=agree) is None) == (floor is None or price >= floor)
    if ground in FAILURES_NEEDED:
        assert floor == known.failed_fen
    elif not agree or ground is G.VALUE_TOO_LOW:
        assert floor == known.reference_fen, "A-27: not less than the value"


@given(facts, money, st.booleans(), st.booleans())
def test_A26_creditors_agree_or_are_covered_or_the_price_is_checked(
    known: SaleFacts, price: int, agree: bool, related: bool
) -> None:
    problem = check_creditors(known, price, all_agree=agree, buyer_is_related=related)
    if agree or price >= known.claims_fen:
        assert problem is None
    else:
        assert (problem is not None) == (known.kind is K.SHARES or known.reference_fen is None or related)


@given(
    st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(-5, 400),
)
def test_L40_sixty_days_and_never_more(start: datetime, days: int) -> None:
    latest = latest_end(K.REAL_ESTATE, start, most_days=60, most_months_shares=3)
    end = window_end(start, days=days, latest=latest)
    assert (end is not None) == (1 <= days <= 60)
    assert end is None or timedelta(days=days) < end - start <= timedelta(days=days + 1)


def test_L40_shares_three_months() -> None:
    latest = latest_end(K.SHARES, NOW, most_days=60, most_months_shares=3)
    assert window_end(NOW, days=92, latest=latest) == latest
    assert window_end(NOW, days=93, latest=latest) is None


def test_P05_who_entered_it_does_not_decide() -> None:
    officer, judge = new_id(), new_id()
    with pytest.raises(RuleViolation, match="P-05"):
        check_decider(officer, officer)
    check_decider(officer, judge)
    check_decider(None, judge)
