"""The survey in the database: table, evidence, verdicts, completion, clock (A-08, A-11…A-17, V-01)."""

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from core.database import Work
from core.deadlines import Deadline, DeadlineState
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from disposal_teams.assets.models import Asset, AssetKind, AssetState, LeaseStatus, SoleHome
from disposal_teams.courts.establish import establish_courts
from disposal_teams.surveys.conduct import (
    begin_survey,
    complete_survey,
    latest_survey,
    lines_of,
    open_survey,
    record_finding,
    record_lease_verdict,
    record_sole_home,
    survey_of,
)
from disposal_teams.surveys.matrix import required_items
from disposal_teams.surveys.models import EvidenceKind, Survey
from disposal_teams.surveys.rules import HomeFacts, LeaseFacts
from tests.disposal_teams.city import HUQIU, KUNSHAN, acting, days_ago, make_asset, make_case, person


async def ready(work: Work, *, kind: AssetKind = AssetKind.REAL_ESTATE) -> tuple[Work, Asset]:
    await establish_courts(work)
    return acting(work, person(HUQIU)), await make_asset(work, await make_case(work, HUQIU, 1), kind=kind)


async def fill(team: Work, survey: Survey, asset: Asset, *, leave_out: str | None = None) -> None:
    for item in required_items(AssetKind(asset.kind), asset.attributes):
        if item.code != leave_out:
            await record_finding(
                team,
                survey,
                item=item.code,
                finding="已查明",
                evidence_kind=sorted(item.evidence)[0],
                evidence_ref="卷一",
            )


async def test_V01_the_survey_puts_the_asset_under_survey_and_starts_thirty_days(work: Work) -> None:
    team, asset = await ready(work)
    await begin_survey(team, asset, surveyor_names="王、陈")
    assert asset.state == AssetState.UNDER_SURVEY
    clock = (await work.session.exec(select(Deadline).where(Deadline.subject_id == asset.id))).one()
    assert (clock.rule, clock.state, clock.owner_court) == ("L-01", DeadlineState.RUNNING, HUQIU)
    with pytest.raises(Conflict):
        await begin_survey(team, asset, surveyor_names="又一人")


@pytest.mark.parametrize("kind", AssetKind)
async def test_A11_A15_a_survey_is_complete_only_with_every_line_and_verdict(
    work: Work, kind: AssetKind
) -> None:
    team, asset = await ready(work, kind=kind)
    survey = await begin_survey(team, asset, surveyor_names="王")
    with pytest.raises(RuleViolation, match="A-15"):
        await complete_survey(team, survey)
    await fill(team, survey, asset)
    if kind in {AssetKind.REAL_ESTATE, AssetKind.LAND}:
        with pytest.raises(RuleViolation, match="租赁认定"):
            await complete_survey(team, survey)
        await record_lease_verdict(team, asset, LeaseFacts(claimed=False))
    if kind is AssetKind.REAL_ESTATE:
        with pytest.raises(RuleViolation, match="唯一住房认定"):
            await complete_survey(team, survey)
        await record_sole_home(team, asset, HomeFacts(is_necessary_home=False))
    await complete_survey(team, survey)
    await work.session.refresh(asset)
    assert asset.state == AssetState.VALUATION
    assert await open_survey(work, asset.id) is None
    done = await latest_survey(work, asset.id)
    assert done is not None
    assert done.id == survey.id
    clock = (await work.session.exec(select(Deadline).where(Deadline.subject_id == asset.id))).one()
    assert clock.state == DeadlineState.MET


async def test_A15_the_missing_line_is_named(work: Work) -> None:
    team, asset = await ready(work, kind=AssetKind.VEHICLE)
    survey = await begin_survey(team, asset, surveyor_names="王")
    await fill(team, survey, asset, leave_out="violations")
    with pytest.raises(RuleViolation, match="违章记录") as refusal:
        await complete_survey(team, survey)
    assert refusal.value.message.params["count"] == 1


async def test_A12_evidence_that_does_not_prove_the_line_is_refused(work: Work) -> None:
    team, asset = await ready(work)
    survey = await begin_survey(team, asset, surveyor_names="王")
    with pytest.raises(InvalidInput) as refusal:
        await record_finding(
            team, survey, item="title", finding="王某", evidence_kind=EvidenceKind.PHOTO, evidence_ref="1"
        )
    assert set(refusal.value.fields) == {"evidence_kind"}
    with pytest.raises(InvalidInput):
        await record_finding(
            team, survey, item="mileage", finding="9", evidence_kind=EvidenceKind.PHOTO, evidence_ref="1"
        )
    assert await lines_of(work, survey.id) == []


async def test_a_finding_written_again_replaces_the_first(work: Work) -> None:
    team, asset = await ready(work)
    survey = await begin_survey(team, asset, surveyor_names="王")
    for text in ("甲占有", "乙占有"):
        await record_finding(
            team, survey, item="occupation", finding=text, evidence_kind=EvidenceKind.PHOTO, evidence_ref="1"
        )
    assert [line.finding for line in await lines_of(work, survey.id)] == ["乙占有"]


async def test_A15_a_completed_survey_is_closed_and_a_new_one_may_begin(work: Work) -> None:
    team, asset = await ready(work, kind=AssetKind.GOODS)
    survey = await begin_survey(team, asset, surveyor_names="王", surveyed_on=days_ago(work, 100))
    await fill(team, survey, asset)
    await complete_survey(team, survey)
    with pytest.raises(Conflict):
        await fill(team, survey, asset)
    again = await begin_survey(team, asset, surveyor_names="王")
    assert again.id != survey.id
    assert asset.state == AssetState.VALUATION


async def test_A17_the_seal_day_counts_when_the_facts_do_not_name_it(work: Work) -> None:
    team, asset = await ready(work)
    facts = {"claimed": True, "written": True, "lease_until": days_ago(work, -500)}
    late = days_ago(work, 90)
    early = days_ago(work, 400)
    verdict = await record_lease_verdict(
        team,
        asset,
        LeaseFacts(**facts, contract_on=late, possession_since=late),  # type: ignore[arg-type]
    )
    assert verdict.status is LeaseStatus.NONE
    verdict = await record_lease_verdict(
        team,
        asset,
        LeaseFacts(**facts, contract_on=early, possession_since=early),  # type: ignore[arg-type]
    )
    assert verdict.status is LeaseStatus.HONOURED
    assert asset.lease_until == days_ago(work, -500)


async def test_A08_the_months_of_rent_stay_with_the_asset(work: Work) -> None:
    team, asset = await ready(work)
    refused = await record_sole_home(team, asset, HomeFacts(is_necessary_home=True))
    assert not refused.allowed
    allowed = await record_sole_home(team, asset, HomeFacts(is_necessary_home=True, rent_months=60))
    assert allowed.allowed
    assert asset.sole_home == SoleHome.WITH_RENT_DEDUCTION
    assert asset.attributes["rent_deduction_months"] == 60


async def test_A01_an_unsealed_asset_is_not_surveyed_for_sale(work: Work) -> None:
    await establish_courts(work)
    asset = await make_asset(work, await make_case(work, HUQIU, 1), sealed_ago=None)
    survey = await begin_survey(acting(work, person(HUQIU)), asset, surveyor_names="王")
    assert survey.asset_id == asset.id
    assert asset.state == AssetState.REGISTERED


async def test_P03_another_court_neither_surveys_nor_reads(work: Work) -> None:
    team, asset = await ready(work)
    survey = await begin_survey(team, asset, surveyor_names="王")
    stranger = acting(work, person(KUNSHAN))
    with pytest.raises(NotFound):
        await survey_of(stranger, survey.id)
    for act in (
        begin_survey(stranger, asset, surveyor_names="王"),
        complete_survey(stranger, survey),
        record_lease_verdict(stranger, asset, LeaseFacts(claimed=False)),
        record_sole_home(stranger, asset, HomeFacts(is_necessary_home=False)),
    ):
        with pytest.raises(NotPermitted):
            await act


async def test_the_database_itself_refuses_a_second_open_survey(work: Work) -> None:
    team, asset = await ready(work)
    await begin_survey(team, asset, surveyor_names="王")
    work.session.add(
        Survey(
            id=asset.id,
            asset_id=asset.id,
            surveyor_names="x",
            surveyed_on=days_ago(work, 0),
            created_at=work.now,
        )
    )
    with pytest.raises(IntegrityError):
        await work.session.flush()
