"""Putting a payout off: a ground, a leader's word, a day to look again; afterwards ten days to pay (M-05, L-34)."""

from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from auction.proceeds.models import Proceeds, ProceedsState
from auction.proceeds.payout.models import DelayGround, DelayState, PayoutDelay
from auction.proceeds.queries import note_proceeds, proceeds_for_update
from auction.proceeds.rules import check_two_persons
from core.database import Work
from core.deadlines import open_deadline, waive_deadline
from core.deadlines.rules import day_in_court
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, may, require
from core.ids import new_id
from core.legal_settings import legal
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text

S = DelayState
OVER = (ProceedsState.PAID_OUT, ProceedsState.SETTLED, ProceedsState.REVOKED)


async def ask_delay(
    work: Work, proceeds_id: UUID, *, ground: DelayGround, reason: str, review_on: date
) -> PayoutDelay:
    """Ask for a delay, as officer or finance. Raises `InvalidInput` by field, `Conflict` while one is open, `NotPermitted`."""
    proceeds = await proceeds_for_update(work, proceeds_id)
    if not any(
        may(work.actor, each, court_code=proceeds.court_code)
        for each in (Permission.DRAFT_DISTRIBUTION, Permission.RECORD_BANK_LINE)
    ):
        raise NotPermitted(msg("您的岗位无权办理此事项。请联系有权限的同事或更换账号登录。"), rule="P-03")
    if proceeds.state in OVER:
        raise RuleViolation("M-05", msg("该笔案款已经发放，无需延缓。"))
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "delay_reason", fields, longest=500)
    if review_on <= day_in_court(work.now):
        fields["review_on"] = msg("请填写今天以后的日期。")
    if fields:
        raise InvalidInput(msg("延缓申请有误，请按提示修改。"), fields=fields, rule="M-05")
    delay = PayoutDelay(
        id=new_id(),
        proceeds_id=proceeds.id,
        court_code=proceeds.court_code,
        ground=ground,
        reason=reason,
        review_on=review_on,
        asked_by=work.actor.account_id,
        asked_at=work.now,
    )
    try:
        async with work.session.begin_nested():
            work.session.add(delay)
    except IntegrityError as error:
        raise Conflict(msg("该笔案款已有一份延缓申请。"), rule="M-05") from error
    await note_proceeds(work, proceeds, "delay.asked", "M-05", ground=ground, reason=reason)
    await tell_court(
        work,
        proceeds.court_code,
        Role.BUREAU_DIRECTOR,
        Role.VICE_PRESIDENT,
        key=f"delay:{delay.id}",
        title=msg("延缓发放待审批"),
        body=msg("“{title}”的案款申请延缓发放，请审批。", title=proceeds.title),
        link=f"/finance/payouts/{proceeds.id}",
    )
    return delay


async def decide_delay(work: Work, delay_id: UUID, *, allow: bool, note: str = "") -> PayoutDelay:
    """The director or a leader decides; allowed, the thirty days are counted no more. Raises `RuleViolation` (M-05: another
    person), `Conflict`, `InvalidInput`, `NotPermitted`."""
    delay, proceeds = await _delay(work, delay_id)
    require(work.actor, Permission.RELEASE_MONEY, court_code=proceeds.court_code)
    if delay.state != S.ASKED:
        raise Conflict(msg("该延缓申请已经处理。"), rule="M-05")
    check_two_persons(delay.asked_by, work.actor.account_id, rule="M-05")
    fields: dict[str, Message] = {}
    note = clean_text(note, "delay_note", fields, longest=300, required=not allow)
    if fields:
        raise InvalidInput(msg("请写明不予延缓的理由。"), fields=fields, rule="M-05")
    delay.state = S.IN_FORCE if allow else S.REFUSED
    delay.decided_by, delay.decided_at, delay.decision_note = work.actor.account_id, work.now, note
    if allow:
        for clock in ("L-33", "L-34"):
            await waive_deadline(
                work, clock, subject_kind="proceeds", subject_id=proceeds.id, reason="delay.in_force"
            )
    await note_proceeds(work, proceeds, "delay.allowed" if allow else "delay.refused", "M-05", note=note)
    return delay


async def end_delay(work: Work, delay_id: UUID, *, note: str) -> PayoutDelay:
    """The ground has gone: ten days to pay from now (L-34). Raises `Conflict`, `InvalidInput`, `NotPermitted`."""
    delay, proceeds = await _delay(work, delay_id)
    if not any(
        may(work.actor, each, court_code=proceeds.court_code)
        for each in (Permission.DRAFT_DISTRIBUTION, Permission.RECORD_BANK_LINE, Permission.RELEASE_MONEY)
    ):
        raise NotPermitted(msg("您的岗位无权办理此事项。请联系有权限的同事或更换账号登录。"), rule="P-03")
    if delay.state != S.IN_FORCE:
        raise Conflict(msg("没有正在延缓的事项。"), rule="M-05")
    fields: dict[str, Message] = {}
    note = clean_text(note, "end_note", fields, longest=300)
    if fields:
        raise InvalidInput(msg("请写明事由如何消失。"), fields=fields, rule="M-05")
    delay.state, delay.ended_at, delay.end_note = S.ENDED, work.now, note
    await open_deadline(
        work,
        "L-34",
        subject_kind="proceeds",
        subject_id=proceeds.id,
        days=legal().payout_after_delay_days,
        owner_role=Role.FINANCE,
        owner_court=proceeds.court_code,
        asset_id=proceeds.asset_id,
        case_id=proceeds.case_id,
        lot_id=proceeds.lot_id,
        trigger_event="delay.ended",
    )
    await note_proceeds(work, proceeds, "delay.ended", "M-05", note=note)
    return delay


async def _delay(work: Work, delay_id: UUID) -> tuple[PayoutDelay, Proceeds]:
    found = await work.session.get(PayoutDelay, delay_id)
    if found is None:
        raise NotFound(msg("没有找到该延缓申请。"))
    proceeds = await proceeds_for_update(work, found.proceeds_id)
    delay = await work.session.get(PayoutDelay, delay_id, with_for_update=True, populate_existing=True)
    assert delay is not None
    return delay, proceeds
