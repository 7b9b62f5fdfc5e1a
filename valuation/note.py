"""What happens in a search for a price stands in the audit stream of its asset."""

from typing import Any
from uuid import UUID

from core.audit import record
from core.database import Work
from disposal_teams.assets.models import Asset


async def note_valuation(
    work: Work, asset: Asset, valuation_id: UUID, event: str, rule: str, **details: Any
) -> None:
    """Write an event of a valuation, under its rule."""
    await record(
        work,
        event,
        stream=f"asset:{asset.id}",
        rule=rule,
        asset_id=asset.id,
        case_id=asset.case_id,
        valuation=str(valuation_id),
        **details,
    )
