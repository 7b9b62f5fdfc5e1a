"""What a bidder sees of the own ceiling; nobody else sees anything of it but the records of the public log (B-42, P-01)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import structlog
from cryptography.exceptions import InvalidTag
from sqlmodel import col, select

from auction.bidding.ceiling_rules import largest_limit, lowest_leading
from auction.bidding.models import Bid
from auction.bidding.rules import BiddingState, Procedure
from auction.ceilings.lot_desk import ceiling_seal
from auction.ceilings.models import Ceiling, CeilingState
from auction.listing.models import LotBidding
from auction.registration.models import Registration, RegistrationState
from auction.registration.register import own_registration
from core.database import Work

log = structlog.get_logger(__name__)


class CeilingStanding(StrEnum):
    """What a bidder's newest ceiling is doing. `waits`: bidding has not begun, or stands still; `rests`: it has not been needed
    yet; `leads`: the system's bid by it leads; `ended`: bidding is over."""

    NONE = "none"
    WAITS = "waits"
    RESTS = "rests"
    LEADS = "leads"
    OVERTAKEN = "overtaken"
    WITHDRAWN = "withdrawn"
    UNREADABLE = "unreadable"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class OwnCeiling:
    """The reader's own ceiling for a lot that allows them, and what may be set now; money in fen.

    `limit_fen` and `seq` are those of the newest ceiling, None without one; `used_fen` the newest accepted bid by it.
    `may_set`: bidding is not over and the reader is qualified. `lowest_fen` and `largest_fen` bound what can be set.
    """

    lot_id: UUID
    standing: CeilingStanding
    limit_fen: int | None
    seq: int | None
    set_at: datetime | None
    used_fen: int | None
    used_seq: int | None
    may_set: bool
    lowest_fen: int
    largest_fen: int
    increment_fen: int
    starting_price_fen: int
    leads: bool

    @property
    def stands(self) -> bool:
        """Whether a ceiling may still act, so that it can be changed or withdrawn."""
        return self.standing in _STANDING

    @property
    def proposed_fen(self) -> int:
        """An amount to start from: the one that stands, else four increments above the lowest."""
        if self.stands and self.limit_fen is not None:
            return max(self.limit_fen, self.lowest_fen)
        return min(self.lowest_fen + 4 * self.increment_fen, self.largest_fen)


_STANDING = frozenset(
    {CeilingStanding.WAITS, CeilingStanding.RESTS, CeilingStanding.LEADS, CeilingStanding.UNREADABLE}
)


async def own_ceiling(work: Work, lot_id: UUID) -> OwnCeiling | None:
    """The actor's own ceiling for a lot; None where the panel allows none, or the actor has no entry of the own."""
    bidding = await work.session.get(LotBidding, lot_id)
    if bidding is None or not bidding.ceiling_bids_allowed:
        return None
    entry = await own_registration(work, lot_id)
    if entry is None:
        return None
    return await ceiling_of(work, bidding, entry)


async def ceiling_of(work: Work, bidding: LotBidding, entry: Registration) -> OwnCeiling:
    """The ceiling of an entry, for its bidder alone."""
    rows = await work.session.exec(
        select(Ceiling).where(Ceiling.registration_id == entry.id).order_by(col(Ceiling.seq).desc()).limit(1)
    )
    row = rows.first()
    limit_fen = None if row is None else _limit_of(row)
    used = await work.session.get(Bid, (row.lot_id, row.used_seq)) if row and row.used_seq else None
    law = Procedure(bidding.starting_price_fen, bidding.increment_fen)
    state = BiddingState(
        bidding.starts_at,
        bidding.ends_at,
        price_fen=bidding.current_price_fen,
        leader=bidding.leader_registration_id,
        leader_priority=bidding.leader_priority,
    )
    is_over = bidding.is_over(work.now)
    return OwnCeiling(
        lot_id=bidding.lot_id,
        standing=_standing(row, bidding, entry, limit_fen, is_over=is_over, now=work.now),
        limit_fen=limit_fen,
        seq=row.seq if row else None,
        set_at=row.set_at if row else None,
        used_fen=used.amount_fen if used else None,
        used_seq=used.seq if used else None,
        may_set=not is_over and entry.state == RegistrationState.QUALIFIED and entry.code is not None,
        lowest_fen=lowest_leading(law, state, entry.id, entry.priority_order),
        largest_fen=largest_limit(law),
        increment_fen=law.increment_fen,
        starting_price_fen=law.starting_price_fen,
        leads=bidding.leader_registration_id == entry.id,
    )


def _limit_of(row: Ceiling) -> int | None:
    try:
        return ceiling_seal().open(row.limit_sealed, row.lot_id, row.registration_id, row.seq).limit_fen
    except InvalidTag:
        log.error("ceilings.unreadable", lot_id=str(row.lot_id), seq=row.seq)
        return None


def _standing(
    row: Ceiling | None,
    bidding: LotBidding,
    entry: Registration,
    limit_fen: int | None,
    *,
    is_over: bool,
    now: datetime,
) -> CeilingStanding:
    if row is None:
        return CeilingStanding.NONE
    if is_over:
        return CeilingStanding.ENDED
    if row.state == CeilingState.EXHAUSTED:
        return CeilingStanding.OVERTAKEN
    if row.state != CeilingState.STANDING or row.code != entry.code:
        return CeilingStanding.WITHDRAWN
    if limit_fen is None:
        return CeilingStanding.UNREADABLE
    if not row.is_weighed or bidding.phase == "paused" or now < bidding.starts_at:
        return CeilingStanding.WAITS
    leads_by_it = row.used_seq > 0 and bidding.leader_registration_id == entry.id
    return CeilingStanding.LEADS if leads_by_it else CeilingStanding.RESTS
