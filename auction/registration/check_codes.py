"""Prove that every code still belongs to the registration that qualified with it."""

from uuid import UUID

from sqlalchemy import text

from auction.registration.identity import code_binding
from core.database import Work


async def exchanged_codes(work: Work, lot_id: UUID) -> list[UUID]:
    """Registrations of a lot that bear another code than the one that they got (B-32)."""
    rows = await work.session.execute(
        text(
            """
            SELECT event.details->>'registration' AS registration, event.details->>'binding' AS binding, registration.code
              FROM audit_event AS event
              LEFT JOIN registration ON registration.id = CAST(event.details->>'registration' AS uuid)
             WHERE event.stream = :stream AND event.event = 'registration.qualified' AND event.details ? 'binding'
             ORDER BY event.seq
            """
        ),
        {"stream": f"lot:{lot_id}"},
    )
    given = {UUID(row.registration): row for row in rows}
    return [
        registration_id
        for registration_id, row in given.items()
        if row.code is None or code_binding(registration_id, row.code) != row.binding
    ]
