"""Selling off without an auction: grounds, consents, prices, and the same engine."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from auction.direct_sale import rules
from auction.direct_sale.allow import allow_direct_sale
from auction.direct_sale.models import DirectGround, DirectPriceBasis, DirectSale
from auction.listing.checklist_facts import checklist_of
from auction.listing.disclosure import read_disclosure
from auction.listing.draft_lot import draft_lot, edit_draft
from auction.listing.models import Lot, LotBidding, LotState, Round
from auction.listing.notify import notify_parties, record_notification
from auction.listing.publish_lot import publish_lot
from core.clock import COURT_ZONE
from core.database import Work
from core.errors import InvalidInput, NotPermitted, RuleViolation
from disposal_teams.assets.models import AssetKind, AssetState
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.register import add_party
from tests.auction.listing.workshop import (
    PANEL,
    STRANGER,
    YUAN,
    Surveyed,
    at_ten,
    by,
    later,
    replaced,
    surveyed_asset,
    valued_asset,
)

G, B = DirectGround, DirectPriceBasis
PRICE = 80_000 * YUAN


async def allowed(work: Work, made: Surveyed, **changes: Any) -> DirectSale:
    """The panel's permission: perishable goods at their market price, unless told otherwise."""
    values: dict[str, Any] = {
        "ground": G.PERISHABLE,
        "evidence": "鲜果，冷库租期将满",
        "consents": {},
        "price_basis": B.MARKET,
        "basis_fen": PRICE,
        "basis_note": "南环桥市场 3 月 1 日均价",
        "starting_price_fen": PRICE,
        "increment_fen": 500 * YUAN,
        "deposit_fen": PRICE // 10,
        "members": ["审判长", "审判员甲", "审判员乙"],
        "minutes": "一致同意。",
        "decided_on": work.now.astimezone(COURT_ZONE).date(),
        **changes,
    }
    return await allow_direct_sale(by(work, PANEL), made.asset.id, **values)


async def red(work: Work, lot: Lot) -> dict[str, str | None]:
    """The red lines with their rules."""
    return {line.id: line.rule for line in await checklist_of(work, lot) if not line.ok}


async def test_A21_A22_X10_goods_at_market_price_go_straight_into_the_sell_off(work: Work) -> None:
    made = await surveyed_asset(work, kind=AssetKind.GOODS)
    assert made.asset.state == AssetState.VALUATION
    await allowed(work, made)
    assert made.asset.state == AssetState.READY_TO_LIST, "V-04: no valuation needed"
    team = later(by(work, work.actor), days=0)
    lot = await draft_lot(team, made.asset.id)
    assert (lot.round, lot.starting_price_fen, lot.reference_price_fen) == (Round.SELL_OFF, PRICE, None)
    assert lot.direct_sale_id is not None
    start = at_ten((team.now + timedelta(days=14)).astimezone(COURT_ZONE).date())
    with pytest.raises(InvalidInput) as refused:
        await edit_draft(team, lot.id, starts_at=start, ends_at=start + timedelta(days=61))
    assert refused.value.rule == "X-10"
    disclosure = replaced(read_disclosure(lot.disclosure), no_surplus="surplus")
    assert "南环桥市场" in disclosure.pricing_basis
    assert "易腐烂" in disclosure.other
    await edit_draft(team, lot.id, starts_at=start, ends_at=start + timedelta(days=3), disclosure=disclosure)
    for note in await notify_parties(team, lot.id):
        await record_notification(team, note.id, received_at=team.now, proof="回证")
    early = later(team, days=7)
    assert await red(early, lot) == {"notice_period": "X-02"}
    team = later(team, days=5)
    lines = {line.id: line for line in await checklist_of(team, lot)}
    assert lines["start_price"].rule == lines["reference_price"].rule == "A-22"
    assert lines["direct_sale"].rule == "A-21"
    await publish_lot(team, lot.id)
    bidding = await work.session.get_one(LotBidding, lot.id)
    assert bidding.is_sell_off, "X-10: the same engine"
    assert lot.state == LotState.PUBLISHED


async def test_A21_a_ground_of_consent_needs_everybody_and_is_checked_again(work: Work) -> None:
    made = await surveyed_asset(work)
    consents = {str(made.applicant.id): "同意书1"}
    agreement: dict[str, Any] = {"ground": G.AGREEMENT, "price_basis": B.AGREED, "basis_note": "协议1号"}
    with pytest.raises(InvalidInput) as refused:
        await allowed(work, made, **agreement, consents=consents)
    assert "consents" in refused.value.fields
    await allowed(work, made, **agreement, consents={**consents, str(made.debtor.id): "同意书2"})
    lot = await draft_lot(by(work, work.actor), made.asset.id)
    assert "direct_sale" not in await red(work, lot)
    await add_party(work, made.case, role=PartyRole.TENANT, name="李租客")
    assert (await red(work, lot))["direct_sale"] == "A-21", "a tenant who turns up later must consent too"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ground": G.PERISHABLE}, "ground"),
        ({"ground": G.DEBTOR_ASKS_ALL_COVERED}, "ground"),
        ({"ground": G.AGREEMENT, "price_basis": B.APPRAISAL}, "price_basis"),
        ({"ground": G.AGREEMENT, "price_basis": B.AGREED, "starting_price_fen": PRICE + 1}, "starting_price"),
        ({"ground": G.AGREEMENT, "starting_price_fen": PRICE - 1}, "starting_price"),
        ({"ground": G.AGREEMENT, "basis_fen": 0}, "basis"),
        ({"ground": G.AGREEMENT, "basis_note": ""}, "basis_note"),
        ({"ground": G.AGREEMENT, "deposit_fen": 0}, "deposit"),
        ({"ground": G.AGREEMENT, "increment_fen": 0}, "increment"),
        ({"ground": G.AGREEMENT, "members": ["甲", "乙"]}, "members"),
        ({"ground": G.AGREEMENT, "evidence": " "}, "evidence"),
    ],
)
async def test_A21_A22_a_house_is_refused_field_by_field(
    work: Work, changes: dict[str, Any], field: str
) -> None:
    made = await surveyed_asset(work)
    made.case.claim_fen = PRICE + 1
    consents = {str(made.applicant.id): "1", str(made.debtor.id): "2"}
    with pytest.raises(InvalidInput) as refused:
        await allowed(work, made, **{"consents": consents, **changes})
    assert field in refused.value.fields


async def test_A22_unsold_at_the_appraisal_it_may_go_down_to_half(work: Work) -> None:
    team, made, _ = await valued_asset(work)
    consents = {str(made.applicant.id): "1", str(made.debtor.id): "2"}
    agreed: dict[str, Any] = {"ground": G.AGREEMENT, "price_basis": B.APPRAISAL, "consents": consents}
    full, half = 1_000_000 * YUAN, 500_000 * YUAN
    with pytest.raises(InvalidInput):
        await allowed(team, made, **agreed, starting_price_fen=full - 1, deposit_fen=full // 10)
    sale = await allowed(team, made, **agreed, starting_price_fen=full, deposit_fen=full // 10)
    assert sale.basis_fen == full
    lot = await draft_lot(team, made.asset.id)
    lot.state, lot.ended_at, lot.published_at = LotState.SELLOFF_FAILED, team.now, team.now
    await team.session.flush()
    team = later(team, days=1)
    with pytest.raises(InvalidInput):
        await allowed(team, made, **agreed, starting_price_fen=half - 1, deposit_fen=half // 10)
    await allowed(team, made, **agreed, starting_price_fen=half, deposit_fen=half // 10)
    again = await draft_lot(team, made.asset.id)
    assert (again.round, again.attempt, again.starting_price_fen) == (Round.SELL_OFF, 1, half)


async def test_A21_only_the_own_panel_decides_and_not_while_a_run_is_live(work: Work) -> None:
    made = await surveyed_asset(work, kind=AssetKind.GOODS)
    with pytest.raises(NotPermitted):
        await allow_direct_sale(
            by(work, STRANGER),
            made.asset.id,
            ground=G.PERISHABLE,
            evidence="x",
            consents={},
            price_basis=B.MARKET,
            basis_fen=1,
            basis_note="x",
            starting_price_fen=1,
            increment_fen=1,
            deposit_fen=1,
            members=[],
            minutes="",
            decided_on=work.now.date(),
        )
    made.asset.state = AssetState.SELF_SALE
    with pytest.raises(RuleViolation, match="A-21"):
        await allowed(work, made)
    assert not list(await work.session.exec(select(DirectSale)))


@given(st.sampled_from(B), st.integers(2, 10**13), st.booleans(), st.integers(0, 2 * 10**13))
def test_A22_prices(basis: DirectPriceBasis, base: int, failed: bool, price: int) -> None:
    terms = rules.DirectTerms(G.AGREEMENT, basis, base, failed)
    good = rules.check_price(terms, price) is None
    if basis is B.AGREED:
        assert good == (price == base)
    elif basis is B.APPRAISAL and failed:
        assert good == (price * 2 >= base)
    else:
        assert good == (price >= base)
    assert rules.check_price(terms, rules.lowest_price_fen(terms)) is None


def test_X10_the_period_of_a_direct_sell_off() -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    good = [
        rules.check_period(starts_at=start, ends_at=start + timedelta(hours=hours), most_days=60) is None
        for hours in (23, 24, 60 * 24, 60 * 24 + 1)
    ]
    assert good == [False, True, True, False]


def test_A20_A21_a_ground_is_a_consent_or_one_of_those_that_the_law_lists_for_movables() -> None:
    assert set(G) == rules.BY_COURT | set(rules.ASKED)
    assert not rules.BY_COURT & set(rules.ASKED)


def test_A21_whose_consent_is_needed() -> None:
    parties = {"a": PartyRole.APPLICANT, "d": PartyRole.DEBTOR, "t": PartyRole.TENANT, "o": PartyRole.OTHER}
    assert rules.missing_consents(G.AGREEMENT, parties, []) == ["a", "d", "t"]
    assert rules.missing_consents(G.DEBTOR_ASKS_CREDITORS_AGREE, parties, ["a"]) == ["d"]
    assert rules.missing_consents(G.DEBTOR_ASKS_ALL_COVERED, parties, []) == ["d"]
    assert rules.missing_consents(G.SEASONAL, parties, []) == []
