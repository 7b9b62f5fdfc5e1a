"""Practice leaves nothing behind: rounds go after a day, the oldest earlier when there are too many."""

from sqlalchemy import text

from auction.practice.rules import KEPT_FOR, MOST_KEPT
from core.database import Work
from core.outbox import every

_OLD = """
    SELECT id FROM practice.lot WHERE created_at < practice.court_now() - CAST(:kept AS interval)
     UNION (SELECT id FROM practice.lot ORDER BY created_at DESC OFFSET :most)
"""
_REMOVE = [
    text(f"DELETE FROM practice.{table} WHERE {column} IN ({_OLD})")  # noqa: S608 - constants
    for table, column in (
        ("ceiling", "lot_id"),
        ("bid", "lot_id"),
        ("registration", "lot_id"),
        ("lot_bidding", "lot_id"),
        ("lot", "id"),
    )
]


@every(seconds=600)
async def purge_practice(work: Work) -> None:
    """Remove old rounds. Nothing real ever stands in this schema."""
    for statement in _REMOVE:
        await work.session.execute(statement, {"kept": KEPT_FOR, "most": MOST_KEPT})
