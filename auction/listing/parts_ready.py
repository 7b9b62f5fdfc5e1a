"""Whether every asset of a mixed lot may be sold (B-03): the checklist looks at the leading one, here stand the others."""

from datetime import date, timedelta

from auction.direct_sale.models import DirectPriceBasis, DirectSale
from auction.in_kind.queries import holding_offer
from auction.listing.models import Lot, Round
from auction.listing.parts import assets_of
from auction.listing.queries import decision_of_lot
from core.database import Work
from core.deadlines.rules import day_in_court
from core.i18n import Message, msg
from core.legal_settings import legal
from disposal_teams.assets.models import Asset, AssetKind, AssetState, LeaseStatus, SoleHome
from disposal_teams.assets.seal import seal_in_force
from disposal_teams.objections.queries import forbids_disposal
from disposal_teams.surveys.conduct import latest_survey
from disposal_teams.transfers.request import has_open_transfer
from valuation.reference_price import reference_price_of


async def parts_problem(work: Work, lot: Lot) -> Message | None:
    """The first thing that is missing, with the asset that misses it; None for a lot of one asset."""
    assets = await assets_of(work, lot)
    if len(assets) == 1:
        return None
    decision = await decision_of_lot(work, lot.id)
    if decision is not None and set(decision.together) != {each.id for each in assets[1:]}:
        return msg("合议庭决定的合并范围与草稿不一致。")
    ends_on = day_in_court(lot.scheduled_end_at) if lot.scheduled_end_at else day_in_court(work.now)
    for asset in assets[1:]:
        problem = await _problem(work, lot, asset, ends_on)
        if problem is not None:
            return msg("{number}：{problem}", number=asset.asset_no, problem=problem)
    return None


async def _rests_on_reference(work: Work, lot: Lot) -> bool:
    """Whether the price rests on reference prices: a sell-off without an auction may rest on an agreed or a market one (A-22)."""
    if lot.direct_sale_id is None:
        return True
    sale = await work.session.get_one(DirectSale, lot.direct_sale_id)
    return sale.price_basis == DirectPriceBasis.APPRAISAL


async def _problem(work: Work, lot: Lot, asset: Asset, ends_on: date) -> Message | None:
    today, settings = day_in_court(work.now), legal()
    seal = await seal_in_force(work, asset.id)
    survey = await latest_survey(work, asset.id)
    price = await reference_price_of(work, asset.id)
    if seal is None:
        return msg("没有生效的查封。")
    if seal.expires_on < ends_on + timedelta(days=settings.seal_margin_days):
        return msg("查封不能覆盖预计交付日。")
    if survey is None or today - survey.surveyed_on > timedelta(days=settings.survey_fresh_days):
        return msg("没有完成的调查表，或者调查已过期。")
    if await _rests_on_reference(work, lot):
        if price is None:
            return msg("参考价尚未确定。")
        is_first = lot.rerun == 0 and (lot.round == Round.FIRST or lot.direct_sale_id is not None)
        unusable = (
            price.unusable_for_first_notice(published_on=today, sale_on=ends_on)
            if is_first
            else price.unusable_for_later_round(sale_on=ends_on)
        )
        if unusable is not None:
            return unusable
    if asset.state == AssetState.SELF_SALE:
        return msg("已准许被执行人自行变卖，期限尚未届满。")
    if await has_open_transfer(work, asset.id):
        return msg("处置权移送正在办理。")
    if await forbids_disposal(work, asset.id) is not None:
        return msg("有未审结的执行异议。")
    if await holding_offer(work, asset.id) is not None:
        return msg("正在征询债权人以物抵债。")
    if asset.kind == AssetKind.REAL_ESTATE and asset.sole_home == SoleHome.UNKNOWN:
        return msg("是否唯一住房尚未查明。")
    leased = asset.lease_status in (LeaseStatus.UNKNOWN, LeaseStatus.DISPUTED)
    if leased and asset.kind in (AssetKind.REAL_ESTATE, AssetKind.LAND):
        return msg("租赁情况尚未认定。")
    return None
