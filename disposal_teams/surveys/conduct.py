"""Conduct a survey: begin, record findings with evidence, judge the lease and the home, complete (A-11…A-17)."""

from datetime import date
from uuid import UUID

from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import meet_deadline, open_deadline
from core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, may, require
from core.ids import new_id
from disposal_teams.assets.advance import advance_asset, lock_asset
from disposal_teams.assets.models import Asset, AssetKind, AssetState, LeaseStatus, SoleHome
from disposal_teams.assets.note import note_asset
from disposal_teams.assets.seal import seal_in_force
from disposal_teams.plain_text import clean_text, listed
from disposal_teams.surveys.matrix import item_of, missing_items, needs_lease_verdict
from disposal_teams.surveys.models import EvidenceKind, Survey, SurveyLine
from disposal_teams.surveys.rules import (
    HomeDecision,
    HomeFacts,
    LeaseFacts,
    LeaseVerdict,
    judge_lease,
    judge_sole_home,
)


async def begin_survey(
    work: Work, asset: Asset, *, surveyor_names: str, surveyed_on: date | None = None
) -> Survey:
    """Open the survey table; the asset goes under survey and the 30 days for starting the valuation run (V-01).

    Raises `Conflict` when a survey is open already, `RuleViolation` when the asset is not sealed (A-01).
    """
    require(work.actor, Permission.SURVEY_ASSET, court_code=asset.court_code)
    asset = await lock_asset(work, asset)
    fields: dict[str, Message] = {}
    surveyor_names = clean_text(surveyor_names, "surveyor_names", fields, longest=80)
    today = work.now.astimezone(COURT_ZONE).date()
    surveyed_on = surveyed_on or today
    if surveyed_on > today:
        fields["surveyed_on"] = msg("调查日期不能晚于今天。")
    if fields:
        raise InvalidInput(msg("调查信息有误，请按提示修改。"), fields=fields)
    if await open_survey(work, asset.id) is not None:
        raise Conflict(msg("该标的物已有一份调查表尚未完成，请继续填写。"))
    if AssetState(asset.resume_state or asset.state) is AssetState.SEALED_EFFECTIVE:
        await advance_asset(work, asset, AssetState.UNDER_SURVEY, reason="开始调查", rule="A-11")
        await open_deadline(
            work,
            "L-01",
            subject_kind="asset",
            subject_id=asset.id,
            owner_role=Role.DISPOSAL_TEAM,
            owner_court=asset.court_code,
            asset_id=asset.id,
        )
    survey = Survey(
        id=new_id(),
        asset_id=asset.id,
        surveyor_account_id=work.actor.account_id,
        surveyor_names=surveyor_names,
        surveyed_on=surveyed_on,
        created_at=work.now,
    )
    work.session.add(survey)
    await note_asset(
        work,
        asset,
        "survey.begun",
        "A-11",
        survey=str(survey.id),
    )
    return survey


async def record_finding(
    work: Work, survey: Survey, *, item: str, finding: str, evidence_kind: EvidenceKind, evidence_ref: str
) -> SurveyLine:
    """Write one line with its evidence; a second time replaces it. Raises `InvalidInput` for evidence that does not count."""
    survey, asset = await _survey_for_change(work, survey)
    fields: dict[str, Message] = {}
    finding = clean_text(finding, "finding", fields, longest=1000)
    evidence_ref = clean_text(evidence_ref, "evidence_ref", fields, longest=200)
    wanted = item_of(AssetKind(asset.kind), item)
    if wanted is None:
        raise InvalidInput(msg("这类标的物没有该调查项目。"), rule="A-12")
    if EvidenceKind(evidence_kind) not in wanted.evidence:
        fields["evidence_kind"] = msg("“{item}”不能以这种证据证明，请换用其他证据。", item=msg(wanted.label))
    if fields:
        raise InvalidInput(msg("调查结论有误，请按提示修改。"), fields=fields, rule=wanted.rule)
    line = (
        await work.session.exec(
            select(SurveyLine).where(SurveyLine.survey_id == survey.id, SurveyLine.item == item)
        )
    ).first() or SurveyLine(
        id=new_id(),
        survey_id=survey.id,
        item=item,
        finding=finding,
        evidence_kind=evidence_kind,
        evidence_ref=evidence_ref,
        recorded_at=work.now,
    )
    line.finding, line.evidence_kind, line.evidence_ref = finding, EvidenceKind(evidence_kind), evidence_ref
    line.recorded_at = work.now
    work.session.add(line)
    await note_asset(
        work,
        asset,
        "survey.finding_recorded",
        wanted.rule,
        item=item,
        evidence=str(evidence_kind),
        evidence_ref=evidence_ref,
    )
    return line


async def record_lease_verdict(work: Work, asset: Asset, facts: LeaseFacts) -> LeaseVerdict:
    """Judge the lease by A-17 and keep the verdict on the asset. The seal's day is filled in when the facts lack it."""
    require(work.actor, Permission.SURVEY_ASSET, court_code=asset.court_code)
    asset = await lock_asset(work, asset)
    if facts.sealed_on is None and (seal := await seal_in_force(work, asset.id)) is not None:
        facts = LeaseFacts(
            **{name: getattr(facts, name) for name in LeaseFacts.__slots__ if name != "sealed_on"},
            sealed_on=seal.registered_on,
        )
    verdict = judge_lease(facts)
    asset.lease_status, asset.lease_until = verdict.status, verdict.until
    await note_asset(
        work,
        asset,
        "survey.lease_judged",
        "A-17",
        verdict=verdict.status.value,
        until=verdict.until.isoformat() if verdict.until else None,
        needs_ruling=verdict.needs_ruling,
    )
    return verdict


async def record_sole_home(work: Work, asset: Asset, facts: HomeFacts) -> HomeDecision:
    """Judge by A-08 whether the home may be auctioned and keep the verdict on the asset."""
    require(work.actor, Permission.SURVEY_ASSET, court_code=asset.court_code)
    asset = await lock_asset(work, asset)
    decision = judge_sole_home(facts, today=work.now.astimezone(COURT_ZONE).date())
    asset.sole_home = decision.verdict
    asset.attributes = {**asset.attributes, "rent_deduction_months": decision.rent_months}
    await note_asset(
        work,
        asset,
        "survey.home_judged",
        "A-08",
        verdict=decision.verdict.value,
        allowed=decision.allowed,
        rent_months=decision.rent_months,
    )
    return decision


async def complete_survey(work: Work, survey: Survey) -> Survey:
    """Close the table and open the valuation. Raises `RuleViolation` that lists every missing line (A-15)."""
    survey, asset = await _survey_for_change(work, survey)
    found = {line.item for line in await lines_of(work, survey.id)}
    kind = AssetKind(asset.kind)
    missing = [msg(item.label) for item in missing_items(kind, asset.attributes, found)]
    if needs_lease_verdict(kind) and LeaseStatus(asset.lease_status) is LeaseStatus.UNKNOWN:
        missing.append(msg("租赁认定"))
    if kind is AssetKind.REAL_ESTATE and SoleHome(asset.sole_home) is SoleHome.UNKNOWN:
        missing.append(msg("唯一住房认定"))
    if missing:
        raise RuleViolation(
            "A-15",
            msg(
                "调查表还缺 {count} 项：{items}。请补充调查并附证据。",
                count=len(missing),
                items=listed(missing),
            ),
        )
    survey.completed_at = work.now
    await note_asset(
        work,
        asset,
        "survey.completed",
        "A-15",
        survey=str(survey.id),
        lines=len(found),
    )
    if AssetState(asset.resume_state or asset.state) is AssetState.UNDER_SURVEY:
        await advance_asset(work, asset, AssetState.VALUATION, reason="调查完成", rule="A-11")
        await meet_deadline(
            work, "L-01", subject_kind="asset", subject_id=asset.id, done_event="survey.completed"
        )
    return survey


async def open_survey(work: Work, asset_id: UUID) -> Survey | None:
    """The survey that is being written, if any."""
    return (
        await work.session.exec(
            select(Survey).where(Survey.asset_id == asset_id, col(Survey.completed_at).is_(None))
        )
    ).first()


async def latest_survey(work: Work, asset_id: UUID) -> Survey | None:
    """The newest completed survey: the one that publishing rests on (A-16)."""
    return (
        await work.session.exec(
            select(Survey)
            .where(Survey.asset_id == asset_id, col(Survey.completed_at).is_not(None))
            .order_by(col(Survey.surveyed_on).desc(), col(Survey.id).desc())
            .limit(1)
        )
    ).first()


async def lines_of(work: Work, survey_id: UUID) -> list[SurveyLine]:
    """The findings of a survey in the order of their recording."""
    return list(
        await work.session.exec(
            select(SurveyLine).where(SurveyLine.survey_id == survey_id).order_by(col(SurveyLine.id))
        )
    )


async def survey_of(work: Work, survey_id: UUID) -> Survey:
    """A survey by id. Another court's is unknown (P-03)."""
    survey = await work.session.get(Survey, survey_id)
    asset = await work.session.get(Asset, survey.asset_id) if survey is not None else None
    if (
        survey is None
        or asset is None
        or not may(work.actor, Permission.SEE_COURT_FILES, court_code=asset.court_code)
    ):
        raise NotFound(msg("没有找到该调查表，或它不属于本院。"), rule="P-03")
    return survey


async def _survey_for_change(work: Work, survey: Survey) -> tuple[Survey, Asset]:
    asset = await work.session.get(Asset, survey.asset_id)
    if asset is None:
        raise NotFound(msg("没有找到该标的物。"))
    require(work.actor, Permission.SURVEY_ASSET, court_code=asset.court_code)
    asset = await lock_asset(work, asset)
    await work.session.flush()
    await work.session.refresh(survey)
    if survey.completed_at is not None:
        raise Conflict(msg("该调查表已经完成，不能再改。如情况有变，请重新调查。"), rule="A-15")
    return survey, asset
