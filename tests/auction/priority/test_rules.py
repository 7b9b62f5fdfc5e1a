"""Until when priority may be claimed and decided, in which order, and what a priority bid may do (B-22, B-25, B-44)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.bidding.models import BidOutcome
from auction.bidding.rules import BiddingState, BidRequest, Procedure, decide, outranks
from auction.priority import rules
from auction.priority.models import ClaimState, PriorityKind
from core.errors import RuleViolation
from core.legal_settings import LegalSettings

START = datetime(2026, 3, 10, 2, tzinfo=UTC)
END = START + timedelta(days=1)
HOUR = timedelta(hours=1)


def test_claims_close_a_day_before_the_start_and_are_decided_before_it() -> None:
    window = rules.claim_window(starts_at=START, ends_at=END, claim_hours=24)
    assert (window.claim_until, window.decide_until) == (START - 24 * HOUR, START)
    late = START - 23 * HOUR
    with pytest.raises(RuleViolation, match="B-25"):
        rules.check_claim_in_time(window, now=late, kind=PriorityKind.TENANT, statutory_until=None)
    rules.check_decision(ClaimState.CLAIMED, window, now=late)
    with pytest.raises(RuleViolation, match=r"§11.4"):
        rules.check_decision(ClaimState.CLAIMED, window, now=START)


@pytest.mark.parametrize("state", [ClaimState.LAPSED, ClaimState.WITHDRAWN])
def test_what_has_ended_is_not_decided(state: ClaimState) -> None:
    window = rules.claim_window(starts_at=START, ends_at=END, claim_hours=24)
    with pytest.raises(RuleViolation):
        rules.check_decision(state, window, now=START - HOUR)


@given(st.integers(-2000, 100), st.integers(0, 200))
def test_B22_a_shareholder_has_the_whole_twenty_days_but_never_more_than_the_sale(
    ends_in_hours: int, claim_hours: int
) -> None:
    statutory = START + ends_in_hours * HOUR
    window = rules.claim_window(
        starts_at=START, ends_at=END, claim_hours=claim_hours, statutory_until=statutory
    )
    assert window.claim_until >= min(statutory, END)
    assert window.claim_until <= max(START - claim_hours * HOUR, END)
    assert window.decide_until in (START, END)
    with pytest.raises(RuleViolation, match="B-22"):
        rules.check_claim_in_time(
            window, now=statutory, kind=PriorityKind.SHAREHOLDER, statutory_until=statutory
        )


def test_B25_the_default_order_puts_co_owners_and_shareholders_before_tenants() -> None:
    orders = LegalSettings().priority_orders
    assert rules.default_order(PriorityKind.CO_OWNER, orders) == 1
    assert rules.default_order(PriorityKind.SHAREHOLDER, orders) == 1
    assert rules.default_order(PriorityKind.TENANT, orders) == 2
    assert rules.default_order(PriorityKind.TENANT, [("co_owner", 1)]) == 1


ORDERS = st.none() | st.integers(1, 4)


@given(ORDERS, ORDERS, st.booleans())
def test_B44_what_the_page_advises_is_what_the_fold_decides(
    own: int | None, leader: int | None, leads: bool
) -> None:
    me, other = UUID(int=1), UUID(int=2)
    state = BiddingState(
        START, END, price_fen=100, leader=me if leads else other, leader_priority=leader, accepted_count=1
    )
    bid = BidRequest(me, "P", 100, START + HOUR, priority_order=own)
    accepted = decide(Procedure(100, 10), state, bid).outcome is BidOutcome.ACCEPTED
    advice = rules.bid_advice(own, price_fen=100, leader_order=leader, leads=leads)
    assert (advice is None) == (own is None)
    if advice is not None:
        assert accepted == ("同价出价并领先" in str(advice))
    assert accepted == (outranks(own, leader) and not leads)
