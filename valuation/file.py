"""The valuation file of an asset: everything its page shows."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, require
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import Party
from valuation.agreement.models import AgreementEntry
from valuation.appraisal.demands import demands_of
from valuation.appraisal.inspection import inspections_of
from valuation.appraisal.models import AppraisalReport, ReportDemand, ResultService, SiteInspection
from valuation.directed_inquiry.models import DirectedInquiry
from valuation.models import Valuation
from valuation.objections.progress import services_of
from valuation.objections.queries import ObjectionRow, objection_rows, platforms_open_to_objection
from valuation.online_inquiry.models import InquiryPlatform, PlatformInquiry
from valuation.online_inquiry.queries import InquiryRow, inquiry_rows
from valuation.queries import current_valuation
from valuation.selection.queries import (
    EngagementRow,
    SelectionView,
    engagement_rows,
    selection_view,
)
from valuation.ways.enter import steps_of
from valuation.ways.models import ValuationStep


@dataclass(frozen=True, slots=True)
class ValuationFile:
    """Everything the valuation page of an asset shows. `services` pairs each person with the service, if sent.

    `entries` tell who has spoken in the agreement; their prices stay sealed.
    """

    asset: Asset
    valuation: Valuation | None
    reports: list[AppraisalReport]
    services: list[tuple[Party, ResultService | None]]
    ways: list[ValuationStep] = field(default_factory=list)
    inquiries: list[InquiryRow] = field(default_factory=list)
    directed: DirectedInquiry | None = None
    entries: dict[UUID, AgreementEntry] = field(default_factory=dict)
    selection: SelectionView | None = None
    engagements: list[EngagementRow] = field(default_factory=list)
    demands: list[ReportDemand] = field(default_factory=list)
    objections: list[ObjectionRow] = field(default_factory=list)
    objection_platforms: list[tuple[PlatformInquiry, InquiryPlatform]] = field(default_factory=list)
    inspections: dict[UUID, list[SiteInspection]] = field(default_factory=dict)


async def valuation_file(work: Work, asset_id: UUID) -> ValuationFile:
    """The valuation file of an asset for people of its court (P-03). Raises `NotFound`, `NotPermitted`."""
    asset = await work.session.get(Asset, asset_id)
    if asset is None:
        raise NotFound(msg("没有找到该标的物。"))
    require(work.actor, Permission.SEE_COURT_FILES, court_code=asset.court_code)
    parties = list(
        await work.session.exec(
            select(Party).where(Party.case_id == asset.case_id).order_by(Party.role, col(Party.id))
        )
    )
    valuation = await current_valuation(work, asset_id)
    if valuation is None:
        return ValuationFile(asset, None, [], [(party, None) for party in parties])
    reports = await work.session.exec(
        select(AppraisalReport)
        .where(AppraisalReport.valuation_id == valuation.id)
        .order_by(col(AppraisalReport.entered_at).desc())
    )
    served = {service.party_id: service for service in await services_of(work, valuation.id)}
    entries = await work.session.exec(
        select(AgreementEntry).where(AgreementEntry.valuation_id == valuation.id)
    )
    engagements = await engagement_rows(work, valuation.id)
    return ValuationFile(
        asset,
        valuation,
        list(reports),
        [(party, served.get(party.id)) for party in parties],
        await steps_of(work, valuation.id),
        await inquiry_rows(work, valuation.id),
        await work.session.get(DirectedInquiry, valuation.id),
        {entry.party_id: entry for entry in entries},
        await selection_view(work, valuation, asset),
        engagements,
        await demands_of(work, valuation.id),
        await objection_rows(work, valuation.id),
        await platforms_open_to_objection(work, valuation),
        {row.engagement.id: await inspections_of(work, row.engagement.id) for row in engagements},
    )
