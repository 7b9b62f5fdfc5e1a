"""Claims that were not decided in time, and shareholders who let their twenty days pass (§11.4, B-22, L-26)."""

from auction.listing.models import PartyNotification
from auction.priority.decide import BATCH, lapse_undecided
from core.audit import record
from core.database import Work
from core.deadlines.breaches import on_breach
from core.deadlines.models import Deadline
from core.outbox import every


@every(seconds=1)
async def lapse_undecided_claims(work: Work) -> bool:
    """Find the claims whose time is over."""
    return await lapse_undecided(work) == BATCH


@on_breach("L-26")
async def shareholder_has_waived(work: Work, deadline: Deadline) -> None:
    """Twenty days after the notice without a claim: the shareholder's right is deemed waived (B-22)."""
    notification = await work.session.get(PartyNotification, deadline.subject_id)
    if notification is None:
        return
    await record(
        work, "priority.waived", stream=f"lot:{notification.lot_id}", rule="B-22", lot_id=notification.lot_id,
        case_id=deadline.case_id, notification=str(notification.id),
    )  # fmt: skip
