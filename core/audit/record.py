"""Write one link of the audit chain in the transaction of the act it tells of."""

from typing import Any
from uuid import UUID

import msgspec

from core.audit.models import AuditEvent
from core.database import Work
from core.ids import new_id


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
    """Record that the actor did `event` (past tense, dotted: `lot.published`).

    `stream` names the chain, one per aggregate: `asset:<id>`, `lot:<id>`, `case:<id>`, `account:<id>`. The ids make the
    event readable from each side. `details` holds plain JSON values; never a bidder's identity (P-01). `flush=False` leaves
    the writing to the session's next statement, so that an import writes many events at once.
    """
    body = {
        "at": work.now,
        "event": event,
        "rule": rule,
        "actor": work.actor.account_id,
        "actor_name": work.actor.name,
        "court": work.actor.court_code,
        "asset": asset_id,
        "case": case_id,
        "lot": lot_id,
        "person": person_id,
        "document": document_id,
        "details": details,
    }
    work.session.add(
        AuditEvent(
            id=new_id(),
            stream=stream,
            recorded_at=work.now,
            event=event,
            rule=rule,
            actor_account_id=work.actor.account_id,
            actor_name=work.actor.name,
            court_code=work.actor.court_code,
            asset_id=asset_id,
            case_id=case_id,
            lot_id=lot_id,
            person_id=person_id,
            document_id=document_id,
            details=msgspec.to_builtins(details),
            payload=msgspec.json.encode(body, order="sorted").decode(),
        )
    )
    if flush:
        await work.session.flush()
