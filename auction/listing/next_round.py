"""After a failed round, prepare the next: dates, price proposal, draft and its clock (V-41, B-26, X-01…X-04, L-13)."""

from datetime import datetime, time, timedelta
from uuid import UUID

from sqlmodel import col, select

from auction.listing import rules
from auction.listing.draft_lot import new_draft
from auction.listing.models import Lot, LotState, Round
from auction.listing.queries import lot_for_update, lots_of_asset
from auction.listing.rounds import next_position
from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import open_deadline
from core.deadlines.rules import day_in_court, earliest_auction_start
from core.identity import Role
from disposal_teams.assets.models import Asset, AssetState

OPENING_HOUR = time(10)
CUT_PERCENT = 20
"""The cut proposed for a second auction; the panel decides within V-41."""


async def prepare_next_round(work: Work, lot_id: UUID) -> Lot | None:
    """Draft the round after a failed one and start its clock. None when there is nothing to prepare; repeating is a no-op.

    The draft carries proposals only: without a panel record on it (B-03) it cannot be published.
    """
    failed = await lot_for_update(work, lot_id)
    following = rules.next_round(Round(failed.round))
    if failed.state != LotState.FAILED or following is None:
        return None
    asset = await work.session.get(Asset, failed.asset_id)
    assert asset is not None
    lots = await lots_of_asset(work, asset.id)
    if lots[-1].id != failed.id or asset.state not in {
        AssetState.LISTED,
        AssetState.READY_TO_LIST,
        AssetState.OFFERED_IN_KIND,
    }:
        return None
    start_fen = rules.proposed_start_fen(following, failed.starting_price_fen, cut_percent=CUT_PERCENT)
    draft = await new_draft(
        work,
        asset,
        next_position(lots),
        starting_price_fen=start_fen,
        increment_fen=failed.increment_fen,
        deposit_fen=rules.proposed_deposit_fen(start_fen, failed.starting_price_fen, failed.deposit_fen),
    )
    draft.starts_at, draft.scheduled_end_at = proposed_times(work.now, draft)
    rule = "L-13" if following is Round.SECOND else "L-23"
    deadline = await open_deadline(
        work,
        rule,
        subject_kind="asset",
        subject_id=asset.id,
        owner_role=Role.DISPOSAL_TEAM,
        owner_court=asset.court_code,
        started_at=failed.ended_at or work.now,
        asset_id=asset.id,
        lot_id=draft.id,
        trigger_event="lot.failed",
    )
    await record(
        work,
        "lot.next_round_prepared",
        stream=f"lot:{draft.id}",
        rule="V-41" if following is Round.SECOND else "X-01",
        lot_id=draft.id,
        asset_id=asset.id,
        case_id=asset.case_id,
        after_lot=failed.lot_no,
        starting_price_fen=start_fen,
        due_at=deadline.due_at,
    )
    return draft


def proposed_times(now: datetime, lot: Lot) -> tuple[datetime, datetime]:
    """Start and end to propose: publish four days from now (time for B-20), then the notice period, at ten o'clock."""
    publish = now + timedelta(days=rules.POLICY.notify_days + 1)
    days = rules.notice_days(Round(lot.round), is_movable=lot.is_movable, rerun=lot.rerun)
    first = day_in_court(earliest_auction_start(publish, days=days, strict=rules.POLICY.strict_counting))
    starts_at = datetime.combine(first, OPENING_HOUR, COURT_ZONE)
    length = (
        timedelta(days=rules.POLICY.sell_off_days)
        if lot.round == Round.SELL_OFF
        else timedelta(hours=rules.POLICY.min_bidding_hours)
    )
    return starts_at, starts_at + length


async def unprepared_failures(work: Work, *, limit: int = 50) -> list[UUID]:
    """Failed lots of listed assets that have no later run yet: what the sweep still has to prepare."""
    other = Lot.__table__.alias("other")  # type: ignore[attr-defined]
    rows = await work.session.exec(
        select(Lot.id)
        .join(Asset, col(Asset.id) == col(Lot.asset_id))
        .where(
            Lot.state == LotState.FAILED,
            col(Lot.round).in_([Round.FIRST, Round.SECOND]),
            col(Asset.state).in_([AssetState.LISTED, AssetState.READY_TO_LIST]),
            ~select(other.c.id).where(other.c.previous_lot_id == Lot.id).exists(),
        )
        .limit(limit)
    )
    return list(rows)
