"""Go on with a stopped sale: announce it in time, then give back exactly the time that was left (B-50, L-25, §11.3)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select

from auction.ceilings.weigh import weigh_what_waits
from auction.closing.rules import state_at_start
from auction.listing.advance import advance_lot
from auction.listing.announce import announce
from auction.listing.lock_bidding import lock_bidding, with_lots
from auction.listing.models import Lot, LotBidding, LotState
from auction.listing.note import note_lot
from auction.listing.parts import assets_of
from auction.suspension import rules
from auction.suspension.publish import publish_resumption
from auction.suspension.queries import stays_in_force
from core.database import Work
from core.deadlines import Deadline, DeadlineState, Stop, meet_deadline, resume_deadlines
from core.errors import InvalidInput, NotFound, NotPermitted, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.legal_settings import legal
from disposal_teams.assets.advance import resume_asset
from disposal_teams.assets.rules import is_on_sale
from disposal_teams.assets.seal import seal_in_force
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text

BATCH = 500
UNSEALED = msg("标的物没有生效的查封，不得处分。请先办理查封或续封，再继续处置。")


async def resume_lots(
    work: Work,
    lot_ids: Sequence[UUID],
    *,
    reason: str,
    approver: str = "",
    resumes_at: datetime | None = None,
    notice: timedelta | None = None,
) -> list[LotBidding]:
    """Announce that stopped lots go on, and return their rows.

    A lot that was stopped in its notice period is published again at once: its start holds, or becomes `resumes_at`. A lot
    that was being bid for opens at `resumes_at` by the worker, with the time that was left. `resumes_at` (default: the
    earliest) leaves registered bidders the notice of `resume_notice_hours`, or the shorter `notice` that a policy allows after
    the platform's own short stop, and keeps to L-25.

    Raises `RuleViolation` (a ground in force, too early, too late, not stopped, no seal), `InvalidInput`, `NotPermitted`.
    """
    if notice is not None and not work.actor.has(Role.SYSTEM):
        raise NotPermitted(msg("法院恢复拍卖须按规定时间提前通知竞买人。"), rule="B-50")
    shortest = None if notice is None else work.now + notice
    work, rows = await lock_bidding(work, lot_ids)
    if len(rows) < len(set(lot_ids)):
        raise NotFound(msg("没有找到该拍品，或它尚未公告。"))
    for _, lot in rows:
        require(work.actor, Permission.STOP_LISTING, court_code=lot.court_code)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=500)
    if not approver.strip() and not work.actor.has(Role.SYSTEM):
        fields["approver"] = msg("请填写批准人。")
    if fields:
        raise InvalidInput(msg("恢复拍卖有误，请按提示修改。"), fields=fields, rule="B-50")
    earliest = shortest or rules.earliest_resumption(work.now, notice_hours=legal().resume_notice_hours)
    wanted = resumes_at or earliest
    for bidding, lot in rows:
        rules.check_resumption(
            lot_no=lot.lot_no,
            state=LotState(lot.state),
            in_force=len(await stays_in_force(work, lot.id)),
            resumes_at=wanted,
            earliest=earliest,
            due_at=await _five_days_end(work, lot.id),
        )
        if not await _is_sealed(work, lot):
            raise RuleViolation("A-01", UNSEALED)
        await _announce(work, lot, bidding, wanted, reason=reason, approver=approver.strip())
    await announce(work, [lot.id for _, lot in rows])
    return [bidding for bidding, _ in rows]


async def _is_sealed(work: Work, lot: Lot) -> bool:
    """Whether every asset of the lot is under a seal in force (A-01)."""
    for asset in await assets_of(work, lot):
        if await seal_in_force(work, asset.id) is None:
            return False
    return True


async def _five_days_end(work: Work, lot_id: UUID) -> datetime | None:
    rows = await work.session.exec(
        select(Deadline.due_at).where(
            Deadline.rule == "L-25",
            Deadline.subject_kind == "lot",
            Deadline.subject_id == lot_id,
            Deadline.state == DeadlineState.RUNNING,
        )
    )
    return rows.first()


async def _announce(
    work: Work, lot: Lot, bidding: LotBidding, wanted: datetime, *, reason: str, approver: str
) -> None:
    assert bidding.paused_at is not None
    in_notice_period = bidding.paused_at < bidding.starts_at
    # The moment may have passed while this waited for the lock; nobody could bid before now.
    wanted = max(wanted, work.now)
    bidding.resumes_at = max(bidding.starts_at, wanted) if in_notice_period else wanted
    await note_lot(
        work,
        lot,
        "lot.resumption_announced",
        "B-50",
        resumes_at=bidding.resumes_at,
        remaining_ms=bidding.remaining_ms,
        reason=reason,
        approver=approver,
    )
    resumes_at = bidding.resumes_at
    if in_notice_period:
        await _go_on(work, lot, bidding, at=resumes_at)
    await publish_resumption.later(
        work,
        key=f"{lot.id}:{resumes_at.isoformat()}",
        lot_id=lot.id,
        resumes_at=resumes_at,
        reason=reason,
    )


async def resume_due_lots(work: Work) -> int:
    """Let the lots go on whose announced moment has come, at most `BATCH`; returns how many. Any number of workers may.

    However late it runs, the full time that was left runs from now.
    """
    due = list(
        await work.session.exec(
            select(LotBidding)
            .where(LotBidding.phase == "paused", col(LotBidding.resumes_at) <= work.now)
            .order_by(col(LotBidding.resumes_at), col(LotBidding.lot_id))
            .limit(BATCH)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
    )
    if not due:
        return 0
    work, rows = await with_lots(work, due)
    for bidding, lot in rows:
        if not await _is_sealed(work, lot):
            await _call_off(work, lot, bidding)
        else:
            await _go_on(work, lot, bidding, at=work.now)
    await weigh_what_waits(work, {lot.id: work.now for _, lot in rows})
    return len(due)


async def _call_off(work: Work, lot: Lot, bidding: LotBidding) -> None:
    """The seal has ended since the announcement: nothing may be sold; the court must act (A-01)."""
    bidding.resumes_at = None
    await note_lot(work, lot, "lot.resumption_called_off", "A-01")
    await tell_court(
        work,
        lot.court_code,
        Role.CASE_OFFICER,
        Role.BUREAU_DIRECTOR,
        key=f"called-off:{lot.id}:{work.now.timestamp():.0f}",
        title=msg("未能恢复拍卖"),
        body=UNSEALED,
        link=f"/team/lots/{lot.lot_no}",
    )


async def _go_on(work: Work, lot: Lot, bidding: LotBidding, *, at: datetime) -> None:
    """Set the clock going again. `lot.resumed` tells the public log how the end moved."""
    assert bidding.paused_at is not None
    assert bidding.remaining_ms is not None
    before = {"starts_before": lot.starts_at, "ends_before": lot.scheduled_end_at}
    starts_at, ends_at = rules.times_after(
        starts_at=bidding.starts_at, paused_at=bidding.paused_at, remaining_ms=bidding.remaining_ms, at=at
    )
    waits = starts_at > work.now
    bidding.phase = "waiting" if waits else "open"
    bidding.paused_at = bidding.remaining_ms = bidding.resumes_at = None
    bidding.starts_at, bidding.ends_at = starts_at, ends_at
    lot.starts_at, lot.scheduled_end_at = starts_at, ends_at
    await advance_lot(
        work,
        lot,
        _state(bidding),
        event="lot.resumed",
        rule="B-50",
        starts_at=starts_at,
        ends_at=ends_at,
        **before,
    )
    for asset in sorted(await assets_of(work, lot), key=lambda each: each.id):
        if is_on_sale(asset):
            await resume_asset(work, asset, reason="恢复拍卖", rule="B-50")
    await meet_deadline(work, "L-25", subject_kind="lot", subject_id=lot.id, done_event="lot.resumed")
    await resume_deadlines(work, lot_id=lot.id, stop=Stop.SALE)


def _state(bidding: LotBidding) -> LotState:
    if bidding.phase == "waiting":
        return LotState.PUBLISHED
    if bidding.is_sell_off and bidding.accepted_count:
        return LotState.SELLOFF_BIDDING
    return state_at_start(is_sell_off=bidding.is_sell_off)
