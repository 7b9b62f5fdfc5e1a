"""Default (悔拍): the deposit is lost, the sale is undone, the same round is held again (B-34, B-35, X-07)."""

from uuid import UUID

from auction.forfeiture.use_deposit import hold_deposit
from auction.grace.models import BalanceGrace, GraceState
from auction.grace.rules import blocks_default
from auction.listing.advance import advance_lot
from auction.listing.models import LotState, Round
from auction.listing.parts import advance_lot_assets
from auction.listing.queries import lot_for_update
from auction.listing.workers import plan_next_round
from auction.payments.accounts import forfeited_account, price_account
from auction.registration.models import DepositState, Registration
from auction.registration.tell import tell_bidder
from auction.settlement.models import Settlement, SettlementState
from auction.settlement.papers import issue_paper, sale_data
from auction.settlement.return_price import return_price
from auction.settlement.rules import check_default, forfeited_fen
from auction.settlement.ruling import settlement_for_update
from core.database import Work
from core.deadlines import meet_deadline, waive_deadline
from core.errors import InvalidInput, RuleViolation
from core.i18n import msg
from core.identity import Permission, require
from core.ledger import Line, post
from core.legal_settings import legal
from core.money import yuan
from disposal_teams.assets.models import AssetState

REASONS = ("no_loan", "not_qualified", "price_regret", "title_defect", "other")


async def declare_default(
    work: Work, lot_id: UUID, *, reason: str, claim_shortfall: bool | None = None
) -> Settlement:
    """Declare that the buyer has not paid in time. `reason` is one of `REASONS`; `claim_shortfall`: whether the panel has the
    buyer pay what the deposit will not cover of the shortfall (None: as the court's setting says).

    The deposit is kept and held until the re-auction shows the shortfall (B-34); of a sell-off's prepayment only the deposit
    named in the notice (X-07). What was paid beyond it goes back. The same round is prepared again (B-35). Raises
    `RuleViolation` before the period has ended or while a wish for more time that came in time is undecided, `InvalidInput`,
    `NotPermitted`.
    """
    settlement, _ = await settlement_for_update(work, lot_id)
    lot = await lot_for_update(work, lot_id)
    require(work.actor, Permission.RECORD_PANEL_DECISION, court_code=lot.court_code)
    if reason not in REASONS:
        raise InvalidInput(msg("请选择悔拍原因。"), rule="B-34")
    check_default(state=SettlementState(settlement.state), due_at=settlement.balance_due_at, now=work.now)
    grace = await work.session.get(BalanceGrace, lot_id, with_for_update=True)
    if grace is not None:
        if blocks_default(grace.state, asked_at=grace.asked_at, due_at=settlement.balance_due_at):
            raise RuleViolation(
                "B-70",
                msg("买受人在期限内申请的尾款延期尚未决定，不能认定悔拍。"),
                remedy=msg("请局长先决定延期申请。"),
            )
        if grace.state == GraceState.ASKED:
            grace.state = GraceState.LAPSED
    registration = await work.session.get(Registration, settlement.registration_id, with_for_update=True)
    assert registration is not None
    kept = forfeited_fen(
        round_=Round(lot.round),
        deposit_applied_fen=settlement.deposit_applied_fen,
        notice_deposit_fen=lot.deposit_fen,
    )
    if kept:
        await post(
            work,
            key=f"forfeit:{lot.id}",
            description="悔拍保证金不予退还",
            rule="B-34",
            lines=[
                Line(price_account(lot.id, lot.case_id), kept),
                Line(forfeited_account(lot.id, lot.case_id), -kept),
            ],
        )
    claims = legal().claim_shortfall if claim_shortfall is None else claim_shortfall
    hold_deposit(work, lot, amount_fen=kept, failed_price_fen=settlement.price_fen, claim_shortfall=claims)
    rule = "X-07" if lot.round == Round.SELL_OFF else "B-34"
    returned = await return_price(work, lot, settlement, registration, keep_fen=kept, rule=rule)
    registration.deposit_state = DepositState.FORFEITED
    settlement.state = SettlementState.DEFAULTED
    settlement.defaulted_at = work.now
    settlement.default_reason = reason
    await advance_lot(
        work,
        lot,
        LotState.DEFAULTED,
        event="sale.defaulted",
        rule="B-34",
        reason=reason,
        forfeited_fen=kept,
        returned_fen=returned,
        claim_shortfall=claims,
    )
    if not await waive_deadline(work, "L-18", subject_kind="lot", subject_id=lot.id, reason="sale.defaulted"):
        await meet_deadline(work, "L-18", subject_kind="lot", subject_id=lot.id, done_event="sale.defaulted")
    data = {
        **await sale_data(work, lot, settlement),
        "officer": work.actor.name,
        "forfeited_fen": kept,
        "returned_fen": returned,
        "claim_shortfall": claims,
    }
    await issue_paper(work, lot, "default_ruling", "default_ruling", data)
    await advance_lot_assets(work, lot, AssetState.READY_TO_LIST, reason="买受人悔拍，重新拍卖", rule="B-35")
    await plan_next_round.later(work, key=str(lot.id), lot_id=lot.id)
    await tell_bidder(
        work,
        registration,
        key=f"defaulted:{lot.id}",
        title=msg("已认定悔拍"),
        body=msg(
            "“{title}”的尾款未在期限内付清，{kept} 元保证金不予退还，已付的其余款项 {returned} 元将退回。您不得参加重新拍卖。",
            title=lot.title,
            kept=yuan(kept),
            returned=yuan(returned),
        ),
    )
    return settlement
