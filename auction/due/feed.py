"""Calendars of what is due, each by a secret address that its owner renews or gives up.

The address is all that a calendar program has, and it may end up with others: a feed never names a bidder (P-01), masks the
names of parties and owners, and leaves out what was written freely.
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlmodel import col, select

from auction.due.list_due import DueRow, due_page
from auction.due.models import CalendarFeed, Scope
from auction.due.rules import Bucket
from auction.due.team_feed import team_of_token
from core.audit.record import record
from core.database import Work
from core.deadlines.catalogue import CLOCKS, rule_number
from core.deadlines.row import OWNER_LABELS
from core.deadlines.rules import day_in_court, start_of_day
from core.errors import NotFound, NotPermitted
from core.i18n import msg
from core.icalendar import Event, calendar
from core.identity import Actor, Permission, require
from core.identity.accounts import as_actor
from core.identity.models import Account
from core.identity.sessions import token_hash
from core.identity_number import masked_name
from core.ids import new_id
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import Party

MOST = 1000
"""Entries of a file, soonest first; a program asks again anyway."""
NAMES = {Scope.MINE: "我的期限", Scope.TEAM: "本团队期限", Scope.COURT: "本院期限"}


async def feeds_of(work: Work) -> dict[Scope, CalendarFeed]:
    """The own calendars in force."""
    rows = await work.session.exec(
        select(CalendarFeed).where(
            CalendarFeed.account_id == work.actor.account_id, col(CalendarFeed.revoked_at).is_(None)
        )
    )
    return {Scope(row.scope): row for row in rows}


async def renew_feed(work: Work, scope: Scope) -> str:
    """Give the calendar of the scope a new address; an older one is dead from now on. The token is shown only this once."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=work.actor.court_code)
    assert work.actor.account_id is not None
    await revoke_feed(work, scope)
    token = secrets.token_urlsafe(32)
    work.session.add(
        CalendarFeed(
            id=new_id(),
            account_id=work.actor.account_id,
            scope=scope,
            token_hash=token_hash(token),
            created_at=work.now,
        )
    )
    await _note(work, "calendar.renewed", scope)
    return token


async def revoke_feed(work: Work, scope: Scope) -> None:
    """The address of the scope answers no more. Nothing happens when there is none."""
    found = await work.session.exec(
        select(CalendarFeed)
        .where(
            CalendarFeed.account_id == work.actor.account_id,
            CalendarFeed.scope == scope,
            col(CalendarFeed.revoked_at).is_(None),
        )
        .with_for_update()
    )
    feed = found.first()
    if feed is None:
        return
    feed.revoked_at = work.now
    await work.session.flush()
    await _note(work, "calendar.revoked", scope)


async def _note(work: Work, event: str, scope: Scope) -> None:
    await record(
        work, event, stream=f"account:{work.actor.account_id}", rule="C-08", person_id=work.actor.account_id,
        scope=str(scope),
    )  # fmt: skip


async def read_feed(work: Work, token: str, *, address: str) -> bytes:
    """The file behind a token, as its owner (a person, or a team) sees the list now. `address`: of the service, for links.

    Raises `NotFound` when the token is unknown or given up, or its owner has left the court.
    """
    team = await team_of_token(work, token)
    if team is not None:
        return await _file(work, team, Scope.TEAM, address=address)
    row = (
        await work.session.exec(
            select(CalendarFeed, Account)
            .join(Account, col(Account.id) == col(CalendarFeed.account_id))
            .where(CalendarFeed.token_hash == token_hash(token), col(CalendarFeed.revoked_at).is_(None))
        )
    ).first()
    if row is None or row[1].disabled_at is not None:
        raise _unknown()
    feed, owner = row
    return await _file(work, as_actor(owner), Scope(feed.scope), address=address)


async def _file(work: Work, reader: Actor, scope: Scope, *, address: str) -> bytes:
    seen = Work(work.session, reader, work.now, work.request_id)
    try:
        rows = (await due_page(seen, scope, limit=MOST, free_text=False)).rows
    except NotPermitted as error:
        raise _unknown() from error
    hidden = await _names(work, rows)
    name = f"{reader.name}期限" if reader.account_id is None else NAMES[scope]
    return calendar(name, [_event(each, hidden, address) for each in rows], now=work.now)


def _unknown() -> NotFound:
    return NotFound(msg("该日历地址不存在或者已经停用。"))


async def _names(work: Work, rows: Sequence[DueRow]) -> list[str]:
    """Names of parties and owners that titles of these matters might hold, longest first."""
    assets = {row.clock.asset_id for row in rows if row.clock.asset_id}
    cases = {row.clock.case_id for row in rows if row.clock.case_id}
    owners = (
        await work.session.exec(select(Asset.owner_name, Asset.case_id).where(col(Asset.id).in_(assets)))
    ).all()
    parties = await work.session.exec(
        select(Party.name).where(col(Party.case_id).in_(cases | {case for _, case in owners}))
    )
    names = {name for name in (*parties, *(name for name, _ in owners)) if len(name) > 1}
    return sorted(names, key=len, reverse=True)


def masked(text: str, names: Collection[str]) -> str:
    """The text with every one of the names masked."""
    for name in names:
        text = text.replace(name, masked_name(name))
    return text


def _event(row: DueRow, hidden: Collection[str], address: str) -> Event:
    clock, place = row.clock, row.place
    title = CLOCKS[clock.rule].title if clock.rule in CLOCKS else clock.rule
    sign = {Bucket.OVERDUE: "【逾期】", Bucket.PAUSED: "【停止计算】"}.get(row.bucket, "")
    owner = OWNER_LABELS.get(clock.owner_role, "")
    said = [
        f"规则：{rule_number(clock.rule)}",
        f"案号：{place.case_no}" if place.case_no else "",
        f"办理人：{owner}",
    ]
    return Event(
        uid=f"{clock.id}@deadline",
        at=_shown_at(clock.due_at),
        summary=masked(f"{sign}{title}：{place.what}", hidden),
        description="\n".join(each for each in said if each),
        url=f"{address}{place.link}",
        is_firm=row.bucket is not Bucket.PAUSED,
    )


def _shown_at(due_at: datetime) -> date | datetime:
    """What ends with a day is shown on that day; what ends at an hour, at that hour."""
    if due_at == start_of_day(day_in_court(due_at)):
        return day_in_court(due_at - timedelta(microseconds=1))
    return due_at
