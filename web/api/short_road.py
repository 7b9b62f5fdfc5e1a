"""The short road: bids of programs are answered before the framework begins.

Routing, parameters and hooks of the framework cost a multiple of what it costs to decide a bid. A program that POSTs with a
token in its Authorization header needs none of them: one address, one body, one answer. The do-nothing POST that bids are
measured by travels the same road. Whoever comes otherwise (a browser with cookies, an address with a query, a body of
unknown length) is left to Litestar, whose routes in `bids.py` answer by the same functions. Refusals are composed by
`web.errors`, as everywhere.
"""

from datetime import UTC, datetime
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


class _Asked(NamedTuple):
    """What a request says before its body. `lot_id` is None for the POST that does nothing."""

    lot_id: UUID | None
    token: str
    idempotency_key: str | None
    accept_language: str
    origin: Origin


class ShortRoad:
    """Answers what may travel it. One per application."""

    def __init__(self, app: Litestar) -> None:
        self._app = app
        self._headers = [
            (b"content-type", b"application/json"),
            *SECURITY_HEADERS,
            *([ONLY_HTTPS] if app.state.is_https else []),
        ]

    async def answer(self, scope: HTTPScope, receive: Receive, send: Send) -> bool:
        """Answer the request; False, with nothing touched, when it must go the long way."""
        asked = _read_head(scope)
        if asked is None:
            return False
        arrived, received_at = perf_counter(), datetime.now(UTC)
        try:
            status, body = await self._decide(scope, receive, asked, received_at)
        except Exception as error:  # noqa: BLE001 - the last line of defence, as in the framework
            await self._refuse(scope, receive, send, error, arrived)
            return True
        headers = [*self._headers, (b"content-length", b"%d" % len(body))]
        if self._app.state.sandbox is not None:
            headers.append(self._app.state.sandbox.header())
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})
        count_answer("POST", status, perf_counter() - arrived)
        return True

    async def _decide(
        self, scope: HTTPScope, receive: Receive, asked: _Asked, received_at: datetime
    ) -> tuple[int, bytes]:
        state = self._app.state
        body = await _read_body(receive)
        session = await state.sessions.find(state.database, asked.token)
        visitor = program_visitor(session, asked.accept_language)
        scope.setdefault("state", {})["visitor"] = visitor
        actor = require_login(visitor)
        if asked.lot_id is None:
            return nothing_done(body)
        answer = await decided_bid(
            state.desk, actor, visitor.locale, asked.lot_id, body, asked.idempotency_key, received_at
        )
        if actor.account_id is not None:
            state.traces.note(actor.account_id, asked.lot_id, asked.origin)
        return answer

    async def _refuse(
        self, scope: HTTPScope, receive: Receive, send: Send, error: Exception, arrived: float
    ) -> None:
        scope["litestar_app"] = self._app
        scope.setdefault("state", {})["arrived"] = arrived
        request: Request[Any, Any, Any] = Request(scope, receive, send)

        async def send_complete(message: Message) -> None:
            await finish_response(message, scope)
            await send(message)

        response = (
            on_refusal(request, error) if isinstance(error, DisposalError) else on_failure(request, error)
        )
        await response.to_asgi_response(self._app, request)(scope, receive, send_complete)


def _read_head(scope: HTTPScope) -> _Asked | None:
    """What is asked, or None for what must go the long way."""
    if scope["method"] != "POST" or scope["query_string"]:
        return None
    path, lot_id = scope["path"], None
    if path != NOTHING:
        lot_id = _lot_of(path)
        if lot_id is None:
            return None
    token, key, language, length, forwarded = b"", None, b"", b"", b""
    for name, value in scope["headers"]:
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
    peer = scope.get("client")
    origin = Origin(None, peer[0] if peer else None, forwarded.decode("latin-1"))
    return _Asked(lot_id, bearer, key, language.decode("latin-1"), origin)


def _lot_of(path: str) -> UUID | None:
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
