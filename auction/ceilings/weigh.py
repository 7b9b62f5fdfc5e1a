"""Ceilings that were set before bidding, or while it stood still, act when their lot is bid for (B-40, B-44)."""

from collections.abc import Mapping
from datetime import datetime
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
       AND bidding.phase = 'open'
       AND CASE WHEN CAST(:among AS uuid[]) IS NULL
                THEN bidding.starts_at <= court_now() AND bidding.ends_at > court_now()
                ELSE ceiling.lot_id = ANY(CAST(:among AS uuid[])) END
     ORDER BY ceiling.lot_id LIMIT :most
    """
)


async def weigh_what_waits(work: Work, since: Mapping[UUID, datetime] | None = None) -> None:
    """Let waiting ceilings act. `since`: only those of these lots, each of which began or went on at that instant in this very
    transaction: they act at that instant, so no end can come before them. A hand bid that comes first lets them act before it."""
    await work.session.flush()
    rows = await work.session.execute(
        _WAITING,
        {"among": None if since is None else list(since), "most": MOST_LOTS if since is None else len(since)},
    )
    for lot_id in rows.scalars().all():
        await weigh_ceilings(work, lot_id, at=None if since is None else since[lot_id])
