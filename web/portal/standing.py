"""What a page says of a lot that stands still, has ended or was revoked: the facts of `portal/lot_status.html` (B-57)."""

from typing import Any

from auction.bidding.queries import bidding_view
from auction.ceilings.queries import own_ceiling
from auction.listing.models import Lot
from auction.revocation.queries import revocation_of
from auction.service_faults.models import Effect
from auction.service_faults.queries import faults_of_lot
from auction.suspension.queries import stays_of
from core.database import Work
from core.notices.notify import from_json


async def standing_of(work: Work, lot: Lot) -> dict[str, Any]:
    """What the banner reads: the live view, the reader's ceiling, stays, the revocation, faults of now and of its closing."""
    faults = await faults_of_lot(work, lot.id)
    return {
        "view": await bidding_view(work, lot.id),
        "ceiling": await own_ceiling(work, lot.id),
        "stays": await stays_of(work, lot.id),
        "revocation": await revocation_of(work, lot.id),
        "stopped_by_faults": [
            from_json(fault.reason)
            for fault, touched in faults
            if touched.effect == Effect.PAUSED
            and fault.resumes_at is not None
            and fault.resumes_at > work.now
        ],
        "closed_in_faults": [
            from_json(fault.reason) for fault, touched in faults if touched.effect == Effect.CLOSED
        ],
    }
