"""Carry outbox messages to the broker after their transaction has committed.

A message is sent when its court time has come, and sent again when nobody has done it within `RESEND_AFTER_SECONDS`, then
within twice as long, and so on (a lost message, a killed worker). Woken by NOTIFY, so a prompt effect waits milliseconds;
polls for what falls due.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.database import DATABASE_AWAY, Database
from core.identity.actor import SYSTEM

RESEND_AFTER_SECONDS = 60
MOST_PATIENCE = 10
"""A message that waits in a long queue is sent again ever more seldom, up to this many times the delay: else the queue would
fill with repetitions faster than anybody works it off."""
BATCH = 200
CHANNEL = "outbox"
POLL_SECONDS = 0.5

log = structlog.get_logger(__name__)

Send = Callable[[str, str, UUID], None]
"""Hands (queue, task name, message id) to the broker."""


async def relay_once(database: Database, send: Send, *, resend_after_s: float = RESEND_AFTER_SECONDS) -> int:
    """Send what is due and not yet sent, or sent long ago and never done. Returns how many.

    A message leaves only after the transaction that marks it as sent: a worker that is quicker than the commit would find
    the row locked, take the message for one that is being done elsewhere, and drop it.
    """
    async with database.begin(SYSTEM) as work:
        rows = (
            await work.session.execute(
                text(
                    """
                    WITH fresh AS (
                        SELECT id FROM outbox_message
                        WHERE done_at IS NULL AND sent_at IS NULL AND available_at <= :now
                        ORDER BY available_at LIMIT :batch FOR UPDATE SKIP LOCKED
                    ), unanswered AS (
                        SELECT id FROM outbox_message
                        WHERE done_at IS NULL AND sent_at < clock_timestamp() - make_interval(secs => :resend)
                          AND sent_at < clock_timestamp() - least(
                                sent_at - greatest(created_at, least(available_at, sent_at)),
                                make_interval(secs => :resend * :most_patience))
                        ORDER BY sent_at LIMIT :batch FOR UPDATE SKIP LOCKED
                    ), due AS (SELECT id FROM fresh UNION ALL SELECT id FROM unanswered)
                    UPDATE outbox_message AS message SET sent_at = clock_timestamp()
                    FROM due WHERE message.id = due.id
                    RETURNING message.id, message.queue, message.task
                    """
                ),
                {
                    "now": work.now,
                    "batch": BATCH,
                    "resend": resend_after_s,
                    "most_patience": MOST_PATIENCE,
                },
            )
        ).all()
    left = [row.id for row in rows]

    def send_all() -> None:
        for row in rows:
            send(row.queue, row.task, row.id)
            left.remove(row.id)

    try:
        # Each is a round trip to the broker: in a thread, so that the process goes on working meanwhile.
        await asyncio.to_thread(send_all)
    finally:
        if left:
            await _not_sent(database, left)
    return len(rows)


async def _not_sent(database: Database, message_ids: list[UUID]) -> None:
    """The broker is away: the next round tries these again, instead of waiting as for a lost message."""
    with suppress(OSError, DBAPIError):
        async with database.begin(SYSTEM) as work:
            await work.session.execute(
                text("UPDATE outbox_message SET sent_at = NULL WHERE id = ANY(:ids) AND done_at IS NULL"),
                {"ids": message_ids},
            )


async def relay_forever(
    database: Database,
    send: Send,
    stopping: asyncio.Event,
    woken: asyncio.Event,
    *,
    resend_after_s: float = RESEND_AFTER_SECONDS,
) -> None:
    """Relay whenever `woken` is set (by what is told on `CHANNEL`), until `stopping` is; survives a restart of the database."""
    while not stopping.is_set():
        try:
            while await relay_once(database, send, resend_after_s=resend_after_s) >= BATCH:
                pass
        except DATABASE_AWAY as error:
            log.warning("relay.database_unavailable", error=type(error).__name__)
            await asyncio.sleep(1)
        except Exception:
            log.exception("relay.failed")
            await asyncio.sleep(1)
        with suppress(TimeoutError):
            await asyncio.wait_for(woken.wait(), POLL_SECONDS)
        woken.clear()
