"""Leases, the only home, no surplus, excess, and the survey matrix (A-08, A-11…A-17, A-23, A-24)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disposal_teams.assets.models import AssetKind, LeaseStatus, SoleHome
from disposal_teams.surveys.matrix import EVIDENCE_LABELS, MATRIX, missing_items, required_items
from disposal_teams.surveys.models import EvidenceKind
from disposal_teams.surveys.rules import (
    MAX_RENT_MONTHS,
    MIN_RENT_MONTHS,
    HomeFacts,
    LeaseFacts,
    SurplusOutcome,
    is_excess_seal,
    is_fresh,
    judge_excess,
    judge_lease,
    judge_sole_home,
    judge_surplus,
)

days = st.dates(date(2016, 1, 1), date(2030, 12, 31))
maybe_days = st.none() | days
fen = st.integers(0, 10**13)
TODAY = date(2026, 3, 2)

lease_facts = st.builds(
    LeaseFacts,
    claimed=st.booleans(),
    written=st.booleans(),
    contract_on=maybe_days,
    possession_since=maybe_days,
    lease_until=maybe_days,
    sealed_on=maybe_days,
    mortgaged_on=maybe_days,
    collusive_or_absurd=st.booleans(),
    removed_by_ruling=st.booleans(),
    objection_pending=st.booleans(),
)


@given(lease_facts)
def test_A17_a_lease_is_honoured_only_when_written_possessed_and_older_than_seal_and_mortgage(
    facts: LeaseFacts,
) -> None:
    verdict = judge_lease(facts)
    assert verdict.status is not LeaseStatus.UNKNOWN
    if verdict.status is LeaseStatus.HONOURED:
        assert facts.claimed
        assert facts.written
        assert facts.contract_on is not None
        assert facts.possession_since is not None
        for limit in (facts.sealed_on, facts.mortgaged_on):
            assert limit is None or max(facts.contract_on, facts.possession_since) < limit
        assert not facts.collusive_or_absurd
    else:
        assert verdict.until is None
    if not facts.claimed:
        assert verdict.status is LeaseStatus.NONE


@given(lease_facts)
def test_A17_an_open_objection_keeps_the_lease_disputed(facts: LeaseFacts) -> None:
    if facts.claimed and facts.objection_pending:
        assert judge_lease(facts).status is LeaseStatus.DISPUTED


def test_A17_a_lease_younger_than_the_mortgage_needs_a_ruling_first() -> None:
    facts = LeaseFacts(
        claimed=True,
        written=True,
        contract_on=date(2022, 1, 1),
        possession_since=date(2022, 1, 1),
        sealed_on=date(2023, 1, 1),
        mortgaged_on=date(2021, 1, 1),
    )
    verdict = judge_lease(facts)
    assert verdict.status is LeaseStatus.DISPUTED
    assert verdict.needs_ruling


def test_A13_a_back_dated_contract_without_possession_before_the_seal_is_not_honoured() -> None:
    facts = LeaseFacts(
        claimed=True,
        written=True,
        contract_on=date(2015, 1, 1),
        possession_since=date(2024, 6, 1),
        sealed_on=date(2024, 5, 1),
    )
    assert judge_lease(facts).status is LeaseStatus.NONE


@given(
    st.builds(
        HomeFacts,
        is_necessary_home=st.booleans(),
        other_home_in_family=st.booleans(),
        sold_away_after_title=st.booleans(),
        replacement_housing=st.booleans(),
        rent_months=st.integers(0, 200),
        title_orders_delivery=st.booleans(),
        grace_ends_on=maybe_days,
    )
)
def test_A08_a_necessary_home_is_not_auctioned_without_another_roof(facts: HomeFacts) -> None:
    decision = judge_sole_home(facts, today=TODAY)
    if decision.allowed:
        assert decision.verdict is not SoleHome.UNKNOWN
    if facts.is_necessary_home and decision.allowed:
        assert (
            facts.other_home_in_family
            or facts.sold_away_after_title
            or facts.replacement_housing
            or MIN_RENT_MONTHS <= facts.rent_months <= MAX_RENT_MONTHS
        )
    if decision.verdict is SoleHome.WITH_RENT_DEDUCTION:
        assert decision.rent_months == facts.rent_months
        assert 60 <= decision.rent_months <= 96
    else:
        assert decision.rent_months == 0
    if facts.is_necessary_home and facts.title_orders_delivery and facts.grace_ends_on is None:
        assert not decision.allowed


@pytest.mark.parametrize(("months", "allowed"), [(59, False), (60, True), (96, True), (97, False)])
def test_A08_rent_is_left_for_five_to_eight_years(months: int, allowed: bool) -> None:
    decision = judge_sole_home(HomeFacts(is_necessary_home=True, rent_months=months), today=TODAY)
    assert decision.allowed is allowed


@given(fen, fen, fen, st.booleans(), st.none() | st.booleans())
def test_A23_the_applicant_is_asked_exactly_when_nothing_is_left_for_him(
    reserve: int, prior: int, costs: int, first: bool, goes_on: bool | None
) -> None:
    decision = judge_surplus(
        reserve_fen=reserve,
        prior_claims_fen=prior,
        costs_fen=costs,
        applicant_ranks_first=first,
        applicant_goes_on=goes_on,
    )
    assert decision.surplus_fen == reserve - prior - costs
    if first:
        assert decision.outcome is SurplusOutcome.NOT_APPLICABLE
    elif decision.surplus_fen > 0:
        assert decision.outcome is SurplusOutcome.CLEAR
    elif goes_on is None:
        assert decision.outcome is SurplusOutcome.ASK_APPLICANT
    else:
        assert decision.outcome is (SurplusOutcome.GO_ON_ABOVE if goes_on else SurplusOutcome.STOP)
    if decision.outcome is SurplusOutcome.GO_ON_ABOVE:
        assert decision.reserve_above_fen == prior + costs >= reserve


@given(fen, fen, fen, st.booleans())
def test_A24_selling_stops_when_debt_and_costs_are_covered(
    proceeds: int, debt: int, costs: int, agrees: bool
) -> None:
    decision = judge_excess(
        proceeds_fen=proceeds, debt_fen=debt, costs_fen=costs, debtor_agrees_to_sell_all=agrees
    )
    assert decision.still_needed_fen == max(0, debt + costs - proceeds)
    assert decision.stop == (proceeds >= debt + costs and not agrees)


@given(fen, fen, fen, fen)
def test_A06_an_indivisible_asset_may_be_sealed_alone_and_a_divisible_one_only_up_to_the_claim(
    value: int, others: int, claim: int, costs: int
) -> None:
    divisible = is_excess_seal(
        value_fen=value, other_sealed_value_fen=others, claim_fen=claim, costs_fen=costs, indivisible=False
    )
    indivisible = is_excess_seal(
        value_fen=value, other_sealed_value_fen=others, claim_fen=claim, costs_fen=costs, indivisible=True
    )
    assert divisible or not indivisible
    assert indivisible == (others >= claim + costs)


@given(days, st.integers(-5, 200))
def test_A15_a_survey_is_fresh_for_ninety_days(surveyed_on: date, age: int) -> None:
    assert is_fresh(surveyed_on, surveyed_on + timedelta(days=age)) == (0 <= age <= 90)


@pytest.mark.parametrize("kind", AssetKind)
def test_A11_A12_every_kind_has_its_lines_and_title_and_burdens_are_always_among_them(
    kind: AssetKind,
) -> None:
    codes = [item.code for item in required_items(kind, {})]
    assert {"title", "burdens", "arrears"} <= set(codes)
    assert len(codes) == len(set(codes)) >= 5
    assert missing_items(kind, {}, codes) == ()


def test_A12_the_lines_that_the_guidance_names() -> None:
    def codes(kind: AssetKind, **attributes: bool) -> set[str]:
        return {item.code for item in required_items(kind, attributes)}

    assert {"interior", "floor_plan", "tax_items", "lease"} <= codes(AssetKind.REAL_ESTATE)
    assert {"registration", "violations", "emission", "mileage"} <= codes(AssetKind.VEHICLE)
    assert {"shelf_life", "decay", "forbidden"} <= codes(AssetKind.GOODS, is_food=True)
    assert not {"shelf_life", "decay", "forbidden"} & codes(AssetKind.GOODS)
    assert {"share_ratio", "capital", "accounts", "dividends"} <= codes(AssetKind.SHARES)


def test_A14_construction_price_is_asked_for_works() -> None:
    codes = [item.code for item in required_items(AssetKind.LAND, {"under_construction": True})]
    assert "construction_price" in codes


def test_every_line_can_be_proved_and_title_only_by_the_registry() -> None:
    assert set(EVIDENCE_LABELS) == set(EvidenceKind)
    assert all(item.evidence for item in MATRIX)
    assert MATRIX[0].evidence == {EvidenceKind.REGISTRY_EXTRACT}
