"""A small city for the tests: courts, people, cases, assets, made through the use cases."""

from dataclasses import dataclass
from datetime import date, timedelta

from core.clock import COURT_ZONE
from core.database import Work
from core.identity import Actor, Role
from core.ids import new_id
from disposal_teams.assets.models import Asset, AssetKind, Seal, SealKind
from disposal_teams.assets.register import register_asset
from disposal_teams.assets.seal import record_seal
from disposal_teams.cases.models import EnforcementCase
from disposal_teams.cases.register import register_case
from disposal_teams.courts.establish import establish_courts

HUQIU, WUZHONG, KUNSHAN, MIDDLE = "0505", "0506", "0583", "05"

TEAM = frozenset({Role.DISPOSAL_TEAM, Role.CASE_OFFICER})
DIRECTOR = frozenset({Role.BUREAU_DIRECTOR, Role.CASE_OFFICER})


def person(court_code: str, *roles: Role, name: str = "张三") -> Actor:
    """Somebody of a court; without roles, a member of the disposal team who is also a case officer."""
    return Actor(None, name, frozenset(roles) or TEAM, court_code)


def superior() -> Actor:
    """A judge of the intermediate court's bureau."""
    return person(MIDDLE, Role.INTERMEDIATE_COURT, name="中院李")


def acting(work: Work, actor: Actor) -> Work:
    """The same transaction with somebody else acting."""
    return Work(work.session, actor, work.now, work.request_id)


def days_ago(work: Work, days: int) -> date:
    """The court day so many days before now."""
    return work.now.astimezone(COURT_ZONE).date() - timedelta(days=days)


@dataclass(slots=True)
class Disputed:
    """An asset sealed first by one court and waited for by another, each in a case of its own."""

    asset: Asset
    first_case: EnforcementCase
    waiting_case: EnforcementCase
    first_seal: Seal
    waiting_seal: Seal


async def make_case(
    work: Work, court: str, number: int, *, kind: str = "执", filed_ago: int = 200
) -> EnforcementCase:
    """A case of the court, filed so many days ago."""
    filed_on = days_ago(work, filed_ago)
    return await register_case(
        acting(work, person(court)),
        case_no=f"（{filed_on.year}）苏{court}{kind}{number}号",
        filed_on=filed_on,
        cause="民间借贷纠纷",
        claim_fen=100_000_000,
    )


async def make_asset(
    work: Work,
    case: EnforcementCase,
    *,
    sealed_ago: int | None = 100,
    kind: AssetKind = AssetKind.REAL_ESTATE,
) -> Asset:
    """An asset of the case, sealed so many days ago (None: not sealed)."""
    team = acting(work, person(case.court_code))
    asset = await register_asset(
        team,
        case=case,
        kind=kind,
        title="苏州市虎丘区狮山路1号住宅",
        location="狮山路1号",
        district="虎丘区",
        registry_no=f"苏（2020）不动产权第{new_id().int % 10**7:07d}号",
        owner_name="王某",
    )
    if sealed_ago is not None:
        await record_seal(team, asset, case_no=case.case_no, registered_on=days_ago(work, sealed_ago))
    return asset


async def make_disputed(
    work: Work, *, sealed_ago: int = 100, first: str = HUQIU, waiting: str = WUZHONG, number: int = 1
) -> Disputed:
    """See `Disputed`."""
    await establish_courts(work)
    first_case = await make_case(work, first, number, filed_ago=sealed_ago)
    waiting_case = await make_case(work, waiting, number, filed_ago=sealed_ago)
    team = acting(work, person(first))
    asset = await make_asset(work, first_case, sealed_ago=None)
    first_seal = await record_seal(
        team, asset, case_no=first_case.case_no, registered_on=days_ago(work, sealed_ago), claim_fen=5_000_000
    )
    waiting_seal = await record_seal(
        acting(work, person(waiting)),
        asset,
        case_no=waiting_case.case_no,
        registered_on=days_ago(work, sealed_ago - 1),
        kind=SealKind.ENFORCEMENT,
        claim_fen=90_000_000,
    )
    return Disputed(asset, first_case, waiting_case, first_seal, waiting_seal)
