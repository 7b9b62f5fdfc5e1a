"""The bidding API: place a bid, read the public log; and a POST that does nothing, to measure the rest by."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import Parameter
from litestar.types import ASGIApp, Receive, Scope, Send

from auction.bidding.log import LogEntry
from auction.bidding.place_bid import place_bid
from auction.bidding.queries import log_page, published_lot
from auction.bidding.receipts import OUTCOME_RULES, BidReceipt, TryAgain
from core.database import Database
from core.errors import InvalidInput
from core.i18n import msg
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.errors import answer
from web.rendering import translated

_encode = msgspec.json.Encoder().encode


class NewBid(msgspec.Struct, forbid_unknown_fields=True):
    """A bid: amount in fen, and a key of your own making that is sent again when in doubt (or in the header
    Idempotency-Key)."""

    amount_fen: int
    idempotency_key: str = ""


class DecidedBid(msgspec.Struct, frozen=True):
    """The receipt. `hash` and `signature` in hexadecimal; check them with `disposal verify log`."""

    lot_id: UUID
    seq: int
    code: str
    amount_fen: int
    outcome: str
    message: str
    rule: str
    decided_at: datetime
    ends_at: datetime
    extended: bool
    hash: str
    signature: str
    repeated: bool


class JsonAnswer:
    """A ready answer, sent as it is: this route is the contested one, so nothing is negotiated or converted."""

    __slots__ = ("_body", "_status")

    def __init__(self, status: int, body: bytes) -> None:
        self._status, self._body = status, body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(self._body))]
        await send({"type": "http.response.start", "status": self._status, "headers": headers})
        await send({"type": "http.response.body", "body": self._body, "more_body": False})


_read_bid = msgspec.json.Decoder(NewBid).decode


def receipt_body(request: AnyRequest, receipt: BidReceipt) -> bytes:
    """A receipt as JSON."""
    return _encode(
        DecidedBid(
            receipt.lot_id,
            receipt.seq,
            receipt.code,
            receipt.amount_fen,
            receipt.outcome.value,
            translated(request, receipt.words),
            OUTCOME_RULES[receipt.outcome],
            receipt.decided_at,
            receipt.ends_at,
            receipt.extended,
            receipt.hash.hex(),
            receipt.signature.hex(),
            receipt.repeated,
        )
    )


def key_of(request: AnyRequest, bid: NewBid) -> str:
    """The bid's key, from the body or the header; both may be given when they are the same."""
    header = request.headers.get("idempotency-key")
    if header is None:
        return bid.idempotency_key
    header = header.strip().strip('"')
    if bid.idempotency_key not in ("", header):
        raise InvalidInput(msg("请求头与请求内容中的提交编号不一致。"), rule="B-47")
    return header


@post("/api/v1/lots/{lot_id:uuid}/bids", status_code=201)
async def create_bid(request: AnyRequest, lot_id: UUID) -> ASGIApp:
    """Bid. 201: accepted; 409: decided and refused (both with receipt); 503: not taken, send the same key again.

    The body is `{"amount_fen": 1000000, "idempotency_key": "…"}`; the key may stand in the header Idempotency-Key
    instead.
    """
    received_at = datetime.now(UTC)
    actor = require_login(request.scope["state"]["visitor"])
    try:
        bid = _read_bid(await request.body())
    except msgspec.ValidationError as error:
        raise InvalidInput(msg("请求内容不符合接口要求：{reason}", reason=str(error)), rule="B-47") from error
    except msgspec.DecodeError as error:
        raise InvalidInput(msg("请求内容不是有效的 JSON。"), rule="B-47") from error
    try:
        receipt = await place_bid(
            request.app.state.desk, actor, lot_id, bid.amount_fen, key_of(request, bid), received_at
        )
    except TryAgain as error:
        response = answer(
            request,
            error.status,
            error.message,
            kind=error.kind,
            rule=error.rule,
            headers={"retry-after": str(error.retry_after_s)},
        )
        return response.to_asgi_response(None, request)
    return JsonAnswer(201 if receipt.accepted else 409, receipt_body(request, receipt))


@get("/api/v1/lots/{lot_id:uuid}/bids")
async def list_bids(
    database: Database,
    visitor: Visitor,
    lot_id: UUID,
    after_seq: Annotated[int, Parameter(query="after", ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 100,
) -> dict[str, Any]:
    """The public log by code, in order, from after number `after` (B-42)."""
    async with database.read(visitor.actor) as work:
        await published_lot(work, lot_id)
        entries: list[LogEntry] = await log_page(work, lot_id, after_seq=after_seq, limit=limit)
    return {
        "lot_id": lot_id,
        "bids": [msgspec.to_builtins(entry) for entry in entries],
        "next_after": entries[-1].seq if len(entries) == limit else None,
    }


@post("/api/v1/noop", status_code=200)
async def do_nothing(request: AnyRequest) -> ASGIApp:
    """An authenticated request with a JSON body that changes nothing: the yardstick of the benchmarks, on the same way
    through the application as a bid."""
    require_login(request.scope["state"]["visitor"])
    try:
        msgspec.json.decode(await request.body() or b"null")
    except msgspec.DecodeError as error:
        raise InvalidInput(msg("请求内容不是有效的 JSON。"), rule="B-47") from error
    return JsonAnswer(200, b'{"ok":true}')


route_handlers = [create_bid, list_bids, do_nothing]
