"""The bidding clock asks before it closes: was the service there to the end? (B-41, B-50)

A lot whose end fell into a proven outage is stopped with the time that was left at its start; only what ended in proven
service is closed.
"""

from datetime import datetime

from sqlalchemy import text
from sqlmodel import select

from auction.service_faults.declare import OVER, release_lots, stop_lots
from auction.service_faults.gaps import gaps_with_ends, is_measured, proven_until
from auction.service_faults.models import ServiceFault
from auction.service_faults.policy import FaultPolicy, fault_policy
from auction.service_faults.rules import Gap, gap_kind, resumption
from auction.service_faults.watch import judge_gaps, key_of
from core.database import Work

BATCH = 500

_TICK = """
WITH mine AS (
    SELECT id FROM bidding_clock_tick FOR UPDATE SKIP LOCKED
), ticked AS (
    UPDATE bidding_clock_tick AS t SET ticked_at = clock_timestamp() FROM mine WHERE t.id = mine.id
)
INSERT INTO bidding_clock_tick (id, ticked_at)
SELECT 1, clock_timestamp() WHERE NOT EXISTS (SELECT FROM bidding_clock_tick) ON CONFLICT (id) DO NOTHING
"""
"""Whoever finds another sweep ticking does not wait for it."""


async def ends_that_count(work: Work) -> datetime:
    """The court time up to which lots may be closed now. Those whose end fell into an outage are stopped first.

    Costs two small queries when nothing happened, whatever the number of lots. An end that no proof has reached yet waits for
    it: a moment, for web processes prove themselves anew when lots end.
    """
    if not is_measured():
        return work.now
    policy = fault_policy()
    until = await proven_until(work)
    for gap in await gaps_with_ends(work):
        if gap_kind(policy, gap) is not None and not await _stop_ended_in(work, policy, gap):
            return min(until, gap.since)
    return until


async def _stop_ended_in(work: Work, policy: FaultPolicy, gap: Gap) -> bool:
    """Stop the due lots whose end lies in the gap, at most `BATCH`; whether these were all."""
    lots = await work.session.execute(
        text(
            """
            SELECT lot_id FROM lot_bidding
             WHERE phase = 'open' AND ends_at <= :now AND ends_at > :since
               AND ends_at <= coalesce(CAST(:until AS timestamptz), 'infinity')
             ORDER BY ends_at LIMIT :batch
            """
        ),
        {"now": work.now, "since": gap.since, "until": gap.until, "batch": BATCH},
    )
    lot_ids = [row.lot_id for row in lots]
    if not lot_ids:
        return True
    # In the order of time: a fault before this one may be over without anybody having judged yet.
    await judge_gaps(work, policy)
    fault = (
        await work.session.exec(select(ServiceFault).where(ServiceFault.key == key_of(gap)).with_for_update())
    ).one()
    await stop_lots(work, fault, lot_ids, since=gap.since)
    if fault.over_at is not None:
        goes_on = resumption(policy, began_at=fault.began_at, over_at=fault.over_at, now=work.now)
        await release_lots(work, fault, resumes_at=goes_on, note=OVER)
    return len(lot_ids) < BATCH


async def tick(work: Work, *, in_passing: bool) -> None:
    """The sweep has run. `in_passing`: nothing else was written, so nothing need be flushed to disk: a lost tick looks late."""
    if in_passing:
        await work.session.execute(text("SET LOCAL synchronous_commit TO off"))
    await work.session.execute(text(_TICK))
