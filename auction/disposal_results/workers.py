"""Background work on the results of transfers: thin, keyed, safe to run twice."""

from uuid import UUID

from auction.disposal_results.open_result import open_result, sold_transfers
from core.database import Work
from core.outbox import every, task


@task(queue="transfers")
async def note_sale_of_transfer(work: Work, *, transfer_id: UUID) -> None:
    """Open the result of one transfer."""
    await open_result(work, transfer_id)


@every(seconds=60)
async def find_sold_transfers(work: Work) -> None:
    """Assets of transfers whose sale ruling has been served (T-05)."""
    for transfer_id in await sold_transfers(work):
        await note_sale_of_transfer.later(work, key=str(transfer_id), transfer_id=transfer_id)
