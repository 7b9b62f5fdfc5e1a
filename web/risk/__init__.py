"""Pages of the risk role, and the book in which a web process notes from where entries act."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar

from web.risk.trace_book import TraceBook


@asynccontextmanager
async def lifespan(app: Litestar) -> AsyncIterator[None]:
    """The process's trace book, while it runs."""
    app.state.traces = TraceBook(app.state.database, app.state.settings.proxy_networks)
    try:
        yield
    finally:
        await app.state.traces.close()
