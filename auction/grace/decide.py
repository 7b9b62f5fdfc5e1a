"""The director grants more time, or not: the new date is told to everybody whom it concerns (B-70, L-18)."""

from datetime import date
from uuid import UUID

from auction.grace import rules
from auction.grace.models import BalanceGrace, GraceState
from auction.listing.models import Lot
from auction.listing.note import note_lot
from auction.registration.models import Registration
from auction.registration.tell import tell_bidder
from auction.settlement.models import Settlement, SettlementState
from auction.settlement.papers import issue_paper, sale_data
from auction.settlement.ruling import settlement_for_update
from auction.suspension.tell import tell_parties
from core.database import Work
from core.deadlines import meet_deadline, open_deadline, waive_deadline
from core.deadlines.rules import end_of_day
from core.errors import InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.legal_settings import legal
from core.notices import Topic
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text


async def grant_grace(work: Work, lot_id: UUID, *, until: date, note: str = "") -> BalanceGrace:
    """The balance is due at the end of `until` instead. Its clock is closed and a new one runs to the new date (L-18).

    Raises `InvalidInput` at `until`, `RuleViolation`, `NotPermitted`.
    """
    settlement, lot, grace = await _asked(work, lot_id)
    rules.check_day(until, due_at=grace.old_due_at, now=work.now, most_days=legal().balance_grace_days_most)
    grace.state, grace.new_due_at = GraceState.GRANTED, end_of_day(until)
    _decided(work, grace, note)
    settlement.balance_due_at = grace.new_due_at
    event = "sale.grace_granted"
    if not await waive_deadline(work, "L-18", subject_kind="lot", subject_id=lot.id, reason=event):
        await meet_deadline(work, "L-18", subject_kind="lot", subject_id=lot.id, done_event=event)
    await open_deadline(
        work,
        "L-18",
        subject_kind="lot",
        subject_id=lot.id,
        due_at=grace.new_due_at,
        owner_role=Role.BIDDER,
        owner_court=lot.court_code,
        asset_id=lot.asset_id,
        case_id=lot.case_id,
        lot_id=lot.id,
        trigger_event=event,
    )
    data = {
        **await sale_data(work, lot, settlement),
        "officer": work.actor.name,
        "put_off": until.isoformat(),
    }
    settlement.payment_notice_document_id = (
        await issue_paper(work, lot, "payment_notice", "payment_notice", data)
    ).id
    await note_lot(work, lot, event, "B-70", until=until.isoformat())
    title, body = (
        msg("尾款延期已批准"),
        msg("“{title}”的尾款支付期限延至 {day}，只延期一次。", title=lot.title, day=until.isoformat()),
    )
    await _tell_buyer(work, settlement, title, body)
    await tell_court(
        work,
        lot.court_code,
        Role.PANEL_MEMBER,
        Role.CASE_OFFICER,
        Role.DISPOSAL_TEAM,
        Role.FINANCE,
        key=f"grace-granted:{lot.id}",
        title=title,
        body=body,
        link=f"/team/settlements/{lot.lot_no}",
    )
    await tell_parties(work, lot, key=f"grace-granted:{lot.id}", title=title, body=body)
    return grace


async def refuse_grace(work: Work, lot_id: UUID, *, note: str) -> BalanceGrace:
    """The date stays. Raises `InvalidInput` without a reason, `RuleViolation`, `NotPermitted`."""
    settlement, lot, grace = await _asked(work, lot_id)
    if not note.strip():
        raise InvalidInput(msg("请写明不予延期的理由。"), fields={"note": msg("此项必填。")}, rule="B-70")
    grace.state = GraceState.REFUSED
    _decided(work, grace, note)
    await note_lot(work, lot, "sale.grace_refused", "B-70")
    title, body = (
        msg("尾款延期未获批准"),
        msg("“{title}”的尾款仍按原期限支付。理由：{note}", title=lot.title, note=grace.note),
    )
    await _tell_buyer(work, settlement, title, body)
    await tell_court(
        work,
        lot.court_code,
        Role.PANEL_MEMBER,
        Role.CASE_OFFICER,
        key=f"grace-refused:{lot.id}",
        title=title,
        body=body,
        link=f"/team/settlements/{lot.lot_no}",
    )
    return grace


async def _asked(work: Work, lot_id: UUID) -> tuple[Settlement, Lot, BalanceGrace]:
    settlement, lot = await settlement_for_update(work, lot_id)
    require(work.actor, Permission.GRANT_GRACE, court_code=lot.court_code)
    grace = await work.session.get(BalanceGrace, lot_id, with_for_update=True, populate_existing=True)
    if grace is None:
        raise NotFound(msg("没有尾款延期申请。"))
    rules.check_decision(state=GraceState(grace.state), settlement=SettlementState(settlement.state))
    return settlement, lot, grace


def _decided(work: Work, grace: BalanceGrace, note: str) -> None:
    fields: dict[str, Message] = {}
    grace.note = clean_text(note, "note", fields, longest=500, required=False)
    if fields:
        raise InvalidInput(msg("说明有误，请按提示修改。"), fields=fields, rule="B-70")
    grace.decided_by, grace.decided_by_name, grace.decided_at = (
        work.actor.account_id,
        work.actor.name[:80],
        work.now,
    )


async def _tell_buyer(work: Work, settlement: Settlement, title: Message, body: Message) -> None:
    registration = await work.session.get_one(Registration, settlement.registration_id)
    await tell_bidder(
        work,
        registration,
        key=f"grace:{settlement.lot_id}",
        title=title,
        body=body,
        topic=Topic.RESULT,
    )
