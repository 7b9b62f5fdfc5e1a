"""Take the contested rows of lots, as bids and the closing do, and read the clock while holding them."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlmodel import col, select

from auction.listing.models import Lot, LotBidding
from core.clock import court_now
from core.database import Work


async def lock_bidding(work: Work, lot_ids: Sequence[UUID]) -> tuple[Work, list[tuple[LotBidding, Lot]]]:
    """The rows of published lots, locked in one order (so that two callers never block each other), with their lots.

    The work returned has the court's time inside the lock: no bid can be decided between that moment and the commit, so
    the public log and the court's own acts have one order (B-47).
    """
    rows = list(
        await work.session.exec(
            select(LotBidding)
            .where(col(LotBidding.lot_id).in_(lot_ids))
            .order_by(col(LotBidding.lot_id))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    return await with_lots(work, rows)


async def with_lots(work: Work, rows: Sequence[LotBidding]) -> tuple[Work, list[tuple[LotBidding, Lot]]]:
    """The same for rows that the caller has locked already."""
    lots = {
        lot.id: lot
        for lot in await work.session.exec(
            select(Lot)
            .where(col(Lot.id).in_([row.lot_id for row in rows]))
            .order_by(col(Lot.id))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    moment = max(work.now, await court_now(work.session))
    return replace(work, now=moment), [(row, lots[row.lot_id]) for row in rows]
