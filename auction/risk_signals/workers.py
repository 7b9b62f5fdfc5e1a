"""The conflict checker (rulebook §12.2, worker 13): what a lost message left is found by a sweep."""

from datetime import timedelta

from sqlalchemy import text

from auction.risk_signals.assess_lot import assess_lot
from auction.risk_signals.retention import forget_old
from core.database import Work
from core.outbox import daily, every

__all__ = ["assess_ended_lots", "assess_lot", "forget_old_traces"]

LOOK_BACK = timedelta(days=45)
"""Payments and defaults that add to the facts come within these days of the end."""
BATCH = 200


@every(seconds=60)
async def assess_ended_lots(work: Work) -> None:
    """Have every lot assessed after its end, and again when its settlement has moved on (paid, defaulted)."""
    rows = await work.session.execute(
        text(
            """
            SELECT lot.id, lot.id || ':' || lot.state || ':' || coalesce(settlement.state, '-') AS key
              FROM lot LEFT JOIN settlement ON settlement.lot_id = lot.id
             WHERE lot.ended_at >= :since
               AND EXISTS (SELECT FROM registration WHERE registration.lot_id = lot.id)
               AND NOT EXISTS (
                   SELECT FROM outbox_message AS message
                    WHERE message.task = :task
                      AND message.key = lot.id || ':' || lot.state || ':' || coalesce(settlement.state, '-'))
             LIMIT :batch
            """
        ),
        {"since": work.now - LOOK_BACK, "task": assess_lot.name, "batch": BATCH},
    )
    await assess_lot.later_many(work, [(key, {"lot_id": lot_id}) for lot_id, key in rows])


@daily(at="03:40")
async def forget_old_traces(work: Work) -> None:
    """Delete what has served its time."""
    await forget_old(work)
