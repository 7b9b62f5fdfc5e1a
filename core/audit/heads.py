"""The newest links of the audit streams, for whoever anchors them somewhere else."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from core.audit.models import AuditEvent, AuditHead
from core.database import Work
from core.ids import earliest_id


@dataclass(frozen=True, slots=True)
class StreamHead:
    """The newest link of a stream."""

    stream: str
    seq: int
    hash: bytes


async def stream_heads(
    work: Work, *, since: datetime | None = None, after: str = "", limit: int
) -> list[StreamHead]:
    """The heads of streams in the order of their names after `after`, at most `limit`; with `since` only of those that have an
    event made since that moment of real (not court) time."""
    query = select(AuditHead).where(AuditHead.stream > after).order_by(col(AuditHead.stream)).limit(limit)
    if since is not None:
        recent = select(AuditEvent.stream).where(AuditEvent.id >= earliest_id(since)).distinct()
        query = query.where(col(AuditHead.stream).in_(recent))
    return [StreamHead(row.stream, row.seq, bytes(row.hash)) for row in await work.session.exec(query)]
