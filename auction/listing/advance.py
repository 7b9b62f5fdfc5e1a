"""The one door through which a lot changes its state."""

from typing import Any

from auction.listing import rules
from auction.listing.models import Lot, LotState
from auction.listing.note import note_lot
from core.database import Work


async def advance_lot(
    work: Work, lot: Lot, wanted: LotState, *, event: str, rule: str, **details: Any
) -> None:
    """Bring a locked lot into `wanted` (§11.3) and write the audit event `event`. Raises `RuleViolation`."""
    before = LotState(lot.state)
    rules.check_transition(before, wanted)
    lot.state = wanted
    await note_lot(work, lot, event, rule, before=str(before), after=str(wanted), **details)
