"""Live pages hear of a lot that changed otherwise than by a bid."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from core.database import Work


async def announce(work: Work, lot_ids: Sequence[UUID]) -> None:
    """Wake the live pages of these lots when the transaction commits."""
    await work.session.execute(
        text("SELECT pg_notify('lot_live', lot_id::text) FROM unnest(CAST(:ids AS uuid[])) AS lot_id"),
        {"ids": list(lot_ids)},
    )
