"""What pages, the API and the live stream read of a lot's bidding. Codes only, never persons (B-42, P-01)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlmodel import col, select

from auction.bidding.log import LogEntry
from auction.bidding.models import Bid, BidOutcome
from auction.bidding.published_log import entry_of
from auction.bidding.rules import BiddingState, Procedure, next_amount, outranks
from auction.bidding.slips import is_far_above
from auction.listing.models import PUBLIC_STATES, Lot, LotBidding
from auction.priority.rules import bid_advice
from auction.registration.models import Registration, RegistrationState
from auction.registration.register import own_registration
from core.database import Work
from core.errors import NotFound
from core.i18n import Message, msg

NEWEST_SHOWN = 20
LOG_PAGE = 200


class BidLine(msgspec.Struct, frozen=True):
    """An accepted bid as watchers see it. `automatic`: the system made it by the bidder's ceiling."""

    seq: int
    code: str
    amount_fen: int
    decided_at: datetime
    extended: bool
    is_own: bool = False
    priority_order: int | None = None
    automatic: bool = False


class LiveHead(msgspec.Struct, frozen=True):
    """Where a lot stands now, in one message. `bids` counts accepted ones; `seq` also refused ones.

    While the lot stands still, `remaining_ms` is the time left and `resumes_at` when it runs again, once announced.
    """

    lot_id: UUID
    seq: int
    phase: str
    ends_at: datetime
    price_fen: int | None
    next_amount_fen: int
    leader_code: str | None
    bids: int
    extensions: int
    server_time: datetime
    remaining_ms: int | None = None
    resumes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BiddingView:
    """The bidding panel of a lot. `own_code` is None for who may not bid; amounts in fen, times UTC."""

    lot_id: UUID
    lot_no: str
    phase: str
    server_time: datetime
    starts_at: datetime
    ends_at: datetime
    starting_price_fen: int
    increment_fen: int
    price_fen: int | None
    next_amount_fen: int
    leader_code: str | None
    accepted_count: int
    extension_count: int
    bids: list[BidLine]
    own_code: str | None
    own_state: str | None
    own_priority: int | None
    may_outbid_self: bool
    remaining_ms: int | None = None
    resumes_at: datetime | None = None
    leader_priority: int | None = None
    ceiling_bids_allowed: bool = False

    @property
    def is_open(self) -> bool:
        """Whether bids are taken at this moment."""
        return self.phase in ("waiting", "open") and self.starts_at <= self.server_time < self.ends_at

    @property
    def is_waiting(self) -> bool:
        """Whether bidding is still to start."""
        return self.phase == "waiting" and self.server_time < self.starts_at

    @property
    def leads(self) -> bool:
        """Whether the reader leads."""
        return self.own_code is not None and self.own_code == self.leader_code

    @property
    def may_bid(self) -> bool:
        """Whether the form is offered; each bid is checked again where it is decided."""
        return self.is_open and self.own_state == RegistrationState.QUALIFIED

    @property
    def equal_leads_fen(self) -> int | None:
        """The current price, where an equal bid of the reader would lead by its priority (B-44)."""
        if not self.may_bid or self.leads or self.price_fen is None:
            return None
        return self.price_fen if outranks(self.own_priority, self.leader_priority) else None

    @property
    def priority_advice(self) -> Message | None:
        """What a priority purchaser may do now (B-44); None for everybody else."""
        return bid_advice(
            self.own_priority,
            price_fen=self.price_fen,
            leader_order=self.leader_priority,
            leads=self.leads,
        )

    @property
    def offers_fen(self) -> list[int]:
        """Three amounts to choose from: the lowest, and one and four increments more."""
        return [self.next_amount_fen + steps * self.increment_fen for steps in (0, 1, 4)]


async def bidding_view(work: Work, lot_id: UUID, registration_id: UUID | None = None) -> BiddingView | None:
    """The panel of a published lot, with the reader's own registration (the given one, or the actor's). None before
    publication."""
    row = await work.session.get(LotBidding, lot_id)
    if row is None:
        return None
    lot_no = (await work.session.exec(select(Lot.lot_no).where(Lot.id == lot_id))).one()
    if registration_id is None:
        own = await own_registration(work, lot_id)
    else:
        own = await work.session.get(Registration, registration_id)
    newest = await work.session.exec(
        select(Bid)
        .where(Bid.lot_id == lot_id, Bid.outcome == BidOutcome.ACCEPTED)
        .order_by(col(Bid.seq).desc())
        .limit(NEWEST_SHOWN)
    )
    bids = [
        BidLine(
            bid.seq,
            bid.code,
            bid.amount_fen,
            bid.decided_at,
            bid.extended,
            own is not None and bid.registration_id == own.id,
            bid.priority_order,
            bid.ceiling is not None,
        )
        for bid in newest
    ]
    return BiddingView(
        lot_id=lot_id,
        lot_no=lot_no,
        phase=row.phase,
        server_time=work.now,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        starting_price_fen=row.starting_price_fen,
        increment_fen=row.increment_fen,
        price_fen=row.current_price_fen,
        next_amount_fen=_next(
            row.starting_price_fen, row.increment_fen, row.current_price_fen, row.starts_at, row.ends_at
        ),
        leader_code=row.leader_code,
        accepted_count=row.accepted_count,
        extension_count=row.extension_count,
        bids=bids,
        own_code=own.code if own else None,
        own_state=own.state if own else None,
        own_priority=own.priority_order if own else None,
        may_outbid_self=row.may_outbid_self,
        remaining_ms=row.remaining_ms,
        resumes_at=row.resumes_at,
        leader_priority=row.leader_priority,
        ceiling_bids_allowed=row.ceiling_bids_allowed,
    )


def _next(start: int, step: int, price: int | None, starts_at: datetime, ends_at: datetime) -> int:
    return next_amount(Procedure(start, step), BiddingState(starts_at, ends_at, price_fen=price))


async def looks_like_a_slip(work: Work, lot_id: UUID, amount_fen: int) -> bool:
    """Whether a typed bid is so far above what it takes now that its bidder is asked once more; one read by key."""
    row = await work.session.get(LotBidding, lot_id)
    if row is None:
        return False
    lowest = _next(
        row.starting_price_fen, row.increment_fen, row.current_price_fen, row.starts_at, row.ends_at
    )
    return is_far_above(amount_fen, lowest_fen=lowest, increment_fen=row.increment_fen)


HEADS = """
SELECT lot_id, last_seq, phase, starts_at, ends_at, starting_price_fen, increment_fen, current_price_fen, leader_code,
       accepted_count, extension_count, remaining_ms, resumes_at, court_now() AS server_time
  FROM lot_bidding WHERE lot_id = ANY($1::uuid[])
"""


def live_head(row: Any) -> LiveHead:
    """A row of `HEADS` as a message."""
    return LiveHead(
        lot_id=UUID(int=row["lot_id"].int),
        seq=row["last_seq"],
        phase=row["phase"],
        ends_at=row["ends_at"],
        price_fen=row["current_price_fen"],
        next_amount_fen=_next(
            row["starting_price_fen"],
            row["increment_fen"],
            row["current_price_fen"],
            row["starts_at"],
            row["ends_at"],
        ),
        leader_code=row["leader_code"],
        bids=row["accepted_count"],
        extensions=row["extension_count"],
        server_time=row["server_time"],
        remaining_ms=row["remaining_ms"],
        resumes_at=row["resumes_at"],
    )


async def public_lot_id(work: Work, lot_no: str) -> UUID:
    """The id of a published lot. Raises `NotFound`."""
    row = (await work.session.exec(select(Lot.id, Lot.state).where(Lot.lot_no == lot_no))).first()
    if row is None or row[1] not in PUBLIC_STATES:
        raise NotFound(msg("没有这个标的，或它尚未公告。"))
    return row[0]


async def log_page(work: Work, lot_id: UUID, *, after_seq: int = 0, limit: int = LOG_PAGE) -> list[LogEntry]:
    """Decided bids after a number, in order (B-42)."""
    rows = await work.session.exec(
        select(Bid)
        .where(Bid.lot_id == lot_id, Bid.seq > after_seq)
        .order_by(col(Bid.seq))
        .limit(max(1, min(limit, LOG_PAGE)))
    )
    return [entry_of(bid) for bid in rows]


async def published_lot(work: Work, lot_id: UUID) -> None:
    """Raises `NotFound` unless the lot is published."""
    state = (await work.session.exec(select(Lot.state).where(Lot.id == lot_id))).first()
    if state not in PUBLIC_STATES:
        raise NotFound(msg("没有这个标的，或它尚未公告。"))
