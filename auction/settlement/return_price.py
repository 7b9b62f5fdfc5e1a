"""Give back what was paid of a price when the sale comes to nothing: each credit to who paid it, less what is kept."""

from uuid import UUID

from sqlmodel import col, select

from auction.listing.models import Lot
from auction.payments.models import BankLine, BankLineState, PaymentOrderKind
from auction.payments.orders import order_payment, price_account, unclaimed_account
from auction.registration.models import Registration
from auction.settlement.models import Settlement
from auction.settlement.rules import booked_parts
from core.database import Work
from core.ledger import AccountRef, Line, post


async def return_price(
    work: Work, lot: Lot, settlement: Settlement, registration: Registration, *, keep_fen: int, rule: str
) -> int:
    """Order the return of the whole price on the lot's account but `keep_fen` of the deposit; returns the fen going back.

    A balance goes back line by line to who paid it (a lender, for instance), a rest of the deposit or prepayment to the
    buyer (X-07). Doing it again changes nothing.
    """
    balance = await return_credits(
        work, lot, settlement.virtual_account_no, booked_fen=settlement.balance_paid_fen, rule=rule
    )
    rest = settlement.deposit_applied_fen - keep_fen
    if rest:
        key = f"deposit-return:{registration.id}"
        source = price_account(lot.id, lot.case_id)
        await _free(work, source, unclaimed_account(registration.id, lot.id), rest, key, rule)
        await order_payment(
            work,
            key=key,
            kind=PaymentOrderKind.OVERPAYMENT_REFUND,
            court_code=lot.court_code,
            amount_fen=rest,
            lot_id=lot.id,
            registration_id=registration.id,
        )
    return rest + balance


async def return_credits(work: Work, lot: Lot, account_no: str, *, booked_fen: int, rule: str) -> int:
    """Order the return of what arrived under an account number and was booked to the lot's price; returns the fen going back."""
    return await return_lines(
        work,
        account_no,
        source=price_account(lot.id, lot.case_id),
        court_code=lot.court_code,
        lot_id=lot.id,
        booked_fen=booked_fen,
        rule=rule,
    )


async def return_lines(
    work: Work,
    account_no: str,
    *,
    source: AccountRef,
    court_code: str,
    lot_id: UUID | None,
    booked_fen: int,
    rule: str,
) -> int:
    """Order the return of what arrived under an account number and was booked to `source`; returns the fen going back."""
    lines = await work.session.exec(
        select(BankLine)
        .where(BankLine.virtual_account_no == account_no, BankLine.state == BankLineState.MATCHED)
        .order_by(col(BankLine.matched_at), col(BankLine.id))
    )
    paid = list(lines)
    parts = booked_parts([line.amount_fen for line in paid], booked_fen)
    for line, part in zip(paid, parts, strict=True):
        if part:
            key = f"price-return:{line.id}"
            await _free(work, source, unclaimed_account(line.id, lot_id), part, key, rule)
            await order_payment(
                work,
                key=key,
                kind=PaymentOrderKind.UNMATCHED_RETURN,
                court_code=court_code,
                amount_fen=part,
                lot_id=lot_id,
                bank_line_id=line.id,
            )
    return sum(parts)


async def _free(work: Work, source: AccountRef, to: AccountRef, amount_fen: int, key: str, rule: str) -> None:
    await post(
        work,
        key=key,
        description="成交未履行，退回已付价款",
        rule=rule,
        lines=[Line(source, amount_fen), Line(to, -amount_fen)],
    )
