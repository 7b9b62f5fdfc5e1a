"""The reference price as listing reads it: amount, validity, and whether it carries a notice (V-33, V-34)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from core.clock import COURT_ZONE
from core.database import Work
from core.i18n import Message
from valuation import rules
from valuation.basis import basis_of
from valuation.models import ValuationMethod, ValuationState
from valuation.queries import current_valuation


@dataclass(frozen=True, slots=True)
class ReferencePrice:
    """A fixed reference price in fen, with what it rests on."""

    valuation_id: UUID
    price_fen: int
    method: ValuationMethod
    fixed_on: date
    valid_until: date
    reuse_until: date
    source: str

    @property
    def lowest_start_fen(self) -> int:
        """The lowest starting price of a first auction: 70 % (V-40), or the price itself, above the costs (V-03)."""
        return self.price_fen if self.is_above_costs else rules.first_floor_fen(self.price_fen)

    @property
    def is_above_costs(self) -> bool:
        """Whether shares were priced a little above the costs (V-03): the deposit is then at the court's discretion."""
        return self.method is ValuationMethod.ABOVE_COSTS

    def unusable_for_first_notice(self, *, published_on: date, sale_on: date) -> Message | None:
        """Why it cannot carry a first notice of that day and a sale on that day (V-34), or None."""
        return rules.check_first_notice(
            valid_until=self.valid_until, published_on=published_on, sale_on=sale_on
        )

    def unusable_for_later_round(self, *, sale_on: date) -> Message | None:
        """Why it cannot carry a later round sold on that day (V-34), or None."""
        return rules.check_later_round(valid_until=self.valid_until, sale_on=sale_on)

    def usable_for(self, *, first_notice: bool, published_on: date, sale_on: date) -> bool:
        """Whether it carries the notice and the sale (V-34)."""
        if first_notice:
            return self.unusable_for_first_notice(published_on=published_on, sale_on=sale_on) is None
        return self.unusable_for_later_round(sale_on=sale_on) is None


async def reference_price_of(work: Work, asset_id: UUID) -> ReferencePrice | None:
    """The fixed reference price of an asset, or None while there is none. `source` names what it rests on."""
    valuation = await current_valuation(work, asset_id)
    if valuation is None or valuation.state != ValuationState.FIXED:
        return None
    assert valuation.price_fen is not None
    assert valuation.fixed_at is not None
    assert valuation.valid_until is not None
    return ReferencePrice(
        valuation.id,
        valuation.price_fen,
        ValuationMethod(valuation.method),
        valuation.fixed_at.astimezone(COURT_ZONE).date(),
        valuation.valid_until,
        valuation.reuse_until or rules.reuse_until(valuation.valid_until),
        (await basis_of(work, valuation)).source,
    )
