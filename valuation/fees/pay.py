"""The actual expense that a firm claims and the court fixes, what is paid, and who has advanced it (V-14, V-25)."""

from datetime import date
from uuid import UUID

from sqlmodel import select

from core.clock import COURT_ZONE
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from core.i18n import Message, msg
from core.identity import Permission, may, require
from core.notices import notify
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import parties_of
from disposal_teams.plain_text import clean_text
from valuation.appraisal.models import AppraisalEngagement
from valuation.appraisers.models import AppraisalFirm
from valuation.fees import rules
from valuation.fees.models import AdvanceWay, FeeAdvance, ValuationFee
from valuation.fees.rules import FeeState
from valuation.note import note_valuation
from valuation.queries import valuation_for_update
from valuation.rules import MAX_PRICE_FEN


async def claim_expense(work: Work, fee_id: UUID, *, amount_fen: int, reason: str) -> ValuationFee:
    """Claim the reasonable actual expense (V-25): the firm itself, or the court from its paper. Until it is fixed it may be
    claimed anew.

    Raises `RuleViolation` (not counted by expense, or fixed), `InvalidInput` by field, `NotPermitted`.
    """
    fee, asset = await _fee_for_update(work, fee_id)
    if not (
        may(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code) or await _is_own(work, fee)
    ):
        raise NotPermitted(msg("该费用不属于贵机构。"), rule="V-25")
    rules.check_claim(FeeState(fee.state))
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "claim_reason", fields, longest=300)
    if not 0 < amount_fen <= MAX_PRICE_FEN:
        fields["claimed"] = msg("金额须大于 0。")
    if fields:
        raise InvalidInput(msg("实际支出没有申报，请按提示修改。"), fields=fields, rule="V-25")
    fee.claimed_fen, fee.claim_reason = amount_fen, reason
    await _note(work, fee, asset, "valuation.expense_claimed", claimed_fen=amount_fen)
    return fee


async def fix_expense(work: Work, fee_id: UUID, *, amount_fen: int) -> ValuationFee:
    """Fix the claimed expense as far as it is reasonable (V-25). Raises `RuleViolation`, `InvalidInput`, `NotPermitted`."""
    fee, asset = await _fee_for_update(work, fee_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    wrong = rules.check_fixing(FeeState(fee.state), claimed_fen=fee.claimed_fen, amount_fen=amount_fen)
    if wrong is not None:
        raise InvalidInput(wrong, fields={"fixed": wrong}, rule="V-25")
    fee.amount_fen = amount_fen * fee.percent // 100
    fee.state, fee.fixed_at = rules.state_of(fee.amount_fen), work.now
    await _note(work, fee, asset, "valuation.expense_fixed", amount_fen=fee.amount_fen)
    await _tell_firm(work, fee, msg("评估费用已经核定"))
    return fee


async def record_fee_payment(work: Work, fee_id: UUID, *, paid_on: date, paid_ref: str) -> ValuationFee:
    """Record that a fee was paid, with the voucher (V-14, V-25). Raises `RuleViolation` (not fixed, paid), `InvalidInput`."""
    fee, asset = await _fee_for_update(work, fee_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    rules.check_payment(FeeState(fee.state))
    fields: dict[str, Message] = {}
    paid_ref = clean_text(paid_ref, "paid_ref", fields, longest=120)
    if paid_on > work.now.astimezone(COURT_ZONE).date():
        fields["paid_on"] = msg("支付日期不能晚于今天。")
    if fields:
        raise InvalidInput(msg("支付没有登记，请按提示修改。"), fields=fields, rule="V-25")
    fee.state, fee.paid_on, fee.paid_ref = FeeState.PAID, paid_on, paid_ref
    await _note(
        work, fee, asset, "valuation.fee_paid", amount_fen=fee.amount_fen, paid_on=paid_on.isoformat()
    )
    await _tell_firm(work, fee, msg("评估费用已经支付"))
    return fee


async def record_advance(
    work: Work, valuation_id: UUID, *, way: AdvanceWay, amount_fen: int, paper_ref: str
) -> FeeAdvance:
    """Record what the applicant has advanced, in money or by an insurer's guarantee (V-25). The debtor bears it.

    Raises `Conflict` (recorded before), `InvalidInput` by field, `NotFound` (the case has no applicant).
    """
    valuation, asset = await valuation_for_update(work, valuation_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    if await work.session.get(FeeAdvance, valuation_id) is not None:
        raise Conflict(msg("垫付情况已经登记。"), rule="V-25")
    applicant = next(
        (each for each in await parties_of(work, asset.case_id) if each.role == PartyRole.APPLICANT), None
    )
    if applicant is None:
        raise NotFound(msg("案件中没有申请执行人。"))
    fields: dict[str, Message] = {}
    paper_ref = clean_text(paper_ref, "paper_ref", fields, longest=120)
    if not 0 < amount_fen <= MAX_PRICE_FEN:
        fields["advance"] = msg("金额须大于 0。")
    if fields:
        raise InvalidInput(msg("垫付没有登记，请按提示修改。"), fields=fields, rule="V-25")
    advance = FeeAdvance(
        valuation_id=valuation_id,
        party_id=applicant.id,
        way=way,
        amount_fen=amount_fen,
        paper_ref=paper_ref,
        recorded_by=work.actor.account_id,
        recorded_at=work.now,
    )
    work.session.add(advance)
    await work.session.flush()
    await note_valuation(
        work,
        asset,
        valuation.id,
        "valuation.fee_advanced",
        "V-25",
        way=str(way),
        amount_fen=amount_fen,
    )
    return advance


async def _fee_for_update(work: Work, fee_id: UUID) -> tuple[ValuationFee, Asset]:
    """The fee, locked after its valuation, and the asset. Raises `NotFound`."""
    found = await work.session.get(ValuationFee, fee_id)
    if found is None:
        raise NotFound(msg("没有找到该费用。"))
    _, asset = await valuation_for_update(work, found.valuation_id)
    await work.session.refresh(found, with_for_update=True)
    return found, asset


async def _firm_account(work: Work, fee: ValuationFee) -> UUID | None:
    if fee.engagement_id is None:
        return None
    found = await work.session.exec(
        select(AppraisalFirm.account_id)
        .join(AppraisalEngagement, AppraisalEngagement.firm_id == AppraisalFirm.id)  # type: ignore[arg-type]
        .where(AppraisalEngagement.id == fee.engagement_id)
    )
    return found.first()


async def _is_own(work: Work, fee: ValuationFee) -> bool:
    account_id = await _firm_account(work, fee)
    return account_id is not None and account_id == work.actor.account_id


async def _tell_firm(work: Work, fee: ValuationFee, title: Message) -> None:
    account_id = await _firm_account(work, fee)
    if account_id is None or fee.amount_fen is None:
        return
    await notify(
        work,
        account_id=account_id,
        key=f"fee:{fee.id}:{fee.state}",
        title=title,
        body=msg("金额 {yuan} 元。", yuan=f"{fee.amount_fen / 100:,.2f}"),
        link=f"/appraiser/{fee.engagement_id}",
    )


async def _note(work: Work, fee: ValuationFee, asset: Asset, event: str, **details: str | int | None) -> None:
    rule = "V-25" if fee.engagement_id else "V-14"
    await note_valuation(
        work, asset, fee.valuation_id, event, rule, fee=str(fee.id), payee=fee.payee, **details
    )
