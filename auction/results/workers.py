"""The nightly work on results: thin, the use cases stand beside."""

from auction.results.evidence import remember_own_sales
from core.database import Work
from core.outbox import daily
from valuation.comparables.refresh import refresh_outlooks

__all__ = ["refresh_evidence"]


@daily(at="03:30")
async def refresh_evidence(work: Work) -> None:
    """New sales in, undone ones out, the model trained and tested anew, every outlook written."""
    await remember_own_sales(work)
    await refresh_outlooks(work)
