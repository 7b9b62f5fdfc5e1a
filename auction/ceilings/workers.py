"""What happens to ceilings without a bid: they act when bidding starts, and their bidders are told (B-40)."""

from auction.ceilings.end_void import end_void_ceilings
from auction.ceilings.tell import tell_bidders_of_ceilings
from auction.ceilings.weigh import weigh_what_waits
from core.database import Work
from core.outbox import every


@every(seconds=0.5)
async def weigh_waiting_ceilings(work: Work) -> None:
    """Ceilings act with the start or the resumption of their lot; those of entries that qualify later act here."""
    await weigh_what_waits(work)


@every(seconds=5)
async def end_ceilings_without_entry(work: Work) -> None:
    """End the ceilings of entries that have left, or bear another code since."""
    await end_void_ceilings(work)


@every(seconds=15)
async def tell_of_ceilings(work: Work) -> None:
    """Tell bidders what the system bid for them, and that a ceiling is used up."""
    await tell_bidders_of_ceilings(work)
