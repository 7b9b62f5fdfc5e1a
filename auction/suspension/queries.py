"""Read stays: those in force, all of a lot, those that something ordered by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from auction.listing.models import Lot
from auction.suspension.models import Stay
from core.database import Work
from core.identity import Permission, require


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


@dataclass(frozen=True, slots=True)
class Standing:
    """A stay in force with its lot."""

    stay: Stay
    lot: Lot


async def stays_for_court(work: Work, court_code: str, *, limit: int = 200) -> list[Standing]:
    """The stays in force of a court's lots, and those that it ordered for other courts; the oldest first (P-03)."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    rows = await work.session.exec(
        select(Stay, Lot)
        .join(Lot, col(Lot.id) == col(Stay.lot_id))
        .where(
            col(Stay.ended_at).is_(None),
            (col(Lot.court_code) == court_code) | (col(Stay.ordered_by_court) == court_code),
        )
        .order_by(col(Stay.ordered_at), col(Stay.id))
        .limit(limit)
    )
    return [Standing(stay, lot) for stay, lot in rows.all()]
