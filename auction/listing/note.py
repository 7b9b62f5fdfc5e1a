"""What happens to a lot stands in its audit stream."""

from typing import Any

from auction.listing.models import Lot
from core.audit import record
from core.database import Work


async def note_lot(
    work: Work, lot: Lot, event: str, rule: str, *, flush: bool = True, **details: Any
) -> None:
    """Write an event of a lot under its rule, readable from the lot, its asset and its case (`flush` as in `record`)."""
    await record(
        work,
        event,
        stream=f"lot:{lot.id}",
        rule=rule,
        lot_id=lot.id,
        asset_id=lot.asset_id,
        case_id=lot.case_id,
        flush=flush,
        **details,
    )
