"""One settlement for several assets: the ruling names all, the price is divided by their appraised parts (B-71, A-03)."""

from datetime import timedelta

from sqlmodel import select

from auction.bidding.sequencer import BiddingDesk
from auction.disposal_results.open_result import how_sold
from auction.listing.draft_lot import draft_lot
from auction.listing.models import Lot, LotState
from auction.listing.parts import parts_of
from auction.listing.publish_lot import publish_lot
from auction.results.valuer_fees import hand_on_sales
from auction.settlement.ruling import issue_ruling, serve_ruling
from core.database import Database
from core.identity import SYSTEM
from core.settings import get_settings
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.assets.seal import seal_in_force
from tests.auction.listing.test_mixed_lots import pair, together
from tests.auction.listing.workshop import YUAN, made_ready
from tests.auction.market import OFFICER, pay, qualified, signed_up
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


async def test_B71_A03_a_mixed_lot_is_settled_once_and_divided_by_appraised_parts(
    database: Database, clock: CourtClock
) -> None:
    lot = await published(database, clock)
    buyer = await signed_up(database)
    await qualified(database, lot, buyer)
    assert lot.starts_at is not None
    assert lot.scheduled_end_at is not None
    await clock.travel_to(lot.starts_at)
    await sweep(database, "open_lots")
    desk = BiddingDesk(database, get_settings().encryption_key())
    try:
        assert (await bid(desk, clock, buyer, lot, 1_200_000)).accepted
    finally:
        await desk.close()
    await clock.travel_to(lot.scheduled_end_at + timedelta(seconds=1))
    await sweep(database, "close_lots")
    assert (await lot_now(database, lot.id)).state == LotState.SOLD
    sale = await settlement_now(database, lot.id)
    await pay(database, sale.virtual_account_no, sale.balance_fen, buyer.name)
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
