"""The bank takes a booked credit back (冲正): whatever the line had done is undone as far as it still can be (M-01, M-11)."""

from uuid import UUID

from sqlmodel import col, select

from auction.in_kind.difference import offer_of_account
from auction.in_kind.models import OfferState
from auction.listing.models import Lot
from auction.payments.accounts import (
    bank_account,
    deposit_account,
    price_account,
    reversal_account,
    unclaimed_account,
)
from auction.payments.bank_lines import line_for_update, note_line
from auction.payments.models import (
    BankLine,
    BankLineState,
    BankReversal,
    LineReturn,
    MoneyChannel,
    PaymentOrder,
    PaymentOrderState,
    ReturnState,
    ReversalState,
)
from auction.payments.orders import cancel_order, close_refund_clock
from auction.payments.rules import Taken, undo_line
from auction.registration.models import DepositState, Registration
from auction.registration.progress import reconsider
from auction.registration.tell import tell_bidder
from auction.self_sale.models import SelfSaleState
from auction.self_sale.money import account_of
from auction.self_sale.queries import sale_of_account
from auction.settlement.models import Settlement, SettlementState
from core.audit import record
from core.database import Work
from core.i18n import msg
from core.identity import Role
from core.ledger import AccountRef, LedgerEntry, Line, post
from core.money import yuan
from core.notices import Topic
from core.outbox import task
from disposal_teams.courts.tell import tell_court


@task(queue="money")
async def apply_reversal(work: Work, *, reversal_id: UUID) -> None:
    """Undo the line that a reversal names. Repeating changes nothing; a line not known yet is looked for again by the sweep.

    Money that has already been paid out or spent is booked as a claim to be recovered, and finance and the director are told.
    """
    reversal = await work.session.get(BankReversal, reversal_id, with_for_update=True)
    assert reversal is not None
    if reversal.state != ReversalState.UNMATCHED:
        return
    found = await work.session.exec(
        select(BankLine.id).where(
            BankLine.bank_reference == reversal.reverses_reference,
            BankLine.court_code == reversal.court_code,
            BankLine.amount_fen == reversal.amount_fen,
            BankLine.channel == MoneyChannel.BANK,
        )
    )
    line_id = found.first()
    if line_id is None:
        await _book_unknown(work, reversal)
        return
    line = await line_for_update(work, line_id)
    if line.state in (BankLineState.NEW, BankLineState.REVERSED):
        return  # first the line is matched; a line is taken back once
    if line.state == BankLineState.MATCHED:
        taken, source = await _undo_matched(work, line)
    else:
        taken, source = await _undo_waiting(work, line), None
    await _book(work, reversal, line, taken, source)
    line.state = BankLineState.REVERSED
    reversal.state, reversal.bank_line_id = ReversalState.APPLIED, line.id
    reversal.missing_fen = taken.missing_fen
    await note_line(work, line, "bank_line.reversed")
    if taken.missing_fen:
        await _alarm(work, reversal)


async def _book_unknown(work: Work, reversal: BankReversal) -> None:
    """The bank has the money, whatever it belongs to: it is a claim until the line is found."""
    await post(
        work,
        key=f"reversal-unknown:{reversal.id}",
        description="银行冲正，待核对",
        rule="M-01",
        lines=[
            Line(reversal_account(reversal.court_code), reversal.amount_fen),
            Line(bank_account(reversal.court_code), -reversal.amount_fen),
        ],
    )


async def _undo_waiting(work: Work, line: BankLine) -> Taken:
    """A line that nobody awaited: its money still waits, or its return is ordered, or it has gone back."""
    order = await _order(work, f"return:{line.id}")
    gone = order is not None and order.state == PaymentOrderState.EXECUTED
    if order is not None and not gone:
        await cancel_order(work, order.key)
    proposals = await work.session.exec(
        select(LineReturn).where(LineReturn.bank_line_id == line.id, LineReturn.state == ReturnState.PROPOSED)
    )
    for proposal in proposals:
        proposal.state = ReturnState.OVERTAKEN
    return undo_line(
        amount_fen=line.amount_fen,
        booked_fen=0,
        booked_left_fen=0,
        waiting_left_fen=0 if gone else line.amount_fen,
    )


async def _undo_matched(work: Work, line: BankLine) -> tuple[Taken, AccountRef]:
    """A line that was booked: what it paid for is short again, as far as the money is still there. Also the account that the
    booked part is taken from."""
    order = await _order(work, f"excess:{line.id}")
    waiting = line.amount_fen - line.booked_fen
    if order is not None and await cancel_order(work, order.key) is None:
        waiting = 0
    left, source = await _take_back(work, line)
    freed = await cancel_order(work, f"price-return:{line.id}")
    if freed is not None:  # on its way back already, by another act: it waits on the line's own account
        return Taken(0, waiting + freed.amount_fen, line.amount_fen - waiting - freed.amount_fen), source
    taken = undo_line(
        amount_fen=line.amount_fen,
        booked_fen=line.booked_fen,
        booked_left_fen=left,
        waiting_left_fen=waiting,
    )
    return taken, source


async def _take_back(work: Work, line: BankLine) -> tuple[int, AccountRef]:
    """Take the booked part out of what it paid for; how much was still there (fen), and on which account it stands."""
    if line.matched_to == "difference":
        offer = await offer_of_account(work, line.virtual_account_no)
        assert offer is not None
        source = price_account(offer.lot_id, offer.case_id)
        if offer.state != OfferState.AWAIT_DIFFERENCE:
            return 0, source
        offer.difference_paid_fen -= line.booked_fen
        return line.booked_fen, source
    if line.matched_to == "self_sale":
        own_sale = await sale_of_account(work, line.virtual_account_no)
        assert own_sale is not None
        source = account_of(own_sale)
        if own_sale.state != SelfSaleState.ALLOWED:
            return 0, source
        own_sale.paid_fen -= line.booked_fen
        return line.booked_fen, source
    assert line.registration_id is not None
    registration = await work.session.get(Registration, line.registration_id, with_for_update=True)
    assert registration is not None
    lot = await work.session.get_one(Lot, registration.lot_id)
    if line.matched_to == "balance":
        taken = await _take_from_balance(work, registration, line.booked_fen)
        return taken, price_account(lot.id, lot.case_id)
    if registration.deposit_state in (DepositState.APPLIED_TO_PRICE, DepositState.TO_COURT):
        taken = await _take_from_price(work, registration, line.booked_fen)
        return taken, price_account(lot.id, lot.case_id)
    return await _take_from_deposit(work, registration, line), deposit_account(registration)


async def _take_from_deposit(work: Work, registration: Registration, line: BankLine) -> int:
    """Take a payment out of a deposit; returns how much of it was still there, in fen.

    While it is held the entry is short again and may not bid until it is made good. A refund that is ordered is cancelled.
    """
    state = DepositState(registration.deposit_state)
    if state is DepositState.REFUND_DUE:
        if await cancel_order(work, f"refund:{line.id}") is None:
            return 0
        registration.deposit_paid_fen -= line.booked_fen
        waiting = await work.session.exec(
            select(PaymentOrder.id)
            .where(
                PaymentOrder.registration_id == registration.id,
                PaymentOrder.state == PaymentOrderState.DUE,
            )
            .limit(1)
        )
        if waiting.first() is None:
            left = registration.deposit_paid_fen > 0
            registration.deposit_state = DepositState.REFUNDED if left else DepositState.PENDING
            await work.session.flush()
            await close_refund_clock(work, registration)
        return line.booked_fen
    if state in (DepositState.REFUNDED, DepositState.FORFEITED, DepositState.USED):
        return 0
    registration.deposit_paid_fen -= line.booked_fen
    registration.deposit_state = (
        DepositState.PARTIAL if registration.deposit_paid_fen else DepositState.PENDING
    )
    await tell_bidder(
        work,
        registration,
        key=f"reversed:{line.id}",
        title=msg("银行撤销了您的付款"),
        body=msg("银行撤销了您的一笔付款（{amount} 元），请重新支付保证金。", amount=yuan(line.booked_fen)),
        topic=Topic.MONEY,
    )
    await reconsider(work, registration)
    return line.booked_fen


async def _take_from_price(work: Work, registration: Registration, amount_fen: int) -> int:
    """A winner's deposit that went into the price makes the balance larger, as long as that is awaited."""
    settlement = await _settlement(work, registration)
    if settlement is None or settlement.state != SettlementState.AWAIT_BALANCE:
        return 0
    taken = min(amount_fen, settlement.deposit_applied_fen)
    settlement.deposit_applied_fen -= taken
    settlement.balance_fen += taken
    await _tell_buyer(work, registration, settlement, taken)
    return taken


async def _take_from_balance(work: Work, registration: Registration, amount_fen: int) -> int:
    settlement = await _settlement(work, registration)
    if settlement is None or settlement.state != SettlementState.AWAIT_BALANCE:
        return 0
    taken = min(amount_fen, settlement.balance_paid_fen)
    settlement.balance_paid_fen -= taken
    await _tell_buyer(work, registration, settlement, taken)
    return taken


async def _settlement(work: Work, registration: Registration) -> Settlement | None:
    rows = await work.session.exec(
        select(Settlement)
        .where(Settlement.lot_id == registration.lot_id, Settlement.registration_id == registration.id)
        .with_for_update()
    )
    return rows.first()


async def _tell_buyer(work: Work, registration: Registration, settlement: Settlement, taken_fen: int) -> None:
    missing = settlement.balance_fen - settlement.balance_paid_fen
    await tell_bidder(
        work,
        registration,
        key=f"balance-reversed:{registration.id}:{missing}",
        title=msg("银行撤销了您的付款"),
        body=msg(
            "银行撤销了您的一笔付款（{amount} 元），尚欠价款 {missing} 元，付款期限不变。",
            amount=yuan(taken_fen),
            missing=yuan(missing),
        ),
        topic=Topic.MONEY,
    )


async def _book(
    work: Work, reversal: BankReversal, line: BankLine, taken: Taken, source: AccountRef | None
) -> None:
    lines: list[Line] = []
    if taken.from_booked_fen:
        assert source is not None
        lines.append(Line(source, taken.from_booked_fen))
    if taken.from_waiting_fen:
        lines.append(Line(unclaimed_account(line.id), taken.from_waiting_fen))
    if taken.missing_fen:
        lines.append(Line(reversal_account(line.court_code), taken.missing_fen))
    if await _was_booked_unknown(work, reversal):
        credit = reversal_account(line.court_code)
        if taken.missing_fen == line.amount_fen:
            return  # it stands on that account already
    else:
        credit = bank_account(line.court_code)
    await post(
        work,
        key=f"reversal:{reversal.id}",
        description="银行冲正",
        rule="M-01",
        lines=[*lines, Line(credit, -line.amount_fen)],
    )


async def _was_booked_unknown(work: Work, reversal: BankReversal) -> bool:
    rows = await work.session.exec(
        select(LedgerEntry.id).where(LedgerEntry.key == f"reversal-unknown:{reversal.id}")
    )
    return rows.first() is not None


async def _order(work: Work, key: str) -> PaymentOrder | None:
    rows = await work.session.exec(select(PaymentOrder).where(PaymentOrder.key == key).with_for_update())
    return rows.first()


async def _alarm(work: Work, reversal: BankReversal) -> None:
    await record(
        work, "bank.reversal_missing", stream=f"bank:{reversal.court_code}", rule="M-11",
        reference=reversal.bank_reference, missing_fen=reversal.missing_fen,
    )  # fmt: skip
    await tell_court(
        work,
        reversal.court_code,
        Role.FINANCE,
        Role.BUREAU_DIRECTOR,
        key=f"reversal:{reversal.id}",
        title=msg("银行冲正，款项已支出"),
        body=msg(
            "流水 {reference} 被银行撤销，其中 {amount} 元已经退还或使用，须向付款人追回。",
            reference=reversal.reverses_reference,
            amount=yuan(reversal.missing_fen),
        ),
        link="/finance#reversals",
    )


async def reversals_of(work: Work, court_code: str, *, limit: int = 50) -> list[BankReversal]:
    """The newest reversals of a court, for its finance page (which checks who asks)."""
    rows = await work.session.exec(
        select(BankReversal)
        .where(BankReversal.court_code == court_code)
        .order_by(col(BankReversal.booked_at).desc())
        .limit(limit)
    )
    return list(rows)
