"""Health, readiness, metrics, and the watch over the service, for those who run it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar

from web.operations.watchman import Watchman


@asynccontextmanager
async def lifespan(app: Litestar) -> AsyncIterator[None]:
    """The process's watchman, while it runs. Bidding desk and live hub are there already (`web.live`)."""
    settings = app.state.settings
    app.state.watchman = Watchman(
        app.state.database,
        app.state.desk,
        app.state.live,
        every_s=settings.measure_seconds,
        time_source=settings.time_source,
    )
    app.state.watchman.start()
    try:
        yield
    finally:
        await app.state.watchman.close()
