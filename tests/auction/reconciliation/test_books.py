"""Whatever arrives, goes back, is taken back or fails at the bank: the accounts equal the bank, and nobody is paid twice."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from sqlmodel import select

from auction.listing.models import LotState
from auction.payments.bank import BANKS, Answer, Instruction
from auction.payments.models import BankLine, BankLineState, BankReversal, MoneyChannel
from auction.payments.record_line import StatementLine, record_reversal
from auction.payments.refunds import release_deposits
from auction.payments.reversal import apply_reversal
from auction.payments.suspended import decide_return, propose_return
from auction.reconciliation.gather import gather
from auction.reconciliation.reconcile import BROKEN, findings_of, reconcile
from auction.reconciliation.rules import FindingCode, compare
from auction.registration.models import Registration, RegistrationState
from auction.registration.withdraw import withdraw_registration
from auction.settlement.confirm import confirm_sale
from core.database import Database
from core.errors import DisposalError, NotPermitted
from core.identity import SYSTEM, Role
from core.ledger import trial_balance
from tests.auction.listing.workshop import TEAM
from tests.auction.registration.desk import Bidder, Town, town
from tests.disposal_teams.city import KUNSHAN

PEOPLE = 3
AMOUNTS = st.sampled_from((1, 3_000_000, 7_000_000, 7_000_500))


class MoodyBank:
    """A bank that refuses when told to, and remembers what it paid."""

    def __init__(self) -> None:
        self.refuses = False
        self.paid: list[Instruction] = []

    def execute(self, order: Instruction) -> Answer:
        """Pay or refuse."""
        if self.refuses:
            return Answer(False, "拒绝")
        self.paid.append(order)
        return Answer(True, "B")


class Money(RuleBasedStateMachine):
    """The money of one lot."""

    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.bank = MoodyBank()
        BANKS.update(dict.fromkeys(MoneyChannel, self.bank))
        self.stack = AsyncExitStack()
        self.over = False
        self.bidders: list[Bidder] = []
        self.entries: list[Registration] = []

    def do(self, coroutine: Any) -> Any:
        """Run something of the service."""
        return self.runner.run(coroutine)

    @initialize()
    def open_the_lot(self) -> None:
        """A published lot with a few entries."""
        self.do(self._open())

    async def _open(self) -> None:
        database = Database(self.url, pool_size=1)
        self.stack.push_async_callback(database.close)
        work = await self.stack.enter_async_context(database.read(SYSTEM))
        work.session.autoflush = True
        self.place: Town = await town(work)
        self.clerk, self.colleague = [await self.place.post(Role.FINANCE) for _ in range(2)]
        for _ in range(PEOPLE):
            bidder = await self.place.bidder()
            self.bidders.append(bidder)
            self.entries.append(await self.place.enter(bidder))

    def teardown(self) -> None:
        """Roll everything back."""
        self.do(self.stack.aclose())
        self.runner.close()
        BANKS.clear()

    @rule(who=st.integers(0, PEOPLE - 1), amount=AMOUNTS, honest=st.booleans(), frozen=st.booleans())
    def pay(self, who: int, amount: int, honest: bool, frozen: bool) -> None:
        """Somebody pays or freezes; sometimes under another name."""
        payer = self.bidders[who].name if honest else "别人"
        channel = MoneyChannel.PLATFORM if frozen else MoneyChannel.BANK
        self.do(self.place.pay(self.entries[who], payer, amount, channel=channel))

    @rule(amount=AMOUNTS)
    def pay_nobody(self, amount: int) -> None:
        """An account number that nobody has."""
        self.do(self.place.money("8000", "别人", amount))

    @rule(which=st.integers(0, 30))
    def take_back(self, which: int) -> None:
        """The bank reverses a line, or one that it never told of."""
        self.do(self._take_back(which))

    async def _take_back(self, which: int) -> None:
        lines = list(await self.place.work.session.exec(select(BankLine).where(BankLine.channel == "bank")))
        reference, amount = ("unknown", 17) if not lines else (
            lines[which % len(lines)].bank_reference, lines[which % len(lines)].amount_fen
        )  # fmt: skip
        told = StatementLine(f"back-{reference}-{which}", "8", amount, "银行", self.place.work.now, reference)
        before = await self.place.work.session.exec(
            select(BankReversal.id).where(BankReversal.reverses_reference == reference)
        )
        if before.first() is None:
            made = await record_reversal(self.place.by(SYSTEM), KUNSHAN, told)
            await apply_reversal(self.place.by(SYSTEM), reversal_id=made.id)

    @rule(refuses=st.booleans())
    def the_bank_works(self, refuses: bool) -> None:
        """What is due is executed, or refused."""
        self.bank.refuses = refuses
        self.do(self.place.bank_pays())

    @rule()
    def send_suspended_back(self) -> None:
        """Finance returns everything that fits nothing, by two people."""
        self.do(self._send_back())

    async def _send_back(self) -> None:
        waiting = select(BankLine.id).where(BankLine.state == BankLineState.SUSPENDED)
        for line_id in list(await self.place.work.session.exec(waiting)):
            proposal = await propose_return(self.place.by(self.clerk), line_id, reason="退回")
            await decide_return(self.place.by(self.colleague), proposal.id, approve=True)

    @precondition(lambda self: not self.over)
    @rule(who=st.integers(0, PEOPLE - 1))
    def leave_or_come_back(self, who: int) -> None:
        """Somebody withdraws, or enters again."""
        self.do(self._leave(who))

    async def _leave(self, who: int) -> None:
        bidder, entry = self.bidders[who], self.entries[who]
        try:
            if entry.state == RegistrationState.WITHDRAWN:
                await self.place.enter(bidder)
            else:
                await withdraw_registration(self.place.by(bidder), self.place.lot.id)
        except DisposalError:
            pass  # refused, for instance while the refund is under way

    @precondition(lambda self: not self.over)
    @rule()
    def end(self) -> None:
        """Bidding ends: the first who is qualified has won, all others get their money back."""
        self.over = True
        self.do(self._end())

    async def _end(self) -> None:
        lot = self.place.lot
        winner = next((entry for entry in self.entries if entry.state == RegistrationState.QUALIFIED), None)
        lot.state = LotState.SOLD if winner else LotState.FAILED
        lot.ended_at = self.place.work.now
        if winner is not None:
            lot.winning_registration_id, lot.final_price_fen = winner.id, lot.starting_price_fen
        (await self.place.bidding()).phase = "closed"
        await self.place.work.session.flush()
        await release_deposits(self.place.work, lot_id=lot.id)
        if winner is not None:
            await confirm_sale(self.place.work, lot_id=lot.id)

    @invariant()
    def the_accounts_equal_the_bank(self) -> None:
        """Debits equal credits, the ledger equals the statement, every deposit its account."""
        if hasattr(self, "place"):
            kinds = self.do(trial_balance(self.place.work))
            assert sum(kinds.values()) == 0
            found = compare(self.do(gather(self.place.work, KUNSHAN)))
            assert not [each for each in found if each.code in BROKEN], found

    @invariant()
    def nobody_is_paid_twice(self) -> None:
        """The bank pays an order once, and out of a line never more than came in by it."""
        assert len({order.id for order in self.bank.paid}) == len(self.bank.paid)
        if hasattr(self, "place"):
            too_much = self.do(self._overpaid())
            assert too_much == []

    async def _overpaid(self) -> list[Any]:
        rows = await self.place.work.session.execute(
            text(
                """
                SELECT line.bank_reference FROM bank_line AS line JOIN payment_order AS paid ON paid.bank_line_id = line.id
                WHERE paid.state = 'executed' AND paid.kind <> 'deposit_capture'
                GROUP BY line.id HAVING sum(paid.amount_fen) > line.amount_fen
                """
            )
        )
        return list(rows.scalars())


def test_M11_the_books_hold_whatever_happens_to_the_money(published_url: str) -> None:
    machine: type[Any] = type("MoneyOfThisCity", (Money,), {"url": published_url})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


async def test_M11_a_changed_row_is_found_told_once_and_shown(place: Town) -> None:
    bidder = await place.bidder()
    entry = await place.enter(bidder)
    await place.pay(entry, bidder.name)
    clean = await reconcile(place.work, KUNSHAN)
    assert findings_of(clean) == []
    again = await reconcile(place.later(minutes=5).work, KUNSHAN)
    assert (again.id, again.runs) == (clean.id, 2), "the same result is one row"
    await place.work.session.execute(text("UPDATE registration SET deposit_paid_fen = deposit_paid_fen + 1"))
    await place.work.session.execute(text("UPDATE bank_line SET amount_fen = amount_fen + 5"))
    later = place.later(minutes=10)
    broken = await reconcile(later.work, KUNSHAN)
    assert [(each.code, each.amount_fen) for each in findings_of(broken)] == [
        (FindingCode.BANK_DIFFERS, 5),
        (FindingCode.DEPOSITS_DIFFER, 1),
    ]
    assert (await reconcile(later.work, KUNSHAN)).id == broken.id
    told = await place.work.session.execute(
        text("SELECT count(*) FROM audit_event WHERE event = 'bank.reconciliation_differs'")
    )
    assert told.scalar_one() == 1
    with pytest.raises(NotPermitted):
        await reconcile(place.by(TEAM), KUNSHAN)
    assert later.work.now - clean.first_at == timedelta(minutes=10)
