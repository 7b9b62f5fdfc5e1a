"""Background work of valuation: thin, the use cases stand beside."""

from core.database import Work
from core.outbox import every
from valuation.appraisal.papers import issue_result_notice
from valuation.fix_price import fix_due_prices

__all__ = ["close_objection_windows", "issue_result_notice"]


@every(seconds=5)
async def close_objection_windows(work: Work) -> None:
    """Fix prices whose last objection window has closed (§11.2)."""
    await fix_due_prices(work)
