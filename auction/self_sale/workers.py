"""Background work of own sales: the window closes by the clock."""

from auction.self_sale import follow_disposal
from auction.self_sale.end import window_over
from core.database import Work
from core.deadlines import Deadline, on_breach

__all__ = ["close_window_on_time", "follow_disposal"]


@on_breach("L-40")
async def close_window_on_time(work: Work, deadline: Deadline) -> None:
    """L-40: the court disposes again."""
    await window_over(work, deadline.subject_id)
