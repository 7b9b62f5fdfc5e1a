"""Ceilings that were set before bidding, or while it stood still, act when their lot is bid for (B-40, B-44)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from auction.ceilings.set_ceiling import weigh_ceilings
from core.database import Work

MOST_LOTS = 100

_WAITING = text(
    """
    SELECT DISTINCT ceiling.lot_id
      FROM ceiling JOIN lot_bidding AS bidding ON bidding.lot_id = ceiling.lot_id
      JOIN registration AS entry ON entry.id = ceiling.registration_id AND entry.code = ceiling.code
     WHERE ceiling.state = 'standing' AND NOT ceiling.is_weighed AND entry.state = 'qualified'
       AND bidding.phase = 'open' AND bidding.starts_at <= court_now() AND bidding.ends_at > court_now()
       AND (CAST(:among AS uuid[]) IS NULL OR ceiling.lot_id = ANY(CAST(:among AS uuid[])))
     ORDER BY ceiling.lot_id LIMIT :most
    """
)


async def weigh_what_waits(work: Work, among: Sequence[UUID] | None = None) -> None:
    """Let waiting ceilings act; `among`: only those of these lots, which have just begun or gone on in this transaction, so
    that no end can come before they have acted. A hand bid that comes first lets them act before it."""
    await work.session.flush()
    most = MOST_LOTS if among is None else len(among)
    rows = await work.session.execute(
        _WAITING, {"among": None if among is None else list(among), "most": most}
    )
    for lot_id in rows.scalars().all():
        await weigh_ceilings(work, lot_id)
