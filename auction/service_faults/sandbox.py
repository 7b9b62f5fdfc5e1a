"""A sandbox's clock and the watch over the service: acceleration is never taken for an outage, nor may it hide one (B-50).

Faults are measured in real time, so days that pass in minutes look like minutes. The clock waits while no web process proves
that bids can be taken; and what was switched off on purpose, clock and all, was not out of order.
"""

from datetime import datetime

from sqlalchemy import text

from auction.service_faults.gaps import is_measured
from core.database import Work
from core.sandbox.control import require_sandbox
from core.sandbox.due import due_source

FRESH_S = 3
"""A proof so old, in real seconds, says nothing of now."""

_FRESH = f"""
SELECT EXISTS (SELECT FROM service_interval WHERE lasted_until > clock_timestamp() - interval '{FRESH_S} seconds')
"""  # noqa: S608 - a number of ours

_BRIDGE = """
UPDATE service_interval SET lasted_until = clock_timestamp(), court_lasted_until = court_now(), server = service_server()
 WHERE id = (SELECT id FROM service_interval ORDER BY began_at DESC LIMIT 1)
"""


@due_source("service", is_event=False)
async def service_is_away(work: Work) -> datetime | None:
    """Now, while nothing proves that bids can be taken."""
    if not is_measured() or (await work.session.execute(text(_FRESH))).scalar_one():
        return None
    return work.now


async def bridge_switched_off(work: Work) -> None:
    """Before a sandbox is served again: the time since it was last served does not count, its clock stood still.

    Raises `NotFound` outside a sandbox.
    """
    await require_sandbox(work)
    await work.session.execute(text(_BRIDGE))
