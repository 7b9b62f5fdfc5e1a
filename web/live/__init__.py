"""Live bidding in the browser: the stream, the panel, the form, the public log."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar

from auction.bidding.neighbours import Neighbours
from auction.bidding.sequencer import BiddingDesk
from web.live.hub import LiveHub


@asynccontextmanager
async def lifespan(app: Litestar) -> AsyncIterator[None]:
    """The process's bidding desk and live hub, while it runs."""
    database, settings = app.state.database, app.state.settings
    app.state.desk = desk = BiddingDesk(database, settings.encryption_key())
    neighbours = None
    if settings.meeting_folder is not None and settings.web_processes > 1:
        neighbours = Neighbours(desk, settings.meeting_folder, settings.web_processes)
        await neighbours.start()
    app.state.live = LiveHub(database)
    app.state.live.start()
    try:
        yield
    finally:
        await app.state.live.close()
        if neighbours is not None:
            await neighbours.close()
        await desk.close()
