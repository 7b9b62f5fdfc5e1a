"""What finance does with a line that fits nothing: book it to the account that was meant, or have it sent back (M-01, M-06)."""

from uuid import UUID

from sqlmodel import col, select

from auction.payments.accounts import deposit_account, unclaimed_account
from auction.payments.bank_lines import line_for_update, note_line
from auction.payments.match import book_deposit, deposit_awaits, is_payer, registration_of
from auction.payments.models import (
    BankLine,
    BankLineState,
    LineReturn,
    PaymentOrderKind,
    ReturnState,
)
from auction.payments.orders import order_payment
from auction.payments.rules import Awaits, Tier, return_tier
from core.audit import record
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ids import new_id
from core.ledger import Line, post
from core.legal_settings import legal
from disposal_teams.courts.tell import tell_court
from disposal_teams.plain_text import clean_text

_LEADERS = (Role.BUREAU_DIRECTOR, Role.VICE_PRESIDENT, Role.PRESIDENT)
APPROVERS = {Tier.FINANCE: (Role.FINANCE, *_LEADERS), Tier.DIRECTOR: _LEADERS}
"""Who may approve at each tier, as the second person."""


async def propose_return(work: Work, line_id: UUID, *, reason: str) -> LineReturn:
    """Propose to send a suspended line back where it came from; a second person must approve (M-06).

    Raises `Conflict` for a line that is not suspended, `InvalidInput` without a reason, `NotPermitted`.
    """
    line = await line_for_update(work, line_id)
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=line.court_code)
    if work.actor.account_id is None:
        raise NotPermitted(msg("请先登录，再办理此事项。"))
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=300)
    if fields:
        raise InvalidInput(msg("请写明退回理由。"), fields=fields, rule="M-06")
    if line.state != BankLineState.SUSPENDED:
        raise Conflict(msg("该笔流水不是待查款项，不能退回。"), rule="M-01")
    tier = return_tier(line.amount_fen, limit_fen=legal().return_tier_fen)
    proposal = LineReturn(
        id=new_id(),
        bank_line_id=line.id,
        court_code=line.court_code,
        tier=tier,
        reason=reason,
        proposed_by=work.actor.account_id,
        proposed_at=work.now,
    )
    work.session.add(proposal)
    line.state = BankLineState.RETURN_PROPOSED
    await work.session.flush()
    await note_line(work, line, "bank_line.return_proposed")
    await tell_court(
        work,
        line.court_code,
        *APPROVERS[tier],
        key=f"return:{proposal.id}",
        title=msg("待批准退回款项"),
        body=msg("流水 {reference} 申请原路退回，请核对后批准。", reference=line.bank_reference),
        link="/finance/returns",
    )
    return proposal


async def decide_return(work: Work, proposal_id: UUID, *, approve: bool, note: str = "") -> LineReturn:
    """A second person approves or declines (M-06). Approved, the money is ordered back at once.

    Raises `NotPermitted` for the proposer and for a post below the tier, `Conflict` when it was decided already,
    `InvalidInput` when it is declined without a word why.
    """
    proposal = await work.session.get(LineReturn, proposal_id, with_for_update=True, populate_existing=True)
    if proposal is None:
        raise NotFound(msg("没有找到该退回申请。"))
    _require_approver(work, proposal)
    if proposal.state != ReturnState.PROPOSED:
        raise Conflict(msg("该退回申请已经处理。"), rule="M-06")
    fields: dict[str, Message] = {}
    note = clean_text(note, "note", fields, longest=300, required=not approve)
    if fields:
        raise InvalidInput(msg("请写明不予批准的理由。"), fields=fields, rule="M-06")
    line = await line_for_update(work, proposal.bank_line_id)
    proposal.state = ReturnState.APPROVED if approve else ReturnState.DECLINED
    proposal.decided_by, proposal.decided_at, proposal.decision_note = work.actor.account_id, work.now, note
    if approve:
        line.state = BankLineState.RETURNED
        await order_payment(
            work,
            key=f"return:{line.id}",
            kind=PaymentOrderKind.UNMATCHED_RETURN,
            court_code=line.court_code,
            amount_fen=line.amount_fen,
            bank_line_id=line.id,
            channel=line.channel,
        )
    else:
        line.state = BankLineState.SUSPENDED
    await note_line(work, line, "bank_line.return_approved" if approve else "bank_line.return_declined")
    return proposal


def _require_approver(work: Work, proposal: LineReturn) -> None:
    actor = work.actor
    if actor.court_code != proposal.court_code:
        raise NotFound(msg("没有找到该退回申请。"), rule="P-03")
    if actor.account_id is None or actor.account_id == proposal.proposed_by:
        raise NotPermitted(msg("退回款项须由另一人批准，申请人不能批准自己的申请。"), rule="M-06")
    if not actor.has(*APPROVERS[Tier(proposal.tier)]):
        raise NotPermitted(
            msg("该笔金额的退回须由执行局局长或院领导批准。")
            if proposal.tier == Tier.DIRECTOR
            else msg("该笔金额的退回须由另一名财务人员或执行局局长批准。"),
            rule="M-06",
        )


async def open_returns(work: Work, court_code: str) -> list[tuple[LineReturn, BankLine]]:
    """Proposals of a court that wait for approval, oldest first; for finance and those who release money."""
    actor = work.actor
    roles = {role for each in APPROVERS.values() for role in each}
    if actor.court_code != court_code or not actor.has(*roles):
        raise NotPermitted(msg("本页面仅供财务人员和有权批准付款的人员使用。"), rule="M-06")
    rows = await work.session.exec(
        select(LineReturn, BankLine)
        .join(BankLine, col(BankLine.id) == col(LineReturn.bank_line_id))
        .where(LineReturn.court_code == court_code, LineReturn.state == ReturnState.PROPOSED)
        .order_by(col(LineReturn.proposed_at))
        .limit(200)
    )
    return [(proposal, line) for proposal, line in rows.all()]


async def assign_bank_line(work: Work, line_id: UUID, *, virtual_account_no: str) -> BankLine:
    """Book a suspended line to the account it was meant for (a mistyped account number).

    Only for lines without a known account: a wrong name is not cured by assigning (B-30). Raises `Conflict`,
    `RuleViolation`.
    """
    line = await line_for_update(work, line_id)
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=line.court_code)
    if line.state != BankLineState.SUSPENDED:
        raise Conflict(msg("该笔流水不是待查款项，不能重新指定。"), rule="M-01")
    registration = await registration_of(work, virtual_account_no)
    if registration is None or not await is_payer(work, registration, line.payer_match):
        raise RuleViolation(
            "B-30", msg("收款账号不存在，或付款人与报名人姓名不一致，不能指定。请退回该笔款项。")
        )
    missing = registration.deposit_due_fen - registration.deposit_paid_fen
    if await deposit_awaits(work, registration) is not Awaits.OPEN or missing < line.amount_fen:
        raise RuleViolation("B-32", msg("竞价已结束或金额超出应缴保证金，不能指定。请退回该笔款项。"))
    await post(
        work,
        key=f"assign:{line.id}",
        description="待查款项转保证金",
        rule="B-30",
        lines=[
            Line(unclaimed_account(line.id), line.amount_fen),
            Line(deposit_account(registration), -line.amount_fen),
        ],
    )
    await record(
        work, "bank_line.assigned", stream=f"bank:{line.court_code}", rule="B-30", reference=line.bank_reference,
        amount_fen=line.amount_fen,
    )  # fmt: skip
    await book_deposit(work, line, registration, line.amount_fen)
    return line
