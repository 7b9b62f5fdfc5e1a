"""What an objection has to know of a sale."""

from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from auction.registration.models import Registration
from auction.settlement.models import Settlement
from core.database import Work


async def bought_by_party(work: Work, lot_id: UUID) -> bool:
    """Whether the applicant bought the lot: then a third party may object until the procedure ends (B-62)."""
    rows = await work.session.exec(
        select(Registration.is_applicant)
        .join(Settlement, col(Settlement.registration_id) == col(Registration.id))
        .where(Settlement.lot_id == lot_id)
    )
    return bool(rows.first())


async def courts_that_acted(work: Work, asset_id: UUID, current_court: str) -> list[str]:
    """The courts whose acts on the asset may be objected to, the one in charge first (B-64)."""
    rows = await work.session.execute(
        text(
            "SELECT DISTINCT court_code FROM audit_event "
            "WHERE asset_id = :asset AND court_code IS NOT NULL AND event NOT LIKE 'objection.%'"
        ),
        {"asset": asset_id},
    )
    others = sorted({row.court_code for row in rows} - {current_court})
    return [current_court, *others]
