"""Read the audit chain, and prove that nobody has touched it."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal
from uuid import UUID

from sqlmodel import col, select

from core.audit.models import AuditEvent, AuditHead
from core.database import Work

GENESIS = bytes(32)
"""What the first link of every stream follows."""


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """The first place at which a stream no longer fits."""

    stream: str
    seq: int
    reason: Literal["gap", "previous hash differs", "hash differs", "end cut off"]


async def verify_stream(work: Work, stream: str) -> BrokenLink | None:
    """The first broken link of the stream, or None when every link and the head fit."""
    previous, expected_seq = GENESIS, 1
    rows = await work.session.exec(
        select(AuditEvent).where(AuditEvent.stream == stream).order_by(col(AuditEvent.seq))
    )
    for link in rows:
        if link.seq != expected_seq:
            return BrokenLink(stream, expected_seq, "gap")
        if link.previous_hash != previous:
            return BrokenLink(stream, expected_seq, "previous hash differs")
        previous = sha256(previous + link.payload.encode()).digest()
        if link.hash != previous:
            return BrokenLink(stream, expected_seq, "hash differs")
        expected_seq += 1
    head = await work.session.get(AuditHead, stream)
    if head is not None and (head.seq, head.hash) != (expected_seq - 1, previous):
        return BrokenLink(stream, expected_seq, "end cut off")
    return None


async def history(
    work: Work,
    *,
    asset_id: UUID | None = None,
    case_id: UUID | None = None,
    lot_id: UUID | None = None,
    person_id: UUID | None = None,
    limit: int = 200,
) -> list[AuditEvent]:
    """The newest events of one asset, case, lot or person, newest first."""
    query = (
        select(AuditEvent)
        .order_by(col(AuditEvent.recorded_at).desc(), col(AuditEvent.id).desc())
        .limit(limit)
    )
    for column, value in (
        (AuditEvent.asset_id, asset_id),
        (AuditEvent.case_id, case_id),
        (AuditEvent.lot_id, lot_id),
        (AuditEvent.person_id, person_id),
    ):
        if value is not None:
            query = query.where(col(column) == value)
    return list(await work.session.exec(query))
