"""Agents that the court has not confirmed are out when bidding starts (§11.4 AGENT_CHECK)."""

from auction.agents.decide import BATCH, lapse_unconfirmed
from core.database import Work
from core.outbox import every

MOST_ROUNDS = 20


@every(seconds=1)
async def reject_unconfirmed_agents(work: Work) -> None:
    """Find the entries whose time is over."""
    for _ in range(MOST_ROUNDS):
        if await lapse_unconfirmed(work) < BATCH:
            return
