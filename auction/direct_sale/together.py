"""Which assets may be sold off together with another as one lot, without an auction (A-21, B-03)."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select

from auction.listing.queries import lots_of_asset
from auction.listing.rounds import next_position
from core.database import Work
from core.errors import Conflict
from core.i18n import Message, msg
from disposal_teams.assets.models import Asset, AssetState

OPEN_TO_DIRECT_SALE = frozenset({AssetState.VALUATION, AssetState.READY_TO_LIST, AssetState.LISTED})
"""Surveyed, and in no other proceeding."""


async def may_be_sold_off_with(work: Work, asset: Asset) -> list[Asset]:
    """The assets of the same case and court that are open to a direct sell-off and stand in no live lot. They need no reference
    price: an agreed or a market price does (V-04, A-22)."""
    rows = await work.session.exec(
        select(Asset)
        .where(
            Asset.case_id == asset.case_id,
            Asset.court_code == asset.court_code,
            Asset.id != asset.id,
            col(Asset.state).in_(sorted(str(state) for state in OPEN_TO_DIRECT_SALE)),
        )
        .order_by(col(Asset.asset_no))
    )
    return [other for other in rows if await _is_free(work, other)]


async def _is_free(work: Work, asset: Asset) -> bool:
    try:
        next_position(await lots_of_asset(work, asset.id))
    except Conflict:
        return False
    return True


async def sold_off_with(
    work: Work, asset: Asset, wanted: Collection[UUID], fields: dict[str, Message]
) -> list[Asset]:
    """The assets of `wanted`, in their order; what is wrong goes into `fields["together"]`."""
    if not wanted:
        return []
    known = {each.id: each for each in await may_be_sold_off_with(work, asset)}
    if not set(wanted) <= known.keys():
        fields["together"] = msg("只能与同一案件中已完成调查、没有进行中拍品的财产合并变卖。")
        return []
    return [each for each in known.values() if each.id in set(wanted)]
