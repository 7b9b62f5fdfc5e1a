"""Reminders that have come due. The use case stands beside."""

from auction.reminders.remind import plan_reminders, remind_people
from core.database import Work
from core.outbox import every

__all__ = ["remind_of_starts", "remind_people"]


@every(seconds=10)
async def remind_of_starts(work: Work) -> None:
    """Find the starts that come near."""
    await plan_reminders(work)
