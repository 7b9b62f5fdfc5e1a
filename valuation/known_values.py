"""What the service knows of the values of assets, for whoever estimates what a transfer would bring (T-10)."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from disposal_teams.transfers.facts import knows_values
from valuation.comparables.models import PriceOutlook
from valuation.models import Valuation, ValuationState


@knows_values
async def known_values(work: Work, asset_ids: Collection[UUID]) -> dict[UUID, int]:
    """The fixed reference prices in fen, and where there is none the expected price of comparable sales."""
    wanted = sorted(asset_ids)
    outlooks = await work.session.execute(
        select(PriceOutlook.asset_id, PriceOutlook.mid_fen).where(col(PriceOutlook.asset_id).in_(wanted))
    )
    prices = await work.session.execute(
        select(Valuation.asset_id, Valuation.price_fen).where(
            col(Valuation.asset_id).in_(wanted),
            col(Valuation.is_current),
            Valuation.state == ValuationState.FIXED,
        )
    )
    values = {row.asset_id: row.mid_fen for row in outlooks}
    values.update({row.asset_id: row.price_fen for row in prices})
    return values
