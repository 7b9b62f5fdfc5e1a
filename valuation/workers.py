"""Background work of valuation: thin, the use cases stand beside."""

from core.database import Work
from core.outbox import every
from valuation.fix_price import fix_due_prices


@every(seconds=5)
async def close_objection_windows(work: Work) -> None:
    """Fix prices whose last objection window has closed (§11.2)."""
    await fix_due_prices(work)
