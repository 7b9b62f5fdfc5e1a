"""Freezes, refused refunds and their alarms, reversals, entries that left, joint orders (B-33, L-16, L-17, M-01, M-06)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from auction.listing.models import LotState
from auction.payments import rules
from auction.payments.bank import BANKS, AcceptingBank, Answer, Instruction
from auction.payments.models import (
    BankLine,
    BankLineState,
    BankReversal,
    LineReturn,
    MoneyChannel,
    PaymentOrder,
    PaymentOrderState,
    ReversalState,
)
from auction.payments.orders import execute_payment, retry_order
from auction.payments.record_line import StatementLine, record_reversal
from auction.payments.refunds import release_deposits
from auction.payments.reversal import apply_reversal
from auction.payments.suspended import decide_return, propose_return
from auction.payments.workers import raise_refund_alarm, watch_refund_clocks
from auction.registration.models import DepositState, Registration, RegistrationState
from auction.settlement.confirm import confirm_sale
from auction.settlement.models import Settlement
from core.audit import AuditEvent
from core.deadlines import Deadline, DeadlineState
from core.deadlines.workers import sweep_deadlines
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from core.identity import SYSTEM, Role
from core.ledger import trial_balance
from core.outbox.models import OutboxMessage
from tests.auction.listing.workshop import YUAN
from tests.auction.registration.desk import Bidder, Town
from tests.disposal_teams.city import KUNSHAN

S, D = RegistrationState, DepositState
DEPOSIT = 70_000 * YUAN


class StubbornBank:
    """A bank that refuses the first orders, and counts how often it paid which order."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.paid: list[Instruction] = []

    def execute(self, order: Instruction) -> Answer:
        """Refuse first, then pay."""
        if self.refusals:
            self.refusals -= 1
            if self.refusals % 2:
                raise TimeoutError
            return Answer(False, "账户状态异常")
        self.paid.append(order)
        return Answer(True, "B1")


@pytest.fixture
def bank() -> Iterator[StubbornBank]:
    """The court's bank."""
    bank = StubbornBank(2)
    BANKS[MoneyChannel.BANK] = bank
    yield bank
    BANKS.pop(MoneyChannel.BANK)


async def books(place: Town) -> dict[str, int]:
    """What stands on each kind of account."""
    kinds = await trial_balance(place.work)
    assert sum(kinds.values()) == 0
    return {kind: total for kind, total in kinds.items() if total}


async def in_the_lot(
    place: Town, *, channel: MoneyChannel = MoneyChannel.BANK
) -> tuple[Bidder, Registration, BankLine]:
    """A qualified bidder."""
    bidder = await place.bidder()
    entry = await place.enter(bidder)
    line = await place.pay(entry, bidder.name, channel=channel)
    assert entry.state == S.QUALIFIED
    return bidder, entry, line


async def ended(place: Town, winner: Registration | None) -> Town:
    """Bidding has ended."""
    lot = place.lot
    lot.state = LotState.SOLD if winner else LotState.FAILED
    lot.ended_at = place.ends_at
    if winner:
        lot.final_price_fen, lot.winning_registration_id = lot.starting_price_fen, winner.id
    (await place.bidding()).phase = "closed"
    await place.work.session.flush()
    after = place.at(place.ends_at + timedelta(seconds=1))
    await release_deposits(after.work, lot_id=lot.id)
    return after


async def deadline(place: Town, rule: str) -> Deadline:
    """The newest clock of a rule."""
    rows = await place.work.session.exec(
        select(Deadline)
        .where(Deadline.rule == rule)
        .order_by(col(Deadline.started_at).desc())
        .execution_options(populate_existing=True)
    )
    found = rows.first()
    assert found is not None
    return found


# --- freezes -----------------------------------------------------------------------------------------------------


async def test_B30_B33_a_freeze_qualifies_and_is_released_to_who_does_not_win(place: Town) -> None:
    _, entry, _ = await in_the_lot(place, channel=MoneyChannel.PLATFORM)
    assert entry.deposit_state == D.FROZEN
    assert await books(place) == {"platform_frozen": DEPOSIT, "deposit_held": -DEPOSIT}, (
        "not the court's money yet"
    )
    after = await ended(place, None)
    assert entry.deposit_state == D.REFUND_DUE
    await after.bank_pays()
    assert entry.deposit_state == D.REFUNDED
    assert await books(place) == {}


async def test_L17_the_winners_freeze_goes_to_the_court_within_a_day(place: Town) -> None:
    _, winner, _ = await in_the_lot(place, channel=MoneyChannel.PLATFORM)
    after = await ended(place, winner)
    for _ in range(2):
        await confirm_sale(after.work, lot_id=place.lot.id)
    assert winner.deposit_state == D.TO_COURT
    clock = await deadline(after, "L-17")
    assert (clock.state, clock.due_at) == (DeadlineState.RUNNING, place.ends_at + timedelta(hours=24))
    assert await books(place) == {"platform_frozen": DEPOSIT, "price_balance": -DEPOSIT}
    await after.bank_pays()
    assert winner.deposit_state == D.APPLIED_TO_PRICE
    assert await books(place) == {"bank": DEPOSIT, "price_balance": -DEPOSIT}
    assert (await deadline(after, "L-17")).state == DeadlineState.MET


# --- refunds -----------------------------------------------------------------------------------------------------


async def test_B33_a_deposit_of_several_payments_goes_back_line_by_line(place: Town) -> None:
    bidder = await place.bidder()
    entry = await place.enter(bidder)
    for part in (30_000, 25_000, 15_000):
        await place.pay(entry, bidder.name, part * YUAN)
    after = await ended(place, None)
    orders = await after.bank_pays()
    assert [order.amount_fen for order in orders] == [30_000 * YUAN, 25_000 * YUAN, 15_000 * YUAN]
    assert len({order.bank_line_id for order in orders}) == 3, "each to where it came from"
    for _ in range(2):
        await release_deposits(after.work, lot_id=place.lot.id)
    assert len(await after.bank_pays()) == 3
    assert (entry.deposit_state, await books(place)) == (D.REFUNDED, {})


async def test_L16_a_refused_refund_is_tried_again_and_paid_once(place: Town, bank: StubbornBank) -> None:
    _, entry, _ = await in_the_lot(place)
    after = await ended(place, None)
    (order,) = await after.bank_pays()
    assert (order.state, order.attempts) == (PaymentOrderState.DUE, 1)
    assert order.problem == "TimeoutError"
    assert order.next_attempt_at == after.work.now + timedelta(minutes=5)
    await after.bank_pays()
    assert (order.attempts, order.problem) == (2, "账户状态异常")
    finance = await place.post(Role.FINANCE)
    await retry_order(after.by(finance), order.id)
    for _ in range(3):
        await execute_payment(after.by(SYSTEM), order_id=order.id)
    assert (str(order.state), order.attempts) == ("executed", 3)
    assert not order.problem
    assert [paid.id for paid in bank.paid] == [order.id]
    assert (entry.deposit_state, await books(place)) == (D.REFUNDED, {})
    assert (await deadline(after, "L-16")).state == DeadlineState.MET
    with pytest.raises(Conflict):
        await retry_order(after.by(finance), order.id)


async def test_L16_alarms_come_after_12_and_20_hours_and_the_breach_after_24(
    place: Town, bank: StubbornBank
) -> None:
    bank.refusals = 100
    await place.post(Role.FINANCE)
    await in_the_lot(place)
    after = await ended(place, None)
    await after.bank_pays()
    clock = await deadline(after, "L-16")
    asked = select(OutboxMessage.key).where(OutboxMessage.task.like("%raise_refund_alarm"))  # type: ignore[attr-defined]
    for hours, alarms in ((11, 0), (12, 1), (13, 1), (20, 2), (23, 2)):
        await watch_refund_clocks(place.at(place.ends_at + timedelta(hours=hours)).work)
        assert len(list(await place.work.session.exec(asked))) == alarms, hours
    late = place.at(place.ends_at + timedelta(hours=21))
    await raise_refund_alarm(late.work, deadline_id=clock.id, hours=20)
    over = place.at(place.ends_at + timedelta(hours=24))
    await sweep_deadlines(over.work)
    assert (await deadline(over, "L-16")).state == DeadlineState.BREACHED
    events = await place.work.session.exec(
        select(AuditEvent.event).where(col(AuditEvent.event).in_(["refund.alarm", "refund.late"]))
    )
    assert sorted(events) == ["refund.alarm", "refund.late"]


@given(st.integers(1, 60), st.integers(1, 360))
def test_pauses_grow_and_end_at_two_hours(attempts: int, first: int) -> None:
    from datetime import UTC, datetime

    now = datetime(2026, 1, 1, tzinfo=UTC)
    this = rules.next_attempt_at(now, attempts, first_minutes=first)
    then = rules.next_attempt_at(now, attempts + 1, first_minutes=first)
    assert now < this <= then <= now + timedelta(hours=2)


async def test_money_for_what_is_off_waits_for_finance_with_its_reason(place: Town) -> None:
    bidder = await place.bidder()
    entry = await place.enter(bidder)
    place.lot.state = LotState.WITHDRAWN
    await place.work.session.flush()
    line = await place.pay(entry, bidder.name)
    assert (line.state, line.problem) == (BankLineState.SUSPENDED, "标的物已撤回")
    assert entry.deposit_paid_fen == 0


# --- returns -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("amount", "tier"), [(100_000 * YUAN, "finance"), (100_000 * YUAN + 1, "director")])
async def test_M06_a_return_needs_a_second_person_of_the_right_tier(
    place: Town, amount: int, tier: str
) -> None:
    one, two = await place.post(Role.FINANCE), await place.post(Role.FINANCE)
    director = await place.post(Role.BUREAU_DIRECTOR)
    line = await place.money("8000", "某人", amount)
    with pytest.raises(InvalidInput):
        await propose_return(place.by(one), line.id, reason=" ")
    proposal = await propose_return(place.by(one), line.id, reason="账号不存在")
    assert proposal.tier == tier
    with pytest.raises(NotPermitted, match="M-06"):
        await decide_return(place.by(one), proposal.id, approve=True)
    elsewhere = await place.post(Role.BUREAU_DIRECTOR, court="0505")
    with pytest.raises(NotFound):
        await decide_return(place.by(elsewhere), proposal.id, approve=True)
    if tier == "director":
        with pytest.raises(NotPermitted, match="M-06"):
            await decide_return(place.by(two), proposal.id, approve=True)
        await decide_return(place.by(director), proposal.id, approve=True)
    else:
        await decide_return(place.by(two), proposal.id, approve=False, note="请先联系付款人")
        assert line.state == BankLineState.SUSPENDED
        again = await propose_return(place.by(two), line.id, reason="已联系，确为误付")
        await decide_return(place.by(one), again.id, approve=True)
    (order,) = await place.bank_pays()
    assert (order.amount_fen, order.state, await books(place)) == (amount, PaymentOrderState.EXECUTED, {})


# --- reversals ---------------------------------------------------------------------------------------------------


async def reverse(place: Town, reference: str, amount_fen: int) -> BankReversal:
    """The bank takes a line back."""
    told = StatementLine(f"back-{reference}", "8", amount_fen, "银行", place.work.now, reference)
    made = await record_reversal(place.by(SYSTEM), KUNSHAN, told)
    for _ in range(2):
        await apply_reversal(place.by(SYSTEM), reversal_id=made.id)
    return made


async def test_a_reversed_deposit_takes_the_qualification_until_it_is_paid_again(place: Town) -> None:
    bidder, entry, line = await in_the_lot(place)
    code = entry.code
    made = await reverse(place, line.bank_reference, DEPOSIT)
    assert (made.state, made.missing_fen, line.state) == (ReversalState.APPLIED, 0, BankLineState.REVERSED)
    assert (entry.state, entry.deposit_state, entry.deposit_paid_fen) == (S.DEPOSIT_PENDING, D.PENDING, 0)
    assert await books(place) == {}
    await place.pay(entry, bidder.name)
    assert (entry.state, entry.code) == (S.QUALIFIED, code), "the code is the same again"


async def test_a_reversal_cancels_what_is_on_its_way_back(place: Town, bank: StubbornBank) -> None:
    bank.refusals = 100
    _, entry, line = await in_the_lot(place)
    after = await ended(place, None)
    await after.bank_pays()
    await reverse(after, line.bank_reference, DEPOSIT)
    (order,) = await place.work.session.exec(select(PaymentOrder))
    assert order.state == PaymentOrderState.CANCELLED
    assert (entry.deposit_state, await books(place)) == (D.PENDING, {})
    assert (await deadline(after, "L-16")).state == DeadlineState.MET


async def test_M11_what_was_refunded_already_is_booked_as_to_be_recovered_and_told(place: Town) -> None:
    _, entry, line = await in_the_lot(place)
    after = await ended(place, None)
    await after.bank_pays()
    made = await reverse(after, line.bank_reference, DEPOSIT)
    assert made.missing_fen == DEPOSIT
    assert await books(place) == {"bank": -DEPOSIT, "reversal_receivable": DEPOSIT}
    assert entry.deposit_state == D.REFUNDED
    told = await place.work.session.exec(
        select(AuditEvent.rule).where(AuditEvent.event == "bank.reversal_missing")
    )
    assert list(told) == ["M-11"]


async def test_a_reversal_of_the_winners_deposit_makes_the_balance_larger(place: Town) -> None:
    _, winner, line = await in_the_lot(place)
    after = await ended(place, winner)
    await confirm_sale(after.work, lot_id=place.lot.id)
    sale = await place.work.session.get_one(Settlement, place.lot.id)
    before = sale.balance_fen
    await reverse(after, line.bank_reference, DEPOSIT)
    assert (sale.balance_fen, sale.deposit_applied_fen) == (before + DEPOSIT, 0)
    assert await books(place) == {}
    part = await after.money(sale.virtual_account_no, "某银行", 1_000)
    assert sale.balance_paid_fen == 1_000
    await reverse(after, part.bank_reference, 1_000)
    assert (sale.balance_paid_fen, await books(place)) == (0, {})


async def test_an_overpayment_and_a_proposed_return_are_undone_too(place: Town) -> None:
    bidder = await place.bidder()
    entry = await place.enter(bidder)
    line = await place.pay(entry, bidder.name, DEPOSIT + 500)
    await reverse(place, line.bank_reference, DEPOSIT + 500)
    assert await books(place) == {}
    lost = await place.money("8000", "某人", 900)
    finance = await place.post(Role.FINANCE)
    proposal = await propose_return(place.by(finance), lost.id, reason="误付")
    await reverse(place, lost.bank_reference, 900)
    assert await books(place) == {}
    (kept,) = await place.work.session.exec(select(LineReturn).where(LineReturn.id == proposal.id))
    assert kept.state == "overtaken"
    with pytest.raises(Conflict):
        await decide_return(place.by(await place.post(Role.FINANCE)), proposal.id, approve=True)


async def test_a_reversal_whose_line_comes_later_waits_for_it(place: Town) -> None:
    made = await reverse(place, "later", 700)
    assert (made.state, await books(place)) == (
        ReversalState.UNMATCHED,
        {"bank": -700, "reversal_receivable": 700},
    )
    from auction.payments.match import match_bank_line
    from auction.payments.record_line import record_bank_line

    line = await record_bank_line(
        place.by(SYSTEM), KUNSHAN, StatementLine("later", "8000", 700, "某人", place.work.now)
    )
    await apply_reversal(place.by(SYSTEM), reversal_id=made.id)
    assert made.state == ReversalState.UNMATCHED, "the line is matched first"
    await match_bank_line(place.by(SYSTEM), line_id=line.id)
    await apply_reversal(place.by(SYSTEM), reversal_id=made.id)
    assert (made.state, await books(place)) == (ReversalState.APPLIED, {})


@given(st.integers(1, 10**9), st.data())
def test_a_line_is_undone_to_the_fen(amount: int, data: st.DataObject) -> None:
    booked = data.draw(st.integers(0, amount))
    left, waiting = data.draw(st.integers(0, booked)), data.draw(st.integers(0, amount - booked))
    taken = rules.undo_line(
        amount_fen=amount, booked_fen=booked, booked_left_fen=left, waiting_left_fen=waiting
    )
    assert taken.from_booked_fen + taken.from_waiting_fen + taken.missing_fen == amount
    assert taken.missing_fen == amount - left - waiting


def test_the_bank_that_is_always_there_accepts_everything() -> None:
    from uuid import uuid4

    order = Instruction(uuid4(), MoneyChannel.BANK, "payout", "0583", 1, None)
    assert AcceptingBank().execute(order).accepted
