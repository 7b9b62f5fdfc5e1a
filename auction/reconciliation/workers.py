"""Reconciliation every five minutes (rulebook §11.4)."""

from auction.reconciliation.reconcile import reconcile
from core.database import Work
from core.outbox import every
from disposal_teams.courts.queries import all_courts


@every(seconds=300, follows_clock=False)
async def reconcile_courts(work: Work) -> None:
    """Compare statement and ledger of every court."""
    for court in await all_courts(work):
        await reconcile(work, court.code)
