"""How clearing and hand-over of a sale stand: the promise of the notice, the clock, the records."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from auction.delivery.models import Clearing, ClearingState, DeliveryRecord
from auction.listing.disclosure import Delivery, read_disclosure
from auction.listing.models import Lot
from auction.settlement.queries import Sale
from core.database import Work
from core.deadlines import Deadline
from core.identity import Permission, require


@dataclass(frozen=True, slots=True)
class HandOverFile:
    """Everything about the hand-over of one sale."""

    promise: Delivery | None
    clearing: Clearing | None
    delivery: DeliveryRecord | None
    due_at: datetime | None
    is_late: bool


async def hand_over_of(work: Work, sale: Sale) -> HandOverFile:
    """What the notice promised and how far it is kept. The caller has checked who asks (`own_sale`, `open_sale_file`)."""
    clock = await _clock(work, sale.lot)
    return HandOverFile(
        promise=read_disclosure(sale.lot.disclosure).delivery,
        clearing=await work.session.get(Clearing, sale.lot.id),
        delivery=await work.session.get(DeliveryRecord, sale.lot.id),
        due_at=clock.due_at if clock else None,
        is_late=clock is not None and clock.due_at <= (clock.done_at or work.now),
    )


async def _clock(work: Work, lot: Lot) -> Deadline | None:
    rows = await work.session.exec(
        select(Deadline)
        .where(Deadline.rule == "L-21", Deadline.subject_kind == "lot", Deadline.subject_id == lot.id)
        .order_by(col(Deadline.started_at).desc())
        .limit(1)
    )
    return rows.first()


async def notices_to_sign(work: Work, court_code: str) -> list[tuple[Clearing, Lot]]:
    """Notices to leave that wait for the president, oldest first. Raises `NotPermitted`."""
    require(work.actor, Permission.SIGN_EVICTION, court_code=court_code)
    rows = await work.session.exec(
        select(Clearing, Lot)
        .join(Lot, col(Lot.id) == col(Clearing.lot_id))
        .where(Clearing.court_code == court_code, Clearing.state == ClearingState.PROPOSED)
        .order_by(col(Clearing.proposed_at))
        .limit(100)
    )
    return [(clearing, lot) for clearing, lot in rows.all()]
