"""Hand paid sales on as evidence for later valuations, and take undone ones out (§9 K-08; not the law's price)."""

from sqlmodel import col, select

from auction.listing.models import Lot, LotPart
from auction.settlement.models import Settlement, SettlementState
from core.clock import COURT_ZONE
from core.database import Work
from disposal_teams.assets.models import Asset
from valuation.comparables.records import OWN, forget_sales, remember_sales
from valuation.models import Valuation, ValuationState

UNDONE = (SettlementState.DEFAULTED, SettlementState.REVOKED)


async def remember_own_sales(work: Work) -> int:
    """Every sale whose price is paid in full becomes evidence; a defaulted or revoked one is none. Returns how many are new."""
    undone = await work.session.exec(
        select(Lot.lot_no)
        .join(Settlement, col(Settlement.lot_id) == col(Lot.id))
        .where(col(Settlement.state).in_(UNDONE))
    )
    await forget_sales(work, list(undone))
    paid = await work.session.exec(
        select(Lot, Asset, Settlement, Valuation.price_fen)
        .join(Settlement, col(Settlement.lot_id) == col(Lot.id))
        .join(Asset, col(Asset.id) == col(Lot.asset_id))
        .outerjoin(
            Valuation,
            (col(Valuation.asset_id) == col(Asset.id))
            & col(Valuation.is_current)
            & (col(Valuation.state) == ValuationState.FIXED),
        )
        .where(
            col(Settlement.paid_full_at).is_not(None),
            col(Settlement.state).not_in(UNDONE),
            col(Lot.is_practice).is_(False),
            col(Lot.id).not_in(select(LotPart.lot_id)),  # a price for several things tells of none of them
        )
    )
    rows = [
        {
            "market": "cn",
            "source": OWN,
            "source_key": lot.lot_no,
            "kind": asset.kind,
            "region": asset.district,
            "title": lot.title,
            "area_m2": asset.area_m2,
            "round": lot.round,
            "reference_fen": reference_fen,
            "price_fen": sale.price_fen,
            "sold_on": lot.ended_at.astimezone(COURT_ZONE).date() if lot.ended_at else None,
        }
        for lot, asset, sale, reference_fen in paid.all()
    ]
    return await remember_sales(work, rows)
