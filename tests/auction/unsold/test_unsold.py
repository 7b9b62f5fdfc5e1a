"""An unsold sell-off: the creditors are asked, then the seal is lifted, a measure taken, or the asset is listed anew."""

from typing import Any

import pytest
from sqlmodel import select

from auction.in_kind.choose import close_window
from auction.in_kind.open_offer import open_offer
from auction.listing.draft_lot import draft_lot
from auction.listing.import_formats import read_lots
from auction.listing.import_lots import ImportStage, import_lots
from auction.listing.models import Lot, LotState, Round
from auction.listing.publish_lot import publish_lot
from auction.unsold.decide import decide_unsold
from auction.unsold.models import UnsoldChoice, UnsoldDecision
from auction.unsold.papers import carry_out_release, tell_debtor_choices
from auction.unsold.workers import ask_what_follows
from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import DeadlineState
from core.deadlines.models import Deadline
from core.documents import Document
from core.errors import InvalidInput, NotPermitted, RuleViolation
from disposal_teams.assets.models import Asset, AssetState, SealKind, SealState
from disposal_teams.assets.seal import record_seal, seals_of
from disposal_teams.courts.establish import establish_courts
from disposal_teams.courts.models import Court
from tests.auction.listing.workshop import PANEL, STRANGER, YUAN, by, decided, later
from tests.auction.market import SELL_OFF_ROW
from tests.disposal_teams.city import HUQIU, make_case

C = UnsoldChoice


async def unsold_lot(work: Work) -> tuple[Lot, Asset]:
    """A sell-off of 昆山 that ended a minute ago without a bid; nobody has been asked yet."""
    lots, _ = read_lots(SELL_OFF_ROW)
    await establish_courts(work)
    court = await work.session.get_one(Court, "0583")
    court.bank_name, court.bank_account_no = "某银行", "6222020000001"
    (number,) = (await import_lots(work, lots, stage=ImportStage.NOTIFIED)).created
    lot = (await work.session.exec(select(Lot).where(Lot.lot_no == number))).one()
    await publish_lot(work, lot.id)
    lot.state, lot.ended_at = LotState.SELLOFF_FAILED, work.now
    await work.session.flush()
    return lot, await work.session.get_one(Asset, lot.asset_id)


async def decision(work: Work, asset: Asset, choice: UnsoldChoice, **changes: Any) -> UnsoldDecision:
    """The panel's decision."""
    values: dict[str, Any] = {
        "reason": "市场低迷，无人竞买",
        "members": ["审判长", "审判员甲", "审判员乙"],
        "decided_on": work.now.astimezone(COURT_ZONE).date(),
        **changes,
    }
    return await decide_unsold(by(work, PANEL), asset.id, choice=choice, **values)


async def test_X09_creditors_first_then_the_panel_decides_and_the_next_seal_takes_effect(work: Work) -> None:
    lot, asset = await unsold_lot(work)
    case = await make_case(work, HUQIU, 77)
    await record_seal(
        work,
        asset,
        case_no=case.case_no,
        registered_on=work.now.date(),
        kind=SealKind.ENFORCEMENT,
        claim_fen=100 * YUAN,
        creditor_name="丁公司",
    )
    await ask_what_follows(work, lot_id=lot.id)
    offer = await open_offer(work, lot.id)
    assert offer is not None
    assert offer.price_fen == 560_000 * YUAN, "X-09: at the sell-off's price"
    with pytest.raises(RuleViolation, match="X-09"):
        await decision(work, asset, C.RELEASE)
    await close_window(work, offer.id)
    assert asset.state == AssetState.LISTED
    with pytest.raises(RuleViolation, match="X-09"):
        await draft_lot(work, asset.id)
    with pytest.raises(RuleViolation, match="X-09"):
        await decided(work, await _as_made(asset))
    with pytest.raises(NotPermitted):
        await decide_unsold(
            by(work, STRANGER), asset.id, choice=C.RELEASE, reason="x", members=[], decided_on=work.now.date()
        )
    made = await decision(work, asset, C.RELEASE)
    await carry_out_release(work, decision_id=made.id)
    await carry_out_release(work, decision_id=made.id)
    own, waiting = await seals_of(work, asset.id)
    assert (own.state, waiting.state) == (SealState.RELEASED, SealState.EFFECTIVE)
    assert (asset.state, asset.court_code) == (AssetState.SEALED_EFFECTIVE, HUQIU)
    kinds = list(await work.session.exec(select(Document.kind).where(Document.lot_id == lot.id)))
    assert {"release_ruling", "release_notice"} <= set(kinds)
    assert len(kinds) == len(set(kinds))
    clock = (await work.session.exec(select(Deadline).where(Deadline.rule == "X-09"))).one()
    assert clock.state == DeadlineState.MET


async def _as_made(asset: Asset) -> Any:
    return type("Made", (), {"asset": asset})()


async def test_X09_without_another_seal_the_asset_is_released(work: Work) -> None:
    _, asset = await unsold_lot(work)
    made = await decision(work, asset, C.RELEASE)
    assert asset.state == AssetState.UNSOLD_RELEASED
    await carry_out_release(work, decision_id=made.id)
    assert asset.state == AssetState.UNSOLD_RELEASED


async def test_X12_a_second_disposal_needs_a_change_and_begins_with_a_first_auction(work: Work) -> None:
    _, asset = await unsold_lot(work)
    for ground in ("", "because"):
        with pytest.raises(InvalidInput) as refused:
            await decision(work, asset, C.SECOND_DISPOSAL, ground=ground)
        assert "ground" in refused.value.fields
    await decision(work, asset, C.FORCED_MANAGEMENT)
    assert asset.state == AssetState.OTHER_MEASURE
    await decision(later(work, days=1), asset, C.SECOND_DISPOSAL, ground="willingness")
    assert asset.state == AssetState.READY_TO_LIST
    team = later(work, days=2)
    with pytest.raises(InvalidInput) as floor:
        await decided(team, await _as_made(asset), start=700_000 * YUAN - 1)
    assert floor.value.rule == "V-40", "a new chain begins at 70 % of the reference price"
    await decided(team, await _as_made(asset), start=700_000 * YUAN)
    lot = await draft_lot(team, asset.id)
    assert (lot.round, lot.attempt, lot.previous_lot_id) == (Round.FIRST, 1, None)


async def test_L23_the_debtor_learns_of_the_choices_after_the_second_failure(work: Work) -> None:
    lot, _ = await unsold_lot(work)
    await tell_debtor_choices(work, lot_id=lot.id)
    paper = (await work.session.exec(select(Document).where(Document.kind == "debtor_choices"))).one()
    assert not paper.is_public
    assert any("带封过户" in text for text in paper.data["paragraphs"])
