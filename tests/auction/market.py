"""A published lot and bidders with paid deposits, made through the use cases."""

from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from sqlmodel import select

from auction.delivery.hand_over import record_delivery
from auction.delivery.models import Capacity
from auction.delivery.rules import HandOver, Present
from auction.listing.import_formats import read_lots
from auction.listing.import_lots import ImportStage, import_lots
from auction.listing.models import Lot, LotState
from auction.listing.publish_lot import publish_lot
from auction.payments.record_line import StatementLine, record_bank_line
from auction.registration.models import Registration
from auction.registration.real_name import confirm_identity, sign_up
from auction.registration.register import register_for_lot
from core.database import Database, Work
from core.identity import SYSTEM, Actor, Role
from core.identity.accounts import as_actor, open_account
from disposal_teams.courts.establish import establish_courts
from disposal_teams.courts.models import Court
from tests.auction.listing.workshop import TEAM, ready_lot
from tests.conftest import CourtClock
from tests.working_off import work_off
from web.demo_city.people import identity_number, person_name

FINANCE = Actor(None, "财务", frozenset({Role.FINANCE}), TEAM.court_code)
OFFICER = TEAM
_random = Random(7)


@dataclass(slots=True)
class Person:
    """A bidder with a confirmed identity."""

    actor: Actor
    name: str
    number: str


async def published_lot(database: Database, clock: CourtClock) -> Lot:
    """A lot of Kunshan court in its notice period: start 700,000, increment 3,000, deposit 70,000 yuan.

    Found where the database is a copy of the snapshot `published`, made elsewhere.
    """
    async with database.read(SYSTEM) as work:
        standing = (await work.session.exec(select(Lot).where(Lot.state == LotState.PUBLISHED))).first()
    return standing or await publish_a_lot(database, clock)


async def publish_a_lot(database: Database, clock: CourtClock) -> Lot:
    """The same, always made, with its case and asset."""
    async with database.begin(SYSTEM) as work:
        team, _, lot = await ready_lot(work)
        await publish_lot(team, lot.id)
        published_at = team.now
    await clock.travel_to(published_at)
    await work_off(database)
    return lot


async def signed_up(database: Database, *, number: str | None = None, name: str | None = None) -> Person:
    """Somebody with an account and a confirmed identity."""
    name, number = name or person_name(_random), number or identity_number(_random)
    async with database.begin(SYSTEM) as work:
        account = await sign_up(
            work,
            login=f"bidder{_random.randrange(10**9)}",
            password="a long password",
            name=name,
            identity_number=number,
            phone="13000000000",
            password_hash="-",
        )
        await confirm_identity(work, account.id)
        return Person(Actor(account.id, account.display_name, frozenset({Role.BIDDER})), name, number)


async def registered(database: Database, lot_id: UUID, person: Person) -> Registration:
    """The person's entry for the lot, before any payment."""
    async with database.begin(person.actor) as work:
        return await register_for_lot(work, lot_id, accepts_rules=True)


async def pay(
    database: Database, account_no: str, amount_fen: int, payer: str, *, reference: str | None = None
) -> None:
    """Money arrives at the bank and is matched."""
    async with database.begin(FINANCE) as work:
        line = StatementLine(
            reference or f"ref{_random.randrange(10**12)}", account_no, amount_fen, payer, work.now
        )
        await record_bank_line(work, FINANCE.court_code or "", line)
    await work_off(database)


async def qualified(database: Database, lot: Lot, person: Person) -> Registration:
    """The person's entry with the deposit paid."""
    registration = await registered(database, lot.id, person)
    await pay(database, registration.virtual_account_no, registration.deposit_due_fen, person.name)
    return await reloaded(database, registration.id)


async def reloaded(database: Database, registration_id: UUID) -> Registration:
    """A registration as it stands now."""
    async with database.read(SYSTEM) as work:
        return (await work.session.exec(select(Registration).where(Registration.id == registration_id))).one()


def hand_over(at: datetime, **changes: Any) -> HandOver:
    """What an officer writes down at a hand-over."""
    people = (
        Present("承办人", Capacity.COURT),
        Present("买受人", Capacity.BUYER),
        Present("王网格", Capacity.GRASSROOTS),
    )
    standing = HandOver(
        delivered_at=at, place="标的物现场", people=people, keys="钥匙两把", water="12", power="340"
    )
    return replace(standing, **changes)


async def deliver(work: Work, lot_id: UUID) -> object:
    """The officer hands the asset over."""
    return await record_delivery(work, lot_id, hand_over(work.now))


SELL_OFF_ROW = (
    "source_key,round,kind,title,location,court_code,valuation,starting_price,deposit,increment\n"
    "sell-off,sell_off,real_estate,昆山市某商铺,昆山,0583,1000000,560000,56000,3000\n"
)


async def published_sell_off(database: Database, clock: CourtClock) -> Lot:
    """A sell-off of Kunshan court in its notice period: price 560,000, increment 3,000, deposit named 56,000 yuan."""
    lots, faults = read_lots(SELL_OFF_ROW)
    assert not faults
    async with database.begin(SYSTEM) as work:
        await establish_courts(work)
        court = await work.session.get(Court, "0583")
        assert court is not None
        court.bank_name, court.bank_account_no = "某银行", "6222020000001"
        (number,) = (await import_lots(work, lots, stage=ImportStage.NOTIFIED)).created
        lot = (await work.session.exec(select(Lot).where(Lot.lot_no == number))).one()
        await publish_lot(work, lot.id)
    await work_off(database)
    return lot


async def finance_people(database: Database) -> tuple[Actor, Actor, Actor]:
    """Two people of the court's finance and the bureau's director, with accounts of their own."""
    people = []
    async with database.begin(SYSTEM) as work:
        for role in (Role.FINANCE, Role.FINANCE, Role.BUREAU_DIRECTOR):
            account = await open_account(
                work,
                login=f"post{_random.randrange(10**9)}",
                password_hash="-",
                display_name="某岗位",
                roles={role},
                court_code=TEAM.court_code,
            )
            people.append(as_actor(account))
    return people[0], people[1], people[2]
