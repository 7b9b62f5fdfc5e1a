"""Close every lot whose end has come: sold or failed, decided under the lot's lock (B-41, B-43, B-49).

A bid takes the same lock. Whoever comes second sees what the first has done: a lot that was just extended is no longer due,
and a lot that was just closed accepts no bid. The end that counts is the end written in the row, however late this runs.
An end that fell into an outage of the service does not count: that lot is stopped with the time it had left (B-50).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from auction.closing.finish import finish_lot
from auction.closing.rules import outcome_at_end
from auction.service_faults.bidding_clock import ends_that_count
from auction.transparency.workers import publish_closings
from core.audit import Happening, record_many
from core.database import Work

BATCH = 500
RESULTS_FIRST = timedelta(seconds=2)
"""Where more lots end together than one batch holds, what follows from their ends waits until they are all decided."""

_CLOSE = text(
    """
    WITH due AS (
        SELECT lot_id FROM lot_bidding WHERE phase = 'open' AND ends_at <= :until
        ORDER BY ends_at LIMIT :batch FOR UPDATE SKIP LOCKED
    ), ended AS (
        UPDATE lot_bidding AS bidding SET phase = 'closed' FROM due
        WHERE bidding.lot_id = due.lot_id
        RETURNING bidding.lot_id, bidding.is_sell_off, bidding.ends_at, bidding.current_price_fen,
                  bidding.leader_registration_id, bidding.leader_code, bidding.accepted_count, bidding.head_hash
    )
    UPDATE lot SET state = CASE WHEN ended.current_price_fen IS NOT NULL THEN :sold
                                WHEN ended.is_sell_off THEN :sell_off_failed ELSE :failed END,
                   ended_at = ended.ends_at, final_price_fen = ended.current_price_fen,
                   winning_registration_id = ended.leader_registration_id
      FROM ended WHERE lot.id = ended.lot_id
    RETURNING lot.id, lot.asset_id, lot.case_id, ended.ends_at, ended.current_price_fen, ended.leader_code,
              ended.accepted_count, ended.head_hash
    """
)


async def close_due_lots(work: Work) -> int:
    """Decide every lot whose end has come and counts now, at most `BATCH` of them, in one statement; returns how many. Any
    number of workers may do it at once."""
    closed = await decide_due_lots(work, await ends_that_count(work))
    if not closed:
        return 0
    await record_many(work, map(_closing, closed))
    follows = work.now + RESULTS_FIRST if len(closed) == BATCH else work.now
    await finish_lot.later_many(work, [(str(lot.id), {"lot_id": lot.id}) for lot in closed], at=follows)
    await publish_closings.later(work, key=str(closed[0].id), at=follows)
    return len(closed)


async def decide_due_lots(work: Work, until: datetime) -> Sequence[Any]:
    """Close the lots whose end came by `until`, sold or failed, and nothing else; returns what became of each."""
    outcomes = {
        "sold": outcome_at_end(has_bid=True, is_sell_off=False),
        "failed": outcome_at_end(has_bid=False, is_sell_off=False),
        "sell_off_failed": outcome_at_end(has_bid=False, is_sell_off=True),
    }
    return (await work.session.execute(_CLOSE, {"until": until, "batch": BATCH} | outcomes)).all()


def _closing(lot: Any) -> Happening:
    is_sold = lot.current_price_fen is not None
    return Happening(
        "lot.sold" if is_sold else "lot.failed",
        stream=f"lot:{lot.id}",
        rule="B-43" if is_sold else "B-49",
        lot_id=lot.id,
        asset_id=lot.asset_id,
        case_id=lot.case_id,
        details={
            "price_fen": lot.current_price_fen,
            "winner_code": lot.leader_code,
            "accepted_bids": lot.accepted_count,
            "ended_at": lot.ends_at.isoformat(),
            "log_head": bytes(lot.head_hash).hex(),
        },
    )
