"""Several assets sold off as one lot without an auction: who may, at which price, and that every paper names all (A-21, A-22)."""

from typing import Any

import pytest
from sqlmodel import select

from auction.direct_sale.allow import allow_direct_sale
from auction.direct_sale.models import DirectGround, DirectPriceBasis, DirectSale
from auction.listing.checklist_facts import checklist_of
from auction.listing.disclosure import read_disclosure
from auction.listing.draft_lot import draft_lot
from auction.listing.models import LotBidding, LotState, PanelDecision, Round
from auction.listing.panel_record import issue_panel_record
from auction.listing.papers import issue_notice_papers, issue_party_notice
from auction.listing.parts import parts_of, shown_parts
from auction.listing.publish_lot import publish_lot
from auction.listing.queries import lots_of_asset, notice_versions
from auction.listing.together import TogetherGround
from auction.settlement.papers import paper_data
from auction.withdrawal.relist import replace_notice
from core.clock import COURT_ZONE
from core.database import Work
from core.documents.models import Document
from core.errors import Conflict, InvalidInput
from disposal_teams.assets.models import AssetKind, AssetState
from tests.auction.listing.workshop import (
    PANEL,
    TEAM,
    YUAN,
    Surveyed,
    by,
    further_asset,
    made_ready,
    surveyed_asset,
)

G, B = DirectGround, DirectPriceBasis
FRUIT, BOXES = 80_000 * YUAN, 20_000 * YUAN


async def goods(work: Work) -> tuple[Surveyed, Surveyed]:
    """Fruit and the boxes in which it lies, surveyed and never appraised."""
    fruit = await surveyed_asset(work, kind=AssetKind.GOODS)
    return fruit, await further_asset(work, fruit, kind=AssetKind.GOODS)


async def allowed(work: Work, fruit: Surveyed, boxes: Surveyed, **changes: Any) -> DirectSale:
    """The panel permits both as one lot at their market prices, unless told otherwise."""
    values: dict[str, Any] = {
        "ground": G.PERISHABLE,
        "evidence": "鲜果连箱，冷库租期将满",
        "consents": {},
        "price_basis": B.MARKET,
        "basis_fen": FRUIT,
        "basis_note": "南环桥市场 3 月 1 日均价",
        "starting_price_fen": FRUIT + BOXES,
        "increment_fen": 500 * YUAN,
        "deposit_fen": (FRUIT + BOXES) // 10,
        "members": ["审判长", "审判员甲", "审判员乙"],
        "minutes": "一致同意连箱变卖。",
        "decided_on": work.now.astimezone(COURT_ZONE).date(),
        "together": {boxes.asset.id: BOXES},
        "together_because": TogetherGround.LOSS_OF_VALUE,
        **changes,
    }
    return await allow_direct_sale(by(work, PANEL), fruit.asset.id, **values)


async def test_A21_A22_B03_goods_are_sold_off_as_one_lot_and_all_papers_name_both(work: Work) -> None:
    fruit, boxes = await goods(work)
    sale = await allowed(work, fruit, boxes)
    assert (sale.basis_fen, sorted(sale.parts.values())) == (FRUIT + BOXES, [BOXES, FRUIT])
    assert [each.asset.state for each in (fruit, boxes)] == [AssetState.READY_TO_LIST] * 2, (
        "V-04: no valuation"
    )
    lot = await draft_lot(by(work, TEAM), fruit.asset.id)
    assert (lot.round, lot.reference_price_fen, lot.starting_price_fen) == (
        Round.SELL_OFF,
        None,
        FRUIT + BOXES,
    )
    assert [part.reference_price_fen for part in await parts_of(work, lot)] == [FRUIT, BOXES]
    numbers = [fruit.asset.asset_no, boxes.asset.asset_no]
    said = read_disclosure(lot.disclosure)
    assert all(number in said.pricing_basis for number in numbers)
    assert any(fact.item.startswith(boxes.asset.asset_no) for fact in said.facts)
    ready = await made_ready(by(work, TEAM), lot, notice_days=10)
    assert [line.id for line in await checklist_of(ready, lot) if not line.ok] == []
    await publish_lot(ready, lot.id)
    assert (await work.session.get_one(LotBidding, lot.id)).is_sell_off
    (notice,) = await notice_versions(ready, lot.id)
    assert [(part["asset_no"], part["basis"]) for part in notice.content["parts"]] == [
        (number, "市价") for number in numbers
    ]
    decision = (await work.session.exec(select(PanelDecision))).one()
    await issue_panel_record(ready, decision_id=decision.id)
    await issue_notice_papers(ready, lot_id=lot.id, version=1)
    await issue_party_notice(ready, lot_id=lot.id)
    papers = {paper.kind: paper for paper in await work.session.exec(select(Document))}
    for kind in ("panel_record", "sell_off_notice", "party_notice"):
        assert all(number in str(papers[kind].data) for number in numbers), kind
    assert [part["asset_no"] for part in (await paper_data(ready, lot))["parts"]] == numbers, (
        "ruling and delivery"
    )
    with pytest.raises(Conflict, match=lot.lot_no):
        await allowed(ready, boxes, fruit)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starting_price_fen": FRUIT + BOXES - 1}, "starting_price"),
        ({"together_because": None}, "together_because"),
        ({"price_basis": B.APPRAISAL}, "price_basis"),
        ({"basis_fen": 0}, "basis"),
    ],
)
async def test_A22_B03_the_price_rests_on_all_of_them_and_the_reason_is_given(
    work: Work, changes: dict[str, Any], field: str
) -> None:
    fruit, boxes = await goods(work)
    with pytest.raises(InvalidInput) as refused:
        await allowed(work, fruit, boxes, **changes)
    assert set(refused.value.fields) == {field}
    with pytest.raises(InvalidInput) as silent:
        await allowed(work, fruit, boxes, together={boxes.asset.id: 0})
    assert "basis" in silent.value.fields


async def test_A21_every_asset_must_be_such_as_the_ground_allows(work: Work) -> None:
    fruit, _ = await goods(work)
    house = await further_asset(work, fruit, kind=AssetKind.REAL_ESTATE)
    with pytest.raises(InvalidInput) as refused:
        await allowed(work, fruit, house)
    assert "ground" in refused.value.fields, "the court by itself only sells movables off"
    consents = {str(fruit.applicant.id): "同意书1", str(fruit.debtor.id): "同意书2"}
    agreed = {"ground": G.AGREEMENT, "price_basis": B.AGREED, "consents": consents}
    await allowed(work, fruit, house, **agreed)
    lot = await draft_lot(by(work, TEAM), fruit.asset.id)
    assert not lot.is_movable, "B-10: the longer notice period"


async def test_A21_B03_only_surveyed_assets_of_the_case_that_are_free_join(work: Work) -> None:
    fruit, boxes = await goods(work)
    boxes.asset.state = AssetState.UNDER_SURVEY
    elsewhere = await surveyed_asset(work, kind=AssetKind.GOODS, number=2)
    for other in (boxes, elsewhere):
        with pytest.raises(InvalidInput) as refused:
            await allowed(work, fruit, other)
        assert "together" in refused.value.fields


async def test_A22_unsold_only_what_was_offered_before_may_go_down_to_half(work: Work) -> None:
    fruit, boxes = await goods(work)
    await allowed(work, fruit, boxes)
    team = by(work, TEAM)
    lot = await draft_lot(team, fruit.asset.id)
    lot.state, lot.ended_at, lot.published_at = LotState.SELLOFF_FAILED, team.now, team.now
    await work.session.flush()
    assert [run.id for run in await lots_of_asset(team, boxes.asset.id)] == [lot.id]
    with pytest.raises(InvalidInput) as refused:
        await allowed(work, fruit, boxes, starting_price_fen=(FRUIT + BOXES) // 2)
    assert "starting_price" in refused.value.fields, "a market price does not go down"
    again = await allowed(work, fruit, boxes, basis_fen=FRUIT // 2, starting_price_fen=FRUIT // 2 + BOXES)
    assert again.basis_fen == FRUIT // 2 + BOXES
    second = await draft_lot(team, fruit.asset.id)
    assert second.attempt == 1
    assert second.starting_price_fen == FRUIT // 2 + BOXES


async def test_B16_A22_taking_one_out_leaves_the_other_at_its_own_price(work: Work) -> None:
    fruit, boxes = await goods(work)
    await allowed(work, fruit, boxes)
    lot = await draft_lot(by(work, TEAM), fruit.asset.id)
    ready = await made_ready(by(work, TEAM), lot, notice_days=10)
    await publish_lot(ready, lot.id)
    draft = await replace_notice(ready, lot.id, changed=[], reason="纸箱另案处置", leave_out=[boxes.asset.id])
    assert draft.direct_sale_id == lot.direct_sale_id
    assert await shown_parts(ready, draft) == []
    said = read_disclosure(draft.disclosure)
    assert "80,000.00" in said.pricing_basis.replace("80000.00", "80,000.00")
    assert boxes.asset.asset_no not in said.pricing_basis
    assert not any(fact.item.startswith(boxes.asset.asset_no) for fact in said.facts)
    (start,) = [line for line in await checklist_of(ready, draft) if line.id == "start_price"]
    assert start.ok, "A-22: at least its own market price"
