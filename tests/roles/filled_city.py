"""A city that has one row of everything: a published lot of 昆山 made by the use cases, and for each table that is still empty
then one row that belongs to it.

The rows are made from the tables themselves, so that a new table is filled without anybody's doing. They stand only for being
there: whom they belong to is right (case, asset, lot, court, party, firm), what is written in them is a mark. Such a mark may
never be read by somebody who is refused.
"""

import re
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, LargeBinary, Table, insert, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel, col, select

from auction.listing.models import Lot
from auction.priority.claims import claimant_match
from auction.registration.models import Registration
from auction.registration.real_name import sign_up
from auction.suspension.grounds import BANKRUPTCY_REFERENCE
from core.database import Database, Work
from core.identity import ANONYMOUS, STAFF_ROLES, SYSTEM, Actor, Role
from core.identity.accounts import as_actor, open_account
from core.ids import new_id
from disposal_teams.cases.models import EnforcementCase, Party, PartyRole
from disposal_teams.cases.register import register_case
from tests.auction.market import published_lot, registered, signed_up
from tests.conftest import CourtClock
from tests.disposal_teams.city import HUQIU, KUNSHAN, MIDDLE, WUZHONG, acting, person
from valuation.appraisal.models import AppraisalEngagement
from valuation.appraisers.models import AppraisalFirm
from web.demo_city.people import identity_number

MARK = "机密"
"""Every text that the filling writes begins with it."""

COURT_OF: dict[str, str] = {
    "requesting_court_code": HUQIU,
    "to_court": HUQIU,
    "chosen_court": HUQIU,
    "other_court": HUQIU,
    "superior_court": MIDDLE,
}
"""Columns that name another court than the one whose asset it is: the one that is asked, and the superior of both."""
SECOND_CASE = {"requesting_case_id", "new_case_id"}
OWNERS = {
    "appraisal_firm.account_id": "the_firm",
    "instruction.assignee_account_id": "the_assignee",
    "distribution_claim.account_id": "the_applicant",
    "plan_service.account_id": "the_applicant",
    "inaction_request.account_id": "the_applicant",
    "objection.filer_account_id": "the_applicant",
}
"""Whose a row is, where that is nobody at the court."""
STANDING: dict[str, Any] = {
    "instruction.state": "sent",
    "lot_stay.ground": BANKRUPTCY_REFERENCE,
    "objection.review_court": MIDDLE,
}
"""Values that say more than the first of their kind would."""
HAPPENED = {"instruction.sent_at", "surplus_test.asked_at"}
"""What has happened already."""
LEFT_EMPTY = {
    "bid",
    "ceiling",
    "clock_permit",
    "clock_setting",
    "demo",
    "failed_login",
    "login_session",
    "sandbox_control",
    "self_check",
    "timetable_run",
}
"""What would change how the whole city behaves."""


@dataclass(slots=True)
class FilledCity:
    """Who lives here, and the one row of each table."""

    people: dict[str, Actor] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Table name → its row."""
    debtor: UUID | None = None
    """The debtor among the parties."""
    newcomer: UUID | None = None
    """An account whose identity nobody has confirmed yet."""


async def fill_city(database: Database, clock: CourtClock) -> FilledCity:
    """Make it on a database whose first inhabitant may be the published lot of the snapshot."""
    city = FilledCity()
    lot = await published_lot(database, clock)
    bidder = await signed_up(database, name=f"{MARK}竞买人")
    entry = await registered(database, lot.id, bidder)
    async with database.begin(SYSTEM) as work:
        await _settle_people(work, city)
        city.people["the_bidder"] = bidder.actor
        second = await register_case(
            acting(work, person(HUQIU)),
            case_no="（2026）苏0505执9号",
            filed_on=work.now.date(),
            cause=f"{MARK}案由",
        )
        await _give_accounts_to_parties(work, city)
        await _drop_checks(work)
        await work.session.flush()
        await work.session.execute(text("SET LOCAL session_replication_role = 'replica'"))
        city.rows["lot"] = dict((await _rows(work, SQLModel.metadata.tables["lot"], lot.id))[0])
        await _fill(work, city, lot, entry, second)
    return city


async def _settle_people(work: Work, city: FilledCity) -> None:
    """One person for each role at the lot's court, one who holds all posts of each other court, and outsiders."""

    async def settle(name: str, roles: set[Role], court: str | None) -> None:
        account = await open_account(
            work,
            login=f"as-{name}",
            password_hash="-",
            display_name=f"岗位{name}",
            roles=roles,
            court_code=court,
        )
        city.people[name] = as_actor(account)

    every_post = set(STAFF_ROLES - {Role.INTERMEDIATE_COURT})
    for role in Role:
        if role in (Role.SYSTEM, Role.INTERMEDIATE_COURT):
            continue
        await settle(str(role), {role}, KUNSHAN if role in STAFF_ROLES else None)
    await settle("second all", every_post, HUQIU)
    for role in sorted(every_post):
        await settle(f"second {role}", {role}, HUQIU)
    await settle("superior all", every_post | {Role.INTERMEDIATE_COURT}, MIDDLE)
    await settle("superior intermediate_court", {Role.INTERMEDIATE_COURT}, MIDDLE)
    await settle("third all", every_post, WUZHONG)
    await settle("the_assignee", {Role.CASE_OFFICER}, HUQIU)
    await settle("the_applicant", {Role.CREDITOR}, None)
    await settle("the_debtor", {Role.DEBTOR}, None)
    await settle("the_firm", {Role.APPRAISER}, None)
    city.people["nobody"] = ANONYMOUS
    newcomer = await sign_up(
        work,
        login="newcomer",
        password="a long password",
        name=f"{MARK}新人",
        identity_number=identity_number(Random(5)),
        phone="13000000001",
        password_hash="-",
    )
    city.newcomer = newcomer.id


async def _give_accounts_to_parties(work: Work, city: FilledCity) -> None:
    for role, who in ((PartyRole.APPLICANT, "the_applicant"), (PartyRole.DEBTOR, "the_debtor")):
        await work.session.execute(
            update(Party).where(col(Party.role) == role).values(account_id=city.people[who].account_id)
        )
    city.debtor = (
        await work.session.exec(select(Party.id).where(col(Party.role) == PartyRole.DEBTOR).limit(1))
    ).one()
    await work.session.execute(
        update(AppraisalFirm)
        .where(
            col(AppraisalFirm.id).in_(
                select(AppraisalEngagement.firm_id).where(col(AppraisalEngagement.entrusted_at).is_not(None))
            )
        )
        .values(account_id=city.people["the_firm"].account_id)
    )


async def _drop_checks(work: Work) -> None:
    """A mark is no plausible value; here nothing depends on that."""
    checks = await work.session.execute(
        text(
            "SELECT conrelid::regclass::text, quote_ident(conname) FROM pg_constraint"
            " WHERE contype = 'c' AND connamespace = 'public'::regnamespace AND conislocal AND coninhcount = 0"
        )
    )
    for table, name in list(checks):
        await work.session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}"))


async def _rows(work: Work, table: Table, key: UUID | None = None) -> list[Any]:
    wanted = table.select() if key is None else table.select().where(table.c.id == key)
    return list((await work.session.execute(wanted.limit(1))).mappings())


async def _fill(work: Work, city: FilledCity, lot: Lot, entry: Registration, second: EnforcementCase) -> None:
    models = {str(model.__tablename__): model for model in _models()}
    at_work = col(AppraisalEngagement.entrusted_at).is_not(None)
    engagement = (await work.session.exec(select(AppraisalEngagement).where(at_work))).one()
    keys: dict[str, Any] = {
        "appraisal_engagement": engagement.id,
        "appraisal_firm": engagement.firm_id,
        "lot": lot.id,
        "asset": lot.asset_id,
        "enforcement_case": lot.case_id,
        "registration": entry.id,
    }
    for table in SQLModel.metadata.sorted_tables:
        if table.name in LEFT_EMPTY or table.name not in models:
            continue
        known = await _rows(work, table, keys.get(table.name))
        if not known:
            values = {
                column.name: _value(table, column, models[table.name], city, second, work)
                for column in table.columns
                if column.identity is None and column.computed is None
            }
            await work.session.execute(insert(table).values(values))
            known = await _rows(work, table)
        city.rows[table.name] = dict(known[0])


def _models() -> Iterator[type[SQLModel]]:
    for model in SQLModel.__subclasses__():
        if getattr(model, "__table__", None) is not None:
            yield model


def _value(
    table: Table,
    column: Column[Any],
    model: type[SQLModel],
    city: FilledCity,
    second: EnforcementCase,
    work: Work,
) -> Any:
    """What stands in the column of the row that a table gets."""
    name = f"{table.name}.{column.name}"
    if name in STANDING:
        return STANDING[name]
    if name in HAPPENED:
        return work.now
    if name == "priority_claim.claimant_match":
        bidder = city.people["the_bidder"].account_id
        assert bidder is not None
        return claimant_match(bidder)
    if name == "objection.panel_accounts":
        return [city.people["objection_panel"].account_id]
    if name == "appraisal_report.file_id":
        return city.rows["sealed_file"]["id"]
    if name == "self_sale.debtor_party_id":
        return city.debtor
    if column.name in SECOND_CASE:
        return second.id
    link = next(iter(column.foreign_keys), None)
    pointed = link.column.table.name if link is not None else _named_after(column)
    if pointed == "court":
        return COURT_OF.get(column.name, KUNSHAN)
    if pointed == "account":
        if name in OWNERS:
            return city.people[OWNERS[name]].account_id
        owner = column.name == "account_id" and table.name != "talent"
        return None if column.nullable and not owner else city.people["case_officer"].account_id
    if pointed is not None and pointed != table.name and pointed in city.rows:
        target = link.column.name if link is not None else "id"
        return city.rows[pointed].get(target)
    annotation = _plain(model.model_fields[column.name].annotation)
    if column.nullable or (link is not None and pointed == table.name):
        return None
    known = _known_to_constraint(table, column)
    if known is not None:
        return known
    return _of_type(column, annotation, name, work)


def _named_after(column: Column[Any]) -> str | None:
    """The table that a column without foreign key is named after."""
    if column.name in ("owner_court", "court_code", "ordered_by_court"):
        return "court"
    known = {"lot_id": "lot", "asset_id": "asset", "case_id": "enforcement_case", "account_id": "account"}
    return known.get(column.name)


def _known_to_constraint(table: Table, column: Column[Any]) -> str | None:
    """The first value that the column's `one_of` constraint allows."""
    for constraint in table.constraints:
        if (
            isinstance(constraint, CheckConstraint)
            and str(constraint.name) == f"{table.name}_{column.name}_known"
        ):
            return str(re.findall(r"'([^']*)'", str(constraint.sqltext))[0])
    return None


def _plain(annotation: Any) -> Any:
    """An annotation without its `| None`."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return next(each for each in typing.get_args(annotation) if each is not type(None))
    return annotation


def _of_type(column: Column[Any], annotation: Any, name: str, work: Work) -> Any:
    kind = typing.get_origin(annotation) or annotation
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind)).value
    if isinstance(column.type, JSONB) or kind in (dict, list):
        return {} if kind is dict else []
    if isinstance(column.type, LargeBinary):
        return sha256(name.encode()).digest()
    made: dict[type, Any] = {
        UUID: new_id(),
        bool: False,
        int: 1,
        float: 1.0,
        date: work.now.date(),
    }
    if kind in made:
        return made[kind]
    if kind is str:
        longest = getattr(column.type, "length", None) or 200
        return f"{MARK}{name}"[: int(longest)]
    return work.now
