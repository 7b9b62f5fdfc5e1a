"""Live bidding in the browser: the stream, the panel, the form, the public log."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar

from auction.bidding.sequencer import BiddingDesk
from web.live.hub import LiveHub


@asynccontextmanager
async def lifespan(app: Litestar) -> AsyncIterator[None]:
    """The process's bidding desk and live hub, while it runs."""
    database = app.state.database
    app.state.desk = BiddingDesk(database, app.state.settings.encryption_key())
    app.state.live = LiveHub(database)
    app.state.live.start()
    try:
        yield
    finally:
        await app.state.live.close()
        await app.state.desk.close()
