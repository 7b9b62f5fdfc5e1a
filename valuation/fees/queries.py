"""Read the fees: the court's sheet of an asset, a firm's own."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, require
from disposal_teams.assets.models import Asset
from valuation.fees.models import FeeAdvance, ValuationFee
from valuation.models import Valuation
from valuation.queries import current_valuation


@dataclass(frozen=True, slots=True)
class FeeSheet:
    """What the valuation of an asset has cost so far; money in fen. `fees` of every search for its price, newest first."""

    asset: Asset
    valuation: Valuation | None
    fees: list[ValuationFee]
    advance: FeeAdvance | None

    @property
    def borne_fen(self) -> int:
        """What the debtor bears as costs of the enforcement (V-25): everything fixed or paid."""
        return sum(each.amount_fen or 0 for each in self.fees)


async def fee_sheet(work: Work, asset_id: UUID) -> FeeSheet:
    """The sheet of an asset, for people of its court (P-03). Raises `NotFound`, `NotPermitted`."""
    asset = await work.session.get(Asset, asset_id)
    if asset is None:
        raise NotFound(msg("没有找到该标的物。"))
    require(work.actor, Permission.SEE_COURT_FILES, court_code=asset.court_code)
    valuation = await current_valuation(work, asset_id)
    fees = await fees_of_asset(work, asset_id)
    advance = await work.session.get(FeeAdvance, valuation.id) if valuation else None
    return FeeSheet(asset, valuation, fees, advance)


async def fees_of_asset(work: Work, asset_id: UUID) -> list[ValuationFee]:
    """The fees of every search for an asset's price, the newest search first; for use cases that check permission themselves."""
    fees = await work.session.exec(
        select(ValuationFee)
        .join(Valuation, col(Valuation.id) == col(ValuationFee.valuation_id))
        .where(Valuation.asset_id == asset_id)
        .order_by(col(Valuation.started_at).desc(), col(ValuationFee.counted_at), col(ValuationFee.payee))
    )
    return list(fees)


async def fee_of_engagement(work: Work, engagement_id: UUID) -> ValuationFee | None:
    """A firm's fee for one engagement; the caller has opened it."""
    found = await work.session.exec(select(ValuationFee).where(ValuationFee.engagement_id == engagement_id))
    return found.first()


async def valuation_of_fee(work: Work, fee_id: UUID) -> UUID:
    """The valuation that a fee belongs to. Raises `NotFound`."""
    fee = await work.session.get(ValuationFee, fee_id)
    if fee is None:
        raise NotFound(msg("没有找到该费用。"))
    return fee.valuation_id
