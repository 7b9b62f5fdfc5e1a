"""Read objections to reports: a person's own page, a firm's work, the court's desk."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import Party
from disposal_teams.cases.queries import parties_of
from valuation.appraisal.models import AppraisalReport, ResultService
from valuation.models import Valuation, ValuationMethod
from valuation.objections.models import ReportObjection, ReportObjectionState
from valuation.online_inquiry.models import InquiryPlatform, PlatformInquiry
from valuation.online_inquiry.review import carrying_inquiries


@dataclass(frozen=True, slots=True)
class OwnResult:
    """What one person was served with, and this person's objection to it."""

    valuation: Valuation
    asset: Asset
    party: Party
    service: ResultService
    reports: list[AppraisalReport]
    platforms: list[tuple[PlatformInquiry, InquiryPlatform]]
    objection: ReportObjection | None


async def own_result(work: Work, valuation_id: UUID) -> OwnResult:
    """The result for the person who asks. Raises `NotFound` for everybody who was not served with it."""
    valuation = await work.session.get(Valuation, valuation_id)
    asset = await work.session.get(Asset, valuation.asset_id) if valuation is not None else None
    if valuation is not None and asset is not None and work.actor.account_id is not None:
        for party in await parties_of(work, asset.case_id):
            if party.account_id != work.actor.account_id:
                continue
            service = (
                await work.session.exec(
                    select(ResultService).where(
                        ResultService.valuation_id == valuation.id,
                        ResultService.party_id == party.id,
                        col(ResultService.is_superseded).is_(False),
                    )
                )
            ).first()
            if service is not None:
                return await _result(work, valuation, asset, party, service)
    raise NotFound(msg("没有找到该评估结果，或者它还没有送达您。"))


async def _result(
    work: Work, valuation: Valuation, asset: Asset, party: Party, service: ResultService
) -> OwnResult:
    reports = await work.session.exec(
        select(AppraisalReport)
        .where(AppraisalReport.valuation_id == valuation.id)
        .order_by(col(AppraisalReport.version).desc())
    )
    objection = (
        await work.session.exec(select(ReportObjection).where(ReportObjection.service_id == service.id))
    ).first()
    return OwnResult(
        valuation,
        asset,
        party,
        service,
        list(reports)[:1],
        await platforms_open_to_objection(work, valuation),
        objection,
    )


async def platforms_open_to_objection(
    work: Work, valuation: Valuation
) -> list[tuple[PlatformInquiry, InquiryPlatform]]:
    """The platform reports behind a result; none for an appraisal."""
    if valuation.method != ValuationMethod.ONLINE_INQUIRY:
        return []
    return [
        (inquiry, await work.session.get_one(InquiryPlatform, inquiry.platform_code))
        for inquiry in await carrying_inquiries(work, valuation.id)
    ]


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """An objection with who raised it, for the court's page."""

    objection: ReportObjection
    party: Party
    actions: list[str] = field(default_factory=list)


_COURT_ACTIONS = {
    ReportObjectionState.SENDING: ["send", "withdraw"],
    ReportObjectionState.ANSWERING: ["answer", "withdraw"],
    ReportObjectionState.ANSWERED: ["accept", "contest", "withdraw"],
    ReportObjectionState.REVIEW: ["review", "withdraw"],
}


async def objection_rows(work: Work, valuation_id: UUID) -> list[ObjectionRow]:
    """The objections to a valuation's reports; the caller has opened its asset."""
    rows = await work.session.exec(
        select(ReportObjection, Party)
        .join(Party, col(Party.id) == col(ReportObjection.party_id))
        .where(ReportObjection.valuation_id == valuation_id)
        .order_by(col(ReportObjection.filed_at), col(ReportObjection.id))
    )
    return [
        ObjectionRow(objection, party, _COURT_ACTIONS.get(ReportObjectionState(objection.state), []))
        for objection, party in rows.all()
    ]


async def objections_for_firm(work: Work, valuation_id: UUID) -> list[ReportObjection]:
    """What a firm was sent, without who raised it; the caller has checked that it is this firm's report."""
    return list(
        await work.session.exec(
            select(ReportObjection)
            .where(ReportObjection.valuation_id == valuation_id, col(ReportObjection.sent_at).is_not(None))
            .order_by(col(ReportObjection.sent_at))
        )
    )


async def has_objected_to_price(work: Work, asset_id: UUID, party_id: UUID) -> bool:
    """Whether the person has objected to a report on the asset and not taken it back (V-31): it excludes an own sale because
    the price is too low (A-27)."""
    rows = await work.session.exec(
        select(ReportObjection.id)
        .join(Valuation, col(Valuation.id) == col(ReportObjection.valuation_id))
        .where(
            Valuation.asset_id == asset_id,
            ReportObjection.party_id == party_id,
            col(ReportObjection.outcome).is_distinct_from("withdrawn"),
        )
        .limit(1)
    )
    return rows.first() is not None
