"""Which assets a panel may have sold together with another as one lot (B-03)."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlmodel import col, select

from auction.direct_sale.models import DirectSale
from auction.listing.models import Lot, LotPart
from auction.listing.queries import Position, lots_of_asset
from auction.listing.rounds import next_position
from core.database import Work
from core.errors import Conflict
from core.i18n import Message, msg
from disposal_teams.assets.models import Asset, AssetState
from valuation.reference_price import reference_price_of

TO_BE_LISTED = frozenset({AssetState.READY_TO_LIST, AssetState.LISTED, AssetState.OFFERED_IN_KIND})


async def may_join(work: Work, asset: Asset, position: Position) -> list[Asset]:
    """The assets of the same case, ready as this one is, whose next run is the same: each appraised, or permitted to be
    sold off with this one; none in a live lot."""
    rows = await work.session.exec(
        select(Asset)
        .where(
            Asset.case_id == asset.case_id,
            Asset.court_code == asset.court_code,
            Asset.id != asset.id,
            col(Asset.state).in_(sorted(str(state) for state in TO_BE_LISTED)),
        )
        .order_by(col(Asset.asset_no))
    )
    if position.direct_sale_id is not None:
        sale = await work.session.get_one(DirectSale, position.direct_sale_id)
        return [
            other
            for other in rows
            if str(other.id) in sale.parts and await _is_sold_off_again(work, other, sale.id)
        ]
    return [other for other in rows if await _follows(work, other, position)]


async def _is_sold_off_again(work: Work, other: Asset, direct_sale_id: UUID) -> bool:
    """Whether the next run of an asset is of the same sell-off without an auction: it was sold in vain or withdrawn with it."""
    try:
        return next_position(await lots_of_asset(work, other.id)).direct_sale_id == direct_sale_id
    except Conflict:
        return False


async def _follows(work: Work, other: Asset, position: Position) -> bool:
    price = await reference_price_of(work, other.id)
    if price is None or price.is_above_costs:
        return False
    try:
        its = next_position(await lots_of_asset(work, other.id))
    except Conflict:
        return False
    return (its.round, its.rerun, _id_of(its.previous), _id_of(its.rerun_of)) == (
        position.round,
        position.rerun,
        _id_of(position.previous),
        _id_of(position.rerun_of),
    )


def _id_of(run: Lot | None) -> UUID | None:
    return run.id if run else None


async def joined(
    work: Work, asset: Asset, position: Position, wanted: Collection[UUID], fields: dict[str, Message]
) -> list[Asset]:
    """The assets of `wanted` as the panel may join them; what is wrong goes into `fields["together"]`."""
    if not wanted:
        return []
    known = {each.id: each for each in await may_join(work, asset, position)}
    if not set(wanted) <= known.keys():
        fields["together"] = msg("只能与同一案件中参考价已确定、尚未上拍且拍次相同的财产合并。")
        return []
    return [each for each in known.values() if each.id in set(wanted)]


async def taken_over(work: Work, before: Lot | None, leave_out: Collection[UUID] = ()) -> Sequence[UUID]:
    """The assets that go on together after a run: its parts in their order, but those left out; none for an ordinary run."""
    if before is None:
        return ()
    rows = await work.session.exec(
        select(LotPart.asset_id).where(LotPart.lot_id == before.id).order_by(col(LotPart.position))
    )
    return [asset_id for asset_id in rows if asset_id not in set(leave_out)]


async def references_of(work: Work, asset_ids: Sequence[UUID]) -> list[int | None]:
    """The fixed reference price of each asset, in fen."""
    found = [await reference_price_of(work, asset_id) for asset_id in asset_ids]
    return [price.price_fen if price else None for price in found]


def whole_reference(references_fen: Sequence[int | None]) -> int | None:
    """All reference prices together, in fen; None while one of them is not known. Pure."""
    known = [each for each in references_fen if each is not None]
    return sum(known) if len(known) == len(references_fen) else None
