"""Stop lots: 暂缓, 中止, or the platform's own stop (B-50, B-53, B-54). Time stands still under the lot's lock."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from auction.listing.advance import advance_lot
from auction.listing.lock_bidding import lock_bidding
from auction.listing.models import Lot, LotBidding, LotState
from auction.listing.note import note_lot
from auction.listing.parts import advance_lot_assets
from auction.suspension import rules
from auction.suspension.grounds import KIND_RULES, SUPERIOR_ORDER
from auction.suspension.models import Stay, StayKind
from auction.suspension.publish import publish_stay
from auction.suspension.queries import stays_from_source
from core.database import Work
from core.deadlines import Stop, open_deadline, pause_deadlines, waive_deadline
from core.errors import InvalidInput, NotFound, NotPermitted, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ids import new_id
from disposal_teams.assets.models import AssetState
from disposal_teams.courts.queries import court_of
from disposal_teams.plain_text import clean_text


async def pause_lots(
    work: Work,
    lot_ids: Sequence[UUID],
    *,
    kind: StayKind,
    ground: str,
    reason: str,
    until: datetime | None = None,
    approver: str = "",
    panel: Sequence[str] = (),
    minutes: str = "",
    source: str | None = None,
    since: datetime | None = None,
    skip_ended: bool = False,
) -> list[Stay]:
    """Stop published, waiting or open lots on one ground and return the stays, one for each lot.

    A lot that stands still already gets a further ground, and an announced resumption is called off. `ground` is a key of
    `GROUNDS`; `until` the last moment of a deferral; `source` names what ordered it by itself: the same source again
    changes nothing. `since`: an automatic stop counts from this earlier moment, at which its ground was there already; a lot
    that ended after it, and was not closed, has not ended. `skip_ended` leaves out lots that are over instead of refusing.
    `reason` is published.

    Raises `InvalidInput` by field, `RuleViolation` (B-50: over; B-54: superior), `NotPermitted`, `NotFound`.
    """
    order = rules.StayOrder(
        kind, ground, until, approver.strip(), tuple(panel), is_automatic=work.actor.has(Role.SYSTEM)
    )
    if since is not None and not order.is_automatic:
        raise NotPermitted(msg("只有平台自动停拍可以从故障开始时起算。"), rule="B-50")
    work, rows = await lock_bidding(work, lot_ids)
    at = work.now if since is None else min(since, work.now)
    if len(rows) < len(set(lot_ids)):
        raise NotFound(msg("没有找到该拍品，或它尚未公告。"))
    for _, lot in rows:
        require(work.actor, Permission.STOP_LISTING, court_code=lot.court_code)
    reason = _checked(work, order, reason)
    known = await stays_from_source(work, lot_ids, source) if source else {}
    stays = []
    for bidding, lot in rows:
        if lot.id in known:
            stays.append(known[lot.id])
            continue
        try:
            rules.check_can_pause(
                LotState(lot.state), bidding.phase, lot_no=lot.lot_no, ends_at=bidding.ends_at, now=at
            )
        except RuleViolation:
            if skip_ended:
                continue
            raise
        stays.append(await _stop(work, lot, bidding, order, reason, minutes.strip(), source, at))
    return stays


def _checked(work: Work, order: rules.StayOrder, reason: str) -> str:
    """The published reason. Raises `InvalidInput`, `NotPermitted`."""
    if order.kind is StayKind.PLATFORM_STOP and not order.is_automatic:
        raise NotPermitted(msg("平台先行停拍由系统在故障时自动作出，法院请办理暂缓或中止。"), rule="B-50")
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=500)
    fields |= rules.order_problems(order, now=work.now)
    if fields:
        rule = "B-54" if order.ground == SUPERIOR_ORDER else KIND_RULES[order.kind]
        raise InvalidInput(msg("停拍决定有误，请按提示修改。"), fields=fields, rule=rule)
    return reason


async def _stop(
    work: Work,
    lot: Lot,
    bidding: LotBidding,
    order: rules.StayOrder,
    reason: str,
    minutes: str,
    source: str | None,
    at: datetime,
) -> Stay:
    is_first = bidding.phase != "paused"
    if is_first:
        await pause_deadlines(work, lot_id=lot.id, stop=Stop.SALE)
        left = rules.remaining(starts_at=bidding.starts_at, ends_at=bidding.ends_at, at=at)
        bidding.phase, bidding.paused_at, bidding.remaining_ms = "paused", at, left
    called_off, bidding.resumes_at = bidding.resumes_at, None
    assert bidding.remaining_ms is not None
    stay = Stay(
        id=new_id(),
        lot_id=lot.id,
        kind=order.kind,
        ground=order.ground,
        reason=reason,
        approver=order.approver,
        panel=list(order.panel),
        minutes=minutes,
        ordered_by=work.actor.account_id,
        ordered_by_court=await _ordering_court(work, lot, order.ground),
        source=source,
        ordered_at=work.now,
        until=order.until,
        remaining_ms=bidding.remaining_ms,
    )
    work.session.add(stay)
    details: dict[str, Any] = {
        "stay": str(stay.id),
        "kind": str(order.kind),
        "ground": order.ground,
        "reason": reason,
        "approver": order.approver,
        "panel": list(order.panel),
        "until": order.until,
        "source": source,
        "remaining_ms": bidding.remaining_ms,
        "ends_at": bidding.ends_at,
        "called_off": called_off,
    }
    rule = KIND_RULES[order.kind]
    if is_first:
        await advance_lot(work, lot, LotState.PAUSED, event="lot.paused", rule=rule, **details)
    else:
        await note_lot(work, lot, "lot.stay_added", rule, **details)
        await waive_deadline(work, "L-25", subject_kind="lot", subject_id=lot.id, reason="lot.stay_added")
    if order.kind is not StayKind.PLATFORM_STOP:
        await _suspend_asset(work, lot, rule)
    if order.ground == SUPERIOR_ORDER:
        await _watch_superior_stay(work, lot, stay)
    await publish_stay.later(work, key=f"{stay.id}:ordered", stay_id=stay.id)
    return stay


async def _ordering_court(work: Work, lot: Lot, ground: str) -> str | None:
    """Whose decision it is: the superior's for a superior's stay, whoever enters it."""
    if ground != SUPERIOR_ORDER:
        return lot.court_code
    if work.actor.has(Role.INTERMEDIATE_COURT):
        return work.actor.court_code
    return (await court_of(work, lot.court_code)).superior_code


async def _suspend_asset(work: Work, lot: Lot, rule: str) -> None:
    """A court's stay suspends the lot's assets (§11.1); the platform's own short stop does not."""
    await advance_lot_assets(
        work,
        lot,
        AssetState.SUSPENDED,
        reason="暂缓或中止拍卖",
        rule=rule,
        only_from={AssetState.LISTED},
    )


async def _watch_superior_stay(work: Work, lot: Lot, stay: Stay) -> None:
    await open_deadline(
        work,
        "L-41",
        subject_kind="stay",
        subject_id=stay.id,
        started_at=stay.ordered_at,
        due_at=stay.until,
        owner_role=Role.INTERMEDIATE_COURT,
        owner_court=stay.ordered_by_court,
        asset_id=lot.asset_id,
        case_id=lot.case_id,
        lot_id=lot.id,
        trigger_event="lot.paused",
    )
