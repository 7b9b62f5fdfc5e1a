"""What the page of one engagement shows: the work, what the court wants corrected, inspections, the firm's own reports."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import Party
from disposal_teams.cases.queries import parties_of
from valuation.appraisal.demands import demand_of_engagement
from valuation.appraisal.inspection import inspections_of
from valuation.appraisal.models import (
    AppraisalEngagement,
    AppraisalReport,
    EngagementState,
    ReportDemand,
    SiteInspection,
)
from valuation.appraisers.models import AppraisalFirm
from valuation.models import Valuation, ValuationState
from valuation.objections.models import ReportObjection
from valuation.objections.queries import objections_for_firm


@dataclass(frozen=True, slots=True)
class EngagementDesk:
    """One firm's work with everything about it."""

    engagement: AppraisalEngagement
    firm: AppraisalFirm
    asset: Asset
    valuation: Valuation
    demand: ReportDemand | None
    inspections: list[SiteInspection]
    reports: list[AppraisalReport]
    parties: list[Party]
    objections: list[ReportObjection]

    @property
    def may_upload(self) -> bool:
        """Whether a report, or a corrected one, is expected from this firm."""
        if self.engagement.state == EngagementState.ENTRUSTED:
            return self.valuation.state == ValuationState.APPRAISING
        return self.demand is not None

    @property
    def inspection(self) -> SiteInspection | None:
        """The inspection whose result is not recorded yet."""
        return next(
            (each for each in self.inspections if each.held_at is None and each.cancelled_at is None), None
        )


async def own_desk(work: Work, engagement_id: UUID) -> EngagementDesk:
    """The work of the firm that is asking. Raises `NotFound`, also for another firm's."""
    engagement = await work.session.get(AppraisalEngagement, engagement_id)
    if engagement is not None and engagement.entrusted_at is not None:
        firm = await work.session.get_one(AppraisalFirm, engagement.firm_id)
        if firm.account_id is not None and firm.account_id == work.actor.account_id:
            return await _desk(work, engagement, firm)
    raise NotFound(msg("没有找到该评估委托。"))


async def _desk(work: Work, engagement: AppraisalEngagement, firm: AppraisalFirm) -> EngagementDesk:
    valuation = await work.session.get_one(Valuation, engagement.valuation_id)
    asset = await work.session.get_one(Asset, valuation.asset_id)
    reports = await work.session.exec(
        select(AppraisalReport)
        .where(AppraisalReport.valuation_id == valuation.id, AppraisalReport.firm == firm.name)
        .order_by(col(AppraisalReport.version).desc())
    )
    return EngagementDesk(
        engagement,
        firm,
        asset,
        valuation,
        await demand_of_engagement(work, engagement),
        await inspections_of(work, engagement.id),
        list(reports),
        await parties_of(work, asset.case_id),
        await objections_for_firm(work, valuation.id) if engagement.state == EngagementState.REPORTED else [],
    )
