"""Default (悔拍): the deposit is lost, the sale is undone, the same round is held again (B-34, B-35)."""

from uuid import UUID

from auction.listing.models import LotState
from auction.listing.queries import lot_for_update
from auction.payments.orders import price_account
from auction.registration.models import DepositState, Registration
from auction.settlement.models import Settlement, SettlementState
from auction.settlement.papers import issue_paper, sale_data
from auction.settlement.rules import check_default
from auction.settlement.ruling import settlement_for_update
from core.audit import record
from core.database import Work
from core.deadlines import waive_deadline
from core.identity import Permission, require
from core.ledger import AccountKind, AccountRef, Line, post
from disposal_teams.assets.advance import advance_asset
from disposal_teams.assets.models import Asset, AssetState

REASONS = ("no_loan", "not_qualified", "price_regret", "title_defect", "other")


async def declare_default(work: Work, lot_id: UUID, *, reason: str) -> Settlement:
    """Declare that the buyer has not paid in time. `reason` is one of `REASONS`.

    The deposit is kept and held until the re-auction shows the shortfall (B-34); what was paid of the balance stays on the
    case's account to be returned. Raises `RuleViolation` before the period has ended, `NotPermitted`.
    """
    settlement, _ = await settlement_for_update(work, lot_id)
    lot = await lot_for_update(work, lot_id)
    require(work.actor, Permission.RECORD_PANEL_DECISION, court_code=lot.court_code)
    check_default(state=SettlementState(settlement.state), due_at=settlement.balance_due_at, now=work.now)
    registration = await work.session.get(Registration, settlement.registration_id, with_for_update=True)
    asset = await work.session.get(Asset, lot.asset_id)
    assert registration is not None
    assert asset is not None
    if settlement.deposit_applied_fen:
        forfeited = AccountRef(AccountKind.DEPOSIT_FORFEITED, str(lot.id), lot_id=lot.id, case_id=lot.case_id)
        await post(
            work,
            key=f"forfeit:{lot.id}",
            description="悔拍保证金不予退还",
            rule="B-34",
            lines=[
                Line(price_account(lot.id, lot.case_id), settlement.deposit_applied_fen),
                Line(forfeited, -settlement.deposit_applied_fen),
            ],
        )
    registration.deposit_state = DepositState.FORFEITED
    settlement.state = SettlementState.DEFAULTED
    settlement.defaulted_at = work.now
    settlement.default_reason = reason
    lot.state = LotState.DEFAULTED
    await waive_deadline(work, "L-18", subject_kind="lot", subject_id=lot.id, reason="sale.defaulted")
    await record(
        work,
        "sale.defaulted",
        stream=f"lot:{lot.id}",
        rule="B-34",
        lot_id=lot.id,
        asset_id=lot.asset_id,
        case_id=lot.case_id,
        reason=reason,
        forfeited_fen=settlement.deposit_applied_fen,
    )
    data = {**await sale_data(work, lot, settlement), "officer": work.actor.name}
    await issue_paper(work, lot, "default_ruling", "default_ruling", data)
    await advance_asset(work, asset, AssetState.READY_TO_LIST, reason="买受人悔拍，重新拍卖", rule="B-35")
    return settlement
