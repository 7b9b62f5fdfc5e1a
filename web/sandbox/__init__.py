"""What a sandbox shows of itself: the strip on every page, the header on every answer, and the control page of its clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar

from core.clock import is_sandbox
from web.sandbox.face import SandboxFace


@asynccontextmanager
async def lifespan(app: Litestar) -> AsyncIterator[None]:
    """Know, while the process runs, whether its database is a sandbox, and how its clock goes."""
    database = app.state.database
    async with database.read() as work:
        marked = await is_sandbox(work.session)
    if not marked:
        yield
        return
    face = SandboxFace(database)
    await face.look()
    app.state.sandbox = face
    # Bids are stamped on arrival with this process's clock; in a sandbox both ends of a lateness must be court time.
    app.state.desk.arrival = face.court_time_of
    face.start()
    try:
        yield
    finally:
        await face.close()
