"""Patterns of collusion and of abnormal prices as pure rules (§12.2 worker 13, B-82, §13 no. 6)."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auction.risk_signals.facts import (
    DEBTOR,
    DEBTOR_PHONE,
    Elsewhere,
    Entrant,
    Finding,
    LotFacts,
    Raise,
    Thresholds,
    Together,
)
from auction.risk_signals.models import SignalKind, Strength, TraceKind
from auction.risk_signals.rules import assess

K, S, T = SignalKind, Strength, TraceKind
YUAN = 100


def entrant(person: str, *, device: str = "", address: str = "", funding: str = "", **values: Any) -> Entrant:
    """An entry of a person who left the named traces."""
    traces = {T.DEVICE: device, T.ADDRESS: address, T.FUNDING: funding}
    marks = {kind: frozenset({mark.encode()}) for kind, mark in traces.items() if mark}
    return Entrant(uuid4(), person.upper(), person.encode(), marks, **values)


def found(facts: LotFacts, *, limits: Thresholds | None = None) -> dict[SignalKind, Finding]:
    """The findings by kind; each kind at most once here."""
    findings = assess(facts, limits or Thresholds())
    by_kind = {finding.kind: finding for finding in findings}
    assert len(by_kind) == len(findings)
    return by_kind


def lot(*entrants: Entrant, **values: Any) -> LotFacts:
    """A lot with these entries; increment 1,000 yuan."""
    return LotFacts(
        **{"increment_fen": 1_000 * YUAN, "reference_fen": None, "final_fen": None} | values,
        entrants=entrants,
    )


def test_B82_equal_devices_of_different_persons_are_one_signal_for_the_whole_group() -> None:
    one, two, three, other = (
        entrant("a", device="d1"), entrant("b", device="d1"), entrant("c", device="d1"), entrant("d", device="d2"),
    )  # fmt: skip
    signal = found(lot(one, other, two, three))[K.SHARED_DEVICE]
    assert signal.strength is S.STRONG
    assert set(signal.registrations) == {one.registration_id, two.registration_id, three.registration_id}


def test_B82_devices_link_in_a_chain() -> None:
    one = Entrant(uuid4(), "A", b"a", {T.DEVICE: frozenset({b"1", b"2"})})
    two = Entrant(uuid4(), "B", b"b", {T.DEVICE: frozenset({b"2", b"3"})})
    three = Entrant(uuid4(), "C", b"c", {T.DEVICE: frozenset({b"3"})})
    assert len(found(lot(one, two, three))[K.SHARED_DEVICE].registrations) == 3


def test_B82_one_person_with_two_entries_shares_nothing_with_anybody() -> None:
    assert found(lot(entrant("a", device="d"), entrant("a", device="d"))) == {}


def test_B82_an_address_alone_is_weak_and_weighs_more_with_a_device() -> None:
    weak = found(lot(entrant("a", address="n"), entrant("b", address="n")))
    assert weak[K.SHARED_ADDRESS].strength is S.WEAK
    both = found(lot(entrant("a", address="n", device="d"), entrant("b", address="n", device="d")))
    assert both[K.SHARED_ADDRESS].strength is S.MEDIUM


def test_B82_an_address_in_one_group_does_not_make_another_group_heavier() -> None:
    facts = lot(
        entrant("a", address="n1", device="d"), entrant("b", address="n1", device="d"),
        entrant("c", address="n2"), entrant("d", address="n2"),
    )  # fmt: skip
    strengths = sorted(each.strength for each in assess(facts, Thresholds()) if each.kind is K.SHARED_ADDRESS)
    assert strengths == [S.MEDIUM, S.WEAK]


def test_B82_one_paying_account_for_two_bidders_is_strong() -> None:
    assert (
        found(lot(entrant("a", funding="f"), entrant("b", funding="f")))[K.SHARED_FUNDING].strength
        is S.STRONG
    )


def test_B82_a_device_that_served_others_elsewhere_is_told_and_an_address_is_not() -> None:
    one = entrant("a")
    elsewhere = [
        Elsewhere(one.registration_id, T.DEVICE, 2, 3),
        Elsewhere(one.registration_id, T.ADDRESS, 9, 9),
    ]
    signal = found(lot(one, elsewhere=elsewhere))[K.SHARED_ACROSS_LOTS]
    assert signal.figures == {"persons": 2, "lots": 3}


def test_B82_money_from_a_rival_is_strong_and_ones_own_is_nothing() -> None:
    one, two = entrant("a"), entrant("b")
    pair = (one.registration_id, two.registration_id)
    assert found(lot(one, two, paid_by_rival=[pair, pair]))[K.PAID_BY_RIVAL].registrations == pair
    assert found(lot(one, paid_by_rival=[(pair[0], pair[0])])) == {}


@pytest.mark.parametrize(
    ("lots", "own", "strength"), [(3, 3, None), (4, 5, S.MEDIUM), (4, 6, None), (8, 8, S.STRONG)]
)
def test_B82_a_pair_that_hardly_parts_is_told(lots: int, own: int, strength: Strength | None) -> None:
    one, two = entrant("a"), entrant("b")
    signal = found(lot(one, two, together=[Together(b"a", b"b", lots, own, 40)])).get(K.ALWAYS_TOGETHER)
    assert (signal and signal.strength) == strength


def test_B82_an_earlier_default_weighs_more_on_the_winner() -> None:
    loser = found(lot(entrant("a", defaults_before=1)))[K.REPEAT_DEFAULTER]
    winner = found(lot(entrant("a", defaults_before=1, is_winner=True)))[K.REPEAT_DEFAULTER]
    assert (loser.strength, winner.strength) == (S.MEDIUM, S.STRONG)


def test_B81_the_debtor_may_bid_but_raising_and_losing_is_told() -> None:
    debtor = frozenset({DEBTOR})
    assert found(lot(entrant("a", party=debtor))) == {}
    assert found(lot(entrant("a", party=debtor, bids=2, is_winner=True))) == {}
    assert K.PUSHED_BY_DEBTOR in found(lot(entrant("a", party=debtor, bids=2)))


def test_B82_who_shares_a_trace_or_the_telephone_with_the_debtor_is_told() -> None:
    debtor = entrant("a", party=frozenset({DEBTOR}), address="n")
    friend = entrant("b", address="n", bids=3)
    signal = found(lot(debtor, friend))[K.DEBTOR_RELATED]
    assert signal.registrations == (friend.registration_id, debtor.registration_id)
    assert signal.strength is S.STRONG
    by_phone = found(lot(entrant("c", party=frozenset({DEBTOR_PHONE}), is_winner=True)))[K.DEBTOR_RELATED]
    assert by_phone.strength is S.MEDIUM


@pytest.mark.parametrize(("hours", "is_told"), [(0, True), (23, True), (24, False), (None, False)])
def test_B82_who_had_paid_and_left_on_the_last_day_is_told(hours: int | None, is_told: bool) -> None:
    assert (
        K.LATE_WITHDRAWAL in found(lot(entrant("a", withdrew_hours_before=hours), entrant("b", bids=1)))
    ) is is_told


def raised(registration: UUID, *amounts: int) -> list[Raise]:
    """Accepted bids in yuan, all by one entry."""
    before: list[int | None] = [None, *(amount * YUAN for amount in amounts)]
    return [
        Raise(seq, registration, before[seq - 1], amount * YUAN)
        for seq, amount in enumerate(amounts, start=1)
    ]


@pytest.mark.parametrize(
    ("amounts", "is_jump"),
    [
        ((100_000, 120_000), True),
        ((100_000, 119_000), False),
        ((900_000, 920_000), False),
        ((500_000,), False),
    ],
)
def test_a_jump_is_far_in_steps_and_in_percent_and_never_the_first_bid(
    amounts: tuple[int, ...], is_jump: bool
) -> None:
    one = entrant("a")
    assert (K.JUMP_BID in found(lot(one, raises=raised(one.registration_id, *amounts)))) is is_jump


def test_only_the_largest_jump_of_a_bidder_is_told() -> None:
    one = entrant("a", is_winner=True)
    signal = found(lot(one, raises=raised(one.registration_id, 100_000, 200_000, 400_000)))[K.JUMP_BID]
    assert (signal.strength, signal.figures["bid"], signal.figures["steps"]) == (S.MEDIUM, 3, 200)


@pytest.mark.parametrize(("final", "strength"), [(199, None), (200, S.MEDIUM), (400, S.STRONG)])
def test_a_price_of_twice_the_reference_is_told(final: int, strength: Strength | None) -> None:
    signal = found(lot(reference_fen=100, final_fen=final)).get(K.PRICE_ABOVE_REFERENCE)
    assert (signal and signal.strength) == strength


def test_a_price_is_compared_with_enough_similar_sales_only() -> None:
    facts = {"reference_fen": 100, "final_fen": 190}
    assert found(lot(**facts, similar_percents=[80, 90, 100, 105])) == {}
    signal = found(lot(**facts, similar_percents=[80, 90, 100, 105, 110]))[K.PRICE_ABOVE_SIMILAR]
    assert signal.figures == {"percent": 190, "usual_percent": 100, "sales": 5}
    assert found(lot(**facts, similar_percents=[110] * 5)) == {}


def test_a_lot_without_a_sale_has_no_price_signal() -> None:
    assert found(lot(reference_fen=100, final_fen=None, similar_percents=[100] * 9)) == {}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(
            Entrant,
            registration_id=st.uuids(),
            code=st.just("C"),
            person=st.sampled_from([b"a", b"b", b"c", b"d"]),
            marks=st.dictionaries(
                st.sampled_from(list(T)), st.frozensets(st.sampled_from([b"1", b"2", b"3"]))
            ),
            party=st.frozensets(st.sampled_from([DEBTOR, DEBTOR_PHONE])),
            bids=st.integers(0, 3),
            defaults_before=st.integers(0, 2),
        ),
        max_size=6,
        unique_by=lambda each: each.registration_id,
    )
)
def test_findings_name_only_entries_of_the_lot_and_are_the_same_in_any_order(entrants: list[Entrant]) -> None:
    findings = assess(lot(*entrants), Thresholds())
    known = {each.registration_id for each in entrants}
    assert all(set(finding.registrations) <= known for finding in findings)
    assert len({(finding.kind, finding.about) for finding in findings}) == len(findings)
    turned = assess(lot(*reversed(entrants)), Thresholds())
    assert {(each.kind, each.about) for each in turned} == {(each.kind, each.about) for each in findings}
