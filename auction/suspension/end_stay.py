"""A ground ends: by its date, by the court, by what had ordered it. Then five days run in which the sale goes on (B-50, L-25)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from auction.listing.lock_bidding import lock_bidding
from auction.listing.models import Lot
from auction.listing.note import note_lot
from auction.suspension.grounds import SUPERIOR_ORDER
from auction.suspension.models import Stay
from auction.suspension.publish import ask_to_resume, publish_stay
from auction.suspension.queries import stays_in_force
from auction.suspension.rules import check_extension
from core.database import Work
from core.deadlines import meet_deadline, open_deadline, waive_deadline
from core.errors import InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from disposal_teams.plain_text import clean_text


async def end_stays(
    work: Work,
    lot_ids: Sequence[UUID],
    *,
    note: str,
    source: str | None = None,
    stay_id: UUID | None = None,
) -> list[Stay]:
    """Note that grounds of these lots are gone: all of them, those of one `source`, or one `stay_id`.

    When none is left for a lot, the five days of L-25 begin and its court is told. What is over already stays as it is.
    A superior's stay is ended by the superior, or by its date (B-54). Raises `InvalidInput`, `RuleViolation`,
    `NotPermitted`.
    """
    fields: dict[str, Message] = {}
    note = clean_text(note, "note", fields, longest=500)
    if fields:
        raise InvalidInput(msg("请写明停拍事由如何消失。"), fields=fields, rule="B-50")
    work, rows = await lock_bidding(work, lot_ids)
    ended = []
    for _, lot in rows:
        require(work.actor, Permission.STOP_LISTING, court_code=lot.court_code)
        in_force = await stays_in_force(work, lot.id)
        meant = [
            stay
            for stay in in_force
            if (source is None or stay.source == source) and (stay_id is None or stay.id == stay_id)
        ]
        for stay in meant:
            _check_who_ends(work, stay)
            await _end(work, lot, stay, note)
        if meant and len(meant) == len(in_force):
            await _let_resume(work, lot)
        ended += meant
    return ended


def _check_who_ends(work: Work, stay: Stay) -> None:
    if stay.ground == SUPERIOR_ORDER and not work.actor.has(Role.INTERMEDIATE_COURT, Role.SYSTEM):
        raise RuleViolation(
            "B-54", msg("上级法院决定的暂缓由上级法院解除，或者期限届满自动失效，本院不能提前恢复。")
        )


async def _end(work: Work, lot: Lot, stay: Stay, note: str) -> None:
    stay.ended_at, stay.end_note = work.now, note
    await meet_deadline(work, "L-41", subject_kind="stay", subject_id=stay.id, done_event="lot.stay_ended")
    await note_lot(work, lot, "lot.stay_ended", "B-50", stay=str(stay.id), ground=stay.ground, note=note)


async def _let_resume(work: Work, lot: Lot) -> None:
    await open_deadline(
        work,
        "L-25",
        subject_kind="lot",
        subject_id=lot.id,
        owner_role=Role.CASE_OFFICER,
        owner_court=lot.court_code,
        asset_id=lot.asset_id,
        case_id=lot.case_id,
        lot_id=lot.id,
        trigger_event="lot.stay_ended",
    )
    await ask_to_resume(work, lot)


async def close_stays(work: Work, lot: Lot, event: str) -> None:
    """The run is over: nothing stops it any more, and nothing waits for its resumption."""
    for stay in await stays_in_force(work, lot.id):
        stay.ended_at, stay.end_note = work.now, event
        for rule in ("L-41", "L-44"):
            await waive_deadline(work, rule, subject_kind="stay", subject_id=stay.id, reason=event)
    await waive_deadline(work, "L-25", subject_kind="lot", subject_id=lot.id, reason=event)


async def extend_stay(work: Work, stay_id: UUID, *, until: datetime, reason: str) -> Stay:
    """Prolong a superior's stay; only the president of the court that ordered it may (B-54).

    Raises `InvalidInput`, `RuleViolation` (not a superior's, too long, over), `NotPermitted`.
    """
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=500)
    if fields:
        raise InvalidInput(msg("请写明延长暂缓的理由。"), fields=fields, rule="B-54")
    stay = await work.session.get(Stay, stay_id)
    if stay is None:
        raise NotFound(msg("没有找到该停拍决定。"))
    work, ((_, lot),) = await lock_bidding(work, [stay.lot_id])
    await work.session.refresh(stay)
    require(work.actor, Permission.EXTEND_STAY, court_code=stay.ordered_by_court)
    if not stay.in_force:
        raise RuleViolation("B-54", msg("该暂缓已经结束，不能延长。"))
    check_extension(ground=stay.ground, until=stay.until, new_until=until)
    before, stay.until, stay.extensions = stay.until, until, stay.extensions + 1
    await waive_deadline(work, "L-41", subject_kind="stay", subject_id=stay.id, reason="lot.stay_extended")
    await open_deadline(
        work,
        "L-41",
        subject_kind="stay",
        subject_id=stay.id,
        due_at=until,
        owner_role=Role.INTERMEDIATE_COURT,
        owner_court=stay.ordered_by_court,
        asset_id=lot.asset_id,
        case_id=lot.case_id,
        lot_id=lot.id,
        trigger_event="lot.stay_extended",
    )
    await note_lot(
        work,
        lot,
        "lot.stay_extended",
        "B-54",
        stay=str(stay.id),
        before=before,
        until=until,
        reason=reason,
        president=work.actor.name,
    )
    await publish_stay.later(work, key=f"{stay.id}:extended:{stay.extensions}", stay_id=stay.id)
    return stay


async def end_expired_stays(work: Work, *, limit: int = 200) -> int:
    """End the deferrals whose last moment has passed: a superior's that ends in silence too (B-54). Returns how many lots."""
    due = await work.session.exec(
        select(Stay.lot_id)
        .where(col(Stay.ended_at).is_(None), col(Stay.until) <= work.now)
        .distinct()
        .limit(limit)
    )
    work, rows = await lock_bidding(work, list(due))
    for _, lot in rows:
        in_force = await stays_in_force(work, lot.id)
        expired = [stay for stay in in_force if stay.until is not None and stay.until <= work.now]
        for stay in expired:
            await _end(work, lot, stay, "暂缓期限届满")
        if expired and len(expired) == len(in_force):
            await _let_resume(work, lot)
    return len(rows)
