"""Match a bank line: to a deposit, to a balance, or to nothing. One transaction each, once each."""

from uuid import UUID

from sqlmodel import col, select

from auction.in_kind.difference import difference_paid, offer_of_account
from auction.in_kind.models import InKindOffer, OfferState
from auction.listing.models import Lot, LotBidding, LotState, Round
from auction.payments.accounts import deposit_account, money_account, price_account, unclaimed_account
from auction.payments.bank_lines import line_for_update, note_line
from auction.payments.models import BankLine, BankLineState, MoneyChannel, PaymentOrderKind
from auction.payments.orders import order_payment
from auction.payments.rules import Awaits, Expected, Matched, Verdict, match_payment
from auction.registration.models import DepositState, EntryPerson, PersonRole, Registration
from auction.registration.progress import reconsider
from auction.registration.rules import LEFT
from auction.registration.tell import tell_bidder
from auction.self_sale.models import SelfSale
from auction.self_sale.money import account_of, awaited, price_paid
from auction.self_sale.queries import sale_of_account
from auction.settlement.models import Settlement, SettlementState
from auction.settlement.paid import balance_paid
from core.database import Work
from core.i18n import msg
from core.ledger import Line, post
from core.money import yuan
from core.notices import Topic
from core.outbox import task

PROBLEMS = {
    Verdict.WRONG_NAME: msg("付款人与报名人姓名不一致"),
    Verdict.LATE: msg("竞价或付款期限结束后到账"),
    Verdict.SALE_OFF: msg("标的物已撤回"),
    Verdict.DUPLICATE: msg("重复付款"),
    Verdict.UNKNOWN_ACCOUNT: msg("收款账号不存在"),
    Verdict.NOT_EXPECTED: msg("报名已撤回或未通过，该账号不再收款"),
}
VERDICT_OF = {problem.msgid: verdict for verdict, problem in PROBLEMS.items()}


@task(queue="money")
async def match_bank_line(work: Work, *, line_id: UUID) -> None:
    """Find out what a credit pays for and book it (B-30, B-70). A line that was dealt with is left alone."""
    line = await line_for_update(work, line_id)
    if line.state != BankLineState.NEW:
        return
    registration = await registration_of(work, line.virtual_account_no)
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
    own_sale = await sale_of_account(work, line.virtual_account_no)
    if own_sale is not None:
        await _match_own_sale(work, line, own_sale)
        return
    await _suspend(work, line, match_payment(None, amount_fen=line.amount_fen, names_agree=False))


async def registration_of(work: Work, account_no: str) -> Registration | None:
    """The entry that this account number belongs to, locked."""
    rows = await work.session.exec(
        select(Registration).where(Registration.virtual_account_no == account_no).with_for_update()
    )
    return rows.first()


async def _settlement_of(work: Work, account_no: str) -> Settlement | None:
    rows = await work.session.exec(
        select(Settlement).where(Settlement.virtual_account_no == account_no).with_for_update()
    )
    return rows.first()


async def deposit_awaits(work: Work, registration: Registration) -> Awaits:
    """Whether a payment to an entry still has an effect (B-30, B-32)."""
    if registration.state in LEFT:
        return Awaits.ENTRY_LEFT
    lot = await work.session.get_one(Lot, registration.lot_id)
    if lot.state == LotState.WITHDRAWN:
        return Awaits.SALE_OFF
    bidding = await work.session.get(LotBidding, lot.id)
    return Awaits.OPEN if bidding is not None and not bidding.is_over(work.now) else Awaits.ENDED


async def is_payer(work: Work, registration: Registration, payer_match: bytes) -> bool:
    """Whether a payer is one of the entry's buyers: deposits come from the buyer's own account (B-30)."""
    if payer_match == registration.name_match:
        return True
    rows = await work.session.exec(
        select(EntryPerson.position).where(
            EntryPerson.registration_id == registration.id,
            EntryPerson.role == PersonRole.BUYER,
            EntryPerson.name_match == payer_match,
        )
    )
    return rows.first() is not None


async def _match_deposit(work: Work, line: BankLine, registration: Registration) -> None:
    expected = Expected(
        registration.deposit_due_fen,
        registration.deposit_paid_fen,
        await deposit_awaits(work, registration),
    )
    matched = match_payment(
        expected,
        amount_fen=line.amount_fen,
        names_agree=await is_payer(work, registration, line.payer_match),
    )
    if matched.verdict is not Verdict.BOOK:
        await _suspend(work, line, matched)
        await _tell_unbooked(work, line, registration, matched.verdict)
        return
    await post(
        work,
        key=f"bank:{line.id}",
        description="冻结保证金" if line.channel == MoneyChannel.PLATFORM else "收取保证金",
        rule="B-30",
        lines=_lines(
            line, Line(deposit_account(registration), -matched.booked_fen), matched, registration.lot_id
        ),
    )
    await book_deposit(work, line, registration, matched.booked_fen)
    await _return_excess(work, line, matched, registration.lot_id)


async def book_deposit(work: Work, line: BankLine, registration: Registration, booked_fen: int) -> None:
    """Let a line that is in the ledger count for the deposit; the bidder is told, and qualified when it is complete."""
    lot = await work.session.get_one(Lot, registration.lot_id)
    registration.deposit_paid_fen += booked_fen
    missing = registration.deposit_due_fen - registration.deposit_paid_fen
    if missing > 0:
        registration.deposit_state = DepositState.PARTIAL
    elif lot.round == Round.SELL_OFF:
        registration.deposit_state = DepositState.PREPAID_FULL
    else:
        frozen = line.channel == MoneyChannel.PLATFORM
        registration.deposit_state = DepositState.FROZEN if frozen else DepositState.RECEIVED
    line.registration_id = registration.id
    line.booked_fen = booked_fen
    await _booked(work, line, "deposit")
    if missing > 0:
        await tell_bidder(
            work,
            registration,
            key=f"partial:{line.id}",
            title=msg("保证金部分到账"),
            body=msg(
                "已到账 {paid} 元，尚差 {missing} 元。请在竞价结束前补足。",
                paid=yuan(registration.deposit_paid_fen),
                missing=yuan(missing),
            ),
            topic=Topic.MONEY,
        )
    await reconsider(work, registration)


async def _match_balance(work: Work, line: BankLine, settlement: Settlement) -> None:
    registration = await work.session.get(Registration, settlement.registration_id)
    lot = await work.session.get(Lot, settlement.lot_id)
    assert registration is not None
    assert lot is not None
    awaits = Awaits.OPEN if settlement.state == SettlementState.AWAIT_BALANCE else Awaits.ENDED
    expected = Expected(settlement.balance_fen, settlement.balance_paid_fen, awaits)
    # The buyer may have the balance paid by a lender: only deposits must come from the bidder's own account.
    matched = match_payment(expected, amount_fen=line.amount_fen, names_agree=True)
    if matched.verdict is not Verdict.BOOK:
        await _suspend(work, line, matched)
        await _tell_unbooked(work, line, registration, matched.verdict)
        return
    await post(
        work,
        key=f"bank:{line.id}",
        description="收取成交尾款",
        rule="B-70",
        lines=_lines(line, Line(price_account(lot.id, lot.case_id), -matched.booked_fen), matched, lot.id),
    )
    settlement.balance_paid_fen += matched.booked_fen
    line.registration_id = settlement.registration_id
    line.booked_fen = matched.booked_fen
    await _booked(work, line, "balance")
    await _return_excess(work, line, matched, lot.id)
    if matched.is_full:
        await balance_paid(work, settlement, lot)


async def _match_difference(work: Work, line: BankLine, offer: InKindOffer) -> None:
    awaits = Awaits.OPEN if offer.state == OfferState.AWAIT_DIFFERENCE else Awaits.ENDED
    expected = Expected(offer.difference_fen, offer.difference_paid_fen, awaits)
    matched = match_payment(expected, amount_fen=line.amount_fen, names_agree=True)
    if matched.verdict is not Verdict.BOOK:
        await _suspend(work, line, matched)
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
    line.booked_fen = matched.booked_fen
    await _booked(work, line, "difference")
    await _return_excess(work, line, matched, offer.lot_id)
    if matched.is_full:
        await difference_paid(work, offer)


async def _match_own_sale(work: Work, line: BankLine, sale: SelfSale) -> None:
    matched = match_payment(await awaited(work, sale), amount_fen=line.amount_fen, names_agree=True)
    if matched.verdict is not Verdict.BOOK:
        await _suspend(work, line, matched)
        return
    await post(
        work,
        key=f"bank:{line.id}",
        description="收取自行变卖价款",
        rule="A-26",
        lines=_lines(line, Line(account_of(sale), -matched.booked_fen), matched, None),
    )
    sale.paid_fen += matched.booked_fen
    line.booked_fen = matched.booked_fen
    await _booked(work, line, "self_sale")
    await _return_excess(work, line, matched, None)
    if matched.is_full:
        await price_paid(work, sale)


def _lines(line: BankLine, credit: Line, matched: Matched, lot_id: UUID | None) -> list[Line]:
    lines = [Line(money_account(line.channel, line.court_code), line.amount_fen), credit]
    if matched.excess_fen:
        lines.append(Line(unclaimed_account(line.id, lot_id), -matched.excess_fen))
    return lines


async def _booked(work: Work, line: BankLine, to: str) -> None:
    line.state = BankLineState.MATCHED
    line.matched_to = to
    line.matched_at = work.now
    line.problem = None
    await note_line(work, line, "bank_line.matched")


async def _return_excess(work: Work, line: BankLine, matched: Matched, lot_id: UUID | None) -> None:
    if matched.excess_fen:
        await order_payment(
            work,
            key=f"excess:{line.id}",
            kind=PaymentOrderKind.OVERPAYMENT_REFUND,
            court_code=line.court_code,
            amount_fen=matched.excess_fen,
            lot_id=lot_id,
            bank_line_id=line.id,
            channel=line.channel,
        )


async def _suspend(work: Work, line: BankLine, matched: Matched) -> None:
    """Money that fits nothing is booked as unclaimed and shown to finance, who returns it or assigns it (M-01)."""
    await post(
        work,
        key=f"bank:{line.id}",
        description="待查款项",
        rule="M-01",
        lines=[
            Line(money_account(line.channel, line.court_code), line.amount_fen),
            Line(unclaimed_account(line.id), -line.amount_fen),
        ],
    )
    line.state = BankLineState.SUSPENDED
    line.problem = PROBLEMS[matched.verdict].msgid
    line.matched_at = work.now
    await note_line(work, line, "bank_line.suspended")


async def _tell_unbooked(work: Work, line: BankLine, registration: Registration, verdict: Verdict) -> None:
    """The person whose account number it came to is told at once: there may still be time to pay as it must be (B-30)."""
    await tell_bidder(
        work,
        registration,
        key=f"unbooked:{line.id}",
        title=msg("有一笔付款未能入账"),
        body=msg(
            "{yuan} 元已到账，但{reason}，不能入账，将原路退回。请核对应付金额和付款人。",
            yuan=yuan(line.amount_fen),
            reason=PROBLEMS[verdict],
        ),
        topic=Topic.MONEY,
    )


async def fitting_entries(work: Work, line: BankLine) -> list[Registration]:
    """Entries of the line's court that still await this payer at least this amount: a mistyped account number.

    Compares keyed hashes; whose they are stays sealed (P-01).
    """
    rows = await work.session.exec(
        select(Registration)
        .join(Lot, col(Lot.id) == col(Registration.lot_id))
        .join(LotBidding, col(LotBidding.lot_id) == col(Lot.id))
        .outerjoin(
            EntryPerson,
            (col(EntryPerson.registration_id) == col(Registration.id))
            & (col(EntryPerson.role) == PersonRole.BUYER),
        )
        .where(
            Lot.court_code == line.court_code,
            LotBidding.phase != "closed",
            col(Registration.state).not_in(LEFT),
            Registration.deposit_due_fen - Registration.deposit_paid_fen >= line.amount_fen,
            (col(Registration.name_match) == line.payer_match)
            | (col(EntryPerson.name_match) == line.payer_match),
        )
        .distinct()
        .limit(5)
    )
    return list(rows)
