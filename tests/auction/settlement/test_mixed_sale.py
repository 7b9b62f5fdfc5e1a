"""One settlement for several assets: the ruling names all, the price is divided by their appraised parts (B-71, A-03)."""

from datetime import timedelta

from sqlmodel import select

from auction.bidding.sequencer import BiddingDesk
from auction.disposal_results.open_result import how_sold
from auction.in_kind.answer import record_answer
from auction.in_kind.models import Answer, InKindInquiry
from auction.in_kind.queries import offer_of_lot
from auction.in_kind.ruling import rule_in_kind, serve_in_kind_ruling
from auction.listing.draft_lot import draft_lot
from auction.listing.models import Lot, LotState
from auction.listing.parts import parts_of
from auction.listing.publish_lot import publish_lot
from auction.results.valuer_fees import hand_on_sales
from auction.revocation.revoke_sale import revoke_sale
from auction.settlement.models import Settlement
from auction.settlement.ruling import issue_ruling, serve_ruling
from auction.suspension.end_stay import end_stays
from auction.suspension.models import StayKind
from auction.suspension.pause import pause_lots
from auction.suspension.resume import resume_lots
from core.database import Database, Work
from core.identity import SYSTEM
from core.ledger import trial_balance
from core.settings import get_settings
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.assets.seal import seal_in_force
from tests.auction.listing.test_mixed_lots import pair, together
from tests.auction.listing.workshop import TEAM, YUAN, made_ready
from tests.auction.market import OFFICER, pay, qualified, signed_up
from tests.auction.revocation.test_revocation import JUDGE, WHY
from tests.auction.settlement.test_whole_sale import bid, lot_now, paper_text, settlement_now
from tests.conftest import CourtClock
from tests.working_off import sweep, work_off
from valuation.queries import current_valuation


async def published(database: Database, clock: CourtClock) -> Lot:
    """The mixed lot of `pair` in its notice period."""
    async with database.begin(SYSTEM) as work:
        made = await pair(work, number=7)
        await together(made)
        lot = await draft_lot(made.team, made.house.asset.id)
        ready = await made_ready(made.team, lot)
        await publish_lot(ready, lot.id)
        moment = ready.now
    await clock.travel_to(moment)
    await work_off(database)
    return lot


async def sold_and_paid(database: Database, clock: CourtClock, lot: Lot) -> Settlement:
    """The lot in its notice period is bid for once and sold for 1,200,000 yuan; the balance has been paid."""
    buyer = await signed_up(database)
    await qualified(database, lot, buyer)
    now = await lot_now(database, lot.id)
    assert now.starts_at is not None
    assert now.scheduled_end_at is not None
    await clock.travel_to(now.starts_at)
    await sweep(database, "open_lots")
    desk = BiddingDesk(database, get_settings().encryption_key())
    try:
        assert (await bid(desk, clock, buyer, lot, 1_200_000)).accepted
    finally:
        await desk.close()
    await clock.travel_to(now.scheduled_end_at + timedelta(seconds=1))
    await sweep(database, "close_lots")
    assert (await lot_now(database, lot.id)).state == LotState.SOLD
    sale = await settlement_now(database, lot.id)
    await pay(database, sale.virtual_account_no, sale.balance_fen, buyer.name)
    return sale


async def assets_now(work: Work, lot: Lot) -> list[Asset]:
    """Its assets, the leading one first."""
    ids = [part.asset_id for part in await parts_of(work, lot)]
    return [await work.session.get_one(Asset, asset_id) for asset_id in ids]


async def test_B71_A03_a_mixed_lot_is_settled_once_and_divided_by_appraised_parts(
    database: Database, clock: CourtClock
) -> None:
    lot = await published(database, clock)
    await sold_and_paid(database, clock, lot)
    async with database.begin(OFFICER) as work:
        parts = await parts_of(work, lot)
        assert [part.price_fen for part in parts] == [800_000 * YUAN, 400_000 * YUAN]
        await issue_ruling(work, lot.id)
        await hand_on_sales(work)
        for part in parts:
            valuation = await current_valuation(work, part.asset_id)
            assert valuation is not None
            assert valuation.sold_fen == part.price_fen, "V-25: each firm is paid by its own asset"
    text = await paper_text(database, lot.id, "sale_ruling")
    async with database.begin(OFFICER) as work:
        await serve_ruling(work, lot.id)
        for part in parts:
            asset = (await work.session.exec(select(Asset).where(Asset.id == part.asset_id))).one()
            assert asset.asset_no in text
            assert asset.state == AssetState.RULED
            assert await seal_in_force(work, asset.id) is None, "A-03: every seal on it ends"
    assert "共2项" in text
    async with database.read(SYSTEM) as work:
        sold = [await how_sold(work, part.asset_id) for part in parts]
    assert [each and each.price_fen for each in sold] == [800_000 * YUAN, 400_000 * YUAN]


async def test_B50_B55_a_mixed_lot_stands_still_and_is_revoked_with_all_its_assets(
    database: Database, clock: CourtClock
) -> None:
    lot = await published(database, clock)
    async with database.begin(SYSTEM) as work:
        await pause_lots(
            work,
            [lot.id],
            kind=StayKind.SUSPENSION,
            ground="retrial",
            reason="裁定再审",
            approver="局长",
            panel=("甲", "乙", "丙"),
        )
    async with database.read(SYSTEM) as work:
        assert [asset.state for asset in await assets_now(work, lot)] == [AssetState.SUSPENDED] * 2
    async with database.begin(SYSTEM) as work:
        await end_stays(work, [lot.id], note="再审维持原判")
        await resume_lots(work, [lot.id], reason="再审维持原判", approver="局长")
    await sold_and_paid(database, clock, lot)
    async with database.begin(OFFICER) as work:
        await issue_ruling(work, lot.id)
        await serve_ruling(work, lot.id)
        assert not [a for a in await assets_now(work, lot) if await seal_in_force(work, a.id)]
    async with database.begin(JUDGE) as work:
        await revoke_sale(work, lot.id, **WHY)  # type: ignore[arg-type]
    await work_off(database, twice=True)
    async with database.read(SYSTEM) as work:
        for asset in await assets_now(work, lot):
            assert asset.state == AssetState.READY_TO_LIST
            assert await seal_in_force(work, asset.id) is not None, "A-03: the seals live again"
        assert set((await trial_balance(work)).values()) == {0}


async def test_B74_a_creditor_takes_a_mixed_lot_with_all_its_assets(
    database: Database, clock: CourtClock
) -> None:
    lot = await published(database, clock)
    now = await lot_now(database, lot.id)
    assert now.scheduled_end_at is not None
    await clock.travel_to(now.scheduled_end_at + timedelta(seconds=1))
    await sweep(database, "open_lots", "close_lots")
    await work_off(database)
    async with database.begin(TEAM) as work:
        (line,) = (await work.session.exec(select(InKindInquiry))).all()
        await record_answer(work, line.id, answer=Answer.TAKE, proof="回函1号", posted_at=None)
        offer = await offer_of_lot(work, lot.id)
    assert offer is not None
    assert offer.price_fen == 1_050_000 * YUAN
    if offer.difference_fen:
        await pay(database, offer.virtual_account_no, offer.difference_fen, line.creditor_name)
    for step in (rule_in_kind, serve_in_kind_ruling):
        async with database.begin(TEAM) as work:
            await step(work, offer.id)
    text = await paper_text(database, lot.id, "in_kind_ruling")
    async with database.read(SYSTEM) as work:
        for asset in await assets_now(work, lot):
            assert asset.asset_no in text
            assert asset.state == AssetState.IN_KIND_RULED
            assert await seal_in_force(work, asset.id) is None
