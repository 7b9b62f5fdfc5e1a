"""Tell the valuation what its asset was sold for: platforms and firms are paid by it (V-14, V-25)."""

from sqlalchemy import func
from sqlmodel import col, select

from auction.listing.models import Lot, LotPart
from auction.results.evidence import UNDONE
from auction.settlement.models import Settlement
from core.clock import COURT_ZONE
from core.database import Work
from valuation.fees.count import sale_known
from valuation.models import Valuation, ValuationState


async def hand_on_sales(work: Work, *, limit: int = 100) -> int:
    """Hand on prices that are paid in full, and take back those of sales that were undone since; returns how many.

    For the sweep: what was told once is not told again.
    """
    standing = (
        select(
            func.coalesce(LotPart.price_fen, Settlement.price_fen).label("price_fen"),
            func.coalesce(LotPart.asset_id, Lot.asset_id).label("asset_id"),
            Lot.ended_at,
        )
        .select_from(Settlement)
        .join(Lot, col(Lot.id) == col(Settlement.lot_id))
        .outerjoin(LotPart, col(LotPart.lot_id) == col(Lot.id))
        .where(
            col(Settlement.paid_full_at).is_not(None),
            col(Settlement.state).not_in(UNDONE),
            col(Lot.is_practice).is_(False),
        )
        .subquery()
    )
    changed = await work.session.exec(
        select(Valuation.id, standing.c.price_fen, standing.c.ended_at)
        .outerjoin(standing, standing.c.asset_id == Valuation.asset_id)
        .where(
            Valuation.is_current,
            Valuation.state == ValuationState.FIXED,
            col(Valuation.sold_fen).is_distinct_from(standing.c.price_fen),
        )
        .order_by(col(Valuation.id))
        .limit(limit)
    )
    found = changed.all()
    for valuation_id, price_fen, ended_at in found:
        sold_on = ended_at.astimezone(COURT_ZONE).date() if ended_at else None
        await sale_known(work, valuation_id, price_fen=price_fen, sold_on=sold_on)
    return len(found)
