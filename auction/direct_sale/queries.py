"""Read permissions to sell off without an auction."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlmodel import col, select

from auction.direct_sale.models import DirectGround, DirectPriceBasis, DirectSale
from auction.direct_sale.rules import DirectTerms, basis_for, check_cover, check_ground, missing_consents
from auction.listing.models import Lot, LotState
from auction.listing.parts import assets_of
from auction.listing.queries import lots_of_asset
from core.database import Work
from core.i18n import Message, msg
from disposal_teams.assets.models import AssetKind
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import case_of, parties_of


async def newest_direct_sale(work: Work, asset_id: UUID) -> DirectSale | None:
    """The newest permission for an asset."""
    rows = await work.session.exec(
        select(DirectSale)
        .where(DirectSale.asset_id == asset_id)
        .order_by(col(DirectSale.created_at).desc(), col(DirectSale.id).desc())
    )
    return rows.first()


def terms_of(sale: DirectSale, runs: Mapping[UUID, Sequence[Lot]]) -> DirectTerms:
    """What limits the price under this permission: `runs` are those that were of each asset that is sold. It may go down only
    when each of them was offered in vain before (A-22)."""
    failed = all(
        any(run.direct_sale_id is not None and run.state == LotState.SELLOFF_FAILED for run in of_asset)
        for of_asset in runs.values()
    )
    basis_fen = basis_for(sale.parts, sale.basis_fen, runs)
    return DirectTerms(DirectGround(sale.ground), DirectPriceBasis(sale.price_basis), basis_fen, failed)


async def runs_of_each(work: Work, asset_ids: Iterable[UUID]) -> dict[UUID, Sequence[Lot]]:
    """The runs of each of these assets, for `terms_of`."""
    return {each: await lots_of_asset(work, each) for each in asset_ids}


async def direct_problem(work: Work, lot: Lot) -> Message | None:
    """Why the ground of a sell-off without an auction does not hold (any more), or None (A-21): somebody joined the case since,
    or its claims have grown."""
    if lot.direct_sale_id is None:
        return None
    sale = await work.session.get_one(DirectSale, lot.direct_sale_id)
    ground = DirectGround(sale.ground)
    parties = await parties_of(work, lot.case_id)
    missing = missing_consents(
        ground, {str(party.id): PartyRole(party.role) for party in parties}, sale.consents
    )
    if missing:
        names = [party.name for party in parties if str(party.id) in missing]
        return msg("尚缺 {count} 人的同意：{names}", count=len(names), names="、".join(names))
    case = await case_of(work, lot.case_id)
    for asset in await assets_of(work, lot):
        if problem := check_ground(ground, kind=AssetKind(asset.kind)):
            return problem
    return check_cover(ground, price_fen=lot.starting_price_fen, claims_fen=case.claim_fen)
