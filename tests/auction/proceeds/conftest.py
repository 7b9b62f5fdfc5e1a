"""Every test begins with a sale of 昆山 whose ruling has been served: its money has arrived and waits to be divided."""

from dataclasses import dataclass

import pytest
from sqlmodel import select

from auction.proceeds.models import Proceeds
from core.database import Database
from core.identity import SYSTEM, Actor, Role
from core.identity.accounts import as_actor, open_account
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import parties_of
from tests.auction.delivery.conftest import Served, served, served_city, template
from tests.disposal_teams.city import KUNSHAN

__all__ = ["served", "served_city", "template"]


@dataclass(slots=True)
class Money:
    """The file of the proceeds, and the people who deal with it."""

    proceeds: Proceeds
    officer: Actor
    panel: Actor
    finance: Actor
    cashier: Actor
    director: Actor
    applicant: Actor
    debtor: Actor
    joiner: Actor


@pytest.fixture
async def money(database: Database, served: Served) -> Money:
    """The arrived money, with everybody's account."""
    people: dict[str, Actor] = {}
    posts = {
        "panel": (Role.PANEL_MEMBER, KUNSHAN),
        "finance": (Role.FINANCE, KUNSHAN),
        "cashier": (Role.FINANCE, KUNSHAN),
        "applicant": (Role.CREDITOR, None),
        "debtor": (Role.DEBTOR, None),
        "joiner": (Role.CREDITOR, None),
    }
    async with database.begin(SYSTEM) as work:
        for login, (role, court) in posts.items():
            account = await open_account(
                work, login=login, password_hash="-", display_name=login, roles={role}, court_code=court
            )
            people[login] = as_actor(account)
        proceeds = (await work.session.exec(select(Proceeds))).one()
        for party in await parties_of(work, proceeds.case_id):
            party.account_id = people[
                "applicant" if party.role == PartyRole.APPLICANT else "debtor"
            ].account_id
        from auction.proceeds.claims.models import DistributionClaim

        for claim in await work.session.exec(select(DistributionClaim)):
            claim.account_id = people["applicant"].account_id
    return Money(proceeds, served.officer, director=served.director, **people)
