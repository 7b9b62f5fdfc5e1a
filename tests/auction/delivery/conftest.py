"""Every test begins with a sale whose ruling has been served, made once and copied."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from auction.bidding.sequencer import BiddingDesk
from auction.listing.models import Lot
from auction.settlement.ruling import issue_ruling, serve_ruling
from core.database import Database
from core.identity import SYSTEM, Actor, Role
from core.identity.accounts import as_actor, open_account
from core.settings import get_settings
from tests.auction.market import OFFICER, Person, pay
from tests.auction.settlement.test_whole_sale import settlement_now, sold_lot
from tests.conftest import CourtClock, Snapshot, snapshot
from tests.disposal_teams.city import KUNSHAN


@dataclass(frozen=True, slots=True)
class Served:
    """A sold lot of 昆山 whose ruling the buyer has, with the people who hand it over."""

    lot: Lot
    buyer: Person
    loser: Person
    president: Actor
    director: Actor
    officer: Actor


@pytest.fixture(scope="session")
async def served_city(server_url: str, published: Snapshot[Lot]) -> AsyncIterator[Snapshot[Served]]:
    """The city on the day of the service."""

    async def serve(database: Database, clock: CourtClock) -> Served:
        desk = BiddingDesk(database, get_settings().encryption_key())
        lot, buyer, loser = await sold_lot(database, clock, desk)
        await desk.close()
        people = []
        async with database.begin(SYSTEM) as work:
            for number, role in enumerate((Role.PRESIDENT, Role.BUREAU_DIRECTOR, Role.CASE_OFFICER)):
                account = await open_account(
                    work,
                    login=f"post{number}",
                    password_hash="-",
                    display_name=f"某{number}",
                    roles={role},
                    court_code=KUNSHAN,
                )
                people.append(as_actor(account))
        sale = await settlement_now(database, lot.id)
        await pay(database, sale.virtual_account_no, sale.balance_fen, buyer.name)
        for step in (issue_ruling, serve_ruling):
            async with database.begin(OFFICER) as work:
                await step(work, lot.id)
        return Served(lot, buyer, loser, *people)

    async with snapshot(server_url, serve, template=published.template) as city:
        yield city


@pytest.fixture
def template(served_city: Snapshot[Served]) -> str:
    """A fresh database is a copy of that city."""
    return served_city.template


@pytest.fixture
def served(served_city: Snapshot[Served]) -> Served:
    """The sale in it."""
    return served_city.made
