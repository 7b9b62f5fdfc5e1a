"""The background work on results: thin, the use cases stand beside."""

from auction.results.evidence import remember_own_sales
from auction.results.valuer_fees import hand_on_sales
from core.database import Work
from core.outbox import daily, every
from valuation.comparables.refresh import refresh_outlooks

__all__ = ["refresh_evidence", "tell_valuers"]


@daily(at="03:30")
async def refresh_evidence(work: Work) -> None:
    """New sales in, undone ones out, the model trained and tested anew, every outlook written."""
    await remember_own_sales(work)
    await refresh_outlooks(work)


@every(seconds=60)
async def tell_valuers(work: Work) -> None:
    """What a valued asset was sold for decides what platforms and firms are paid (V-14, V-25)."""
    await hand_on_sales(work)
