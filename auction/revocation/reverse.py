"""Undo what a revoked sale has done: the money back within 24 hours, the asset and its seals as they were (B-55, A-03)."""

from datetime import timedelta
from uuid import UUID

from auction.forfeiture.use_deposit import give_up_deposit
from auction.listing.models import Lot
from auction.listing.note import note_lot
from auction.listing.parts import assets_of
from auction.payments.accounts import forfeited_account
from auction.payments.models import PaymentOrderKind
from auction.payments.orders import deposit_account, order_payment, price_account
from auction.payments.refunds import REFUND_HOURS, deposit_lines
from auction.registration.models import DepositState, Registration
from auction.revocation.grounds import NOT_FOR_SALE
from auction.revocation.models import SaleRevocation
from auction.settlement.models import Settlement, SettlementState
from auction.settlement.return_price import return_credits
from auction.settlement.rules import booked_parts
from core.database import Work
from core.deadlines import open_deadline
from core.i18n import msg
from core.identity import Role
from core.ledger import AccountRef, Line, balance, post
from core.outbox import task
from disposal_teams.assets.advance import advance_asset
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.assets.rules import SOLD_STATES
from disposal_teams.assets.seal import restore_seals, seal_in_force
from disposal_teams.courts.tell import tell_court
from disposal_teams.objections.models import Objection


async def _revoked(work: Work, lot_id: UUID) -> tuple[SaleRevocation, Lot, Settlement]:
    revocation = await work.session.get(SaleRevocation, lot_id, with_for_update=True, populate_existing=True)
    lot = await work.session.get(Lot, lot_id)
    settlement = await work.session.get(Settlement, lot_id, with_for_update=True, populate_existing=True)
    assert revocation is not None
    assert lot is not None
    assert settlement is not None
    return revocation, lot, settlement


@task(queue="money")
async def return_money(work: Work, *, lot_id: UUID) -> None:
    """Order everything back that was paid: the deposit to the buyer, each credit of the balance to who paid it.

    A forfeited deposit goes back as far as it is still held. Repeating changes nothing.
    """
    revocation, lot, settlement = await _revoked(work, lot_id)
    if revocation.money_returned_at is not None:
        return
    registration = await work.session.get(Registration, settlement.registration_id, with_for_update=True)
    assert registration is not None
    if revocation.settlement_state == SettlementState.DEFAULTED:
        forfeited = forfeited_account(lot.id, lot.case_id)
        await give_up_deposit(work, lot.id)
        deposit = -await balance(work, forfeited)
        returned = await _return_deposit(work, lot, registration, forfeited, deposit)
    else:
        price = price_account(lot.id, lot.case_id)
        returned = await _return_deposit(work, lot, registration, price, settlement.deposit_applied_fen)
        returned += await return_credits(
            work,
            lot,
            settlement.virtual_account_no,
            booked_fen=settlement.balance_paid_fen,
            rule="B-55",
        )
    revocation.money_fen, revocation.money_returned_at = returned, work.now
    await note_lot(work, lot, "sale.money_returned", "B-55", amount_fen=returned)


async def _return_deposit(
    work: Work, lot: Lot, registration: Registration, source: AccountRef, amount_fen: int
) -> int:
    """The deposit is the buyer's again and goes back on the way of every deposit, to where it came from (B-33, L-16)."""
    if amount_fen <= 0:
        return 0
    await post(
        work,
        key=f"revoked-deposit:{registration.id}",
        description="成交撤销，保证金恢复",
        rule="B-55",
        lines=[Line(source, amount_fen), Line(deposit_account(registration), -amount_fen)],
    )
    due_at = work.now + timedelta(hours=REFUND_HOURS)
    registration.deposit_state, registration.refund_due_at = DepositState.REFUND_DUE, due_at
    registration.refunded_at = None
    await open_deadline(
        work,
        "L-16",
        subject_kind="lot",
        subject_id=lot.id,
        due_at=due_at,
        owner_role=Role.FINANCE,
        owner_court=lot.court_code,
        asset_id=lot.asset_id,
        case_id=lot.case_id,
        lot_id=lot.id,
        trigger_event="sale.revoked",
    )
    lines = await deposit_lines(work, registration.id)
    parts = booked_parts([line.booked_fen for line in lines], amount_fen)
    for line, part in zip(lines, parts, strict=True):
        if part:
            await order_payment(
                work,
                key=f"revoked:{line.id}",
                kind=PaymentOrderKind.DEPOSIT_REFUND,
                court_code=lot.court_code,
                amount_fen=part,
                due_at=due_at,
                lot_id=lot.id,
                registration_id=registration.id,
                bank_line_id=line.id,
            )
    return amount_fen


@task(queue="assets")
async def restore_asset(work: Work, *, lot_id: UUID) -> None:
    """Bring the asset back to where it may be disposed of anew, or out of the disposal; its seals live again (A-03).

    After a default the asset has gone on to another run and is left there. Repeating changes nothing.
    """
    revocation, lot, _ = await _revoked(work, lot_id)
    if revocation.asset_restored_at is not None:
        return
    revocation.asset_restored_at = work.now
    if revocation.settlement_state == SettlementState.DEFAULTED:
        return
    for asset in sorted(await assets_of(work, lot), key=lambda each: each.id):
        if AssetState(asset.state) in SOLD_STATES:
            await _restore(work, revocation, lot, asset)


async def _restore(work: Work, revocation: SaleRevocation, lot: Lot, asset: Asset) -> None:
    await advance_asset(work, asset, AssetState.REVOKED, reason="成交被撤销", rule="B-55")
    restored = await restore_seals(work, asset, reason="成交裁定被撤销，查封恢复", rule="A-03")
    revocation.seals_restored = revocation.seals_restored + restored.restored
    revocation.seals_lost = revocation.seals_lost + restored.lost
    if revocation.ground in NOT_FOR_SALE and await _is_meant(work, revocation, asset):
        await advance_asset(work, asset, AssetState.WITHDRAWN, reason="成交被撤销，不再处置", rule="B-55")
    elif await seal_in_force(work, asset.id) is not None:
        await advance_asset(work, asset, AssetState.READY_TO_LIST, reason="成交被撤销，重新处置", rule="B-55")
    else:
        await tell_court(
            work,
            lot.court_code,
            Role.CASE_OFFICER,
            Role.BUREAU_DIRECTOR,
            key=f"revoked-unsealed:{lot.id}",
            title=msg("成交撤销后没有生效的查封"),
            body=msg("“{title}”的查封在成交后已经届满，请立即重新办理查封，再继续处置。", title=lot.title),
            link=f"/team/assets/{asset.asset_no}",
        )


async def _is_meant(work: Work, revocation: SaleRevocation, asset: Asset) -> bool:
    """Whether the ground is about this asset: an objection to one of several leaves the others for sale (B-61)."""
    if revocation.objection_id is None:
        return True
    objection = await work.session.get_one(Objection, revocation.objection_id)
    return objection.asset_id == asset.id
