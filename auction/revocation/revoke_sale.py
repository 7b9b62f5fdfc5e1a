"""Revoke a sale (B-55). The decision is one transaction; each effect is undone by a keyed step of its own after it."""

from collections.abc import Sequence
from uuid import UUID

from auction.delivery.clear import end_clearing
from auction.listing.advance import advance_lot
from auction.listing.models import Lot, LotState
from auction.listing.queries import lot_for_update
from auction.payments.accounts import forfeited_account
from auction.payments.orders import price_account
from auction.proceeds.unwind import unwind_proceeds
from auction.revocation import rules
from auction.revocation.models import SaleRevocation
from auction.revocation.publish import publish_revocation
from auction.revocation.reverse import restore_asset, return_money
from auction.settlement.models import Settlement, SettlementState
from auction.settlement.ruling import settlement_for_update
from core.database import Work
from core.deadlines import waive_deadline
from core.errors import InvalidInput
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ledger import balance
from disposal_teams.plain_text import clean_text

CLOCKS_OF_A_SALE = ("L-18", "L-19", "L-20", "L-21")


async def revoke_sale(
    work: Work,
    lot_id: UUID,
    *,
    ground: str,
    reason: str,
    basis: str,
    objection_id: UUID | None = None,
    approver: str = "",
    panel: Sequence[str] = (),
    minutes: str = "",
) -> SaleRevocation:
    """Undo a sale, however far it has come. `ground` is a key of `REVOCATION_GROUNDS`, `basis` the ruling it rests on.

    The bid log stays as it is. Money, asset, seals, clocks and papers follow at once in steps of their own. Raises
    `InvalidInput` by field (P-05), `RuleViolation` (B-55: no sale or revoked already; B-56: money paid out), `NotPermitted`.
    """
    settlement, _ = await settlement_for_update(work, lot_id)
    lot = await lot_for_update(work, lot_id)
    require(work.actor, Permission.REVOKE_SALE, court_code=lot.court_code)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=1000)
    basis = clean_text(basis, "basis", fields, longest=80)
    minutes = clean_text(minutes, "minutes", fields, longest=2000, required=False)
    fields |= rules.order_problems(
        ground=ground,
        basis=basis,
        approver=approver.strip(),
        panel=list(panel),
        is_automatic=work.actor.has(Role.SYSTEM),
    )
    if fields:
        raise InvalidInput(msg("撤销裁定有误，请按提示修改。"), fields=fields, rule="B-55")
    before = SettlementState(settlement.state)
    rules.check_revocation(LotState(lot.state), before)
    await unwind_proceeds(work, lot.id)
    rules.check_money(owed_fen=_owed(settlement), held_fen=await _held(work, lot, settlement))
    revocation = SaleRevocation(
        lot_id=lot.id,
        ground=ground,
        reason=reason,
        basis=basis,
        objection_id=objection_id,
        approver=approver.strip(),
        panel=list(panel),
        minutes=minutes,
        settlement_state=before,
        revoked_by=work.actor.account_id,
        revoked_at=work.now,
    )
    work.session.add(revocation)
    settlement.state = SettlementState.REVOKED
    await advance_lot(
        work,
        lot,
        LotState.REVOKED,
        event="sale.revoked",
        rule="B-55",
        ground=ground,
        reason=reason,
        basis=basis,
        objection=objection_id and str(objection_id),
        settlement_before=str(before),
        approver=approver.strip(),
        panel=list(panel),
    )
    for clock in CLOCKS_OF_A_SALE:
        await waive_deadline(work, clock, subject_kind="lot", subject_id=lot.id, reason="sale.revoked")
    await end_clearing(work, lot.id, reason="sale.revoked")
    await return_money.later(work, key=str(lot.id), lot_id=lot.id)
    await restore_asset.later(work, key=str(lot.id), lot_id=lot.id)
    await publish_revocation.later(work, key=str(lot.id), lot_id=lot.id)
    return revocation


def _owed(settlement: Settlement) -> int:
    """What the buyer and lenders have paid and not had back, in fen; of a default only the deposit is left with the court."""
    if settlement.state == SettlementState.DEFAULTED:
        return 0  # what is still held is returned; what was used made good a loss that the revocation does not undo
    return settlement.deposit_applied_fen + settlement.balance_paid_fen


async def _held(work: Work, lot: Lot, settlement: Settlement) -> int:
    account = (
        forfeited_account(lot.id, lot.case_id)
        if settlement.state == SettlementState.DEFAULTED
        else price_account(lot.id, lot.case_id)
    )
    return -await balance(work, account)
