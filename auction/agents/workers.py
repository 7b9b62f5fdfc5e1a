"""Agents that the court has not confirmed are out when bidding starts (§11.4 AGENT_CHECK)."""

from auction.agents.decide import BATCH, lapse_unconfirmed
from core.database import Work
from core.outbox import every


@every(seconds=1)
async def reject_unconfirmed_agents(work: Work) -> bool:
    """Find the entries whose time is over."""
    return await lapse_unconfirmed(work) == BATCH
