"""The round planner (§12.2, worker 7): dates, price and deposit to propose, draft and clock of the run that follows.

After a failed auction comes the next round (V-41, B-26, X-01…X-04), after a default the same round again (B-35).
"""

from datetime import datetime, time, timedelta
from uuid import UUID

from sqlmodel import col, select

from auction.listing import rules
from auction.listing.choose_together import taken_over
from auction.listing.draft_lot import new_draft
from auction.listing.models import Lot, LotState, Round
from auction.listing.note import note_lot
from auction.listing.queries import Position, lot_for_update, lots_of_asset
from auction.listing.rounds import next_position
from core.database import Work
from core.deadlines import Deadline, open_deadline
from core.deadlines.rules import earliest_auction_start, period_end
from core.identity import Role
from core.legal_settings import LegalSettings, legal
from disposal_teams.assets.models import Asset, AssetState

OPENING_HOUR = time(10)
_FOLLOWED = {LotState.FAILED, LotState.DEFAULTED}
_BETWEEN_ROUNDS = frozenset({AssetState.LISTED, AssetState.READY_TO_LIST, AssetState.OFFERED_IN_KIND})


async def prepare_next_round(work: Work, lot_id: UUID) -> Lot | None:
    """Draft the run after a failed or defaulted one and start its clock. None when nothing follows; repeating is a no-op.

    The draft carries proposals only: without a panel record on it (B-03) it cannot be published.
    """
    ended = await lot_for_update(work, lot_id)
    if ended.state not in _FOLLOWED:
        return None
    asset = await work.session.get(Asset, ended.asset_id)
    assert asset is not None
    lots = await lots_of_asset(work, asset.id)
    if lots[-1].id != ended.id or asset.state not in _BETWEEN_ROUNDS:
        return None
    position = next_position(lots)
    start_fen, deposit_fen = proposed_figures(position, ended, legal())
    draft = await new_draft(
        work,
        asset,
        position,
        starting_price_fen=start_fen,
        increment_fen=ended.increment_fen,
        deposit_fen=deposit_fen,
        together=(await taken_over(work, ended))[1:],
    )
    publish_at = earliest_publication(work.now, ended, legal())
    draft.starts_at, draft.scheduled_end_at = proposed_times(publish_at, draft, legal())
    deadline = await _start_clock(work, ended, draft)
    await note_lot(
        work,
        draft,
        "lot.next_round_prepared",
        {Round.SECOND: "V-41", Round.SELL_OFF: "X-01"}[position.round] if not position.rerun else "B-35",
        after_lot=ended.lot_no,
        starting_price_fen=start_fen,
        deposit_fen=deposit_fen,
        due_at=deadline.due_at,
    )
    return draft


def proposed_figures(position: Position, ended: Lot, settings: LegalSettings) -> tuple[int, int]:
    """Starting price and deposit to propose, in fen: V-41 and X-04 after a failure; unchanged, with a deposit of a higher
    rate, after a default (B-35)."""
    if position.rerun:
        start = ended.starting_price_fen
        rate = settings.re_auction_deposit_percent
        return start, rules.deposit_of_rate_fen(start, rate, at_least_fen=ended.deposit_fen)
    start = rules.proposed_start_fen(
        position.round, ended.starting_price_fen, cut_percent=settings.second_round_cut_percent
    )
    return start, rules.proposed_deposit_fen(start, ended.starting_price_fen, ended.deposit_fen)


def earliest_publication(now: datetime, ended: Lot, settings: LegalSettings) -> datetime:
    """When the notice can be out: the parties have had their three days (B-20), and the creditors their answer (X-01)."""
    notified = now + timedelta(days=settings.parties_notice_days + 1)
    if ended.state != LotState.FAILED or ended.ended_at is None:
        return notified
    return max(notified, period_end(ended.ended_at, days=settings.in_kind_inquiry_days))


def proposed_times(publish_at: datetime, lot: Lot, settings: LegalSettings) -> tuple[datetime, datetime]:
    """Start and end to propose for a notice published at that moment: its period (C-04), then ten o'clock."""
    round_ = Round(lot.round)
    days = rules.notice_days(round_, is_movable=lot.is_movable, rerun=lot.rerun, settings=settings)
    earliest = earliest_auction_start(publish_at, days=days, strict=settings.notice_counting_strict)
    starts_at = rules.first_opening(earliest, OPENING_HOUR)
    length = (
        timedelta(days=settings.sell_off_window_days)
        if round_ is Round.SELL_OFF
        else timedelta(hours=rules.BIDDING_HOURS)
    )
    return starts_at, starts_at + length


async def _start_clock(work: Work, ended: Lot, draft: Lot) -> Deadline:
    """L-13 for the second auction, L-23 for the notice of the sell-off, B-35 for a repetition."""
    settings = legal()
    started = ended.ended_at or work.now
    if draft.rerun:
        rule, days, started = "B-35", settings.re_auction_within_days, work.now
    elif draft.round == Round.SELL_OFF:
        rule, days = "L-23", settings.sell_off_notice_within_days
    else:
        rule, days = "L-13", None
    return await open_deadline(
        work,
        rule,
        subject_kind="asset",
        subject_id=draft.asset_id,
        owner_role=Role.DISPOSAL_TEAM,
        owner_court=draft.court_code,
        started_at=started,
        days=days,
        asset_id=draft.asset_id,
        case_id=draft.case_id,
        lot_id=draft.id,
        trigger_event="sale.defaulted" if draft.rerun else "lot.failed",
    )


async def unprepared_failures(work: Work, *, limit: int = 50) -> list[UUID]:
    """Failed and defaulted lots of listed assets that have no later run yet: what the sweep still has to prepare."""
    other = Lot.__table__.alias("other")  # type: ignore[attr-defined]
    rows = await work.session.exec(
        select(Lot.id)
        .join(Asset, col(Asset.id) == col(Lot.asset_id))
        .where(
            (
                (col(Lot.state) == LotState.FAILED) & col(Lot.round).in_([Round.FIRST, Round.SECOND])
                | (col(Lot.state) == LotState.DEFAULTED)
            ),
            col(Asset.state).in_([str(state) for state in _BETWEEN_ROUNDS]),
            ~select(other.c.id).where(other.c.previous_lot_id == Lot.id).exists(),
        )
        .limit(limit)
    )
    return list(rows)
