"""The bidding clock (rulebook §12.2, worker 2): starts and ends lots on time, whatever crashed meanwhile."""

from sqlmodel import col, select

from auction.closing import due as _due  # noqa: F401 - what a sandbox's clock waits for
from auction.closing.close_lots import BATCH, close_due_lots
from auction.closing.finish import finish_lot
from auction.closing.open_lots import BATCH as OPENED_AT_ONCE
from auction.closing.open_lots import mark_started_sell_offs, open_due_lots
from auction.listing.models import Lot, LotState
from auction.service_faults.bidding_clock import tick
from auction.service_faults.measure import ENDS_PROVEN
from auction.settlement.models import Settlement
from core.database import Work
from core.outbox import every

__all__ = ["close_lots", "find_unfinished", "finish_lot", "open_lots"]

SIDE_BY_SIDE = 3
"""While one transaction waits for the disk, the database decides a second and this process prepares a third."""


@every(seconds=0.5)
async def open_lots(work: Work) -> bool:
    """Open what is due."""
    is_more = await open_due_lots(work) == OPENED_AT_ONCE
    await mark_started_sell_offs(work)
    return is_more


@every(seconds=0.5, side_by_side=SIDE_BY_SIDE, woken_by=ENDS_PROVEN)
async def close_lots(work: Work) -> bool:
    """Close what is due and nobody else holds, as soon as it is proven that bids were taken to the end."""
    closed = await close_due_lots(work)
    await tick(work, in_passing=closed == 0)
    return closed == BATCH


@every(seconds=30)
async def find_unfinished(work: Work) -> None:
    """Sold lots without a settlement: give them their message again."""
    rows = await work.session.exec(
        select(Lot.id)
        .outerjoin(Settlement, col(Settlement.lot_id) == col(Lot.id))
        .where(Lot.state == LotState.SOLD, col(Settlement.lot_id).is_(None))
        .limit(100)
    )
    for lot_id in rows:
        await finish_lot.later(work, key=str(lot_id), lot_id=lot_id)
