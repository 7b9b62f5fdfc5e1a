"""The seal chain in the database: order, terms, renewal, release, lapse, promotion (A-01…A-04)."""

from datetime import timedelta

import pytest

from core.audit import history, verify_stream
from core.clock import COURT_ZONE, court_now
from core.database import Database, Work
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import SYSTEM, Role
from core.outbox.timetable import PERIODIC, run_periodic
from disposal_teams.assets.advance import advance_asset, resume_asset
from disposal_teams.assets.models import AssetKind, AssetState, SealState
from disposal_teams.assets.register import register_asset
from disposal_teams.assets.rules import latest_expiry
from disposal_teams.assets.seal import record_seal, release_seal, renew_seal, seal_in_force, seals_of
from disposal_teams.assets.workers import guard_seals
from disposal_teams.courts.establish import establish_courts
from disposal_teams.courts.queries import all_courts
from tests.conftest import CourtClock
from tests.disposal_teams.city import (
    HUQIU,
    KUNSHAN,
    WUZHONG,
    acting,
    days_ago,
    make_asset,
    make_case,
    make_disputed,
    person,
)
from tests.disposal_teams.messages import deliver_all


async def test_the_eleven_courts_are_established_once(work: Work) -> None:
    await establish_courts(work)
    await establish_courts(work)
    assert len(await all_courts(work)) == 11


async def test_A01_the_first_seal_takes_effect_and_makes_the_asset_disposable(work: Work) -> None:
    await establish_courts(work)
    asset = await make_asset(work, await make_case(work, HUQIU, 1), sealed_ago=None)
    with pytest.raises(RuleViolation):
        await advance_asset(work, asset, AssetState.UNDER_SURVEY, reason="x")
    await record_seal(work, asset, case_no="（2026）苏0505执9号", registered_on=days_ago(work, 3))
    await work.session.refresh(asset)
    assert asset.state == AssetState.SEALED_EFFECTIVE
    await advance_asset(work, asset, AssetState.UNDER_SURVEY, reason="x")
    assert asset.state == AssetState.UNDER_SURVEY


async def test_A04_the_second_seal_waits_and_is_promoted_on_release_with_a_term_of_its_own(
    work: Work,
) -> None:
    made = await make_disputed(work)
    assert made.waiting_seal.state == SealState.WAITING
    today = days_ago(work, 0)
    await release_seal(acting(work, person(HUQIU)), made.first_seal.id, reason="债务已清偿")
    assert made.first_seal.state == SealState.RELEASED
    assert made.waiting_seal.state == SealState.EFFECTIVE
    assert made.waiting_seal.effective_on == today
    assert made.waiting_seal.expires_on <= latest_expiry(AssetKind.REAL_ESTATE, today)
    await work.session.refresh(made.asset)
    assert made.asset.court_code == WUZHONG
    assert made.asset.case_id == made.waiting_case.id
    assert made.asset.state == AssetState.SEALED_EFFECTIVE
    assert await verify_stream(work, f"asset:{made.asset.id}") is None


async def test_A04_release_of_the_last_seal_ends_the_preparation(work: Work) -> None:
    await establish_courts(work)
    case = await make_case(work, HUQIU, 1)
    asset = await make_asset(work, case)
    seal = await seal_in_force(work, asset.id)
    assert seal is not None
    await release_seal(acting(work, person(HUQIU)), seal.id, reason="和解履行完毕")
    await work.session.refresh(asset)
    assert asset.state == AssetState.UNSOLD_RELEASED
    with pytest.raises(Conflict):
        await release_seal(acting(work, person(HUQIU)), seal.id, reason="再次")


async def test_A02_terms_and_renewals(work: Work) -> None:
    await establish_courts(work)
    case = await make_case(work, HUQIU, 1)
    asset = await make_asset(work, case, sealed_ago=None, kind=AssetKind.VEHICLE)
    on = days_ago(work, 10)
    too_long = latest_expiry(AssetKind.VEHICLE, on) + timedelta(days=1)
    with pytest.raises(RuleViolation, match="A-02"):
        await record_seal(work, asset, case_no=case.case_no, registered_on=on, expires_on=too_long)
    seal = await record_seal(work, asset, case_no=case.case_no, registered_on=on)
    assert seal.expires_on == latest_expiry(AssetKind.VEHICLE, on)
    renewed_until = seal.expires_on + timedelta(days=365)
    await renew_seal(
        acting(work, person(HUQIU)), seal.id, new_expires_on=renewed_until, reason="申请人申请续封"
    )
    assert seal.expires_on == renewed_until
    with pytest.raises(RuleViolation, match="A-02"):
        await renew_seal(acting(work, person(HUQIU)), seal.id, new_expires_on=renewed_until, reason="x")


async def test_A03_a_seal_that_has_ended_is_not_recorded_as_first(work: Work) -> None:
    await establish_courts(work)
    case = await make_case(work, HUQIU, 1, filed_ago=900)
    asset = await make_asset(work, case, sealed_ago=None, kind=AssetKind.VEHICLE)
    with pytest.raises(RuleViolation, match="A-03"):
        await record_seal(work, asset, case_no=case.case_no, registered_on=days_ago(work, 800))


async def test_A04_seals_out_of_order_future_seals_and_doubles_are_refused(work: Work) -> None:
    made = await make_disputed(work)
    with pytest.raises(RuleViolation, match="A-04"):
        await record_seal(work, made.asset, case_no="（2026）苏0583执1号", registered_on=days_ago(work, 500))
    with pytest.raises(InvalidInput):
        await record_seal(work, made.asset, case_no="（2026）苏0583执1号", registered_on=days_ago(work, -1))
    with pytest.raises(Conflict):
        await record_seal(
            work, made.asset, case_no=made.waiting_case.case_no, registered_on=days_ago(work, 0)
        )


async def test_one_property_is_registered_once(work: Work) -> None:
    await establish_courts(work)
    case = await make_case(work, HUQIU, 1)
    asset = await make_asset(work, case)
    other = await make_case(work, WUZHONG, 2)
    with pytest.raises(Conflict, match=asset.asset_no):
        await register_asset(
            acting(work, person(WUZHONG)),
            case=other,
            kind=AssetKind.REAL_ESTATE,
            title="同一套房",
            registry_no=asset.registry_no,
        )


async def test_registering_with_the_same_source_key_changes_nothing(work: Work) -> None:
    await establish_courts(work)
    case = await make_case(work, HUQIU, 1)
    first = await register_asset(work, case=case, kind=AssetKind.GOODS, title="设备一批", source_key="s-1")
    again = await register_asset(work, case=case, kind=AssetKind.GOODS, title="设备一批", source_key="s-1")
    assert first.id == again.id


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"title": "长" * 201},
        {"title": "坏\x00字"},
        {"attributes": {"x": "y" * 30_000}},
        {"location": "\x1b[31m"},
    ],
)
async def test_bad_input_is_refused_field_by_field(work: Work, change: dict[str, object]) -> None:
    await establish_courts(work)
    case = await make_case(work, HUQIU, 1)
    values: dict[str, object] = {"title": "设备", **change}
    with pytest.raises(InvalidInput) as refusal:
        await register_asset(work, case=case, kind=AssetKind.GOODS, **values)  # type: ignore[arg-type]
    assert set(refusal.value.fields) == set(change)


async def test_P03_another_court_cannot_register_seal_renew_or_release(work: Work) -> None:
    made = await make_disputed(work)
    stranger = acting(work, person(KUNSHAN))
    with pytest.raises(NotPermitted):
        await register_asset(stranger, case=made.first_case, kind=AssetKind.GOODS, title="设备")
    with pytest.raises(NotPermitted):
        await record_seal(
            stranger, made.asset, case_no="（2026）苏0505执77号", registered_on=days_ago(work, 0)
        )
    with pytest.raises(NotFound):
        await release_seal(stranger, made.first_seal.id, reason="x")
    with pytest.raises(NotFound):
        await renew_seal(
            stranger,
            made.first_seal.id,
            new_expires_on=made.first_seal.expires_on + timedelta(days=9),
            reason="x",
        )
    with pytest.raises(NotPermitted):
        await register_asset(
            acting(work, person(HUQIU, Role.CLERK)), case=made.first_case, kind=AssetKind.GOODS, title="设备"
        )


async def test_A02_A03_A04_the_guardian_alarms_lapses_and_promotes_each_once(
    database: Database, clock: CourtClock
) -> None:
    # L-39: as rulebook §12.1 has it.
    async with database.begin(SYSTEM) as work:
        made = await make_disputed(work, sealed_ago=900)
        expires_on = made.first_seal.expires_on
    for days_before in (61, 60, 31, 30, 15, 7, 7, 1, 0, -1, -2):
        moment = expires_on - timedelta(days=days_before)
        await clock.travel_to(
            (await clock.now())
            .astimezone(COURT_ZONE)
            .replace(year=moment.year, month=moment.month, day=moment.day, hour=3)
        )
        await run_periodic(database, PERIODIC[f"{guard_seals.__module__}.guard_seals"])
        await deliver_all(database)
        await deliver_all(database)
    async with database.read(SYSTEM) as work:
        events = [
            (event.event, event.details.get("days")) for event in await history(work, asset_id=made.asset.id)
        ]
        chain = await seals_of(work, made.asset.id)
        assert [seal.state for seal in chain] == [SealState.LAPSED, SealState.EFFECTIVE]
        now = await court_now(work.session)
        assert chain[1].effective_on == (now.astimezone(COURT_ZONE).date() - timedelta(days=1))
    alarms = [days for name, days in reversed(events) if name == "seal.expiry_alarm"]
    assert alarms == [60, 30, 15, 7]
    assert [name for name, _ in events].count("seal.promoted") == 1
    assert [name for name, _ in events].count("seal.lapsed") == 1


async def test_a_suspended_asset_returns_to_where_it_was(work: Work) -> None:
    await establish_courts(work)
    asset = await make_asset(work, await make_case(work, HUQIU, 1))
    await advance_asset(work, asset, AssetState.UNDER_SURVEY, reason="调查")
    await advance_asset(work, asset, AssetState.SUSPENDED, reason="中止")
    assert asset.resume_state == AssetState.UNDER_SURVEY
    await resume_asset(work, asset, reason="恢复")
    assert asset.state == AssetState.UNDER_SURVEY
    assert asset.resume_state is None


async def test_A03_every_seal_ends_with_the_ruling(work: Work) -> None:
    made = await make_disputed(work)
    for state in (
        AssetState.UNDER_SURVEY,
        AssetState.VALUATION,
        AssetState.READY_TO_LIST,
        AssetState.LISTED,
        AssetState.SOLD_PENDING_PAYMENT,
        AssetState.PAID,
        AssetState.RULED,
    ):
        await advance_asset(work, made.asset, state, reason="x")
    assert {seal.state for seal in await seals_of(work, made.asset.id)} == {SealState.LAPSED}
    assert made.asset.first_listed_at is not None
