"""The law of listing: prices, deposits, times, states, the panel, the chain of rounds."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.listing import rules
from auction.listing.disclosure import (
    USUAL_TAXES,
    Disclosure,
    buyer_tax_estimate_fen,
    read_disclosure,
    to_stored,
)
from auction.listing.models import Lot, LotState, Round
from auction.listing.rounds import next_position
from core.deadlines.rules import earliest_auction_start
from core.errors import Conflict, RuleViolation
from core.ids import new_id
from core.legal_settings import LegalSettings

FEN = 100
LAW = LegalSettings()
amounts = st.integers(100, 10**14)


def test_B10_vectors_strict_and_lenient() -> None:
    published = datetime(2025, 3, 3, 1, 0, tzinfo=UTC)
    days = rules.notice_days(Round.FIRST, is_movable=False, settings=LAW)
    assert earliest_auction_start(published, days=days) == datetime(2025, 4, 2, 16, 0, tzinfo=UTC)
    assert earliest_auction_start(published, days=days, strict=False) == datetime(
        2025, 4, 2, 1, 0, tzinfo=UTC
    )
    days = rules.notice_days(Round.FIRST, is_movable=True, settings=LAW)
    assert earliest_auction_start(published, days=days) == datetime(2025, 3, 18, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("round_", "movable", "rerun", "days"),
    [
        (Round.FIRST, True, 0, 15),
        (Round.FIRST, False, 0, 30),
        (Round.SECOND, True, 0, 7),
        (Round.SECOND, False, 0, 15),
        (Round.SELL_OFF, True, 0, 7),
        (Round.SELL_OFF, False, 0, 15),
        (Round.FIRST, False, 1, 15),
    ],
)
def test_B10_X02_B35_notice_days(round_: Round, movable: bool, rerun: int, days: int) -> None:
    # L-11, L-12: as rulebook §12.1 has it.
    assert rules.notice_days(round_, is_movable=movable, rerun=rerun, settings=LAW) == days


def test_B30_vector() -> None:
    assert rules.deposit_band_fen(700_000 * FEN) == (35_000 * FEN, 140_000 * FEN)


@given(amounts)
def test_B30_the_band_lies_inside_five_to_twenty_percent(start: int) -> None:
    low, high = rules.deposit_band_fen(start)
    assert low * 100 >= start * 5
    assert high * 100 <= start * 20
    assert rules.check_deposit(start, low) is None
    assert rules.check_deposit(start, low - 1) is not None
    assert rules.check_deposit(start, high + 1) is not None


@given(amounts, amounts)
def test_V40_V41_X04_start_prices(basis: int, start: int) -> None:
    first = rules.check_start(Round.FIRST, start, reference_fen=basis, previous_start_fen=None)
    assert (first is None) == (start * 100 >= basis * 70)
    second = rules.check_start(Round.SECOND, start, reference_fen=None, previous_start_fen=basis)
    assert (second is None) == (start * 100 >= basis * 80)
    sale = rules.check_start(Round.SELL_OFF, start, reference_fen=None, previous_start_fen=basis)
    assert (sale is None) == (start == basis)
    again = rules.check_start(
        Round.FIRST, start, reference_fen=basis, previous_start_fen=None, rerun_of_fen=basis
    )
    assert (again is None) == (start >= basis)


def test_V40_without_a_basis_no_price_passes() -> None:
    for round_ in Round:
        assert rules.check_start(round_, 10**9, reference_fen=None, previous_start_fen=None) is not None


@given(amounts, st.integers(5, 20))
def test_the_proposed_deposit_keeps_to_the_band(start: int, percent: int) -> None:
    new = rules.proposed_start_fen(Round.SECOND, start, cut_percent=20)
    deposit = rules.proposed_deposit_fen(new, start, start * percent // 100)
    assert rules.check_deposit(new, deposit) is None


@given(st.integers(0, 60))
def test_L14_bidding_time(hours: int) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    problem = rules.check_bidding_time(starts_at=start, ends_at=start + timedelta(hours=hours))
    assert (problem is None) == (hours >= 24)


@pytest.mark.parametrize(
    ("person", "day", "good"),
    [
        (rules.Notified("甲", received_on=date(2026, 3, 1)), 3, False),
        (rules.Notified("甲", received_on=date(2026, 3, 1)), 4, True),
        (rules.Notified("甲", posted_on=date(2026, 3, 1)), 5, False),
        (rules.Notified("甲", posted_on=date(2026, 3, 1)), 6, True),
        (rules.Notified("甲", waived=True), 1, True),
        (rules.Notified("甲"), 31, False),
    ],
)
def test_B20_gates(person: rules.Notified, day: int, good: bool) -> None:
    # L-09: as rulebook §12.1 has it.
    assert (rules.notification_gap(person, publish_on=date(2026, 3, day), settings=LAW) is None) == good


def test_B20_L26_a_posting_counts_five_days_later_and_a_receipt_from_its_own_moment() -> None:
    posted = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
    received = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
    assert rules.notified_at(None, None, settings=LAW) is None
    assert rules.notified_at(received, None, settings=LAW) == received
    assert rules.notified_at(None, posted, settings=LAW) == posted + timedelta(days=5)
    assert rules.notified_at(received, posted, settings=LAW) == received, "the proven receipt came before"
    late = posted + timedelta(days=9)
    assert rules.notified_at(late, posted, settings=LAW) == posted + timedelta(days=5), "deemed before it was"
    # 4 March and twenty days: the last is Tuesday, 24 March.
    assert rules.pre_emption_until(received, settings=LAW) == datetime(2026, 3, 24, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("members", "good"),
    [
        (["甲", "乙", "丙"], True),
        (["甲", "乙"], False),
        (["甲", "乙", "乙"], False),
        (list("甲乙丙丁"), False),
        (list("甲乙丙丁戊"), True),
    ],
)
def test_B03_panel(members: list[str], good: bool) -> None:
    assert (rules.check_panel(members) is None) == good


@given(st.sampled_from(LotState), st.sampled_from(LotState))
def test_states_follow_the_table(current: LotState, wanted: LotState) -> None:
    if wanted in rules.TRANSITIONS[current]:
        rules.check_transition(current, wanted)
    else:
        with pytest.raises(RuleViolation):
            rules.check_transition(current, wanted)


def lot(round_: Round, state: LotState, **more: object) -> Lot:
    """A run with just what the chain of rounds looks at."""
    facts: dict[str, Any] = {"rerun": 0, "attempt": 0, "lot_no": "x", "starting_price_fen": 1, **more}
    return Lot(id=new_id(), round=round_, state=state, **facts)


def test_B26_X01_B35_the_chain_of_rounds() -> None:
    assert next_position([]).round is Round.FIRST
    first = lot(Round.FIRST, LotState.FAILED)
    second = next_position([first])
    assert (second.round, second.previous) == (Round.SECOND, first)
    failed_second = lot(Round.SECOND, LotState.FAILED)
    sale = next_position([first, failed_second])
    assert (sale.round, sale.previous) == (Round.SELL_OFF, failed_second)
    defaulted = lot(Round.SECOND, LotState.DEFAULTED)
    rerun = next_position([first, defaulted])
    assert (rerun.round, rerun.rerun, rerun.previous, rerun.rerun_of) == (Round.SECOND, 1, first, defaulted)
    withdrawn = lot(Round.FIRST, LotState.WITHDRAWN)
    assert (next_position([withdrawn]).round, next_position([withdrawn]).attempt) == (Round.FIRST, 1)
    anew = next_position([first, failed_second, lot(Round.SELL_OFF, LotState.SELLOFF_FAILED)])
    assert (anew.round, anew.attempt, anew.previous) == (Round.FIRST, 1, None)
    with pytest.raises(Conflict):
        next_position([lot(Round.FIRST, LotState.BIDDING)])
    with pytest.raises(Conflict):
        next_position([lot(Round.FIRST, LotState.SOLD)])


def test_disclosures_survive_the_database_and_foreign_shapes_do_not_fail_a_page() -> None:
    full = Disclosure(taxes=USUAL_TAXES["real_estate"], other="x")
    assert read_disclosure(to_stored(full)) == full
    assert read_disclosure({"facts": 5}) == Disclosure()


def test_B90_the_buyers_tax_estimate_counts_only_his_known_rates() -> None:
    home = Disclosure(taxes=USUAL_TAXES["real_estate"])
    assert buyer_tax_estimate_fen(home, 1_000_000 * FEN) == 30_500 * FEN
