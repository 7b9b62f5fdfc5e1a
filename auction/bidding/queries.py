"""What pages, the API and the live stream read of a lot's bidding. Codes only, never persons (B-42, P-01)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlmodel import col, select

from auction.bidding.log import (
    GENESIS_HASH,
    EndMoved,
    LogEntry,
    LogProcedure,
    PublicLog,
    sign_log,
)
from auction.bidding.models import Bid, BidOutcome
from auction.bidding.rules import BiddingState, Procedure, next_amount
from auction.listing.models import PUBLIC_STATES, Lot, LotBidding, LotState
from auction.registration.models import Registration, RegistrationState
from auction.registration.register import own_registration
from core.crypto import SigningKey
from core.database import Work
from core.errors import NotFound
from core.i18n import msg

NEWEST_SHOWN = 20
LOG_PAGE = 200


class BidLine(msgspec.Struct, frozen=True):
    """An accepted bid as watchers see it."""

    seq: int
    code: str
    amount_fen: int
    decided_at: datetime
    extended: bool
    is_own: bool = False


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
    )


def _next(start: int, step: int, price: int | None, starts_at: datetime, ends_at: datetime) -> int:
    return next_amount(Procedure(start, step), BiddingState(starts_at, ends_at, price_fen=price))


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
    return [_entry(bid) for bid in rows]


async def public_log(work: Work, lot_no: str, key: SigningKey) -> PublicLog:
    """A lot's whole log with everything needed to verify it. Raises `NotFound` before publication."""
    lot = (await work.session.exec(select(Lot).where(Lot.lot_no == lot_no))).first()
    row = None if lot is None else await work.session.get(LotBidding, lot.id)
    if lot is None or row is None or lot.state not in PUBLIC_STATES:
        raise NotFound(msg("没有这个标的，或它尚未公告。"))
    assert lot.starts_at is not None
    assert lot.scheduled_end_at is not None
    bids = await work.session.exec(
        select(Bid).where(Bid.lot_id == lot.id, Bid.seq <= row.last_seq).order_by(col(Bid.seq))
    )
    entries = [_entry(bid) for bid in bids]
    # The head of what is shown: a bid committed between the two reads is left to the next reader.
    head = entries[-1].hash if entries else GENESIS_HASH.hex()
    resumptions = await _resumptions(work, lot.id)
    published = resumptions[0].before if resumptions else (lot.starts_at, lot.scheduled_end_at)
    log = PublicLog(
        lot_id=lot.id,
        lot_no=lot.lot_no,
        procedure=LogProcedure(
            starting_price_fen=row.starting_price_fen,
            increment_fen=row.increment_fen,
            window_s=row.extension_window_s,
            extension_s=row.extension_s,
            extension_from=row.extension_from,
            may_outbid_self=row.may_outbid_self,
            is_sell_off=row.is_sell_off,
            starts_at=published[0],
            ends_at=published[1],
        ),
        entries=entries,
        head_hash=head,
        public_key="",
        signature="",
        end_moves=[resumption.move for resumption in resumptions],
        closed_at=lot.ended_at if lot.state == LotState.WITHDRAWN else None,
    )
    return sign_log(key, log)


@dataclass(frozen=True, slots=True)
class _Resumption:
    """How the court set start and end anew, and what the notice had said before (B-50)."""

    move: EndMoved
    before: tuple[datetime, datetime]


async def _resumptions(work: Work, lot_id: UUID) -> list[_Resumption]:
    rows = await work.session.execute(
        text(
            "SELECT recorded_at, details->>'ends_at' AS ends_at, details->>'starts_at' AS starts_at, "
            "details->>'ends_before' AS ends_before, details->>'starts_before' AS starts_before "
            "FROM audit_event WHERE lot_id = :lot AND event = 'lot.resumed' ORDER BY seq"
        ),
        {"lot": lot_id},
    )
    moment = datetime.fromisoformat
    return [
        _Resumption(
            EndMoved(row.recorded_at, moment(row.ends_at), moment(row.starts_at)),
            (moment(row.starts_before), moment(row.ends_before)),
        )
        for row in rows
    ]


def _entry(bid: Bid) -> LogEntry:
    return LogEntry(
        seq=bid.seq,
        code=bid.code,
        priority_order=bid.priority_order,
        amount_fen=bid.amount_fen,
        outcome=BidOutcome(bid.outcome),
        received_at=bid.received_at.astimezone(UTC),
        decided_at=bid.decided_at.astimezone(UTC),
        ends_at=bid.ends_at.astimezone(UTC),
        extended=bid.extended,
        hash=bid.hash.hex(),
    )


async def published_lot(work: Work, lot_id: UUID) -> None:
    """Raises `NotFound` unless the lot is published."""
    state = (await work.session.exec(select(Lot.state).where(Lot.id == lot_id))).first()
    if state not in PUBLIC_STATES:
        raise NotFound(msg("没有这个标的，或它尚未公告。"))
