"""A lot's public log as the service publishes it: whole, or its head alone for many lots at once, open to everybody (B-01, B-42).

Everything is read from the rows that the law is carried out on, nothing from a copy: so a log whose rows were touched is
published touched, and does not verify.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlmodel import col, select

from auction.bidding.log import (
    EndMoved,
    LogClosing,
    LogEntry,
    LogHead,
    LogProcedure,
    PublicLog,
    SaleOutcome,
    sign_log,
)
from auction.bidding.models import Bid, BidOutcome
from auction.listing.models import PUBLIC_STATES, Lot, LotState
from core.crypto import SigningKey
from core.database import Work
from core.errors import NotFound
from core.i18n import msg

CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class CurrentHead:
    """A lot's head as it stands, with how far the lot's audit stream reached when it was read."""

    head: LogHead
    audit_seq: int

    @property
    def is_final(self) -> bool:
        """Whether bidding has ended in whatever way."""
        return self.head.closing is not None


_HEADS = """
SELECT lot.id, lot.lot_no, lot.state, lot.starts_at, lot.scheduled_end_at, lot.ended_at, lot.final_price_fen,
       winner.code AS winner_code, bidding.phase, bidding.starting_price_fen, bidding.increment_fen,
       bidding.extension_window_s, bidding.extension_s, bidding.extension_from, bidding.may_outbid_self,
       bidding.is_sell_off, bidding.ceiling_bids_allowed, bidding.last_seq, bidding.head_hash,
       coalesce(stream.seq, 0) AS audit_seq, resumed.resumptions
  FROM lot_bidding AS bidding
  JOIN lot ON lot.id = bidding.lot_id
  LEFT JOIN registration AS winner ON winner.id = lot.winning_registration_id
  LEFT JOIN audit_head AS stream ON stream.stream = 'lot:' || lot.id
  LEFT JOIN LATERAL (
       SELECT json_agg(json_build_object(
                  'seq', event.seq, 'at', event.recorded_at,
                  'starts_at', event.details->'starts_at', 'ends_at', event.details->'ends_at',
                  'starts_before', event.details->'starts_before', 'ends_before', event.details->'ends_before'
              ) ORDER BY event.seq) AS resumptions
         FROM audit_event AS event
        WHERE event.lot_id = lot.id AND event.event = 'lot.resumed'
       ) AS resumed ON true
 WHERE bidding.lot_id = ANY(CAST(:ids AS uuid[]))
 ORDER BY bidding.lot_id
"""
"""One statement, so one state: a bid, a pause or a closing that commits meanwhile is seen wholly or not at all."""


class _Resumption(msgspec.Struct, frozen=True):
    """How the court set start and end anew, and what had held before (B-50); `seq` in the lot's audit stream."""

    seq: int
    at: datetime
    starts_at: datetime
    ends_at: datetime
    starts_before: datetime
    ends_before: datetime


async def current_heads(work: Work, lot_ids: Sequence[UUID]) -> list[CurrentHead]:
    """The heads of many lots as they stand now."""
    rows = await work.session.execute(text(_HEADS), {"ids": list(lot_ids)})
    return [CurrentHead(_head(row, closing=_closing(row)), row.audit_seq) for row in rows]


async def head_as_of(
    work: Work, lot_id: UUID, *, count: int, head_hash: bytes, audit_seq: int, closed: bool
) -> LogHead | None:
    """The head of a lot as it stood when it had `count` bids and its audit stream `audit_seq` events; None when there is no
    such lot. `closed`: with the declared result."""
    found = await work.session.execute(text(_HEADS), {"ids": [lot_id]})
    row = found.one_or_none()
    if row is None:
        return None
    return _head(
        row, closing=_closing(row) if closed else None, count=count, head_hash=head_hash, audit_seq=audit_seq
    )


async def public_log(work: Work, lot_no: str, key: SigningKey) -> PublicLog:
    """A lot's whole log with everything needed to verify it. Raises `NotFound` before publication."""
    lot = (await work.session.exec(select(Lot.id, Lot.state).where(Lot.lot_no == lot_no))).first()
    heads = await current_heads(work, [lot[0]]) if lot is not None and lot[1] in PUBLIC_STATES else []
    if not heads:
        raise NotFound(msg("没有这个标的，或它尚未公告。"))
    return sign_log(key, await log_with_entries(work, heads[0].head))


async def log_with_entries(work: Work, head: LogHead) -> PublicLog:
    """The unsigned log up to a head. Bids committed since then are left to the next reader."""
    entries = [entry async for chunk in log_chunks(work, head.lot_id, until=head.count) for entry in chunk]
    return PublicLog(
        lot_id=head.lot_id,
        lot_no=head.lot_no,
        procedure=head.procedure,
        entries=entries,
        head_hash=head.head_hash,
        public_key="",
        signature="",
        end_moves=head.end_moves,
        closed_at=head.closed_at,
        closing=head.closing,
    )


async def log_chunks(
    work: Work, lot_id: UUID, *, after: int = 0, until: int
) -> AsyncIterator[list[LogEntry]]:
    """The decided bids with numbers `after`+1 … `until`, in order, a thousand at a time."""
    while after < until:
        rows = await work.session.exec(
            select(Bid)
            .where(Bid.lot_id == lot_id, Bid.seq > after, Bid.seq <= until)
            .order_by(col(Bid.seq))
            .limit(CHUNK)
        )
        chunk = [entry_of(bid) for bid in rows]
        if not chunk:
            return
        yield chunk
        after = chunk[-1].seq


def entry_of(bid: Bid) -> LogEntry:
    """A decided bid as the public sees it."""
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
        ceiling=bid.ceiling,
        ceiling_proof=None if bid.ceiling_proof is None else bid.ceiling_proof.hex(),
    )


def _head(
    row: Any,
    *,
    closing: LogClosing | None,
    count: int | None = None,
    head_hash: bytes | None = None,
    audit_seq: int | None = None,
) -> LogHead:
    resumptions = msgspec.convert(row.resumptions or [], list[_Resumption])
    # The lot's row holds the times that hold now; the notice's own stand in the first act that moved them.
    starts_at, ends_at = row.starts_at, row.scheduled_end_at
    if resumptions:
        starts_at, ends_at = resumptions[0].starts_before, resumptions[0].ends_before
    return LogHead(
        lot_id=UUID(int=row.id.int),
        lot_no=row.lot_no,
        procedure=LogProcedure(
            starting_price_fen=row.starting_price_fen,
            increment_fen=row.increment_fen,
            window_s=row.extension_window_s,
            extension_s=row.extension_s,
            extension_from=row.extension_from,
            may_outbid_self=row.may_outbid_self,
            is_sell_off=row.is_sell_off,
            starts_at=starts_at.astimezone(UTC),
            ends_at=ends_at.astimezone(UTC),
            ceiling_bids_allowed=row.ceiling_bids_allowed,
        ),
        count=row.last_seq if count is None else count,
        head_hash=bytes(row.head_hash if head_hash is None else head_hash).hex(),
        end_moves=[
            EndMoved(each.at.astimezone(UTC), each.ends_at.astimezone(UTC), each.starts_at.astimezone(UTC))
            for each in resumptions
            if audit_seq is None or each.seq <= audit_seq
        ],
        closed_at=closing.ended_at
        if closing is not None and closing.outcome is SaleOutcome.WITHDRAWN
        else None,
        closing=closing,
    )


def _closing(row: Any) -> LogClosing | None:
    """What was declared at the end. A default or a revocation later changes the lot's state, not how its bidding ended."""
    if row.phase != "closed" or row.ended_at is None:
        return None
    ended_at = row.ended_at.astimezone(UTC)
    if row.state == LotState.WITHDRAWN:
        return LogClosing(SaleOutcome.WITHDRAWN, None, None, ended_at)
    if row.final_price_fen is None:
        return LogClosing(SaleOutcome.FAILED, None, None, ended_at)
    return LogClosing(SaleOutcome.SOLD, row.final_price_fen, row.winner_code, ended_at)
