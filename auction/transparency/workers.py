"""The log's clock: a checkpoint each minute in which something changed, and at each closing."""

from auction.transparency.publish import MOST_STREAMS, publish_checkpoint
from core.audit import stream_heads
from core.database import Work
from core.outbox import daily, every, task


@every(seconds=60)
async def publish_changes(work: Work) -> None:
    """Publish what changed within the last minute."""
    await publish_checkpoint(work)


@task(queue="transparency")
async def publish_closings(work: Work) -> None:
    """Publish the results of lots that have just ended, without waiting for the minute."""
    await publish_checkpoint(work)


@daily(at="03:10")
async def publish_forgotten_streams(work: Work) -> None:
    """Anchor audit streams that the minutes missed: events of transactions that took very long to commit."""
    after = ""
    while heads := await stream_heads(work, after=after, limit=MOST_STREAMS):
        await publish_checkpoint(work, heads)
        after = heads[-1].stream
