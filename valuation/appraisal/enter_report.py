"""A report comes in: entered by the court from paper, or uploaded by the firm itself (V-23, V-24, V-33)."""

from dataclasses import replace
from uuid import UUID

from sqlmodel import col, select

from core.clock import COURT_ZONE
from core.database import Work
from core.errors import InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, may, require
from core.pdf_check import CheckedPdf
from core.sealed_files import OpenedFile
from disposal_teams.assets.models import Asset
from disposal_teams.cases.queries import parties_of
from valuation import rules
from valuation.appraisal.demands import demand_met, open_demand
from valuation.appraisal.entrust import engagements_of
from valuation.appraisal.firm_steps import engagement_for_update
from valuation.appraisal.inspection import open_inspection
from valuation.appraisal.models import (
    AppraisalEngagement,
    AppraisalReport,
    EngagementState,
    ResultService,
)
from valuation.appraisal.take_report import WRONG, Figures, open_kept_report, take_report
from valuation.appraisers.models import AppraisalFirm
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.queries import valuation_for_update


async def enter_appraisal_report(
    work: Work, valuation_id: UUID, figures: Figures, pdf: CheckedPdf | None = None
) -> AppraisalReport:
    """Enter the report of an appraisal firm. The price is typed twice; an unusual one needs a reason.

    `firm` and `registry_no` as the report says them: those of another firm or asset are refused (V-24).
    A second report of the same valuation replaces the first until the result has been served.
    Raises `InvalidInput` by field, `RuleViolation` (§11.2), `Conflict` (report number used for another asset).
    """
    valuation, asset = await valuation_for_update(work, valuation_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    if valuation.method != ValuationMethod.APPRAISAL:
        raise RuleViolation("V-02", msg("该参考价程序不是委托评估，不能填写评估报告。"))
    if valuation.state not in {ValuationState.APPRAISING, ValuationState.COURT_REVIEW}:
        rules.check_transition(ValuationState(valuation.state), ValuationState.COURT_REVIEW)
    report = await take_report(work, valuation, asset, await _engaged(work, valuation), figures, pdf)
    await demand_met(work, valuation, report=report)
    return report


async def upload_report(
    work: Work, engagement_id: UUID, figures: Figures, pdf: CheckedPdf
) -> AppraisalReport:
    """The firm at work uploads its report, or the corrected one that it was asked for (V-23, V-24). `pdf` was looked through.

    Raises `RuleViolation` (V-22: an inspection is not recorded yet; V-23: out, or late), `InvalidInput` by field, `Conflict`,
    `NotPermitted` (another firm's work).
    """
    engagement, valuation, asset = await engagement_for_update(work, engagement_id)
    firm = await work.session.get_one(AppraisalFirm, engagement.firm_id)
    _check_turn(work, engagement, valuation, is_asked=await open_demand(work, valuation.id) is not None)
    if await open_inspection(work, engagement.id) is not None:
        raise RuleViolation("V-22", msg("现场勘验还没有登记结果，请先登记勘验情况，再提交报告。"))
    fields: dict[str, Message] = {}
    if not figures.signers.strip():
        fields["signers"] = msg("请填写签字评估人员的姓名和资格证号。")
    if asset.registry_no and not figures.registry_no.strip():
        fields["registry_no"] = msg("请按报告填写权证号，用于核对财产。")
    if fields:
        raise InvalidInput(WRONG, fields=fields, rule="V-24")
    report = await take_report(
        work, valuation, asset, (engagement, firm), replace(figures, firm=firm.name), pdf
    )
    await demand_met(work, valuation, report=report)
    return report


def _check_turn(work: Work, engagement: AppraisalEngagement, valuation: Valuation, *, is_asked: bool) -> None:
    """Whether this firm may hand in a report now (V-23, V-24)."""
    state = EngagementState(engagement.state)
    if state is EngagementState.REPORTED:
        if valuation.state != ValuationState.COURT_REVIEW or not is_asked:
            raise RuleViolation("V-24", msg("报告已经提交。需要更正的，请等待法院通知补正。"))
        return
    if state is not EngagementState.ENTRUSTED or valuation.state != ValuationState.APPRAISING:
        raise RuleViolation("V-23", msg("该评估委托不在进行中，报告不予接收。"))
    assert engagement.due_at is not None
    if work.now >= engagement.due_at and engagement.extension_asked_days is None:
        raise RuleViolation(
            "V-23",
            msg(
                "报告期限已于 {due} 届满，且没有申请延期，逾期报告不予接收。",
                due=f"{engagement.due_at.astimezone(COURT_ZONE):%Y-%m-%d %H:%M}",
            ),
        )


async def _engaged(work: Work, valuation: Valuation) -> tuple[AppraisalEngagement, AppraisalFirm] | None:
    """The firm whose report is expected, with its engagement. None for valuations from before firms were chosen here."""
    at_work = (EngagementState.ENTRUSTED, EngagementState.REPORTED)
    for engagement in reversed(await engagements_of(work, valuation.id)):
        if engagement.state in at_work:
            return engagement, await work.session.get_one(AppraisalFirm, engagement.firm_id)
    return None


async def read_report_file(work: Work, report_id: UUID) -> OpenedFile:
    """The PDF of a report, for the court in charge (P-03), the firm that wrote it, and each person once served with it (V-30).

    Raises `NotFound`, also for everybody else.
    """
    unknown = NotFound(msg("没有找到该评估报告。"))
    report = await work.session.get(AppraisalReport, report_id)
    if report is None or report.file_id is None:
        raise unknown
    valuation = await work.session.get_one(Valuation, report.valuation_id)
    asset = await work.session.get_one(Asset, valuation.asset_id)
    actor = work.actor
    may_read = actor.is_staff and may(actor, Permission.SEE_COURT_FILES, court_code=asset.court_code)
    if not (may_read or await _is_own(work, report) or await _was_served(work, valuation, asset)):
        raise unknown
    return await open_kept_report(work, report)


async def _is_own(work: Work, report: AppraisalReport) -> bool:
    if work.actor.account_id is None:
        return False
    own = await work.session.exec(
        select(AppraisalFirm.id).where(
            AppraisalFirm.account_id == work.actor.account_id, AppraisalFirm.name == report.firm
        )
    )
    return own.first() is not None


async def _was_served(work: Work, valuation: Valuation, asset: Asset) -> bool:
    if work.actor.account_id is None:
        return False
    own = [
        party.id
        for party in await parties_of(work, asset.case_id)
        if party.account_id == work.actor.account_id
    ]
    served = await work.session.exec(
        select(ResultService.id).where(
            ResultService.valuation_id == valuation.id, col(ResultService.party_id).in_(own)
        )
    )
    return served.first() is not None


__all__ = ["Figures", "enter_appraisal_report", "read_report_file", "upload_report"]
