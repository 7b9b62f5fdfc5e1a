"""The short road: bids of programs are answered before the framework begins.

Routing, parameters and hooks of the framework cost a multiple of what it costs to decide a bid. A program that POSTs with a
token in its Authorization header needs none of them: one address, one body, one answer. The do-nothing POST that bids are
measured by travels the same road. Whoever comes otherwise (a browser with cookies, an address with a query, a body of
unknown length) is left to Litestar, whose routes in `bids.py` answer by the same functions. Refusals are composed by
`web.errors`, as everywhere.

Two doors lead to it: `answer` for any ASGI server, and `web.road_protocol`, which comes before ASGI.
"""

from datetime import UTC, datetime
from functools import lru_cache
from time import perf_counter
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from litestar import Litestar, Request
from litestar.types import HTTPScope, Message, Receive, Send

from core.errors import DisposalError
from web.access.footprint import Origin
from web.access.guards import require_login
from web.access.visitor import LONGEST_TOKEN, program_visitor
from web.api.bids import decided_bid, nothing_done
from web.errors import on_failure, on_refusal
from web.responses import ONLY_HTTPS, SECURITY_HEADERS, count_answer, finish_response

NOTHING = "/api/v1/noop"
BEFORE_LOT, AFTER_LOT = "/api/v1/lots/", "/bids"
BID_LENGTH = len(BEFORE_LOT) + len(str(UUID(int=0))) + len(AFTER_LOT)
LARGEST_BODY = 4_096

Headers = tuple[tuple[bytes, bytes], ...]


class Asked(NamedTuple):
    """What a request says before its body. `lot_id` is None for the POST that does nothing; `arrived` is by the clock that
    measures lengths."""

    lot_id: UUID | None
    token: str
    idempotency_key: str | None
    accept_language: str
    origin: Origin
    received_at: datetime
    arrived: float


class Reply(NamedTuple):
    """A whole answer. `headers` without the length of the body."""

    status: int
    headers: Headers
    body: bytes


class ShortRoad:
    """Answers what may travel it. One per application."""

    def __init__(self, app: Litestar) -> None:
        self._app = app
        self._headers: Headers = (
            (b"content-type", b"application/json"),
            *SECURITY_HEADERS,
            *((ONLY_HTTPS,) if app.state.is_https else ()),
        )

    async def answer(self, scope: HTTPScope, receive: Receive, send: Send) -> bool:
        """Answer a request of ASGI; False, with nothing touched, when it must go the long way."""
        if scope["method"] != "POST" or scope["query_string"]:
            return False
        asked = read_head(scope["path"], scope["headers"], scope.get("client"))
        if asked is None:
            return False
        reply = await self.reply(asked, await _read_body(receive), scope)
        headers = [*reply.headers, (b"content-length", b"%d" % len(reply.body))]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body, "more_body": False})
        return True

    async def reply(self, asked: Asked, body: bytes, scope: HTTPScope) -> Reply:
        """The answer to a request with this body. `scope` is what composes refusals."""
        try:
            status, answer = await self._decide(asked, body, scope)
        except Exception as error:  # noqa: BLE001 - the last line of defence, as in the framework
            return await self._refusal(asked, scope, error)
        headers, sandbox = self._headers, self._app.state["sandbox"]
        if sandbox is not None:
            headers += (sandbox.header(),)
        count_answer("POST", status, perf_counter() - asked.arrived)
        return Reply(status, headers, answer)

    async def _decide(self, asked: Asked, body: bytes, scope: HTTPScope) -> tuple[int, bytes]:
        state = self._app.state  # asked by name: as an attribute each costs five times as much
        session = await state["sessions"].find(state["database"], asked.token)
        visitor = program_visitor(session, asked.accept_language)
        scope.setdefault("state", {})["visitor"] = visitor
        actor = require_login(visitor)
        if asked.lot_id is None:
            return nothing_done(body)
        answer = await decided_bid(
            state["desk"], actor, visitor.locale, asked.lot_id, body, asked.idempotency_key, asked.received_at
        )
        if actor.account_id is not None:
            state["traces"].note(actor.account_id, asked.lot_id, asked.origin)
        return answer

    async def _refusal(self, asked: Asked, scope: HTTPScope, error: Exception) -> Reply:
        scope["litestar_app"] = self._app
        scope.setdefault("state", {})["arrived"] = asked.arrived
        sent: list[Any] = []

        async def nothing_more() -> Any:
            return {"type": "http.disconnect"}

        async def keep(message: Message) -> None:
            await finish_response(message, scope)
            sent.append(message)

        request: Request[Any, Any, Any] = Request(scope, nothing_more, keep)
        response = (
            on_refusal(request, error) if isinstance(error, DisposalError) else on_failure(request, error)
        )
        await response.to_asgi_response(self._app, request)(scope, nothing_more, keep)
        start, *parts = sent
        headers = tuple(each for each in start["headers"] if each[0] != b"content-length")
        return Reply(start["status"], headers, b"".join(part["body"] for part in parts))


def read_head(path: str, headers: Any, client: tuple[str, int] | None) -> Asked | None:
    """What a POST without a query asks, or None for what must go the long way."""
    lot_id = None
    if path != NOTHING:
        lot_id = _lot_of(path)
        if lot_id is None:
            return None
    token, key, language, length, forwarded = b"", None, b"", b"", b""
    for name, value in headers:
        if name == b"authorization":
            token = value
        elif name == b"content-length":
            length = value
        elif name == b"idempotency-key":
            key = value.decode("latin-1")
        elif name == b"accept-language":
            language = value
        elif name == b"x-forwarded-for":
            forwarded = value
        elif name == b"cookie":
            return None
    if token[:7].lower() != b"bearer " or not length.isdigit() or int(length) > LARGEST_BODY:
        return None
    bearer = token[7:].decode("latin-1").strip()
    if len(bearer) > LONGEST_TOKEN:
        return None
    origin = Origin(None, client[0] if client else None, forwarded.decode("latin-1"))
    return Asked(lot_id, bearer, key, language.decode("latin-1"), origin, datetime.now(UTC), perf_counter())


@lru_cache(maxsize=10_000)
def _lot_of(path: str) -> UUID | None:
    """The lot of an address that bids go to. Remembered, so that one lot's bids are found by the same object: comparing two
    that are equal costs more than anything else about finding them."""
    if len(path) != BID_LENGTH or not path.startswith(BEFORE_LOT) or not path.endswith(AFTER_LOT):
        return None
    try:
        return msgspec.convert(path[len(BEFORE_LOT) : -len(AFTER_LOT)], UUID)
    except msgspec.ValidationError:
        return None


async def _read_body(receive: Receive) -> bytes:
    message: Any = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
    return body
