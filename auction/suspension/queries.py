"""Read stays: those in force, all of a lot, those that something ordered by itself."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from auction.suspension.models import Stay
from core.database import Work


async def stays_of(work: Work, lot_id: UUID) -> list[Stay]:
    """Every stay of a lot, oldest first."""
    rows = await work.session.exec(
        select(Stay).where(Stay.lot_id == lot_id).order_by(col(Stay.ordered_at), col(Stay.id))
    )
    return list(rows)


async def stays_in_force(work: Work, lot_id: UUID) -> list[Stay]:
    """The grounds on which a lot stands still, oldest first."""
    return [stay for stay in await stays_of(work, lot_id) if stay.in_force]


async def stays_from_source(work: Work, lot_ids: Sequence[UUID], source: str) -> dict[UUID, Stay]:
    """The stays in force that `source` ordered, by lot."""
    rows = await work.session.exec(
        select(Stay).where(col(Stay.lot_id).in_(lot_ids), Stay.source == source, col(Stay.ended_at).is_(None))
    )
    return {stay.lot_id: stay for stay in rows}
