"""Match a bank line: to a deposit, to a balance, or to nothing. One transaction each, once each."""

from uuid import UUID

from sqlmodel import select

from auction.in_kind.difference import difference_paid, offer_of_account
from auction.in_kind.models import InKindOffer, OfferState
from auction.listing.models import Lot, LotBidding
from auction.payments.bank_lines import line_for_update, note_line
from auction.payments.models import BankLine, BankLineState, PaymentOrderKind
from auction.payments.orders import (
    bank_account,
    deposit_account,
    order_payment,
    price_account,
    unclaimed_account,
)
from auction.payments.rules import Expected, Matched, Verdict, match_payment
from auction.registration.models import DepositState, Registration, RegistrationState
from auction.registration.register import qualify
from auction.settlement.models import Settlement, SettlementState
from auction.settlement.paid import balance_paid
from core.database import Work
from core.errors import Conflict, RuleViolation
from core.i18n import msg
from core.identity import Permission, require
from core.ledger import Line, post
from core.outbox import task

PROBLEMS = {
    Verdict.WRONG_NAME: msg("付款人与报名人姓名不一致"),
    Verdict.LATE: msg("竞价或付款期限结束后到账"),
    Verdict.DUPLICATE: msg("重复付款"),
    Verdict.UNKNOWN_ACCOUNT: msg("收款账号不存在"),
    Verdict.NOT_EXPECTED: msg("该账号不再收款"),
}


@task(queue="money")
async def match_bank_line(work: Work, *, line_id: UUID) -> None:
    """Find out what a credit pays for and book it (B-30, B-70). A line that was dealt with is left alone."""
    line = await line_for_update(work, line_id)
    if line.state != BankLineState.NEW:
        return
    registration = await _registration_of(work, line.virtual_account_no)
    if registration is not None:
        await _match_deposit(work, line, registration)
        return
    settlement = await _settlement_of(work, line.virtual_account_no)
    if settlement is not None:
        await _match_balance(work, line, settlement)
        return
    offer = await offer_of_account(work, line.virtual_account_no)
    if offer is not None:
        await _match_difference(work, line, offer)
        return
    await _suspend(work, line, match_payment(None, amount_fen=line.amount_fen, names_agree=False), None)


async def _registration_of(work: Work, account_no: str) -> Registration | None:
    rows = await work.session.exec(
        select(Registration).where(Registration.virtual_account_no == account_no).with_for_update()
    )
    return rows.first()


async def _settlement_of(work: Work, account_no: str) -> Settlement | None:
    rows = await work.session.exec(
        select(Settlement).where(Settlement.virtual_account_no == account_no).with_for_update()
    )
    return rows.first()


async def _match_deposit(work: Work, line: BankLine, registration: Registration) -> None:
    bidding = await work.session.get(LotBidding, registration.lot_id)
    is_open = (
        bidding is not None
        and not bidding.is_over(work.now)
        and registration.state != RegistrationState.REJECTED
    )
    expected = Expected(registration.deposit_due_fen, registration.deposit_paid_fen, is_open)
    matched = match_payment(
        expected, amount_fen=line.amount_fen, names_agree=line.payer_match == registration.name_match
    )
    if matched.verdict is not Verdict.BOOK:
        await _suspend(work, line, matched, registration.lot_id)
        return
    await post(
        work,
        key=f"bank:{line.id}",
        description="收取保证金",
        rule="B-30",
        lines=_lines(
            line, Line(deposit_account(registration), -matched.booked_fen), matched, registration.lot_id
        ),
    )
    registration.deposit_paid_fen += matched.booked_fen
    registration.deposit_state = DepositState.RECEIVED if matched.is_full else DepositState.PARTIAL
    line.registration_id = registration.id
    await _booked(work, line, "deposit")
    await _return_excess(work, line, matched, registration.lot_id)
    if matched.is_full:
        await qualify(work, registration)


async def _match_balance(work: Work, line: BankLine, settlement: Settlement) -> None:
    registration = await work.session.get(Registration, settlement.registration_id)
    lot = await work.session.get(Lot, settlement.lot_id)
    assert registration is not None
    assert lot is not None
    expected = Expected(
        settlement.balance_fen, settlement.balance_paid_fen, settlement.state == SettlementState.AWAIT_BALANCE
    )
    # The buyer may have the balance paid by a lender: only deposits must come from the bidder's own account.
    matched = match_payment(expected, amount_fen=line.amount_fen, names_agree=True)
    if matched.verdict is not Verdict.BOOK:
        await _suspend(work, line, matched, lot.id)
        return
    await post(
        work,
        key=f"bank:{line.id}",
        description="收取成交尾款",
        rule="B-70",
        lines=_lines(line, Line(price_account(lot.id, lot.case_id), -matched.booked_fen), matched, lot.id),
    )
    settlement.balance_paid_fen += matched.booked_fen
    await _booked(work, line, "balance")
    await _return_excess(work, line, matched, lot.id)
    if matched.is_full:
        await balance_paid(work, settlement, lot)


async def _match_difference(work: Work, line: BankLine, offer: InKindOffer) -> None:
    expected = Expected(
        offer.difference_fen, offer.difference_paid_fen, offer.state == OfferState.AWAIT_DIFFERENCE
    )
    matched = match_payment(expected, amount_fen=line.amount_fen, names_agree=True)
    if matched.verdict is not Verdict.BOOK:
        await _suspend(work, line, matched, offer.lot_id)
        return
    await post(
        work,
        key=f"bank:{line.id}",
        description="收取抵债差额",
        rule="B-74",
        lines=_lines(
            line, Line(price_account(offer.lot_id, offer.case_id), -matched.booked_fen), matched, offer.lot_id
        ),
    )
    offer.difference_paid_fen += matched.booked_fen
    await _booked(work, line, "difference")
    await _return_excess(work, line, matched, offer.lot_id)
    if matched.is_full:
        await difference_paid(work, offer)


def _lines(line: BankLine, credit: Line, matched: Matched, lot_id: UUID) -> list[Line]:
    lines = [Line(bank_account(line.court_code), line.amount_fen), credit]
    if matched.excess_fen:
        lines.append(Line(unclaimed_account(line.id, lot_id), -matched.excess_fen))
    return lines


async def _booked(work: Work, line: BankLine, to: str) -> None:
    line.state = BankLineState.MATCHED
    line.matched_to = to
    line.matched_at = work.now
    await note_line(work, line, "bank_line.matched")


async def _return_excess(work: Work, line: BankLine, matched: Matched, lot_id: UUID) -> None:
    if matched.excess_fen:
        await order_payment(
            work,
            key=f"excess:{line.id}",
            kind=PaymentOrderKind.OVERPAYMENT_REFUND,
            court_code=line.court_code,
            amount_fen=matched.excess_fen,
            lot_id=lot_id,
            bank_line_id=line.id,
        )


async def _suspend(work: Work, line: BankLine, matched: Matched, lot_id: UUID | None) -> None:
    """Money that fits nothing is booked as unclaimed and shown to finance, who returns it or assigns it (M-01)."""
    await post(
        work,
        key=f"bank:{line.id}",
        description="待查款项",
        rule="M-01",
        lines=[
            Line(bank_account(line.court_code), line.amount_fen),
            Line(unclaimed_account(line.id), -line.amount_fen),
        ],
    )
    line.state = BankLineState.SUSPENDED
    line.problem = PROBLEMS[matched.verdict].msgid
    line.matched_at = work.now
    await note_line(work, line, "bank_line.suspended")


async def return_bank_line(work: Work, line_id: UUID) -> BankLine:
    """Send a suspended line back where it came from. Raises `Conflict` for a line that is not suspended."""
    line = await line_for_update(work, line_id)
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=line.court_code)
    if line.state != BankLineState.SUSPENDED:
        raise Conflict(msg("该笔流水不是待查款项，不能退回。"), rule="M-01")
    line.state = BankLineState.RETURNED
    await order_payment(
        work,
        key=f"return:{line.id}",
        kind=PaymentOrderKind.UNMATCHED_RETURN,
        court_code=line.court_code,
        amount_fen=line.amount_fen,
        bank_line_id=line.id,
    )
    await note_line(work, line, "bank_line.returned")
    return line


async def assign_bank_line(work: Work, line_id: UUID, *, virtual_account_no: str) -> BankLine:
    """Book a suspended line to the account it was meant for (a mistyped account number).

    Only for lines without a known account: a wrong name is not cured by assigning (B-30). Raises `Conflict`,
    `RuleViolation`.
    """
    line = await line_for_update(work, line_id)
    require(work.actor, Permission.RECORD_BANK_LINE, court_code=line.court_code)
    if line.state != BankLineState.SUSPENDED:
        raise Conflict(msg("该笔流水不是待查款项，不能重新指定。"), rule="M-01")
    registration = await _registration_of(work, virtual_account_no)
    if registration is None or registration.name_match != line.payer_match:
        raise RuleViolation(
            "B-30", msg("收款账号不存在，或付款人与报名人姓名不一致，不能指定。请退回该笔款项。")
        )
    bidding = await work.session.get(LotBidding, registration.lot_id)
    missing = registration.deposit_due_fen - registration.deposit_paid_fen
    if bidding is None or bidding.is_over(work.now) or missing < line.amount_fen:
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
    registration.deposit_paid_fen += line.amount_fen
    is_full = registration.deposit_paid_fen >= registration.deposit_due_fen
    registration.deposit_state = DepositState.RECEIVED if is_full else DepositState.PARTIAL
    line.registration_id = registration.id
    line.problem = None
    await _booked(work, line, "deposit")
    if is_full:
        await qualify(work, registration)
    return line
