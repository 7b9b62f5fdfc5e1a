"""Start with an appraisal (V-02, way 4)."""

from uuid import UUID

from core.database import Work
from valuation.models import Valuation, ValuationMethod
from valuation.queries import asset_of_valuation
from valuation.selection.begin import begin_selection
from valuation.ways.enter import begin_valuation
from valuation.ways.rules import WayFacts


async def begin_appraisal(work: Work, asset_id: UUID, *, facts: WayFacts) -> Valuation:
    """Start with an appraisal: the law demands it, both parties ask for it, or no earlier way is open (V-02). The parties are
    asked for three firms (V-20).

    Raises what `begin_valuation` raises.
    """
    valuation = await begin_valuation(work, asset_id, method=ValuationMethod.APPRAISAL, facts=facts)
    await begin_selection(work, valuation, await asset_of_valuation(work, valuation.id))
    return valuation
