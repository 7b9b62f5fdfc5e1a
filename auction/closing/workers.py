"""The bidding clock (rulebook §12.2, worker 2): starts and ends lots on time, whatever crashed meanwhile."""

from sqlmodel import col, select

from auction.closing import due as _due  # noqa: F401 - what a sandbox's clock waits for
from auction.closing.close_lots import BATCH, close_due_lots
from auction.closing.finish import finish_lot
from auction.closing.open_lots import mark_started_sell_offs, open_due_lots
from auction.listing.models import Lot, LotState
from auction.service_faults.bidding_clock import tick
from auction.settlement.models import Settlement
from core.database import Work
from core.outbox import every

__all__ = ["close_lots", "find_unfinished", "finish_lot", "open_lots"]

MOST_ROUNDS = 20
"""At most this many batches in one transaction; the next sweep goes on."""


@every(seconds=0.5)
async def open_lots(work: Work) -> None:
    """Open what is due."""
    for _ in range(MOST_ROUNDS):
        if await open_due_lots(work) < BATCH:
            break
    await mark_started_sell_offs(work)


@every(seconds=0.5)
async def close_lots(work: Work) -> None:
    """Close what is due, batch after batch until nothing is left that nobody else holds."""
    closed = 0
    for _ in range(MOST_ROUNDS):
        closed += (just_closed := await close_due_lots(work))
        if just_closed < BATCH:
            break
    await tick(work, in_passing=closed == 0)


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
