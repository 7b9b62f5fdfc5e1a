"""What is due: whose, when, a page at a time; alarms and what a breach brings; calendars by a secret address."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from importlib import import_module
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from auction.due.alarms import flag_breach, raise_alarms
from auction.due.feed import masked, read_feed, renew_feed, revoke_feed
from auction.due.list_due import DuePage, due_counts, due_page
from auction.due.models import Scope
from auction.due.rules import Bucket, borders, bucket_of, told
from core.calendar import official_calendar
from core.database import Work
from core.deadlines import Deadline, DeadlineState, meet_deadline, open_deadline
from core.deadlines.recount import count_again
from core.deadlines.rules import COURT_ZONE, alarm_moments, end_of_day, period_end
from core.deadlines.workers import sweep_deadlines
from core.errors import NotFound, NotPermitted
from core.identity import ANONYMOUS, Actor, Role
from core.identity.accounts import as_actor, open_account
from core.identity.models import Account
from core.ids import new_id
from core.notices.models import Notice
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import Party, PartyRole
from disposal_teams.courts.establish import establish_courts
from tests.disposal_teams.city import HUQIU, KUNSHAN, acting, make_asset, make_case, person

DAY = timedelta(days=1)


import_module("auction.due.workers")  # registers what a breach brings, as the service does


async def colleague(work: Work, login: str, *roles: Role, court: str = HUQIU) -> Account:
    """Somebody with an account."""
    return await open_account(
        work,
        login=f"{login}-{new_id()}",
        password_hash="x",
        display_name=login,
        roles=set(roles),
        court_code=court,
    )


async def clock(
    work: Work, rule: str = "L-08", *, asset: Asset | None = None, days: float = 5, court: str = HUQIU,
    owner: Role = Role.DISPOSAL_TEAM, started_at: datetime | None = None, subject: UUID | None = None,
) -> Deadline:  # fmt: skip
    """A clock that ends in so many days."""
    return await open_deadline(
        work, rule, subject_kind="asset", subject_id=subject or new_id(), owner_role=owner, owner_court=court,
        due_at=work.now + days * DAY, started_at=started_at or work.now - 20 * DAY, asset_id=asset.id if asset else None,
    )  # fmt: skip


async def notices(work: Work, account: Account) -> list[str]:
    rows = await work.session.exec(select(Notice).where(Notice.account_id == account.id).order_by(Notice.id))  # type: ignore[arg-type]
    return [str(row.title["msgid"]) for row in rows]


def at(work: Work, moment: datetime, actor: Actor | None = None) -> Work:
    """The same transaction at another moment."""
    return Work(work.session, actor or work.actor, moment, work.request_id)


async def test_C08_every_clock_stands_in_its_own_part_of_the_list(work: Work) -> None:
    await establish_courts(work)
    team = acting(work, person(HUQIU))
    at_end = borders(work.now)
    late, today, later = await clock(work, days=-1), await clock(work, days=2), await clock(work, days=40)
    today.due_at = at_end.today
    stopped = await clock(work, days=3)
    stopped.state, stopped.paused_at = DeadlineState.PAUSED, work.now
    await clock(work, court=KUNSHAN)
    await work.session.flush()
    found = await due_page(team, Scope.COURT)
    assert {row.clock.id: row.bucket for row in found.rows} == {
        late.id: Bucket.OVERDUE,
        today.id: Bucket.TODAY,
        later.id: Bucket.LATER,
        stopped.id: Bucket.PAUSED,
    }
    counts = await due_counts(team, Scope.COURT)
    assert counts.by_bucket == {bucket: sum(row.bucket is bucket for row in found.rows) for bucket in Bucket}
    assert counts.by_clock == {"L-08": 4}
    assert [row.clock.id for row in (await due_page(team, Scope.COURT, bucket=Bucket.TODAY)).rows] == [
        today.id
    ]
    assert not (await due_page(team, Scope.COURT, clock="L-13")).rows
    with pytest.raises(NotPermitted):
        await due_page(acting(work, ANONYMOUS), Scope.COURT)


async def test_P03_the_list_is_the_own_court_s_and_mine_is_what_runs_in_my_cases(work: Work) -> None:
    await establish_courts(work)
    me, other = await colleague(work, "甲", Role.CASE_OFFICER), await colleague(work, "乙", Role.CASE_OFFICER)
    mine, theirs = await make_case(work, HUQIU, 1), await make_case(work, HUQIU, 2)
    mine.officer_account_id, theirs.officer_account_id = me.id, other.id
    asset = await make_asset(work, mine)
    await work.session.flush()
    own = await clock(work, "L-19", asset=asset)
    await clock(work, "L-19", asset=await make_asset(work, theirs))
    await clock(work, "L-08", court=KUNSHAN, asset=asset)
    office = await clock(work, "L-08")

    async def ids(scope: Scope) -> set[UUID]:
        page = await due_page(acting(work, as_actor(me)), scope)
        return {row.clock.id for row in page.rows}

    assert await ids(Scope.MINE) == {own.id}
    assert office.id in await ids(Scope.TEAM)
    assert len(await ids(Scope.COURT)) >= 3


async def test_pages_follow_each_other_without_gap_or_double(work: Work) -> None:
    await establish_courts(work)
    team = acting(work, person(HUQIU))
    made = [(await clock(work, days=each % 3 + 1)).id for each in range(7)]
    seen: list[UUID] = []
    page = DuePage([], None)
    while not seen or page.after is not None:
        page = await due_page(team, Scope.COURT, after=page.after, limit=3)
        seen += [row.clock.id for row in page.rows]
    assert sorted(seen) == sorted(made)


async def test_a_window_that_closes_leaves_nobody_late(work: Work) -> None:
    """L-42: who does not ask for reconsideration has missed nothing."""
    await establish_courts(work)
    asked, flagged = await clock(work, "L-42", days=1), await clock(work, "L-08", days=1)
    then = at(work, work.now + 2 * DAY, person(HUQIU))
    await sweep_deadlines(then)
    assert [row.clock.id for row in (await due_page(then, Scope.COURT)).rows] == [flagged.id]
    assert asked.state == DeadlineState.BREACHED


async def test_L01_alarms_on_day_20_25_and_30_the_last_to_the_director_too_each_once(work: Work) -> None:
    await establish_courts(work)
    team = await colleague(work, "组", Role.DISPOSAL_TEAM)
    director = await colleague(work, "长", Role.BUREAU_DIRECTOR)
    started = work.now
    seal = await open_deadline(
        work, "L-01", subject_kind="asset", subject_id=new_id(), owner_role=Role.DISPOSAL_TEAM, owner_court=HUQIU,
        due_at=period_end(started, days=30),
    )  # fmt: skip
    expected = alarm_moments(started, seal.due_at, after=(20, 25, 30), before=())
    assert [moment.astimezone(COURT_ZONE).hour for moment in expected] == [9, 9, 9]
    assert seal.alarm_at == expected[0]
    for count, moment in enumerate(expected, start=1):
        await raise_alarms(at(work, moment - timedelta(seconds=1)))
        assert len(await notices(work, team)) == count - 1
        await raise_alarms(at(work, moment))
        await raise_alarms(at(work, moment + timedelta(hours=1)))
        assert len(await notices(work, team)) == count
    assert await notices(work, director) == ["查封后启动确定参考价"]
    assert seal.alarm_at is None


async def test_C08_alarms_fall_silent_when_it_is_done_and_move_with_a_stop(work: Work) -> None:
    await establish_courts(work)
    team = await colleague(work, "组", Role.DISPOSAL_TEAM)
    done = await clock(work, "L-08", days=10, started_at=work.now)
    await meet_deadline(work, "L-08", subject_kind="asset", subject_id=done.subject_id)
    await work.session.flush()
    await raise_alarms(at(work, work.now + 9 * DAY))
    assert not await notices(work, team)


async def test_a_breach_without_an_action_of_its_own_is_told_and_recorded_once(work: Work) -> None:
    await establish_courts(work)
    team, director = (
        await colleague(work, "组", Role.DISPOSAL_TEAM),
        await colleague(work, "长", Role.BUREAU_DIRECTOR),
    )
    late = await clock(work, "L-08", days=1)
    then = at(work, late.due_at)
    await sweep_deadlines(then)
    await sweep_deadlines(then)
    await flag_breach(then, late)
    assert late.answered_at == late.due_at
    assert await notices(work, team) == await notices(work, director) == ["期限逾期：{title}"]


@given(st.integers(0, 4 * 366 * 24 * 60), st.integers(-60 * 24, 60 * 24))
def test_C08_the_parts_of_the_list_have_no_gap(minutes: int, hours: int) -> None:
    now = datetime(2024, 1, 1, tzinfo=COURT_ZONE) + timedelta(minutes=minutes)
    due = now + timedelta(hours=hours)
    found = bucket_of(DeadlineState.RUNNING, due, now=now)
    ends = borders(now)
    assert now < ends.today <= ends.week <= now + 7 * DAY
    assert end_of_day(now.astimezone(COURT_ZONE).date()) == ends.today
    assert (found is Bucket.OVERDUE) == (due <= now)
    assert (found is Bucket.LATER) == (due > ends.week)


def test_the_court_is_told_in_place_of_somebody_outside() -> None:
    assert told(Role.BIDDER, is_last=False) == (Role.DISPOSAL_TEAM, Role.CASE_OFFICER)
    assert told(Role.FINANCE, is_last=True) == (Role.FINANCE, Role.BUREAU_DIRECTOR)


async def test_P01_a_calendar_masks_parties_and_is_dead_when_renewed_or_given_up(work: Work) -> None:
    await establish_courts(work)
    me = await colleague(work, "甲", Role.CASE_OFFICER)
    case = await make_case(work, HUQIU, 9)
    case.officer_account_id = me.id
    work.session.add(Party(id=new_id(), case_id=case.id, role=PartyRole.DEBTOR, name="诸葛大力"))
    asset = await make_asset(work, case)
    asset.title = "诸葛大力名下狮山路1号住宅"
    await clock(work, "L-19", asset=asset)
    own = acting(work, as_actor(me))
    token = await renew_feed(own, Scope.MINE)
    await work.session.flush()
    file = (await read_feed(work, token, address="https://court.test")).decode().replace("\r\n ", "")
    assert "全款后作出成交裁定：诸葛" not in file
    assert "诸***名下狮山路1号住宅" in file
    assert case.case_no in file
    assert f"URL:https://court.test/team/assets/{asset.asset_no}" in file
    newer = await renew_feed(own, Scope.MINE)
    await work.session.flush()
    with pytest.raises(NotFound):
        await read_feed(work, token, address="")
    await read_feed(work, newer, address="")
    await revoke_feed(own, Scope.MINE)
    await work.session.flush()
    with pytest.raises(NotFound):
        await read_feed(work, newer, address="")


async def test_P03_a_calendar_ends_with_the_office_of_its_owner(work: Work) -> None:
    await establish_courts(work)
    me = await colleague(work, "甲", Role.CASE_OFFICER)
    token = await renew_feed(acting(work, as_actor(me)), Scope.COURT)
    await work.session.flush()
    assert await read_feed(work, token, address="")
    me.roles = [Role.BIDDER]
    await work.session.flush()
    with pytest.raises(NotFound):
        await read_feed(work, token, address="")
    me.roles, me.disabled_at = [Role.CASE_OFFICER], work.now
    await work.session.flush()
    with pytest.raises(NotFound):
        await read_feed(work, token, address="")


def test_a_longer_name_is_masked_before_a_shorter_one_in_it() -> None:
    assert masked("王小明与王小明明", ["王小明明", "王小明"]) == "王**与王***"


async def test_C02_who_must_act_is_told_that_the_holidays_have_moved_a_clock(work: Work) -> None:
    await establish_courts(work)
    finance = await colleague(work, "财", Role.FINANCE)
    year = official_calendar().last_year + 1
    moved = await open_deadline(
        work, "L-33", subject_kind="lot", subject_id=new_id(), owner_role="finance", owner_court=HUQIU,
        started_at=datetime(year, 9, 1, 10, tzinfo=COURT_ZONE), days=30,
    )  # fmt: skip
    national_day = dict.fromkeys((date(year, 10, day) for day in range(1, 8)), "国庆节")
    calendar = replace(official_calendar(), holidays=national_day, last_year=year)
    await count_again(work, calendar)
    await count_again(work, calendar)
    (notice,) = await work.session.exec(select(Notice).where(Notice.account_id == finance.id))
    assert notice.title["msgid"] == "期限因节假日调整：{title}"
    assert notice.body["params"]["before"] == f"{year}-10-01 23:59"
    assert notice.body["params"]["end"] == f"{year}-10-08 23:59"
    assert moved.due_at == end_of_day(date(year, 10, 8))
