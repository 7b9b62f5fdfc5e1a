"""Work list, search, counts, due seals, idle assets: what pages read (P-03, A-02, L-28)."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.audit import history
from core.database import Work
from core.errors import NotFound, NotPermitted
from core.identity_number import identity_check_digit
from disposal_teams.assets.advance import advance_asset
from disposal_teams.assets.models import AssetKind, AssetState
from disposal_teams.assets.queries import (
    asset_by_identifier,
    asset_by_number,
    asset_file,
    counts_by_state,
    counts_of_all_courts,
    expiring_seals,
    open_own_asset,
    registry_view,
    work_list,
)
from disposal_teams.assets.story import tell
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import cases_of_court, open_case_file
from disposal_teams.cases.register import add_party, party_roles_of
from disposal_teams.cases.sealing import unseal_identity
from disposal_teams.courts.establish import establish_courts, found_team
from disposal_teams.courts.queries import superior_of_both, teams_of
from tests.disposal_teams.city import (
    HUQIU,
    KUNSHAN,
    MIDDLE,
    WUZHONG,
    acting,
    make_asset,
    make_case,
    make_disputed,
    person,
    superior,
)


async def test_the_work_list_pages_through_everything_once(work: Work) -> None:
    await establish_courts(work)
    made = {(await make_asset(work, await make_case(work, HUQIU, number))).id for number in range(1, 8)}
    await make_asset(work, await make_case(work, WUZHONG, 1))
    seen: list[object] = []
    after = None
    while True:
        found = await work_list(acting(work, person(HUQIU)), court_code=HUQIU, after=after, limit=3)
        seen += [asset.id for asset in found.assets]
        after = found.next_after
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 7
    assert set(seen) == made


async def test_filters_and_search_find_what_they_name(work: Work) -> None:
    await establish_courts(work)
    team = acting(work, person(HUQIU))
    case = await make_case(work, HUQIU, 5)
    home = await make_asset(work, case)
    car = await make_asset(work, case, kind=AssetKind.VEHICLE)
    await advance_asset(work, car, AssetState.UNDER_SURVEY, reason="x")
    by_state = await work_list(team, court_code=HUQIU, state=AssetState.UNDER_SURVEY)
    assert [asset.id for asset in by_state.assets] == [car.id]
    by_kind = await work_list(team, court_code=HUQIU, kind=AssetKind.REAL_ESTATE)
    assert [asset.id for asset in by_kind.assets] == [home.id]
    for search in (
        home.asset_no,
        home.asset_no.lower(),
        home.registry_no or "",
        home.registry_no[-8:-1] if home.registry_no else "",
    ):
        found = await work_list(team, court_code=HUQIU, search=search)
        assert home.id in {asset.id for asset in found.assets}, search
    assert not (await work_list(team, court_code=HUQIU, search="不存在的地方")).assets


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(search=st.text(max_size=80))
async def test_no_search_text_whatever_breaks_the_lists(work: Work, search: str) -> None:
    await work_list(acting(work, person(HUQIU)), court_code=HUQIU, search=search)
    await cases_of_court(acting(work, person(HUQIU)), HUQIU, search=search)
    await asset_by_number(work, search)
    await asset_by_identifier(work, search)


async def test_counts_by_state_and_court(work: Work) -> None:
    made = await make_disputed(work)
    await make_asset(work, await make_case(work, WUZHONG, 9), sealed_ago=None)
    assert await counts_by_state(acting(work, person(HUQIU)), HUQIU) == {AssetState.SEALED_EFFECTIVE: 1}
    counts = await counts_of_all_courts(acting(work, superior()))
    assert counts == {HUQIU: {AssetState.SEALED_EFFECTIVE: 1}, WUZHONG: {AssetState.REGISTERED: 1}}
    assert made.asset.court_code == HUQIU


async def test_A02_seals_that_end_within_sixty_days_are_listed_nearest_first(work: Work) -> None:
    await establish_courts(work)
    for number, ago in enumerate((10, 1090, 1050)):
        await make_asset(work, await make_case(work, HUQIU, number + 1, filed_ago=ago), sealed_ago=ago)
    due = await expiring_seals(acting(work, person(HUQIU)), HUQIU)
    assert len(due) == 2
    assert due[0].days_left < due[1].days_left <= 60


async def test_P03_files_are_closed_to_other_courts_and_reading_across_is_recorded(work: Work) -> None:
    made = await make_disputed(work)
    for stranger in (person(KUNSHAN), person(WUZHONG)):
        with pytest.raises(NotFound):
            await open_own_asset(acting(work, stranger), made.asset.asset_no)
        with pytest.raises(NotFound):
            await open_case_file(acting(work, stranger), made.first_case.id)
        with pytest.raises(NotPermitted):
            await work_list(acting(work, stranger), court_code=HUQIU)
        with pytest.raises(NotPermitted):
            await counts_of_all_courts(acting(work, stranger))
    own = acting(work, person(HUQIU))
    file = await asset_file(own, await open_own_asset(own, made.asset.asset_no))
    assert len(file.seals) == 2
    before = len(file.timeline)
    above = acting(work, superior())
    await open_own_asset(above, made.asset.asset_no)
    events = await history(work, asset_id=made.asset.id)
    assert len(events) == before + 1
    assert events[0].event == "asset.read_across_courts"
    assert events[0].court_code == MIDDLE
    assert all(entry.title.msgid for entry in tell(events))


async def test_P03_a_waiting_court_sees_the_registry_and_no_more(work: Work) -> None:
    made = await make_disputed(work)
    view = await registry_view(acting(work, person(WUZHONG)), made.asset.asset_no, WUZHONG)
    assert view is not None
    assert view.own_case_no == made.waiting_case.case_no
    assert await registry_view(acting(work, person(KUNSHAN)), made.asset.asset_no, KUNSHAN) is None
    with pytest.raises(NotPermitted):
        await registry_view(acting(work, person(KUNSHAN)), made.asset.asset_no, WUZHONG)


async def test_B82_a_party_is_found_by_the_identity_number_without_decrypting(work: Work) -> None:
    await establish_courts(work)
    case = await make_case(work, HUQIU, 1)
    body = "32050819900101123"
    number = body + identity_check_digit(body)
    party = await add_party(
        acting(work, person(HUQIU)), case, role=PartyRole.DEBTOR, name="王某", identity_number=number
    )
    assert party.identity_sealed is not None
    assert number.encode() not in party.identity_sealed
    assert unseal_identity(party.identity_sealed, party_id=party.id) == number
    assert await party_roles_of(work, case.id, number.lower()) == [PartyRole.DEBTOR]
    other = "32050819900101124"
    assert await party_roles_of(work, case.id, other + identity_check_digit(other)) == []


async def test_teams_are_founded_once_and_T06_the_superior_is_known(work: Work) -> None:
    await establish_courts(work)
    first = await found_team(work, HUQIU, "第一团队")
    again = await found_team(work, HUQIU, " 第一团队 ")
    assert first.id == again.id
    assert [team.name for team in await teams_of(work, HUQIU)] == ["第一团队"]
    assert await superior_of_both(work, HUQIU, WUZHONG) == MIDDLE
    with pytest.raises(NotPermitted):
        await found_team(acting(work, person(WUZHONG)), HUQIU, "越界团队")
