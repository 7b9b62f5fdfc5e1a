"""Find out how an asset ended after a default: sold and paid again, given in kind, or neither (B-34)."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from auction.forfeiture.models import ForfeitedDeposit, ResultKind
from auction.in_kind.models import InKindOffer, OfferState
from auction.listing.models import Lot
from auction.settlement.models import Settlement, SettlementState
from core.database import Work
from disposal_teams.assets.models import Asset, AssetState

PAID = frozenset(SettlementState) - {
    SettlementState.AWAIT_BALANCE,
    SettlementState.DEFAULTED,
    SettlementState.REVOKED,
}
_OVER = frozenset(
    {
        AssetState.UNSOLD_RELEASED,
        AssetState.OTHER_MEASURE,
        AssetState.WITHDRAWN,
        AssetState.CLOSED,
        AssetState.TRANSFERRED_OUT,
    }
)


@dataclass(frozen=True, slots=True)
class Result:
    """How it ended. `price_fen` in fen, None when nothing was fetched."""

    kind: ResultKind
    lot_id: UUID | None = None
    price_fen: int | None = None


async def result_after(work: Work, forfeited: ForfeitedDeposit) -> Result | None:
    """The result of the disposal after this default, or None while it goes on."""
    sold = await work.session.exec(
        select(Lot.id, Settlement.price_fen)
        .join(Settlement, col(Settlement.lot_id) == col(Lot.id))
        .where(
            Lot.asset_id == forfeited.asset_id,
            Lot.id != forfeited.lot_id,
            col(Lot.created_at) >= forfeited.created_at,
            col(Settlement.state).in_([str(state) for state in PAID]),
        )
        .order_by(col(Lot.created_at))
    )
    row = sold.first()
    if row is not None:
        return Result(ResultKind.RESOLD, row[0], row[1])
    given = await work.session.exec(
        select(InKindOffer).where(
            InKindOffer.asset_id == forfeited.asset_id,
            InKindOffer.state == OfferState.SERVED,
            col(InKindOffer.opened_at) >= forfeited.created_at,
        )
    )
    offer = given.first()
    if offer is not None:
        return Result(ResultKind.IN_KIND, offer.lot_id, offer.price_fen)
    asset = await work.session.get_one(Asset, forfeited.asset_id)
    return Result(ResultKind.NOT_RESOLD) if asset.state in _OVER else None
