"""Who lives in the demo city: the people of the courts, and bidders. All invented."""

from dataclasses import dataclass
from random import Random

from sqlmodel import select

from auction.registration.real_name import confirm_identity, sign_up
from auction.risk_signals.traces import Footprint
from core.database import Work
from core.identity import Actor, Role
from core.identity.accounts import as_actor, hash_password, open_account
from core.identity.models import Account
from disposal_teams.courts.establish import establish_courts, found_team
from disposal_teams.courts.models import Court
from disposal_teams.courts.queries import all_courts
from web.demo_city.logins import PASSWORD
from web.demo_city.people import bank_name, identity_number, person_name

TEAM_COURT, FIRST_COURT, PRIORITY_COURT, MIDDLE = "0583", "0506", "0505", "05"
BIDDERS = 12

POSTS: dict[str, tuple[str, frozenset[Role]]] = {
    "team": ("处置团队", frozenset({Role.DISPOSAL_TEAM, Role.CLERK})),
    "officer": ("承办法官", frozenset({Role.CASE_OFFICER, Role.BUREAU_DIRECTOR, Role.COMMAND_CENTRE})),
    "panel": ("合议庭", frozenset({Role.PANEL_MEMBER})),
    "finance": ("财务", frozenset({Role.FINANCE})),
    "risk": ("风险核查", frozenset({Role.RISK_OFFICER})),
    "leader": ("分管院领导", frozenset({Role.VICE_PRESIDENT})),
}


def login_of(post: str, court_code: str) -> str:
    """The login of somebody at a court; the printed ones are short."""
    if court_code == TEAM_COURT:
        return post
    if post == "officer" and court_code == FIRST_COURT:
        return "court-first"
    if post == "officer" and court_code == PRIORITY_COURT:
        return "court-priority"
    if post == "officer" and court_code == MIDDLE:
        return "intermediate"
    return f"{post}-{court_code}"


@dataclass(slots=True)
class Bidder:
    """A bidder with the name that the bank knows, the own device and network, and a bank account."""

    actor: Actor
    name: str
    home: Footprint
    bank_account_no: str


async def settle_people(work: Work, random: Random) -> list[Bidder]:
    """Courts with bank accounts, teams, the posts of each, and bidders with confirmed identities."""
    await establish_courts(work)
    password_hash = hash_password(PASSWORD)
    for court in await all_courts(work):
        _give_account(court, random)
        team = await found_team(work, court.code, f"{court.short_name}财产处置团队", is_demo=True)
        for post, (title, roles) in POSTS.items():
            await open_account(
                work,
                login=login_of(post, court.code),
                password_hash=password_hash,
                display_name=f"{person_name(random)}（{court.short_name}{title}）",
                roles=set(roles | {Role.INTERMEDIATE_COURT}) if court.code == MIDDLE else set(roles),
                court_code=court.code,
                team_id=team.id if post == "team" else None,
                is_demo=True,
            )
    return [await _bidder(work, number, password_hash, random) for number in range(1, BIDDERS + 1)]


def _give_account(court: Court, random: Random) -> None:
    court.bank_name = bank_name(random)
    court.bank_account_no = "".join(random.choice("0123456789") for _ in range(16))


async def _bidder(work: Work, number: int, password_hash: str, random: Random) -> Bidder:
    name = person_name(random)
    account = await sign_up(
        work,
        login=f"bidder{number}",
        password=PASSWORD,
        name=name,
        identity_number=identity_number(random),
        phone=f"1380000{number:04d}",
        is_demo=True,
        password_hash=password_hash,
    )
    await confirm_identity(work, account.id)
    home = Footprint(
        f"demo-device-{random.randrange(10**12):012d}", f"114.217.{random.randrange(256)}.{number}"
    )
    return Bidder(as_actor(account), name, home, f"6222{random.randrange(10**12):012d}")


async def person_at(work: Work, post: str, court_code: str) -> Actor:
    """Somebody at a court."""
    found = await work.session.exec(select(Account).where(Account.login == login_of(post, court_code)))
    return as_actor(found.one())
