"""Background work: the panel is asked as soon as the result after a default is known."""

from auction.forfeiture.queries import held_deposits
from auction.forfeiture.use_deposit import propose_use
from core.database import Work
from core.outbox import every


@every(seconds=60)
async def propose_uses_of_deposits(work: Work) -> None:
    """Look at every held deposit; a few, since defaults are rare."""
    for forfeited in await held_deposits(work):
        await propose_use(work, forfeited.lot_id)
