"""The practice lot in the browser: anybody may try to bid, without an account and without money."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar

from auction.practice.ground import PracticeGround
from web.live.hub import LiveHub


@asynccontextmanager
async def lifespan(app: Litestar) -> AsyncIterator[None]:
    """The process's ground and live hub for practice, apart from the real ones. They connect when somebody practises."""
    ground = PracticeGround(app.state.database.plain_url, app.state.settings.encryption_key())
    app.state.practice, app.state.practice_live = ground, LiveHub(ground.database)
    try:
        yield
    finally:
        await app.state.practice_live.close()
        await ground.close()
