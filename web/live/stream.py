"""The stream of a lot's page: server-sent events, sent as plain ASGI messages, since thousands may listen in one process."""

import asyncio
from typing import Any
from uuid import UUID

from litestar import asgi
from litestar.types import Receive, Scope, Send

from auction.bidding.queries import public_lot_id
from web.live.hub import LiveHub

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


@asgi("/lots/{lot_no:str}/live", copy_scope=False)
async def lot_stream(scope: Scope, receive: Receive, send: Send) -> None:
    """The newest state at once (also after a reconnection), then each change, until the reader leaves."""
    state = scope["litestar_app"].state
    lot_id = await _lot_id(state, scope["path_params"]["lot_no"])
    await send({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
    sending = asyncio.create_task(_send_news(state.live, lot_id, send))
    try:
        while (await receive())["type"] != "http.disconnect":
            pass
    finally:
        sending.cancel()


async def _send_news(live: LiveHub, lot_id: UUID, send: Send) -> None:
    async for message in live.stream(lot_id):
        await send({"type": "http.response.body", "body": message, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _lot_id(state: Any, lot_no: str) -> UUID:
    """The id of a published lot; remembered, since what is public stays public. Raises `NotFound`."""
    known: dict[str, UUID] = state.live.lot_ids
    if lot_no not in known:
        async with state.database.read() as work:
            known[lot_no] = await public_lot_id(work, lot_no)
    return known[lot_no]


route_handlers = [lot_stream]
