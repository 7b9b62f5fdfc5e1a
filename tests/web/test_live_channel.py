"""What live pages hear of bids."""

import asyncio
from uuid import UUID, uuid4

from auction.bidding.desk_sql import TELL_WATCHERS
from core.channel import Channel, of_ids
from core.database import Database
from web.live.hub import CHANNEL


async def test_watchers_hear_of_every_lot_that_bids_changed_in_few_notifications(database: Database) -> None:
    heard, listening = asyncio.Queue[UUID](), asyncio.Event()
    channel = Channel(database, CHANNEL, heard=of_ids(heard.put_nowait), began=listening.set)
    listener = asyncio.create_task(channel.listen())
    changed = [uuid4() for _ in range(250)]
    async with asyncio.timeout(20):
        await listening.wait()
        pool = await database.hot_pool()
        assert await pool.execute(TELL_WATCHERS, changed) == "SELECT 2"
        told = [await heard.get() for _ in changed]
    listener.cancel()
    assert sorted(told) == sorted(changed)
