"""Read what was decided about unsold assets."""

from uuid import UUID

from sqlmodel import col, select

from auction.unsold.models import UnsoldDecision
from core.database import Work


async def decisions_on(work: Work, asset_id: UUID) -> list[UnsoldDecision]:
    """The decisions on an asset, newest first; the caller has opened its file."""
    rows = await work.session.exec(
        select(UnsoldDecision)
        .where(UnsoldDecision.asset_id == asset_id)
        .order_by(col(UnsoldDecision.created_at).desc(), col(UnsoldDecision.id).desc())
    )
    return list(rows)
