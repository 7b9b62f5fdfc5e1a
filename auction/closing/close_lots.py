"""Close every lot whose end has come: sold or failed, decided under the lot's lock (B-41, B-43, B-49).

A bid takes the same lock. Whoever comes second sees what the first has done: a lot that was just extended is no longer due,
and a lot that was just closed accepts no bid. The end that counts is the end written in the row, however late this runs.
An end that fell into an outage of the service does not count: that lot is stopped with the time it had left (B-50).
"""

from sqlalchemy import text
from sqlmodel import col, select

from auction.closing.finish import finish_lot
from auction.closing.open_lots import announce
from auction.closing.rules import outcome_at_end
from auction.listing.models import Lot
from auction.service_faults.bidding_clock import ends_that_count
from auction.transparency.workers import publish_closings
from core.audit import record
from core.database import Work

BATCH = 500


async def close_due_lots(work: Work) -> int:
    """Decide what is due, at most `BATCH` lots; returns how many. Any number of workers may do it at once."""
    until = await ends_that_count(work)
    rows = (
        await work.session.execute(
            text(
                """
                WITH due AS (
                    SELECT lot_id FROM lot_bidding WHERE phase = 'open' AND ends_at <= :until
                    ORDER BY ends_at LIMIT :batch FOR UPDATE SKIP LOCKED
                )
                UPDATE lot_bidding AS bidding SET phase = 'closed' FROM due
                WHERE bidding.lot_id = due.lot_id
                RETURNING bidding.lot_id, bidding.is_sell_off, bidding.ends_at, bidding.current_price_fen,
                          bidding.leader_registration_id, bidding.leader_code, bidding.accepted_count, bidding.head_hash
                """
            ),
            {"until": until, "batch": BATCH},
        )
    ).all()
    if not rows:
        return 0
    ends = {row.lot_id: row for row in rows}
    lots = list(await work.session.exec(select(Lot).where(col(Lot.id).in_(ends)).with_for_update()))
    for lot in lots:
        end = ends[lot.id]
        lot.state = outcome_at_end(has_bid=end.current_price_fen is not None, is_sell_off=end.is_sell_off)
        lot.ended_at = end.ends_at
        lot.final_price_fen = end.current_price_fen
        lot.winning_registration_id = end.leader_registration_id
        await record(
            work,
            "lot.sold" if end.current_price_fen is not None else "lot.failed",
            stream=f"lot:{lot.id}",
            rule="B-43" if end.current_price_fen is not None else "B-49",
            lot_id=lot.id,
            asset_id=lot.asset_id,
            case_id=lot.case_id,
            flush=False,
            price_fen=end.current_price_fen,
            winner_code=end.leader_code,
            accepted_bids=end.accepted_count,
            ended_at=end.ends_at.isoformat(),
            log_head=bytes(end.head_hash).hex(),
        )
    await work.session.flush()
    await finish_lot.later_many(work, [(str(lot.id), {"lot_id": lot.id}) for lot in lots])
    await publish_closings.later(work, key=str(lots[0].id))
    await announce(work, list(ends))
    return len(rows)
