"""A bidder's own bids for a lot, refused ones too, with every number that decided (B-41, B-47)."""

from uuid import UUID

from sqlmodel import col, select

from auction.bidding.models import Bid
from auction.registration.register import own_registration
from core.database import Work

SHOWN = 200


async def own_bids(work: Work, lot_id: UUID, *, limit: int = SHOWN) -> list[Bid]:
    """The actor's own bids for a lot, newest first; none without an entry of the actor's own (P-01)."""
    registration = await own_registration(work, lot_id)
    if registration is None:
        return []
    rows = await work.session.exec(
        select(Bid).where(Bid.registration_id == registration.id).order_by(col(Bid.seq).desc()).limit(limit)
    )
    return list(rows)
