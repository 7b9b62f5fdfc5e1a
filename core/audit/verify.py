"""Read the audit chain, and prove that nobody has touched it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlmodel import col, select

from core.audit.models import AuditEvent
from core.database import Work

GENESIS = bytes(32)
"""What the first link of every stream follows."""

CHUNK = 1_000

Reason = Literal["gap", "previous hash differs", "hash differs", "columns differ", "end cut off"]


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """The first place at which a stream no longer fits."""

    stream: str
    seq: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a stream whose ends are known: from after link `after_seq` up to link `until_seq`, with their hashes."""

    stream: str
    after_seq: int
    after_hash: bytes
    until_seq: int
    until_hash: bytes


async def verify_stream(work: Work, stream: str) -> BrokenLink | None:
    """The first broken link of the stream, or None when every link and the head fit."""
    ends = await work.session.execute(
        # One statement: an event that commits meanwhile is seen in both places or in neither.
        text(
            "SELECT head.seq, head.hash, (SELECT max(seq) FROM audit_event WHERE stream = :stream) AS last "
            "FROM (VALUES (1)) AS one LEFT JOIN audit_head AS head ON head.stream = :stream"
        ),
        {"stream": stream},
    )
    seq, head_hash, last = ends.one()
    if (seq or 0) != (last or 0):
        return BrokenLink(stream, min(seq or 0, last or 0) + 1, "end cut off")
    if not seq:
        return None
    broken = await verify_segments(work, [Segment(stream, 0, GENESIS, seq, bytes(head_hash))])
    return broken[0] if broken else None


async def verify_segments(work: Work, segments: Sequence[Segment]) -> list[BrokenLink]:
    """The first broken link of each segment that does not fit; at most one segment of each stream at a time."""
    wanted = {segment.stream: segment for segment in segments}
    broken: dict[str, BrokenLink] = {}
    reached = {segment.stream: (segment.after_seq, segment.after_hash) for segment in segments}
    async for link in _links(work, segments):
        if link.stream in broken:
            continue
        seq, previous = reached[link.stream]
        reason = _fault(link, seq + 1, previous)
        if reason is not None:
            broken[link.stream] = BrokenLink(link.stream, seq + 1, reason)
        else:
            assert link.hash is not None
            reached[link.stream] = (seq + 1, link.hash)
    for stream, (seq, last) in reached.items():
        segment = wanted[stream]
        if stream in broken or (seq, last) == (segment.until_seq, segment.until_hash):
            continue
        reason = "end cut off" if seq < segment.until_seq else "hash differs"
        broken[stream] = BrokenLink(stream, min(seq + 1, segment.until_seq), reason)
    return list(broken.values())


def _fault(link: AuditEvent, expected_seq: int, previous: bytes) -> Reason | None:
    """What is wrong with a link that should be number `expected_seq` and follow `previous`."""
    if link.seq != expected_seq:
        return "gap"
    if link.previous_hash != previous:
        return "previous hash differs"
    if link.hash != sha256(previous + link.payload.encode()).digest():
        return "hash differs"
    return None if _columns_fit(link) else "columns differ"


class _Payload(msgspec.Struct):
    at: datetime
    event: str
    rule: str | None
    actor: UUID | None
    actor_name: str
    court: str | None
    asset: UUID | None
    case: UUID | None
    lot: UUID | None
    person: UUID | None
    document: UUID | None
    details: dict[str, Any]


_read_payload = msgspec.json.Decoder(_Payload).decode


def _columns_fit(link: AuditEvent) -> bool:
    """Whether the columns, by which events are searched and read, say what the hashed payload says."""
    try:
        said = _read_payload(link.payload)
    except msgspec.MsgspecError:
        return False
    return (
        said.at == link.recorded_at
        and (said.event, said.rule, said.actor_name, said.court)
        == (link.event, link.rule, link.actor_name, link.court_code)
        and (said.actor, said.asset, said.case, said.lot, said.person, said.document)
        == (
            link.actor_account_id,
            link.asset_id,
            link.case_id,
            link.lot_id,
            link.person_id,
            link.document_id,
        )
        and said.details == link.details
    )


async def _links(work: Work, segments: Sequence[Segment]) -> AsyncIterator[AuditEvent]:
    """The links of the segments, stream by stream, in their order, read in pieces."""
    wanted = text(
        """
        SELECT event.* FROM unnest(CAST(:streams AS text[]), CAST(:after AS bigint[]), CAST(:until AS bigint[]))
            AS segment(stream, after_seq, until_seq)
        JOIN audit_event AS event
          ON event.stream = segment.stream AND event.seq > segment.after_seq AND event.seq <= segment.until_seq
        ORDER BY event.stream, event.seq
        """
    ).bindparams(
        streams=[segment.stream for segment in segments],
        after=[segment.after_seq for segment in segments],
        until=[segment.until_seq for segment in segments],
    )
    query = (
        select(AuditEvent).from_statement(wanted).execution_options(yield_per=CHUNK, populate_existing=True)
    )
    async for link in await work.session.stream_scalars(query):
        yield link


async def history(
    work: Work,
    *,
    asset_id: UUID | None = None,
    case_id: UUID | None = None,
    lot_id: UUID | None = None,
    person_id: UUID | None = None,
    stream: str | None = None,
    limit: int = 200,
) -> list[AuditEvent]:
    """The newest events of one asset, case, lot, person or stream, newest first."""
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
    if stream is not None:
        query = query.where(AuditEvent.stream == stream)
    return list(await work.session.exec(query))
