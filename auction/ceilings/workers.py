"""What happens to ceilings without a bid: they act when bidding starts, and their bidders are told (B-40)."""

from sqlalchemy import text

from auction.ceilings.end_void import end_void_ceilings
from auction.ceilings.set_ceiling import weigh_ceilings
from auction.ceilings.tell import tell_bidders_of_ceilings
from core.database import Work
from core.outbox import every

MOST_LOTS = 100

_WAITING = """
SELECT DISTINCT ceiling.lot_id
  FROM ceiling JOIN lot_bidding AS bidding ON bidding.lot_id = ceiling.lot_id
  JOIN registration AS entry ON entry.id = ceiling.registration_id AND entry.code = ceiling.code
 WHERE ceiling.state = 'standing' AND NOT ceiling.is_weighed AND entry.state = 'qualified'
   AND bidding.phase = 'open' AND bidding.starts_at <= :now AND bidding.ends_at > :now
 ORDER BY ceiling.lot_id LIMIT :most
"""


@every(seconds=0.5)
async def weigh_waiting_ceilings(work: Work) -> None:
    """Ceilings set before the start, or while the lot stood still, act when it is being bid for. A hand bid that comes first
    lets them act before it, so nobody gains by being quick."""
    rows = await work.session.execute(text(_WAITING), {"now": work.now, "most": MOST_LOTS})
    for lot_id in rows.scalars().all():
        await weigh_ceilings(work, lot_id)


@every(seconds=5)
async def end_ceilings_without_entry(work: Work) -> None:
    """End the ceilings of entries that have left, or bear another code since."""
    await end_void_ceilings(work)


@every(seconds=15)
async def tell_of_ceilings(work: Work) -> None:
    """Tell bidders what the system bid for them, and that a ceiling is used up."""
    await tell_bidders_of_ceilings(work)
