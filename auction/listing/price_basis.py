"""What limits the starting price of the run at a position: one answer for the panel, the checklist and the pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from auction.direct_sale import rules as direct_rules
from auction.direct_sale.models import DirectSale
from auction.direct_sale.queries import runs_of_each, terms_of
from auction.direct_sale.rules import DirectTerms
from auction.listing import rules
from auction.listing.choose_together import references_of, whole_reference
from auction.listing.models import Lot, Round
from auction.listing.parts import start_for
from auction.listing.queries import Position
from core.database import Work
from core.i18n import Message
from valuation.reference_price import ReferencePrice


@dataclass(frozen=True, slots=True)
class PriceBasis:
    """Amounts in fen. `direct` for a sell-off without an auction, which has a rule of its own (A-22); `above_costs`: shares that
    nobody could appraise (V-03); `starts`: what of an earlier run's starting price belongs to the assets of this one.
    """

    position: Position
    reference_fen: int | None
    direct: DirectTerms | None
    above_costs: bool = False
    starts: Mapping[UUID, int] = field(default_factory=dict)

    @property
    def rule(self) -> str:
        """The rule behind the limit."""
        if self.direct:
            return "A-22"
        return "V-03" if self._starts_above_costs else rules.start_rule(self.position.round)

    @property
    def _starts_above_costs(self) -> bool:
        return self.above_costs and self.position.round is Round.FIRST and self.position.rerun_of is None

    @property
    def lowest_fen(self) -> int | None:
        """The lowest permitted starting price, or None while the basis is unknown."""
        if self.direct is not None:
            return direct_rules.lowest_price_fen(self.direct)
        if self._starts_above_costs:
            return self.reference_fen
        return rules.lowest_start_fen(
            self.position.round,
            reference_fen=self.reference_fen,
            previous_start_fen=self._start_of(self.position.previous),
            rerun_of_fen=self._start_of(self.position.rerun_of),
        )

    def problem(self, starting_fen: int) -> Message | None:
        """Why a starting price is not permitted (V-40, V-41, X-04, B-35, A-22), or None."""
        if self.direct is not None:
            return direct_rules.check_price(self.direct, starting_fen)
        if self._starts_above_costs and self.reference_fen is not None:
            return rules.check_above_costs(starting_fen, self.reference_fen)
        return rules.check_start(
            self.position.round,
            starting_fen,
            reference_fen=self.reference_fen,
            previous_start_fen=self._start_of(self.position.previous),
            rerun_of_fen=self._start_of(self.position.rerun_of),
        )

    def deposit_problem(self, starting_fen: int, deposit_fen: int) -> Message | None:
        """Why a deposit is not permitted (B-30), or None; at the court's discretion where shares start above costs (V-03)."""
        if self.above_costs and self.direct is None and deposit_fen > 0:
            return None
        return rules.check_deposit(starting_fen, deposit_fen)

    def _start_of(self, run: Lot | None) -> int | None:
        return self.starts.get(run.id, run.starting_price_fen) if run else None


async def price_basis(
    work: Work,
    position: Position,
    runs: Sequence[Lot],
    price: ReferencePrice | None,
    *,
    asset_ids: Sequence[UUID],
) -> PriceBasis:
    """The limits for the run at `position` after the asset's earlier `runs`. `asset_ids`: what is sold in it, the asset of
    `price` first; the reference prices of all count together, and of earlier runs what belonged to these assets."""
    terms = None
    if position.direct_sale_id is not None:
        sale = await work.session.get_one(DirectSale, position.direct_sale_id)
        terms = terms_of(sale, {asset_ids[0]: runs, **await runs_of_each(work, asset_ids[1:])})
    references = [price.price_fen if price else None, *await references_of(work, asset_ids[1:])]
    return PriceBasis(
        position,
        whole_reference(references),
        terms,
        starts={
            run.id: await start_for(work, run, asset_ids)
            for run in (position.previous, position.rerun_of)
            if run is not None
        },
        above_costs=price is not None and price.is_above_costs,
    )
