"""Read revocations."""

from uuid import UUID

from auction.revocation.models import SaleRevocation
from core.database import Work


async def revocation_of(work: Work, lot_id: UUID) -> SaleRevocation | None:
    """The revocation of a lot's sale, if there is one. Its ground and reason are public."""
    return await work.session.get(SaleRevocation, lot_id)
