"""Several assets sold together as one lot: the panel decides, the notice lists them, one may be taken out (B-03, B-10, B-16)."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.listing.checklist_facts import checklist_of
from auction.listing.draft_lot import draft_lot
from auction.listing.models import Lot, LotState, PanelDecision
from auction.listing.next_round import prepare_next_round
from auction.listing.parts import assets_of, parts_of, start_for
from auction.listing.publish_lot import publish_lot
from auction.listing.queries import lots_of_asset, notice_versions
from auction.listing.together import TogetherGround, split
from auction.withdrawal.relist import replace_notice
from auction.withdrawal.withdraw_lot import withdraw_lot
from core.database import Work
from core.errors import Conflict, InvalidInput
from disposal_teams.assets.models import AssetKind, AssetState
from disposal_teams.assets.seal import release_seal, seal_in_force
from tests.auction.listing.workshop import (
    TEAM,
    YUAN,
    Surveyed,
    by,
    decided,
    further_asset,
    made_ready,
    surveyed_asset,
    valued,
)

TOGETHER = TogetherGround.LOSS_OF_VALUE


@dataclass(slots=True)
class Pair:
    """A factory at a million yuan and its machine at half a million, in one case, on the day their prices are fixed."""

    team: Work
    house: Surveyed
    machine: Surveyed


async def pair(work: Work, *, number: int = 1) -> Pair:
    """Both valued."""
    house = await surveyed_asset(work, number=number)
    machine = await further_asset(work, house)
    later, _ = await valued(by(work, TEAM), house)
    team, _ = await valued(later, machine, price_fen=500_000 * YUAN, mark="之二")
    return Pair(team, house, machine)


async def together(made: Pair, **options: object) -> PanelDecision:
    """The panel sells both as one lot from 1,050,000 yuan."""
    values = {"together": [made.machine.asset.id], "together_because": TOGETHER, **options}
    return await decided(made.team, made.house, start=1_050_000 * YUAN, **values)


async def published(work: Work) -> tuple[Pair, Work, Lot]:
    """The mixed lot in its notice period."""
    made = await pair(work)
    await together(made)
    lot = await draft_lot(made.team, made.house.asset.id)
    ready = await made_ready(made.team, lot)
    return made, ready, await publish_lot(ready, lot.id)


@given(st.integers(0, 10**15), st.lists(st.integers(1, 10**14), min_size=1, max_size=20), st.randoms())
def test_B03_what_a_mixed_lot_fetches_is_divided_without_losing_a_fen(
    amount: int, weights: list[int], chance: object
) -> None:
    shares = split(amount, weights)
    assert sum(shares) == amount
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - amount * weight / sum(weights)) <= 1 + amount / 10**14


async def test_B03_B10_the_panel_joins_assets_and_the_notice_lists_each_with_its_part(work: Work) -> None:
    made, ready, lot = await published(work)
    assert [part.reference_price_fen for part in await parts_of(ready, lot)] == [VALUE_A, VALUE_B]
    assert lot.reference_price_fen == VALUE_A + VALUE_B
    assert lot.title.endswith("等2项财产")
    assert not lot.is_movable, "B-10: a mixed lot has the longer notice period"
    (notice,) = await notice_versions(ready, lot.id)
    assert [part["asset_no"] for part in notice.content["parts"]] == [
        made.house.asset.asset_no,
        made.machine.asset.asset_no,
    ]
    assert any(fact["item"].startswith(made.machine.asset.asset_no) for fact in lot.disclosure["facts"])
    assert [asset.state for asset in await assets_of(ready, lot)] == [AssetState.LISTED] * 2
    assert [run.id for run in await lots_of_asset(ready, made.machine.asset.id)] == [lot.id]
    with pytest.raises(Conflict, match=lot.lot_no):
        await draft_lot(ready, made.machine.asset.id)


VALUE_A, VALUE_B = 1_000_000 * YUAN, 500_000 * YUAN


async def test_B03_the_starting_price_rests_on_all_of_them_and_only_ready_assets_join(work: Work) -> None:
    made = await pair(work)
    with pytest.raises(InvalidInput) as low:
        await decided(
            made.team,
            made.house,
            start=1_049_999 * YUAN,
            together=[made.machine.asset.id],
            together_because=TOGETHER,
        )
    assert "starting_price" in low.value.fields
    with pytest.raises(InvalidInput) as silent:
        await together(made, together_because=None)
    assert set(silent.value.fields) == {"together_because"}
    stranger = await further_asset(made.team, made.house, kind=AssetKind.VEHICLE)
    with pytest.raises(InvalidInput) as unready:
        await together(made, together=[stranger.asset.id])
    assert "together" in unready.value.fields, "it has no price"
    decision = await together(made)
    assert (decision.together, decision.together_because) == ([made.machine.asset.id], TOGETHER)


async def test_B03_every_part_must_be_fit_for_sale(work: Work) -> None:
    made = await pair(work)
    await together(made)
    lot = await draft_lot(made.team, made.house.asset.id)
    ready = await made_ready(made.team, lot)
    assert all(line.ok for line in await checklist_of(ready, lot))
    seal = await seal_in_force(ready, made.machine.asset.id)
    assert seal is not None
    await release_seal(ready, seal.id, reason="另案清偿")
    (red,) = [line for line in await checklist_of(ready, lot) if not line.ok]
    assert red.id == "parts"
    assert made.machine.asset.asset_no in str(red.evidence)


async def test_B16_taking_one_asset_out_is_a_material_change_and_it_goes_on_alone(work: Work) -> None:
    made, ready, lot = await published(work)
    with pytest.raises(InvalidInput) as none_left:
        await replace_notice(
            ready,
            lot.id,
            changed=[],
            reason="x",
            leave_out=[made.house.asset.id, made.machine.asset.id],
        )
    assert set(none_left.value.fields) == {"leave_out"}
    draft = await replace_notice(
        ready, lot.id, changed=[], reason="设备另案处置", leave_out=[made.house.asset.id]
    )
    assert lot.state == LotState.WITHDRAWN
    assert (draft.asset_id, await parts_of(ready, draft)) == (made.machine.asset.id, [])
    assert draft.disclosure["replaces"]["changed"] == ["parts"]
    assert draft.is_movable
    for asset in (made.house.asset, made.machine.asset):
        await ready.session.refresh(asset)
        assert asset.state == AssetState.READY_TO_LIST
    await decided(ready, made.house, start=700_000 * YUAN)
    assert (await draft_lot(ready, made.house.asset.id)).title == made.house.asset.title


async def test_B61_a_third_partys_right_to_one_asset_leaves_the_others_for_sale(work: Work) -> None:
    made, ready, lot = await published(work)
    await withdraw_lot(ready, lot.id, ground="third_party_founded", reason="设备属于案外人")
    await ready.session.refresh(made.house.asset)
    assert made.house.asset.state == AssetState.READY_TO_LIST


async def test_V41_the_next_round_keeps_the_assets_and_counts_their_shares(work: Work) -> None:
    made, ready, lot = await published(work)
    lot.state, lot.ended_at = LotState.FAILED, ready.now
    await ready.session.flush()
    draft = await prepare_next_round(ready, lot.id)
    assert draft is not None
    assert [part.asset_id for part in await parts_of(ready, draft)] == [
        made.house.asset.id,
        made.machine.asset.id,
    ]
    assert draft.starting_price_fen == 840_000 * YUAN
    assert await start_for(ready, lot, [made.machine.asset.id]) == 350_000 * YUAN
    with pytest.raises(InvalidInput) as low:
        await decided(ready, made.house, start=839_999 * YUAN)
    assert "starting_price" in low.value.fields
    decision = await decided(ready, made.house, start=840_000 * YUAN)
    assert decision.together == [made.machine.asset.id], "the draft keeps its assets"
