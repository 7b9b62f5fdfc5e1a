"""Prices without a valuation: market price (V-04), shares that nobody can appraise (V-03)."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.database import Work
from core.errors import Conflict, InvalidInput, NotPermitted, RuleViolation
from core.legal_settings import LegalSettings
from disposal_teams.assets.models import AssetKind, AssetState
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.register import add_party
from tests.auction.listing.workshop import STRANGER, TEAM, YUAN, appraised, by, decided, surveyed_asset
from valuation.appraisal.entrust import engagements_of
from valuation.models import ValuationMethod, ValuationState
from valuation.reference_price import reference_price_of
from valuation.unvalued.models import UnvaluedGround
from valuation.unvalued.rules import above_costs_problem, check_market_price
from valuation.unvalued.set_price import price_above_costs, use_market_price
from valuation.ways.enter import steps_of

G = UnvaluedGround
LOW = LegalSettings().low_value_fen
SAID: dict[str, Any] = {"source": "二手车网站同款挂牌价", "opinions": "双方均无异议"}


@given(st.sampled_from(list(AssetKind)), st.sampled_from(list(G)), st.integers(1, 10**12))
def test_V04_only_the_three_grounds_and_never_for_shares(
    kind: AssetKind, ground: UnvaluedGround, price_fen: int
) -> None:
    allowed = (
        kind is not AssetKind.SHARES
        and ground is not G.CANNOT_APPRAISE
        and (ground is not G.LOW_VALUE or price_fen <= LOW)
    )
    try:
        check_market_price(kind, ground, price_fen=price_fen, low_value_fen=LOW)
    except RuleViolation:
        assert not allowed
    else:
        assert allowed


@given(st.integers(1, 10**12), st.integers(1, 10**12))
def test_V03_the_price_lies_a_little_above_the_costs(costs: int, price: int) -> None:
    fits = costs < price and price * 100 <= costs * 150
    assert (above_costs_problem(price, costs_fen=costs, most_percent=50) is None) == fits


async def test_V04_cheap_goods_take_the_market_price_without_a_valuation(work: Work) -> None:
    made = await surveyed_asset(work, kind=AssetKind.GOODS)
    team = by(work, TEAM)
    with pytest.raises(NotPermitted):
        await use_market_price(by(work, STRANGER), made.asset.id, ground=G.LOW_VALUE, price_fen=1, **SAID)
    with pytest.raises(RuleViolation, match="V-04"):
        await use_market_price(team, made.asset.id, ground=G.LOW_VALUE, price_fen=LOW + 1, **SAID)
    for price_fen, until in ((0, 10), (10**17, 10), (100, 0), (100, 400)):
        with pytest.raises(InvalidInput):
            await use_market_price(
                team,
                made.asset.id,
                ground=G.LOW_VALUE,
                price_fen=price_fen,
                valid_until=team.now.date() + timedelta(days=until),
                **SAID,
            )
    with pytest.raises(InvalidInput) as refused:
        await use_market_price(team, made.asset.id, ground=G.LOW_VALUE, price_fen=LOW, source="", opinions="")
    assert set(refused.value.fields) == {"source", "opinions"}
    valuation = await use_market_price(team, made.asset.id, ground=G.LOW_VALUE, price_fen=LOW, **SAID)
    assert (valuation.state, valuation.method) == (ValuationState.FIXED, ValuationMethod.MARKET_PRICE)
    assert made.asset.state == AssetState.READY_TO_LIST
    (step,) = await steps_of(team, valuation.id)
    assert (step.method, step.outcome) == ("market_price", "priced")
    price = await reference_price_of(team, made.asset.id)
    assert price is not None
    assert (price.lowest_start_fen, price.is_above_costs) == (LOW * 7 // 10, False)
    assert "二手车网站" in price.source
    with pytest.raises(Conflict):
        await use_market_price(team, made.asset.id, ground=G.LOW_VALUE, price_fen=LOW, **SAID)


async def test_V04_all_must_ask_the_other_creditors_too(work: Work) -> None:
    made = await surveyed_asset(work)
    team = by(work, TEAM)
    creditor = await add_party(team, made.case, role=PartyRole.PRIORITY_CREDITOR, name="某担保公司")
    asked = [made.applicant.id, made.debtor.id]
    with pytest.raises(RuleViolation, match="某担保公司"):
        await use_market_price(
            team, made.asset.id, ground=G.ALL_ASK, price_fen=900_000_00, asked_by=asked, **SAID
        )
    valuation = await use_market_price(
        team,
        made.asset.id,
        ground=G.ALL_ASK,
        price_fen=900_000_00,
        asked_by=[*asked, creditor.id],
        **SAID,
    )
    assert valuation.price_fen == 900_000_00


async def test_V03_shares_that_nobody_can_appraise_start_above_the_costs(work: Work) -> None:
    made = await surveyed_asset(work, kind=AssetKind.SHARES)
    team = by(work, TEAM)
    with pytest.raises(RuleViolation, match="V-03"):
        await use_market_price(team, made.asset.id, ground=G.EASILY_PRICED, price_fen=1_000_00, **SAID)
    valuation = await appraised(work, made)
    facts = {
        "costs_fen": 10_000 * YUAN,
        "price_fen": 12_000 * YUAN,
        "told_on": team.now.date(),
        "firm_ref": "评估说明1",
        "request_ref": "申请书1",
    }
    with pytest.raises(RuleViolation, match="V-03"):
        await price_above_costs(team, valuation.id, **{**facts, "is_worthless": True})  # type: ignore[arg-type]
    for wrong, field in (
        ({"price_fen": 10_000 * YUAN}, "price"),
        ({"price_fen": 15_001 * YUAN}, "price"),
        ({"costs_fen": 0}, "price"),
        ({"told_on": team.now.date() - timedelta(days=30)}, "told_on"),
        ({"told_on": team.now.date() + timedelta(days=2)}, "told_on"),
        ({"firm_ref": ""}, "firm_ref"),
        ({"request_ref": ""}, "request_ref"),
    ):
        with pytest.raises(InvalidInput) as refused:
            await price_above_costs(team, valuation.id, **{**facts, **wrong})  # type: ignore[arg-type]
        assert field in refused.value.fields
    priced = await price_above_costs(team, valuation.id, **facts)  # type: ignore[arg-type]
    assert (valuation.state, valuation.is_current) == (ValuationState.WITHDRAWN, False)
    assert {each.state for each in await engagements_of(team, valuation.id)} == {"withdrawn"}
    assert (priced.state, priced.method) == (ValuationState.FIXED, ValuationMethod.ABOVE_COSTS)
    with pytest.raises(RuleViolation, match="V-03"):
        await price_above_costs(team, priced.id, **facts)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput) as low:  # no 70 %: the price itself is the floor
        await decided(team, made, start=9_000 * YUAN)
    assert (low.value.rule, set(low.value.fields)) == ("V-03", {"starting_price"})
    decision = await decided(
        team, made, start=12_000 * YUAN, deposit_fen=100 * YUAN, increment_fen=100 * YUAN
    )
    assert decision.deposit_fen == 100 * YUAN  # at discretion, far under 5 %


async def test_V03_only_shares_and_only_while_a_firm_is_at_work(work: Work) -> None:
    made = await surveyed_asset(work)
    valuation = await appraised(work, made)
    with pytest.raises(RuleViolation, match="V-03"):
        await price_above_costs(
            by(work, TEAM),
            valuation.id,
            costs_fen=100,
            price_fen=120,
            told_on=work.now.date(),
            firm_ref="x",
            request_ref="x",
        )
