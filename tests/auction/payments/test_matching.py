"""Money that arrives late, twice, in parts, too much, from the wrong person or for nobody (B-30, M-01)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from auction.listing.models import Lot
from auction.payments.models import BankLine, BankLineState, PaymentOrder
from auction.payments.queries import unbooked_lines
from auction.payments.record_line import StatementLine, record_bank_line
from auction.payments.rules import Awaits, Expected, Verdict, match_payment
from auction.payments.suspended import assign_bank_line, decide_return, propose_return
from auction.registration.models import DepositState, Registration, RegistrationState
from core.database import Database
from core.errors import Conflict, InvalidInput, NotPermitted, RuleViolation
from core.identity import SYSTEM, Actor
from core.ledger import trial_balance
from core.notices import notices_of
from tests.auction.listing.workshop import STRANGER, TEAM, YUAN
from tests.auction.market import (
    FINANCE,
    finance_people,
    pay,
    published_lot,
    registered,
    reloaded,
    signed_up,
)
from tests.conftest import CourtClock
from tests.working_off import work_off

DEPOSIT = 70_000 * YUAN


@given(
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.integers(1, 10**9),
    st.sampled_from(Awaits),
    st.booleans(),
)
def test_every_fen_is_booked_or_goes_back(
    due: int, paid: int, amount: int, awaits: Awaits, names_agree: bool
) -> None:
    matched = match_payment(Expected(due, paid, awaits), amount_fen=amount, names_agree=names_agree)
    assert matched.booked_fen + matched.excess_fen == amount
    assert matched.booked_fen <= max(due - paid, 0)
    assert (matched.verdict is Verdict.BOOK) == (awaits is Awaits.OPEN and names_agree and paid < due)
    assert matched.is_full == (matched.verdict is Verdict.BOOK and paid + matched.booked_fen == due)


async def lines_of(database: Database) -> list[BankLine]:
    async with database.read(SYSTEM) as work:
        return list(await work.session.exec(select(BankLine).order_by(BankLine.booked_at)))  # type: ignore[arg-type]


async def orders_of(database: Database) -> list[int]:
    async with database.read(SYSTEM) as work:
        return [order.amount_fen for order in await work.session.exec(select(PaymentOrder))]


async def balances(database: Database) -> dict[str, int]:
    async with database.read(SYSTEM) as work:
        kinds = await trial_balance(work)
    assert sum(kinds.values()) == 0
    return {kind: total for kind, total in kinds.items() if total}


async def test_B30_partial_payments_add_up_to_the_deposit(database: Database, clock: CourtClock) -> None:
    lot = await published_lot(database, clock)
    person = await signed_up(database)
    entry = await registered(database, lot.id, person)
    await pay(database, entry.virtual_account_no, 30_000 * YUAN, person.name)
    half = await reloaded(database, entry.id)
    assert (half.deposit_state, half.state) == (DepositState.PARTIAL, RegistrationState.DEPOSIT_PENDING)
    await pay(database, entry.virtual_account_no, 40_000 * YUAN, person.name)
    full = await reloaded(database, entry.id)
    assert (full.deposit_state, full.state) == (DepositState.RECEIVED, RegistrationState.QUALIFIED)
    assert await balances(database) == {"bank": DEPOSIT, "deposit_held": -DEPOSIT}


async def test_an_overpayment_goes_back_by_itself(database: Database, clock: CourtClock) -> None:
    lot = await published_lot(database, clock)
    person = await signed_up(database)
    entry = await registered(database, lot.id, person)
    await pay(database, entry.virtual_account_no, DEPOSIT + 500, person.name)
    assert await orders_of(database) == [500]
    assert await balances(database) == {"bank": DEPOSIT, "deposit_held": -DEPOSIT}


@pytest.mark.parametrize("problem", ["wrong name", "twice", "unknown account"])
async def test_money_that_fits_nothing_waits_for_finance_and_can_go_back(
    database: Database, clock: CourtClock, problem: str
) -> None:
    lot = await published_lot(database, clock)
    person = await signed_up(database)
    entry = await registered(database, lot.id, person)
    if problem == "twice":
        await pay(database, entry.virtual_account_no, DEPOSIT, person.name)
    account = "8999" if problem == "unknown account" else entry.virtual_account_no
    await pay(database, account, DEPOSIT, "别人" if problem == "wrong name" else person.name)
    suspended = [line for line in await lines_of(database) if line.state == BankLineState.SUSPENDED]
    assert len(suspended) == 1
    assert (await balances(database))["unclaimed"] == -DEPOSIT
    clerk, colleague, _ = await finance_people(database)
    async with database.begin(clerk) as work:
        proposal = await propose_return(work, suspended[0].id, reason="核对后退回")
    with pytest.raises(Conflict):
        async with database.begin(clerk) as work:
            await propose_return(work, suspended[0].id, reason="再退一次")
    async with database.begin(colleague) as work:
        await decide_return(work, proposal.id, approve=True)
    await work_off(database)
    assert "unclaimed" not in await balances(database)
    with pytest.raises(Conflict):
        async with database.begin(colleague) as work:
            await decide_return(work, proposal.id, approve=True)


@pytest.mark.parametrize(
    ("payer", "why"), [("别人", "付款人与报名人姓名不一致"), (None, "重复付款")], ids=["wrong name", "twice"]
)
async def test_B30_who_waits_for_a_payment_is_told_why_it_was_not_booked(
    database: Database, clock: CourtClock, payer: str | None, why: str
) -> None:
    lot = await published_lot(database, clock)
    person = await signed_up(database)
    entry = await registered(database, lot.id, person)
    if payer is None:
        await pay(database, entry.virtual_account_no, DEPOSIT, person.name)
    await pay(database, entry.virtual_account_no, DEPOSIT, payer or person.name)
    async with database.read(SYSTEM) as work:
        assert person.actor.account_id is not None
        notices = await notices_of(work, person.actor.account_id)
        (told,) = [each for each in notices if str(each.title) == "有一笔付款未能入账"]
        (line,) = await unbooked_lines(work, await work.session.get_one(Registration, entry.id))
    assert told.link == f"/lots/{lot.lot_no}/register", "where the right account and amount stand"
    assert why in str(told.body)
    assert line.problem == why


async def test_B32_a_deposit_after_the_end_qualifies_nobody(database: Database, clock: CourtClock) -> None:
    lot = await published_lot(database, clock)
    person = await signed_up(database)
    entry = await registered(database, lot.id, person)
    assert lot.scheduled_end_at is not None
    await clock.travel_to(lot.scheduled_end_at + timedelta(seconds=1))
    await pay(database, entry.virtual_account_no, DEPOSIT, person.name)
    assert (await reloaded(database, entry.id)).state == RegistrationState.DEPOSIT_PENDING
    assert [line.problem for line in await lines_of(database)] == ["竞价或付款期限结束后到账"]


async def test_a_statement_imported_twice_books_once(database: Database, clock: CourtClock) -> None:
    lot = await published_lot(database, clock)
    person = await signed_up(database)
    entry = await registered(database, lot.id, person)
    for _ in range(2):
        await pay(database, entry.virtual_account_no, DEPOSIT, person.name, reference="bank-1")
    assert await balances(database) == {"bank": DEPOSIT, "deposit_held": -DEPOSIT}
    with pytest.raises(Conflict):
        await pay(database, entry.virtual_account_no, 1, person.name, reference="bank-1")


async def test_a_mistyped_account_can_be_put_right_but_not_a_wrong_name(
    database: Database, clock: CourtClock
) -> None:
    lot = await published_lot(database, clock)
    person = await signed_up(database)
    entry = await registered(database, lot.id, person)
    await pay(database, "8123", DEPOSIT, person.name)
    await pay(database, "8124", DEPOSIT, "别人")
    right, wrong = await lines_of(database)
    with pytest.raises(RuleViolation, match="B-30"):
        async with database.begin(FINANCE) as work:
            await assign_bank_line(work, wrong.id, virtual_account_no=entry.virtual_account_no)
    async with database.begin(FINANCE) as work:
        await assign_bank_line(work, right.id, virtual_account_no=entry.virtual_account_no)
    assert (await reloaded(database, entry.id)).state == RegistrationState.QUALIFIED


@pytest.mark.parametrize("actor", [TEAM, STRANGER, Actor(None, "别院财务", FINANCE.roles, "0505")])
async def test_P03_only_the_own_finance_records_bank_lines(
    database: Database, clock: CourtClock, actor: Actor
) -> None:
    await published_lot(database, clock)
    with pytest.raises(NotPermitted):
        async with database.begin(actor) as work:
            await record_bank_line(work, "0583", StatementLine("r", "8", 1, "某人", work.now))


async def test_amounts_and_times_of_a_line_must_be_possible(database: Database, clock: CourtClock) -> None:
    lot: Lot = await published_lot(database, clock)
    assert lot is not None
    for amount, ahead in ((0, 0), (-5, 0), (100, 1)):
        with pytest.raises(InvalidInput):
            async with database.begin(FINANCE) as work:
                line = StatementLine("r", "8", amount, "某人", work.now + timedelta(days=ahead))
                await record_bank_line(work, "0583", line)
