"""Deliver what stands in the outbox, as workers do."""

from uuid import UUID

from core.database import Database
from core.outbox.relay import relay_once
from core.outbox.tasks import run_message


async def deliver_all(database: Database) -> int:
    """Run every message that is due, twice each, as a careless broker would. Returns how many were due."""
    total = 0
    while True:
        sent: list[UUID] = []

        def send(_queue: str, _name: str, message_id: UUID, into: list[UUID] = sent) -> None:
            into.append(message_id)

        await relay_once(database, send)
        if not sent:
            return total
        for message_id in sent:
            await run_message(database, message_id)
            await run_message(database, message_id)
        total += len(sent)
