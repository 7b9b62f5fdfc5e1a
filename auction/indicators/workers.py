"""The background work on indicators: thin, keyed, safe to run twice (§12.2 no. 14)."""

from auction.indicators.flags import look_for_flags, measure_effects
from auction.indicators.freeze import freeze_due_months
from auction.indicators.refresh import refresh_all
from auction.indicators.self_check import check_figures
from core.database import Work
from core.outbox import daily, every

__all__ = ["check_indicators", "publish_months", "refresh_indicators"]


@every(seconds=60)
async def refresh_indicators(work: Work) -> None:
    """Count what has changed since the last time; where a figure is another one, look for red flags."""
    if (await refresh_all(work, most=10)).keys:
        await look_for_flags(work)


@daily(at="04:20")
async def publish_months(work: Work) -> None:
    """Publish the months whose day has come; then red flags, and what came of the orders on them."""
    await freeze_due_months(work)
    await look_for_flags(work)
    await measure_effects(work)


@daily(at="03:10")
async def check_indicators(work: Work) -> None:
    """Count the figures once more from their facts, and a share of the facts from the raw rows."""
    await check_figures(work)
