"""Read choices of firms and the work of firms: for the desk, a party, a firm."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select as columns
from sqlmodel import col, select

from core.database import Work
from core.errors import NotFound
from core.i18n import Message, msg
from disposal_teams.assets.models import Asset, AssetKind
from disposal_teams.cases.models import Party
from valuation.agreement.invite import negotiating_parties
from valuation.appraisal.entrust import engagements_of, replaced_firms
from valuation.appraisal.models import AppraisalEngagement, EngagementState, ReportDemand
from valuation.appraisers.keep_list import eligible_firms
from valuation.appraisers.models import AppraisalFirm
from valuation.fees.models import ValuationFee
from valuation.fees.rules import FeeState
from valuation.models import Valuation
from valuation.objections.models import ReportObjection, ReportObjectionState
from valuation.selection.begin import selections_of
from valuation.selection.choose import choices_of
from valuation.selection.models import AppraiserSelection, FirmChoice


@dataclass(frozen=True, slots=True)
class SelectionView:
    """The newest choice of a valuation with everything its page shows."""

    selection: AppraiserSelection
    parties: list[Party]
    choices: dict[UUID, FirmChoice]
    eligible: list[AppraisalFirm]


@dataclass(frozen=True, slots=True)
class EngagementRow:
    """One firm's work. `todo`: what waits for the firm, for its own list."""

    engagement: AppraisalEngagement
    firm: AppraisalFirm
    asset: Asset
    todo: Message | None = None


async def selection_view(work: Work, valuation: Valuation, asset: Asset) -> SelectionView | None:
    """The newest choice; None before the first. The caller has opened the asset."""
    selections = await selections_of(work, valuation.id)
    if not selections:
        return None
    return SelectionView(
        selections[-1],
        await negotiating_parties(work, asset.case_id),
        await choices_of(work, selections[-1].id),
        await eligible_firms(work, AssetKind(asset.kind), without=await replaced_firms(work, valuation.id)),
    )


async def own_selection(work: Work, selection_id: UUID) -> tuple[SelectionView, Party, Asset]:
    """The choice for the party that is asking. Raises `NotFound` for everybody else."""
    selection = await work.session.get(AppraiserSelection, selection_id)
    valuation = await work.session.get(Valuation, selection.valuation_id) if selection else None
    asset = await work.session.get(Asset, valuation.asset_id) if valuation else None
    if selection is not None and valuation is not None and asset is not None:
        view = await selection_view(work, valuation, asset)
        if view is not None and view.selection.id == selection_id and work.actor.account_id is not None:
            for party in view.parties:
                if party.account_id == work.actor.account_id:
                    return view, party, asset
    raise NotFound(msg("没有找到该选定程序，或您不是该案当事人。"))


async def engagement_rows(work: Work, valuation_id: UUID) -> list[EngagementRow]:
    """The firms of a valuation in their order; the caller has opened its asset."""
    rows = []
    for engagement in await engagements_of(work, valuation_id):
        firm = await work.session.get_one(AppraisalFirm, engagement.firm_id)
        valuation = await work.session.get_one(Valuation, valuation_id)
        rows.append(EngagementRow(engagement, firm, await work.session.get_one(Asset, valuation.asset_id)))
    return rows


async def own_engagements(work: Work, *, limit: int = 200) -> list[EngagementRow]:
    """The work of the firm that is asking, newest first. Raises `NotFound` when the account is no listed firm's."""
    firm = (
        await work.session.exec(
            select(AppraisalFirm).where(AppraisalFirm.account_id == work.actor.account_id)
        )
    ).first()
    if firm is None or work.actor.account_id is None:
        raise NotFound(msg("您的账号没有对应的评估机构，请联系中级法院登记。"))
    demanded = (
        select(ReportDemand.id)
        .where(
            ReportDemand.engagement_id == AppraisalEngagement.id,
            col(ReportDemand.answered_at).is_(None),
            col(ReportDemand.ended_at).is_(None),
        )
        .exists()
    )
    objected = (
        select(ReportObjection.id)
        .where(
            ReportObjection.valuation_id == AppraisalEngagement.valuation_id,
            ReportObjection.state == ReportObjectionState.ANSWERING,
            AppraisalEngagement.state == EngagementState.REPORTED,
        )
        .exists()
    )
    claims = (
        select(ValuationFee.id)
        .where(
            ValuationFee.engagement_id == AppraisalEngagement.id,
            ValuationFee.state == FeeState.OPEN,
            col(ValuationFee.claimed_fen).is_(None),
        )
        .exists()
    )
    rows = await work.session.execute(
        columns(AppraisalEngagement, Asset, demanded, objected, claims)
        .join(Valuation, col(Valuation.id) == col(AppraisalEngagement.valuation_id))
        .join(Asset, col(Asset.id) == col(Valuation.asset_id))
        .where(
            col(AppraisalEngagement.firm_id) == firm.id, col(AppraisalEngagement.entrusted_at).is_not(None)
        )
        .order_by(col(AppraisalEngagement.entrusted_at).desc())
        .limit(limit)
    )
    return [
        EngagementRow(engagement, firm, asset, _todo(engagement, *waits))
        for engagement, asset, *waits in rows.all()
    ]


def _todo(engagement: AppraisalEngagement, demanded: bool, objected: bool, claims: bool) -> Message | None:
    """The most urgent thing that waits for the firm."""
    if demanded:
        return msg("说明或者补正报告")
    if objected:
        return msg("答复异议")
    if engagement.state == EngagementState.ENTRUSTED:
        return msg("出具报告") if engagement.accepted_at else msg("接受委托")
    return msg("申报实际支出") if claims else None
