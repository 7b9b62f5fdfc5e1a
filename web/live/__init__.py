"""Live pages in the browser: bidding with its stream, panel, form and log; instructions between courts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar

from auction.bidding.neighbours import Neighbours
from auction.bidding.sequencer import BiddingDesk
from web.live.hub import LiveHub
from web.live.matters import MatterHub


@asynccontextmanager
async def lifespan(app: Litestar) -> AsyncIterator[None]:
    """The process's bidding desk and live hubs, while it runs."""
    database, settings = app.state.database, app.state.settings
    app.state.desk = desk = BiddingDesk(database, settings.encryption_key())
    neighbours = None
    if settings.meeting_folder is not None and settings.web_processes > 1:
        neighbours = Neighbours(desk, settings.meeting_folder, settings.web_processes)
        await neighbours.start()
    app.state.live = LiveHub(database)
    app.state.live.start()
    app.state.matters = MatterHub(database)
    app.state.matters.start()
    try:
        yield
    finally:
        await app.state.matters.close()
        await app.state.live.close()
        if neighbours is not None:
            await neighbours.close()
        await desk.close()
