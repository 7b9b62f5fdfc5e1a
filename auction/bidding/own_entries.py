"""The own entries of a bidder with the standing of each: price, own highest bid, whether it leads."""

from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import col, select

from auction.bidding.models import Bid, BidOutcome
from auction.listing.models import Lot, LotBidding
from auction.registration.models import Registration
from auction.registration.register import own_registrations
from core.database import Work


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """An entry of the reader's own. `highest_fen` is the own highest accepted bid, None before the first."""

    entry: Registration
    lot: Lot
    bidding: LotBidding | None
    highest_fen: int | None

    @property
    def leads(self) -> bool:
        """Whether the reader's bid is the leading one."""
        return self.bidding is not None and self.bidding.leader_registration_id == self.entry.id


async def own_entries(work: Work, *, limit: int = 100) -> list[OwnEntry]:
    """The actor's own entries, newest first."""
    found = await own_registrations(work, limit=limit)
    ids = [entry.id for entry, _ in found]
    biddings = await work.session.exec(
        select(LotBidding).where(col(LotBidding.lot_id).in_([lot.id for _, lot in found]))
    )
    by_lot = {each.lot_id: each for each in biddings}
    bids = await work.session.exec(
        select(Bid.registration_id, func.max(Bid.amount_fen))
        .where(col(Bid.registration_id).in_(ids), Bid.outcome == BidOutcome.ACCEPTED)
        .group_by(col(Bid.registration_id))
    )
    highest = dict(bids.all())
    return [OwnEntry(entry, lot, by_lot.get(lot.id), highest.get(entry.id)) for entry, lot in found]
