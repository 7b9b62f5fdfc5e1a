"""Confirm a sale: the buyer's real name, the confirmation, the payment notice, the clock of the balance (B-48, B-70)."""

from datetime import timedelta
from uuid import UUID

from auction.barred.hits import confirmation_blocked
from auction.listing.models import Lot
from auction.listing.note import note_lot
from auction.listing.parts import divide_price
from auction.payments.accounts import deposit_account, price_account, unclaimed_account
from auction.payments.models import MoneyChannel, PaymentOrderKind
from auction.payments.orders import order_payment
from auction.payments.refunds import deposit_lines
from auction.registration.identity import reveal_identity
from auction.registration.models import DepositState, Registration
from auction.registration.register import new_virtual_account
from auction.settlement.models import Settlement
from auction.settlement.paid import balance_paid
from auction.settlement.papers import issue_paper, sale_data
from auction.settlement.rules import balance_due_at, split_price
from core.database import Work
from core.deadlines import open_deadline
from core.i18n import msg
from core.identity import Role
from core.ledger import Line, post
from core.notices import notify
from core.outbox import task


@task(queue="closing")
async def confirm_sale(work: Work, *, lot_id: UUID) -> None:
    """Open the settlement of a sold lot. Repeating changes nothing.

    The buyer is looked up on the lists of the barred once more; a hit holds the confirmation up until it is decided (B-82).
    """
    if await work.session.get(Settlement, lot_id) is not None:
        return
    lot = await work.session.get(Lot, lot_id, with_for_update=True)
    assert lot is not None
    assert lot.winning_registration_id is not None
    assert lot.final_price_fen is not None
    registration = await work.session.get(Registration, lot.winning_registration_id, with_for_update=True)
    assert registration is not None
    assert registration.code is not None
    if await confirmation_blocked(work, lot, registration):
        return
    buyer = await reveal_identity(work, registration, lot)
    applied, balance = split_price(lot.final_price_fen, registration.deposit_paid_fen)
    settlement = Settlement(
        lot_id=lot.id,
        registration_id=registration.id,
        buyer_name=buyer.buyer_names,
        buyer_code=registration.code,
        price_fen=lot.final_price_fen,
        deposit_applied_fen=applied,
        balance_fen=balance,
        virtual_account_no=new_virtual_account("9"),
        balance_due_at=balance_due_at(lot.ended_at or work.now, lot.balance_due_days),
        created_at=work.now,
    )
    work.session.add(settlement)
    registration.is_winner = True
    await work.session.flush()
    await _move_deposit(work, lot, registration, settlement)
    await divide_price(work, lot, settlement.price_fen)
    await note_lot(
        work, lot, "sale.confirmed", "B-48", price_fen=settlement.price_fen, buyer_code=settlement.buyer_code
    )
    data = await sale_data(work, lot, settlement)
    settlement.confirmation_document_id = (
        await issue_paper(work, lot, "sale_confirmation", "sale_confirmation", data, public=True)
    ).id
    if balance == 0:
        await balance_paid(work, settlement, lot)
        return
    settlement.payment_notice_document_id = (
        await issue_paper(work, lot, "payment_notice", "payment_notice", data)
    ).id
    await open_deadline(
        work,
        "L-18",
        subject_kind="lot",
        subject_id=lot.id,
        started_at=lot.ended_at,
        days=lot.balance_due_days,
        owner_role=Role.BIDDER,
        owner_court=lot.court_code,
        asset_id=lot.asset_id,
        case_id=lot.case_id,
        lot_id=lot.id,
        trigger_event="sale.confirmed",
    )
    await notify(
        work,
        account_id=buyer.account_id,
        key=f"won:{lot.id}",
        title=msg("竞买成功"),
        body=msg("您已竞得“{title}”，请在期限内支付尾款。", title=lot.title),
        link=f"/my/purchases/{lot.lot_no}",
    )


async def _move_deposit(work: Work, lot: Lot, registration: Registration, settlement: Settlement) -> None:
    """The winner's deposit becomes part of the price. What lies on the court's account is there at once; what is frozen on the
    platform is ordered to the court within 24 hours (L-17)."""
    if registration.deposit_paid_fen == 0:
        return
    excess = registration.deposit_paid_fen - settlement.deposit_applied_fen
    lines = [Line(deposit_account(registration), registration.deposit_paid_fen)]
    if settlement.deposit_applied_fen:
        lines.append(Line(price_account(lot.id, lot.case_id), -settlement.deposit_applied_fen))
    if excess:
        lines.append(Line(unclaimed_account(registration.id, lot.id), -excess))
    await post(
        work, key=f"deposit-applied:{registration.id}", description="保证金转作价款", rule="B-33", lines=lines
    )
    registration.deposit_state = (
        DepositState.TO_COURT if await _capture(work, lot, registration) else DepositState.APPLIED_TO_PRICE
    )
    if excess:
        await order_payment(
            work,
            key=f"prepaid-excess:{registration.id}",
            kind=PaymentOrderKind.OVERPAYMENT_REFUND,
            court_code=lot.court_code,
            amount_fen=excess,
            lot_id=lot.id,
            registration_id=registration.id,
        )


async def _capture(work: Work, lot: Lot, registration: Registration) -> bool:
    """Order what the platform has frozen to the court's account; whether there was anything."""
    frozen = [
        line
        for line in await deposit_lines(work, registration.id)
        if line.channel == MoneyChannel.PLATFORM
        and line.virtual_account_no == registration.virtual_account_no
    ]
    if not frozen:
        return False
    started_at = lot.ended_at or work.now
    due_at = started_at + timedelta(hours=24)
    await open_deadline(
        work,
        "L-17",
        subject_kind="lot",
        subject_id=lot.id,
        started_at=started_at,
        due_at=due_at,
        owner_role=Role.FINANCE,
        owner_court=lot.court_code,
        asset_id=lot.asset_id,
        case_id=lot.case_id,
        lot_id=lot.id,
        trigger_event="sale.confirmed",
    )
    for line in frozen:
        await order_payment(
            work,
            key=f"capture:{line.id}",
            kind=PaymentOrderKind.DEPOSIT_CAPTURE,
            court_code=lot.court_code,
            amount_fen=line.booked_fen,
            due_at=due_at,
            lot_id=lot.id,
            registration_id=registration.id,
            bank_line_id=line.id,
            channel=MoneyChannel.PLATFORM,
        )
    return True
