"""What every sandbox waits for: messages that are to be done, and deadlines that run out."""

from datetime import datetime

from sqlalchemy import text

from core.database import Work
from core.sandbox.due import due_source

FAILED_OFTEN = 3
"""A message that failed so often does not hold the clock any more: it is tried again, as everywhere, and a person may look."""

_MESSAGES = f"""
SELECT least(
    (SELECT min(available_at) FROM outbox_message
      WHERE done_at IS NULL AND sent_at IS NULL AND attempts < {FAILED_OFTEN}),
    (SELECT min(available_at) FROM outbox_message
      WHERE done_at IS NULL AND sent_at IS NOT NULL AND attempts < {FAILED_OFTEN}))
"""  # noqa: S608 - a number of ours


@due_source("message", is_event=False)
async def next_message(work: Work) -> datetime | None:
    """The first message that no worker has done."""
    at: datetime | None = (await work.session.execute(text(_MESSAGES))).scalar_one()
    return at


@due_source("deadline", jobs=("sweep_deadlines",))
async def next_deadline(work: Work) -> datetime | None:
    """The first deadline that runs out."""
    query = text("SELECT min(due_at) FROM deadline WHERE state = 'running'")
    at: datetime | None = (await work.session.execute(query)).scalar_one()
    return at
