"""Payments are proposed on a sheet and approved by another person; before that the payee's account is checked (M-03, M-06)."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from auction.payments.rules import Tier
from auction.payments.suspended import APPROVERS
from auction.proceeds.accounts import PayeeAccount, open_account_of, seal_account
from auction.proceeds.claims.models import DistributionClaim
from auction.proceeds.models import Proceeds
from auction.proceeds.papers import issue_sheet
from auction.proceeds.payout import rules
from auction.proceeds.payout.models import (
    DelayState,
    Payout,
    PayoutKind,
    PayoutSheet,
    PayoutState,
    SheetState,
)
from auction.proceeds.payout.queries import delays_of, payout_for_update
from auction.proceeds.queries import note_proceeds, owned_since, proceeds_for_update
from auction.proceeds.rules import account_problem, check_owned
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, require
from core.identity.models import Account
from core.ids import new_id
from core.legal_settings import legal
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text

S = PayoutState


async def set_payee(work: Work, payout_id: UUID, account: PayeeAccount) -> Payout:
    """Enter or correct where a payment goes, before it is approved or after it bounced; a corrected one is approved anew.

    Raises `InvalidInput` by field (M-03: the payee's own account), `RuleViolation`, `NotPermitted`.
    """
    payout, proceeds = await payout_for_update(work, payout_id)
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=proceeds.court_code)
    if payout.state == S.BOUNCED:
        payout.state, payout.sheet_id, payout.file_id, payout.reference = S.READY, None, None, None
    elif payout.state != S.READY:
        raise RuleViolation("M-03", msg("该笔付款已经提出或者已经支付，不能更改账户。"))
    if problem := account_problem(
        payee=payout.payee, holder=account.holder, number=account.number, bank=account.bank
    ):
        field: dict[str, Message] = {"number" if problem.msgid.startswith("账号") else "holder": problem}
        raise InvalidInput(msg("收款账户有误，请按提示修改。"), fields=field, rule="M-03")
    payout.payee_sealed, payout.payee_hint = seal_account(account, payout.id), account.hint
    payout.problem = ""
    await note_proceeds(
        work, proceeds, "payout.account_checked", "M-03", payout=str(payout.id), account=account.hint
    )
    return payout


async def propose_sheet(
    work: Work, proceeds_id: UUID, payout_ids: Sequence[UUID], *, note: str
) -> PayoutSheet:
    """Put payments on a sheet. Raises `RuleViolation` (ruling not served, delayed, account missing), `InvalidInput`,
    `NotPermitted`."""
    proceeds = await proceeds_for_update(work, proceeds_id)
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=proceeds.court_code)
    check_owned(await owned_since(work, proceeds))
    rules.check_not_delayed([DelayState(each.state) for each in await delays_of(work, proceeds.id)])
    fields: dict[str, Message] = {}
    note = clean_text(note, "note", fields, longest=300, required=False)
    payouts = list(
        await work.session.exec(
            select(Payout)
            .where(Payout.proceeds_id == proceeds.id, col(Payout.id).in_(payout_ids))
            .order_by(col(Payout.id))
            .with_for_update()
        )
    )
    if not payouts or len(payouts) != len(set(payout_ids)):
        fields["payout"] = msg("请至少选择一项。")
    if fields:
        raise InvalidInput(msg("发放申请有误，请按提示修改。"), fields=fields, rule="M-04")
    for each in payouts:
        rules.check_transition(S(each.state), S.PROPOSED)
        if each.payee_sealed is None:
            await _take_claims_account(work, each)
        if each.payee_sealed is None:
            raise RuleViolation(
                "M-03",
                msg("“{payee}”的收款账户尚未核对。", payee=each.payee),
                remedy=msg("请先填写收款账户；无法支付的，可以提存。"),
            )
    total = sum(each.amount_fen for each in payouts)
    sheet = PayoutSheet(
        id=new_id(),
        proceeds_id=proceeds.id,
        court_code=proceeds.court_code,
        tier=rules.sheet_tier(total, limit_fen=legal().payout_tier_fen),
        total_fen=total,
        note=note,
        proposed_by=work.actor.account_id,
        proposed_at=work.now,
    )
    work.session.add(sheet)
    await work.session.flush()
    for each in payouts:
        each.state, each.sheet_id = S.PROPOSED, sheet.id
    await note_proceeds(work, proceeds, "payout.proposed", "M-06", total_fen=total, count=len(payouts))
    await tell_court(
        work,
        proceeds.court_code,
        *APPROVERS[Tier(sheet.tier)],
        key=f"sheet:{sheet.id}",
        title=msg("案款发放待批准"),
        body=msg("“{title}”的案款发放待批准，请核对收款人、账户和金额。", title=proceeds.title),
        link=f"/finance/payouts/{proceeds.id}",
    )
    return sheet


async def _take_claims_account(work: Work, payout: Payout) -> None:
    """A creditor may have given the account after the payment was written down."""
    if payout.claim_id is None:
        return
    claim = await work.session.get_one(DistributionClaim, payout.claim_id)
    if claim.payee_sealed is not None:
        payout.payee_sealed = seal_account(open_account_of(claim.payee_sealed, claim.id), payout.id)
        payout.payee_hint = claim.payee_hint


async def decide_sheet(work: Work, sheet_id: UUID, *, approve: bool, note: str = "") -> PayoutSheet:
    """A second person approves or declines (M-06). Raises `NotPermitted` for the proposer and for a post below the tier,
    `Conflict`, `InvalidInput` when it is declined without a word why."""
    found = await work.session.get(PayoutSheet, sheet_id)
    if found is None or found.court_code != work.actor.court_code:
        raise NotFound(msg("没有找到该发放申请。"), rule="P-03")
    proceeds = await proceeds_for_update(work, found.proceeds_id)
    sheet = await work.session.get(PayoutSheet, sheet_id, with_for_update=True, populate_existing=True)
    assert sheet is not None
    _require_approver(work, sheet)
    if sheet.state != SheetState.PROPOSED:
        raise Conflict(msg("该发放申请已经处理。"), rule="M-06")
    fields: dict[str, Message] = {}
    note = clean_text(note, "decision_note", fields, longest=300, required=not approve)
    if fields:
        raise InvalidInput(msg("请写明不予批准的理由。"), fields=fields, rule="M-06")
    sheet.state = SheetState.APPROVED if approve else SheetState.DECLINED
    sheet.decided_by, sheet.decided_at, sheet.decision_note = work.actor.account_id, work.now, note
    payouts = list(
        await work.session.exec(
            select(Payout)
            .where(Payout.sheet_id == sheet.id, Payout.state == S.PROPOSED)
            .order_by(col(Payout.created_at), col(Payout.id))
            .with_for_update()
        )
    )
    for each in payouts:
        each.state = S.APPROVED if approve else S.READY
        each.sheet_id = sheet.id if approve else None
    if approve:
        await _issue(work, proceeds, sheet, payouts)
    await note_proceeds(
        work,
        proceeds,
        "payout.approved" if approve else "payout.declined",
        "M-06",
        total_fen=sheet.total_fen,
        note=note,
    )
    return sheet


async def _issue(work: Work, proceeds: Proceeds, sheet: PayoutSheet, payouts: Sequence[Payout]) -> None:
    proposer = await work.session.get(Account, sheet.proposed_by) if sheet.proposed_by else None
    paper = await issue_sheet(
        work,
        proceeds,
        key=f"payout-sheet:{sheet.id}",
        payments=[
            {
                "kind": rules.KIND_LABELS[PayoutKind(each.kind)],
                "payee": each.payee,
                "account": each.payee_hint,
                "amount_fen": each.amount_fen,
            }
            for each in payouts
        ],
        people={
            "proposer": proposer.display_name if proposer else "系统",
            "approver": work.actor.name,
            "basis": "经核定的费用和已确定的财产分配方案",
        },
        note="；".join(each for each in (sheet.note, sheet.decision_note) if each),
    )
    sheet.document_id = paper.id


def _require_approver(work: Work, sheet: PayoutSheet) -> None:
    actor = work.actor
    if actor.account_id is None or actor.account_id == sheet.proposed_by:
        raise NotPermitted(msg("发放须由另一人批准，申请人不能批准自己的申请。"), rule="M-06")
    if not actor.has(*APPROVERS[Tier(sheet.tier)]):
        raise NotPermitted(
            msg("该笔金额的发放须由执行局局长或院领导批准。")
            if sheet.tier == Tier.DIRECTOR
            else msg("该笔金额的发放须由另一名财务人员或执行局局长批准。"),
            rule="M-06",
        )
