"""A published lot and people in one open transaction that is rolled back: the quick way to play a registration through.

Time is told by the work that is given: `at(town, starts_at)` is the same transaction at another moment.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from sqlmodel import col, select

from auction.listing.models import Lot, LotBidding, LotState
from auction.payments.match import match_bank_line
from auction.payments.models import BankLine, MoneyChannel, PaymentOrder, PaymentOrderState
from auction.payments.orders import execute_payment
from auction.payments.record_line import StatementLine, record_bank_line
from auction.registration.models import Registration
from auction.registration.real_name import confirm_identity, sign_up
from auction.registration.register import register_for_lot
from core.database import Work
from core.identity import SYSTEM, Actor, Role
from core.identity.accounts import as_actor, open_account
from disposal_teams.cases.models import EnforcementCase
from tests.auction.listing.workshop import by
from tests.disposal_teams.city import KUNSHAN
from web.demo_city.people import identity_number, person_name

PDF = b"%PDF-1.7 what a scanner makes"
FILES = [("授权委托书.pdf", PDF)]
_random = Random(31)


@dataclass(slots=True)
class Bidder:
    """A bidder with a confirmed identity."""

    actor: Actor
    name: str
    number: str


@dataclass(slots=True)
class Town:
    """The transaction at a moment, with a lot of Kunshan court in its notice period: deposit 70,000 yuan."""

    work: Work
    lot: Lot
    case: EnforcementCase

    @property
    def starts_at(self) -> datetime:
        """When bidding starts."""
        assert self.lot.starts_at is not None
        return self.lot.starts_at

    @property
    def ends_at(self) -> datetime:
        """When it is to end."""
        assert self.lot.scheduled_end_at is not None
        return self.lot.scheduled_end_at

    def at(self, moment: datetime) -> "Town":
        """The same later."""
        return replace(self, work=Work(self.work.session, SYSTEM, moment))

    def later(self, **length: float) -> "Town":
        """The same some time later."""
        return self.at(self.work.now + timedelta(**length))

    def by(self, actor: Actor | Bidder) -> Work:
        """Somebody's work at this moment."""
        return by(self.work, actor.actor if isinstance(actor, Bidder) else actor)

    async def bidder(self, *, name: str | None = None, number: str | None = None) -> Bidder:
        """Somebody new with a confirmed identity."""
        name, number = name or person_name(_random), number or identity_number(_random)
        account = await sign_up(
            self.work,
            login=f"b{_random.randrange(10**12)}",
            password="a long password",
            name=name,
            identity_number=number,
            phone="13000000000",
            password_hash="-",
        )
        await confirm_identity(self.work, account.id)
        return Bidder(as_actor(account), name, number)

    async def post(self, *roles: Role, court: str = KUNSHAN) -> Actor:
        """Somebody of the court with an account."""
        account = await open_account(
            self.work,
            login=f"p{_random.randrange(10**12)}",
            password_hash="-",
            display_name="某岗位",
            roles=set(roles),
            court_code=court,
        )
        return as_actor(account)

    async def enter(self, bidder: Bidder) -> Registration:
        """Register for oneself."""
        return await register_for_lot(self.by(bidder), self.lot.id, accepts_rules=True)

    async def pay(
        self,
        entry: Registration,
        payer: str,
        amount_fen: int | None = None,
        *,
        channel: MoneyChannel = MoneyChannel.BANK,
    ) -> BankLine:
        """Money arrives for an entry and is matched."""
        if amount_fen is None:
            amount_fen = entry.deposit_due_fen - entry.deposit_paid_fen
        return await self.money(entry.virtual_account_no, payer, amount_fen, channel=channel)

    async def money(
        self, account_no: str, payer: str, amount_fen: int, *, channel: MoneyChannel = MoneyChannel.BANK
    ) -> BankLine:
        """Money arrives at an account number and is matched."""
        line = StatementLine(f"r{_random.randrange(10**12)}", account_no, amount_fen, payer, self.work.now)
        booked = await record_bank_line(self.by(SYSTEM), KUNSHAN, line, channel=channel)
        await match_bank_line(self.by(SYSTEM), line_id=booked.id)
        return booked

    async def bank_pays(self) -> list[PaymentOrder]:
        """Have the bank execute what is due; returns every order."""
        due = select(PaymentOrder.id).where(PaymentOrder.state == PaymentOrderState.DUE)
        for order_id in list(await self.work.session.exec(due)):
            await execute_payment(self.by(SYSTEM), order_id=order_id)
        return list(await self.work.session.exec(select(PaymentOrder).order_by(col(PaymentOrder.created_at))))

    async def bidding(self) -> LotBidding:
        """The contested row."""
        return await self.work.session.get_one(LotBidding, self.lot.id)

    async def begin_bidding(self) -> "Town":
        """It is the start: the clock has opened the lot."""
        (await self.bidding()).phase = "open"
        self.lot.state = "bidding"
        await self.work.session.flush()
        return self.at(self.starts_at)


async def town(work: Work) -> Town:
    """The lot that has just been published, where the database is a copy of the snapshot `published`."""
    lot = (await work.session.exec(select(Lot).where(Lot.state == LotState.PUBLISHED))).one()
    case = await work.session.get_one(EnforcementCase, lot.case_id)
    return Town(work, lot, case)
