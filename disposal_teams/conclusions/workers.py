"""Background work of conclusions: thin, the use cases stand beside."""

from core.database import Work
from core.outbox import daily
from disposal_teams.conclusions.search import plan_missing


@daily(at="02:40")
async def plan_missing_searches(work: Work) -> None:
    """Plan the next search of ended cases that have none yet (D-06)."""
    await plan_missing(work)
