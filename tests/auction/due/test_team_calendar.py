"""The calendar of a team belongs to the team: a leader renews it, members give it up, nobody else reads or changes it (C-08)."""

from dataclasses import replace

import pytest

from auction.due.feed import read_feed
from auction.due.team_feed import renew_team_calendar, revoke_team_calendar, team_addresses
from core.audit import history
from core.database import Work
from core.deadlines import open_deadline
from core.errors import NotFound, NotPermitted
from core.identity import Actor, Role
from core.ids import new_id
from disposal_teams.courts.establish import establish_courts
from disposal_teams.courts.models import DisposalTeam
from tests.disposal_teams.city import HUQIU, KUNSHAN, acting, make_asset, make_case, person

LEADER = person(HUQIU, Role.BUREAU_DIRECTOR)


async def team(work: Work, name: str = "处置一组") -> tuple[DisposalTeam, Actor]:
    """A team of 虎丘 and one of its members."""
    await establish_courts(work)
    made = DisposalTeam(id=new_id(), court_code=HUQIU, name=name)
    work.session.add(made)
    await work.session.flush()
    return made, replace(person(HUQIU, Role.DISPOSAL_TEAM), team_id=made.id)


async def test_C08_a_teams_calendar_shows_the_teams_own_and_lasts_when_people_leave(work: Work) -> None:
    own, member = await team(work)
    other, _ = await team(work, "处置二组")
    case = await make_case(work, HUQIU, 91)
    for group, title in ((own, "一组的住宅"), (other, "二组的厂房")):
        asset = await make_asset(work, case)
        asset.team_id, asset.title = group.id, title
        await open_deadline(
            work, "L-08", subject_kind="asset", subject_id=asset.id, owner_role=Role.DISPOSAL_TEAM,
            owner_court=HUQIU, asset_id=asset.id,
        )  # fmt: skip
    token = await renew_team_calendar(acting(work, LEADER), own.id)
    await work.session.flush()
    file = (await read_feed(work, token, address="https://court.test")).decode().replace("\r\n ", "")
    assert "处置一组期限" in file
    assert "一组的住宅" in file
    assert "二组的厂房" not in file
    (seen,) = await team_addresses(acting(work, member))
    assert (seen.team.id, seen.may_renew) == (own.id, False)
    assert {each.team.id for each in await team_addresses(acting(work, LEADER))} >= {own.id, other.id}


async def test_C08_a_renewed_or_given_up_address_of_a_team_is_dead(work: Work) -> None:
    own, member = await team(work)
    leader = acting(work, LEADER)
    first = await renew_team_calendar(leader, own.id)
    second = await renew_team_calendar(leader, own.id)
    await work.session.flush()
    with pytest.raises(NotFound):
        await read_feed(work, first, address="")
    assert await read_feed(work, second, address="")
    await revoke_team_calendar(acting(work, member), own.id)
    with pytest.raises(NotFound):
        await read_feed(work, second, address="")
    events = [each.event for each in await history(work, stream=f"team:{own.id}")]
    assert sorted(events) == ["calendar.team_renewed", "calendar.team_renewed", "calendar.team_revoked"]


async def test_P03_a_member_does_not_renew_and_another_court_does_not_know_the_team(work: Work) -> None:
    own, member = await team(work)
    _, neighbour = await team(work, "处置二组")
    for nobody in (member, neighbour, person(HUQIU, Role.FINANCE)):
        with pytest.raises(NotPermitted):
            await renew_team_calendar(acting(work, nobody), own.id)
    with pytest.raises(NotPermitted):
        await revoke_team_calendar(acting(work, neighbour), own.id)
    for act in (renew_team_calendar, revoke_team_calendar):
        with pytest.raises(NotFound):
            await act(acting(work, person(KUNSHAN, Role.BUREAU_DIRECTOR)), own.id)
