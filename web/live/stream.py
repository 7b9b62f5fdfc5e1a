"""The stream of a lot's page: server-sent events, sent as plain ASGI messages, since thousands may listen in one process."""

import asyncio
from collections.abc import AsyncIterator

from litestar import get
from litestar.types import ASGIApp, Receive, Scope, Send

from auction.bidding.queries import public_lot_id
from core.database import Database
from web.access.visitor import AnyRequest
from web.live.hub import LiveHub

HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
)


@get("/lots/{lot_no:str}/live", include_in_schema=False)
async def lot_stream(request: AnyRequest, database: Database, lot_no: str) -> ASGIApp:
    """The newest state at once (also after a reconnection), then each change, until the reader leaves."""
    live: LiveHub = request.app.state.live
    lot_id = live.lot_ids.get(lot_no)
    if lot_id is None:
        async with database.read() as work:
            # Remembered: what is public stays public.
            lot_id = live.lot_ids[lot_no] = await public_lot_id(work, lot_no)
    return EventStream(live.stream(lot_id))


class EventStream:
    """One reader's stream of messages."""

    def __init__(self, messages: AsyncIterator[bytes]) -> None:
        self._messages = messages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the reader leaves or the service ends."""
        await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
        sending = asyncio.create_task(self._send_news(send))
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        finally:
            sending.cancel()

    async def _send_news(self, send: Send) -> None:
        async for message in self._messages:
            await send({"type": "http.response.body", "body": message, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


route_handlers = [lot_stream]
