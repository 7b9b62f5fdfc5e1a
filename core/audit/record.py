"""Write links of the audit chain in the transaction of the act they tell of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text

from core.audit.models import AuditEvent
from core.database import Work
from core.ids import new_id


@dataclass(frozen=True, slots=True)
class Happening:
    """An event for the audit chain (past tense, dotted: `lot.published`).

    `stream` names the chain, one per aggregate: `asset:<id>`, `lot:<id>`, `case:<id>`, `account:<id>`. The ids make the
    event readable from each side. `details` holds plain JSON values; never a bidder's identity (P-01).
    """

    event: str
    stream: str
    rule: str | None = None
    asset_id: UUID | None = None
    case_id: UUID | None = None
    lot_id: UUID | None = None
    person_id: UUID | None = None
    document_id: UUID | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


async def record(
    work: Work,
    event: str,
    *,
    stream: str,
    rule: str | None = None,
    asset_id: UUID | None = None,
    case_id: UUID | None = None,
    lot_id: UUID | None = None,
    person_id: UUID | None = None,
    document_id: UUID | None = None,
    flush: bool = True,
    **details: Any,
) -> None:
    """Record that the actor did `event`; the rest as in `Happening`. `flush=False` leaves the writing to the session's next
    statement, so that an import writes many events at once."""
    happening = Happening(event, stream, rule, asset_id, case_id, lot_id, person_id, document_id, details)
    work.session.add(AuditEvent(**_link(work, happening)))
    if flush:
        await work.session.flush()


async def record_many(work: Work, happenings: Iterable[Happening]) -> None:
    """Record many events in one statement: for acts on thousands of lots at once."""
    links = [_link(work, each) for each in happenings]
    if links:
        await work.session.execute(_INSERT_MANY, {"links": msgspec.json.encode(links).decode()})


_INSERT_MANY = text(
    """
    INSERT INTO audit_event (id, stream, recorded_at, event, rule, actor_account_id, actor_name, court_code, asset_id,
                             case_id, lot_id, person_id, document_id, details, payload)
    SELECT id, stream, recorded_at, event, rule, actor_account_id, actor_name, court_code, asset_id, case_id, lot_id,
           person_id, document_id, details, payload
      FROM jsonb_populate_recordset(NULL::audit_event, CAST(:links AS jsonb))
    """
)


def _link(work: Work, happening: Happening) -> dict[str, Any]:
    """The columns of one event; number and hashes are filled by the database."""
    body = {
        "at": work.now,
        "event": happening.event,
        "rule": happening.rule,
        "actor": work.actor.account_id,
        "actor_name": work.actor.name,
        "court": work.actor.court_code,
        "asset": happening.asset_id,
        "case": happening.case_id,
        "lot": happening.lot_id,
        "person": happening.person_id,
        "document": happening.document_id,
        "details": happening.details,
    }
    return {
        "id": new_id(),
        "stream": happening.stream,
        "recorded_at": work.now,
        "event": happening.event,
        "rule": happening.rule,
        "actor_account_id": work.actor.account_id,
        "actor_name": work.actor.name,
        "court_code": work.actor.court_code,
        "asset_id": happening.asset_id,
        "case_id": happening.case_id,
        "lot_id": happening.lot_id,
        "person_id": happening.person_id,
        "document_id": happening.document_id,
        "details": msgspec.to_builtins(happening.details),
        "payload": msgspec.json.encode(body, order="sorted").decode(),
    }
