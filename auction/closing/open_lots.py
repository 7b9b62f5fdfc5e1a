"""Open the bidding of every lot whose start has come (§11.3 BIDDING)."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlmodel import col, select

from auction.ceilings.weigh import weigh_what_waits
from auction.closing.opened_late import give_back_the_time
from auction.closing.rules import state_at_start
from auction.listing.models import Lot, LotBidding, LotState
from auction.listing.note import note_lot
from core.database import Work
from core.deadlines import meet_deadline, open_deadline
from core.identity import Role

BATCH = 500


async def open_due_lots(work: Work) -> int:
    """Open what is due, at most `BATCH` lots; returns how many. Any number of workers may do it at once."""
    rows = (
        await work.session.execute(
            text(
                """
                WITH due AS (
                    SELECT lot_id FROM lot_bidding WHERE phase = 'waiting' AND starts_at <= :now
                    ORDER BY starts_at LIMIT :batch FOR UPDATE SKIP LOCKED
                )
                UPDATE lot_bidding AS bidding SET phase = 'open' FROM due
                WHERE bidding.lot_id = due.lot_id
                RETURNING bidding.lot_id, bidding.is_sell_off, bidding.ends_at, bidding.ceilings, court_now() AS at
                """
            ),
            {"now": work.now, "batch": BATCH},
        )
    ).all()
    if not rows:
        return 0
    is_sell_off = {row.lot_id: row.is_sell_off for row in rows}
    lots = list(await work.session.exec(select(Lot).where(col(Lot.id).in_(is_sell_off)).with_for_update()))
    for lot in lots:
        if lot.state == LotState.PUBLISHED:
            lot.state = state_at_start(is_sell_off=is_sell_off[lot.id])
        await note_lot(work, lot, "lot.bidding_opened", "B-41", flush=False)
    await work.session.flush()
    await _start_sell_off_clocks(work, [lot for lot in lots if is_sell_off[lot.id]])
    await weigh_what_waits(work, {row.lot_id: row.at for row in rows if row.at < row.ends_at})
    await give_back_the_time(work, [row.lot_id for row in rows if row.ceilings and row.at >= row.ends_at])
    return len(rows)


async def _start_sell_off_clocks(work: Work, lots: Sequence[Lot]) -> None:
    """The period of a sell-off is a clock of everybody's (X-03, L-24); the first bid or its end stops it."""
    for lot in lots:
        await open_deadline(
            work, "L-24", subject_kind="lot", subject_id=lot.id, owner_role=Role.DISPOSAL_TEAM,
            owner_court=lot.court_code, started_at=lot.starts_at, due_at=lot.scheduled_end_at, asset_id=lot.asset_id,
            case_id=lot.case_id, lot_id=lot.id, trigger_event="lot.bidding_opened",
        )  # fmt: skip


async def mark_started_sell_offs(work: Work) -> None:
    """A sell-off whose first bid has come is being bid for: its 24 hours run (X-06). The bid itself touches only the hot row."""
    lots = await work.session.exec(
        select(Lot)
        .join(LotBidding, col(LotBidding.lot_id) == col(Lot.id))
        .where(Lot.state == LotState.SELLOFF_OPEN, LotBidding.phase == "open", LotBidding.accepted_count > 0)
        .limit(BATCH)
        .with_for_update(of=Lot, skip_locked=True)
    )
    for lot in lots:
        lot.state = LotState.SELLOFF_BIDDING
        await meet_deadline(
            work, "L-24", subject_kind="lot", subject_id=lot.id, done_event="lot.sell_off_contested"
        )
        await note_lot(work, lot, "lot.sell_off_contested", "X-06")
