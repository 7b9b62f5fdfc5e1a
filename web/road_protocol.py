"""The short road's own door in the web server: uvicorn's protocol, in which a bid is answered before ASGI begins.

uvicorn reads the request as always. What may travel the short road (`web.api.short_road`) then becomes a `RoadCall` in the
place of uvicorn's cycle, and its answer is written at once, head and body in one piece. ASGI costs each request a scope's
messages, an event and a second write to the socket: more than deciding a bid. Everything else is left to uvicorn, as are
keep-alive, pipelining and stopping.
"""

import asyncio
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from litestar.types import HTTPScope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from web.api.short_road import Asked, Headers, ShortRoad, read_head

if TYPE_CHECKING:
    from web.app import Application


class RoadCall:
    """A request on the short road. It has what uvicorn asks of its own cycle, and an event that nobody waits for."""

    __slots__ = ("asked", "body", "disconnected", "keep_alive", "more_body", "response_complete", "scope")
    message_event = asyncio.Event()

    def __init__(self, asked: Asked, scope: HTTPScope, *, keep_alive: bool) -> None:
        self.asked, self.scope, self.keep_alive = asked, scope, keep_alive
        self.body = bytearray()
        self.more_body = True
        self.response_complete = self.disconnected = False


class RoadProtocol(HttpToolsProtocol):
    """One connection."""

    cycle: Any

    @property
    def _road(self) -> ShortRoad:
        road = cast("Application", self.app).short_road
        assert road is not None
        return road

    def on_headers_complete(self) -> None:
        """Take the request if it may travel the short road; otherwise uvicorn does."""
        asked = self._asked()
        if asked is None:
            super().on_headers_complete()
            return
        scope = cast(HTTPScope, self.scope)
        scope["method"], scope["raw_path"], scope["query_string"] = "POST", self.url, b""
        scope["path"] = self.url.decode("ascii")
        self.cycle = RoadCall(asked, scope, keep_alive=self.parser.should_keep_alive())

    def _asked(self) -> Asked | None:
        if self.parser.get_method() != b"POST" or self.parser.get_http_version() != "1.1":
            return None
        if self.expect_100_continue or self.parser.should_upgrade():
            return None
        if self.cycle is not None and not self.cycle.response_complete:
            return None  # it came before the answer to the one before it: uvicorn keeps their order
        return read_head(self.url.decode("latin-1"), self.headers, self.client)

    def on_message_complete(self) -> None:
        """The body has come."""
        super().on_message_complete()
        call = self.cycle
        if isinstance(call, RoadCall) and not call.response_complete:
            task = self.loop.create_task(self._answer(call))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def _answer(self, call: RoadCall) -> None:
        try:
            status, headers, body = await self._road.reply(call.asked, bytes(call.body), call.scope)
            if self.flow.write_paused:
                await self.flow.drain()
        except BaseException:
            self.transport.close()
            raise
        call.response_complete = True
        if self.transport.is_closing():
            return  # the bidder hung up; the bid stands
        parts = [STATUS_LINE[status], _lines(tuple(self.server_state.default_headers)), _lines(headers)]
        if not call.keep_alive:
            parts.append(b"connection: close\r\n")
        parts += (b"content-length: %d\r\n\r\n" % len(body), body)
        self.transport.write(b"".join(parts))
        if not call.keep_alive:
            self.transport.close()
        self.on_response_complete()


@lru_cache(maxsize=64)
def _lines(headers: Headers) -> bytes:
    """Headers as they are sent. Those of nearly all answers are the same."""
    return b"".join(b"%s: %s\r\n" % each for each in headers)
