"""The log's clock: a checkpoint each minute in which something changed and at each closing; the self-check behind it."""

from auction.transparency.publish import MOST_STREAMS, publish_checkpoint
from auction.transparency.self_check import SLICE_EVERY, check_again, check_newest
from auction.transparency.time_stamp import stamp_newest
from core.audit import stream_heads
from core.database import Work
from core.outbox import daily, every, task


@every(seconds=60, follows_clock=False)
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


@every(seconds=60, follows_clock=False)
async def check_published(work: Work) -> None:
    """Hold what was published last against the rows."""
    await check_newest(work)


@every(seconds=SLICE_EVERY.total_seconds(), follows_clock=False)
async def check_published_again(work: Work) -> None:
    """Hold everything against the rows once more, a slice at a time."""
    await check_again(work)


@every(seconds=60, follows_clock=False)
async def stamp_checkpoints(work: Work) -> None:
    """Have an outside authority stamp the newest checkpoint."""
    await stamp_newest(work)
