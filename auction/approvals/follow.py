"""Note that a transfer needs an approval, and what the authority answers (A-25, B-75)."""

from uuid import UUID

from auction.approvals import rules
from auction.approvals.models import ApprovalState, TransferApproval
from auction.delivery.tell import tell_buyer
from auction.listing.models import Lot
from auction.listing.note import note_lot
from auction.settlement.models import Settlement, SettlementState
from auction.settlement.paid import start_ruling_clock
from auction.settlement.ruling import settlement_for_update
from core.database import Work
from core.deadlines import waive_deadline
from core.errors import InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text


async def note_approval_needed(work: Work, lot_id: UUID, *, authority: str, matter: str) -> TransferApproval:
    """From now on the ruling waits for the authority, and so does its clock (L-19). The buyer is told where to apply.

    Raises `InvalidInput` by field, `RuleViolation` once ruled or a second time, `NotPermitted`.
    """
    settlement, lot = await settlement_for_update(work, lot_id)
    require(work.actor, Permission.ISSUE_RULING, court_code=lot.court_code)
    before = await work.session.get(TransferApproval, lot_id)
    rules.check_noting(SettlementState(settlement.state), before=before.state if before else None)
    fields: dict[str, Message] = {}
    approval = TransferApproval(
        lot_id=lot.id,
        authority=clean_text(authority, "authority", fields, longest=100),
        matter=clean_text(matter, "matter", fields, longest=300),
        noted_at=work.now,
    )
    if fields:
        raise InvalidInput(msg("审批事项有误，请按提示修改。"), fields=fields, rule="B-75")
    work.session.add(approval)
    await waive_deadline(work, "L-19", subject_kind="lot", subject_id=lot.id, reason="sale.approval_needed")
    await note_lot(work, lot, "sale.approval_needed", "B-75", state=approval.state)
    await tell_buyer(
        work,
        settlement,
        lot,
        "approval",
        msg("成交须经审批"),
        msg(
            "“{title}”的转让须经{authority}批准，请持成交确认书申请。批准以前法院不作出过户裁定。",
            title=lot.title,
            authority=approval.authority,
        ),
    )
    return approval


async def record_approval_answer(
    work: Work,
    lot_id: UUID,
    *,
    is_approved: bool,
    answer_no: str,
    answer: str,
    because_of_buyer: bool = False,
) -> TransferApproval:
    """Approved: the ten days for the ruling begin. Refused: the objection judges are asked to undo the sale (B-55).

    Raises `InvalidInput` by field, `RuleViolation`, `NotFound`, `NotPermitted`.
    """
    settlement, lot = await settlement_for_update(work, lot_id)
    require(work.actor, Permission.ISSUE_RULING, court_code=lot.court_code)
    approval = await work.session.get(TransferApproval, lot_id, with_for_update=True, populate_existing=True)
    if approval is None:
        raise NotFound(msg("该成交没有登记须经审批。"))
    rules.check_answering(ApprovalState(approval.state), SettlementState(settlement.state))
    fields: dict[str, Message] = {}
    approval.answer_no = clean_text(answer_no, "answer_no", fields, longest=80)
    approval.answer = clean_text(answer, "answer", fields, longest=500, required=not is_approved)
    if fields:
        raise InvalidInput(msg("审批结果有误，请按提示修改。"), fields=fields, rule="B-75")
    approval.state = ApprovalState.APPROVED if is_approved else ApprovalState.REFUSED
    approval.because_of_buyer = because_of_buyer and not is_approved
    approval.answered_at = work.now
    await note_lot(work, lot, "sale.approval_answered", "B-75", state=approval.state)
    if is_approved:
        if settlement.state == SettlementState.PAID_FULL:
            await start_ruling_clock(work, lot, trigger="sale.approval_answered")
    else:
        await _ask_to_revoke(work, lot, approval)
    await _tell_answer(work, settlement, lot, approval)
    return approval


async def _ask_to_revoke(work: Work, lot: Lot, approval: TransferApproval) -> None:
    await tell_court(
        work,
        lot.court_code,
        Role.OBJECTION_PANEL,
        Role.BUREAU_DIRECTOR,
        key=f"approval-refused:{lot.id}",
        title=msg("转让未获批准，请依法撤销成交"),
        body=msg(
            "“{title}”的转让未获{authority}批准（{number}），请依法撤销成交并退还款项。",
            title=lot.title,
            authority=approval.authority,
            number=approval.answer_no,
        ),
        link=f"/team/lots/{lot.lot_no}/acts/revoke",
    )


async def _tell_answer(work: Work, settlement: Settlement, lot: Lot, approval: TransferApproval) -> None:
    approved = approval.state == ApprovalState.APPROVED
    await tell_buyer(
        work,
        settlement,
        lot,
        "approval-answer",
        msg("转让已获批准") if approved else msg("转让未获批准"),
        msg("“{title}”的转让已获批准，付清价款后法院作出裁定。", title=lot.title)
        if approved
        else msg("“{title}”的转让未获批准，法院将依法撤销成交，退还您已付的款项。", title=lot.title),
    )
