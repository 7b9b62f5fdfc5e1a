"""Notify the parties and priority purchasers of a sale, and keep the proof (B-20, B-21, §11.3 NOTIFYING)."""

from datetime import datetime
from uuid import UUID

from auction.listing.advance import advance_lot
from auction.listing.models import Lot, LotState, PartyNotification
from auction.listing.note import note_lot
from auction.listing.papers import issue_party_notice
from auction.listing.pre_emption import end_pre_emption, start_pre_emption
from auction.listing.queries import lot_for_update, notifications_of
from auction.listing.rules import shown
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from core.ids import new_id
from core.money import yuan
from core.notices import notify as tell
from disposal_teams.cases.queries import parties_of
from disposal_teams.plain_text import clean_text

POSTED = "public_posting"
WAYS = frozenset({"electronic", "post", "in_person"})
_EDITABLE = frozenset({LotState.DRAFT, LotState.NOTIFYING})


async def notify_parties(work: Work, lot_id: UUID, *, way: str = "electronic") -> list[PartyNotification]:
    """Send the 拍卖通知书 to every party and priority purchaser; who cannot be reached is posted publicly (B-20).

    Repeating it serves only persons who joined since. Raises `RuleViolation` once published or without parties.
    """
    lot = await _lot(work, lot_id)
    if way not in WAYS:
        raise InvalidInput(
            msg("请选择送达方式。"), fields={"way": msg("请选择列表中的送达方式。")}, rule="B-20"
        )
    if lot.starts_at is None:
        raise RuleViolation("B-20", msg("通知书须写明拍卖时间。请先在草稿中填写开拍时间。"))
    parties = await parties_of(work, lot.case_id)
    if not parties:
        raise RuleViolation("B-20", msg("案件中还没有当事人，无法通知。请先登记申请执行人和被执行人。"))
    known = await notifications_of(work, lot.id)
    made = []
    for party in parties:
        if party.id in known:
            continue
        note = PartyNotification(id=new_id(), lot_id=lot.id, party_id=party.id, way=way, sent_at=work.now)
        if not party.is_reachable:
            note.way, note.posted_at = POSTED, work.now
        made.append(note)
    work.session.add_all(made)
    await work.session.flush()
    for note in made:
        await start_pre_emption(work, lot, note)
    for party in parties:
        if party.account_id is not None and party.id not in known:
            await tell(
                work,
                account_id=party.account_id,
                key=f"lot:{lot.id}:party",
                title=msg("拍卖通知书"),
                body=msg(
                    "法院将拍卖“{title}”，{start} 开拍，起拍价 {yuan} 元。享有优先购买权的，请在竞价开始前向法院提出。",
                    title=lot.title,
                    start=shown(lot.starts_at),
                    yuan=yuan(lot.starting_price_fen),
                ),
            )
    if made:
        await issue_party_notice.later(work, key=f"{lot.id}:{len(known) + len(made)}", lot_id=lot.id)
    if lot.state == LotState.DRAFT:
        await advance_lot(
            work, lot, LotState.NOTIFYING, event="lot.parties_notified", rule="B-20", persons=len(made)
        )
    elif made:
        await note_lot(work, lot, "lot.parties_notified", "B-20", persons=len(made))
    return made


async def record_notification(
    work: Work, notification_id: UUID, *, received_at: datetime, proof: str
) -> PartyNotification:
    """Record the proven receipt of a notice. The three days of B-20 run from it.

    Raises `InvalidInput` (no proof; before sending or in the future), `Conflict` (recorded already).
    """
    note, lot = await _notification(work, notification_id)
    if note.received_at is not None or note.waived:
        raise Conflict(msg("该通知已有签收或放弃记录，不能重复登记。"), rule="B-20")
    fields: dict[str, Message] = {}
    proof = clean_text(proof, "proof", fields, longest=200)
    if note.sent_at is not None and received_at < note.sent_at:
        fields["received_at"] = msg("签收时间不能早于发出时间。")
    elif received_at > work.now:
        fields["received_at"] = msg("签收时间不能晚于现在。")
    if fields:
        raise InvalidInput(msg("签收记录有误，请按提示修改。"), fields=fields, rule="B-20")
    note.received_at, note.proof = received_at, proof
    await start_pre_emption(work, lot, note)
    await note_lot(work, lot, "lot.notice_received", "B-20", notification=str(note.id))
    return note


async def record_waiver(work: Work, notification_id: UUID, *, proof: str) -> PartyNotification:
    """Record that a person waived the notice in writing (B-20). Raises `InvalidInput` without the paper."""
    note, lot = await _notification(work, notification_id)
    fields: dict[str, Message] = {}
    proof = clean_text(proof, "proof", fields, longest=200)
    if fields:
        raise InvalidInput(msg("请填写书面放弃材料的编号。"), fields=fields, rule="B-20")
    note.waived, note.proof = True, proof
    await end_pre_emption(work, note)
    await note_lot(work, lot, "lot.notice_waived", "B-20", notification=str(note.id))
    return note


async def post_publicly(work: Work, notification_id: UUID) -> PartyNotification:
    """Post the notice for a person who cannot be reached: deemed notified after five days (B-20)."""
    note, lot = await _notification(work, notification_id)
    if note.received_at is not None or note.waived:
        raise Conflict(msg("该当事人已签收或已放弃，无需公示。"), rule="B-20")
    if note.posted_at is None:
        note.way, note.posted_at = POSTED, work.now
        await start_pre_emption(work, lot, note)
        await note_lot(work, lot, "lot.notice_posted", "B-20", notification=str(note.id))
    return note


async def _lot(work: Work, lot_id: UUID) -> Lot:
    lot = await lot_for_update(work, lot_id)
    require(work.actor, Permission.NOTIFY_PARTIES, court_code=lot.court_code)
    if LotState(lot.state) not in _EDITABLE:
        raise RuleViolation("B-20", msg("通知应在公告发布之前完成，该拍品已经发布。"))
    return lot


async def _notification(work: Work, notification_id: UUID) -> tuple[PartyNotification, Lot]:
    note = await work.session.get(PartyNotification, notification_id)
    if note is None:
        raise NotFound(msg("没有找到该通知记录。"))
    lot = await _lot(work, note.lot_id)
    await work.session.refresh(note)
    return note, lot
