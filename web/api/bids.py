"""The bidding API: place a bid, read the public log; and a POST that does nothing, to measure the rest by."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import MediaType, Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import Parameter

from auction.bidding.log import LogEntry
from auction.bidding.place_bid import place_bid
from auction.bidding.queries import log_page, published_lot
from auction.bidding.receipts import MILLISECOND, OUTCOME_RULES, BidReceipt, EdgeClock
from auction.bidding.sequencer import BiddingDesk
from core.database import Database
from core.errors import InvalidInput
from core.i18n import msg
from core.identity import Actor
from web.access.footprint import note_place
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.api.problems import refuses
from web.rendering import translators

_encode = msgspec.json.Encoder().encode


class NewBid(msgspec.Struct, forbid_unknown_fields=True):
    """A bid: amount in fen, and a key of your own making that is sent again when in doubt (or in the header
    Idempotency-Key)."""

    amount_fen: int
    idempotency_key: str = ""


class ShownProof(msgspec.Struct, frozen=True):
    """Where the receipt stands in the tree of its batch; `path` holds the sibling hashes from the leaf upwards, 32 bytes
    each, in hexadecimal."""

    index: int
    size: int
    path: str


class Lateness(msgspec.Struct, frozen=True):
    """Why a bid was late, in numbers: milliseconds after the end at which it arrived (negative: before) and was decided, and
    the clock of arrival as last measured against the one that decides."""

    arrived_after_end_ms: float
    decided_after_end_ms: float
    clock: EdgeClock | None


class DecidedBid(msgspec.Struct, frozen=True):
    """The receipt. `hash`, a link of the public log, leads over `proof` to the root that `signature` signs
    (`auction.bidding.receipt_proof.verify_receipt`); all in hexadecimal. `overtaken`: accepted, but another's ceiling answered
    in the same instant (told with the first answer, not with repeated ones)."""

    lot_id: UUID
    seq: int
    code: str
    amount_fen: int
    outcome: str
    message: str
    rule: str
    received_at: datetime
    decided_at: datetime
    ends_at: datetime
    extended: bool
    hash: str
    proof: ShownProof
    signature: str
    repeated: bool
    lateness: Lateness | None = None
    overtaken: bool = False


_read_bid = msgspec.json.Decoder(NewBid).decode


async def decided_bid(
    desk: BiddingDesk,
    actor: Actor,
    locale: str,
    lot_id: UUID,
    body: bytes,
    key_header: str | None,
    received_at: datetime,
) -> tuple[int, bytes]:
    """Decide the bid of a request's body; the status of the answer and the receipt as JSON."""
    try:
        bid = _read_bid(body)
    except msgspec.ValidationError as error:
        raise InvalidInput(msg("请求内容不符合接口要求：{reason}", reason=str(error)), rule="B-47") from error
    except msgspec.DecodeError as error:
        raise _not_json() from error
    key = bid.idempotency_key if key_header is None else _agreed_key(bid, key_header)
    receipt = await place_bid(desk, actor, lot_id, bid.amount_fen, key, received_at)
    return (201 if receipt.accepted else 409), _receipt_body(receipt, locale, desk.clock)


def _agreed_key(bid: NewBid, header: str) -> str:
    """The bid's key from the header; the body may name it too when it is the same."""
    header = header.strip().strip('"')
    if bid.idempotency_key not in ("", header):
        raise InvalidInput(msg("请求头与请求内容中的提交编号不一致。"), rule="B-47")
    return header


def _receipt_body(receipt: BidReceipt, locale: str, clock: EdgeClock | None) -> bytes:
    assert receipt.proof is not None
    proof = receipt.proof
    return _encode(
        DecidedBid(
            receipt.lot_id,
            receipt.seq,
            receipt.code,
            receipt.amount_fen,
            receipt.outcome.value,
            translators()[locale](receipt.words),
            OUTCOME_RULES[receipt.outcome],
            receipt.received_at,
            receipt.decided_at,
            receipt.ends_at,
            receipt.extended,
            receipt.hash.hex(),
            ShownProof(proof.index, proof.size, proof.path.hex()),
            proof.signature.hex(),
            receipt.repeated,
            None if receipt.lateness is None else _lateness(receipt, clock),
            receipt.overtaken,
        )
    )


def _lateness(receipt: BidReceipt, clock: EdgeClock | None) -> Lateness:
    return Lateness(
        (receipt.received_at - receipt.ends_at) / MILLISECOND,
        (receipt.decided_at - receipt.ends_at) / MILLISECOND,
        clock,
    )


class NothingDone(msgspec.Struct, frozen=True):
    """The answer of a POST that changes nothing."""

    ok: bool = True


@dataclass
class BidOperation(Operation):
    """The schema of bidding: its body is read by the desk and not by the framework, so it is told here."""

    def __post_init__(self) -> None:
        amount = Schema(type=OpenAPIType.INTEGER, description="fen")
        key = Schema(
            type=OpenAPIType.STRING, min_length=8, max_length=64, description="sent again when in doubt"
        )
        body = Schema(
            type=OpenAPIType.OBJECT,
            properties={"amount_fen": amount, "idempotency_key": key},
            required=["amount_fen"],
        )
        self.request_body = RequestBody({"application/json": OpenAPIMediaType(schema=body)}, required=True)


_NOTHING_DONE = _encode(NothingDone())


def nothing_done(body: bytes) -> tuple[int, bytes]:
    """The answer of a POST that changes nothing: its JSON is read, as a bid's is."""
    try:
        msgspec.json.decode(body or b"null")
    except msgspec.DecodeError as error:
        raise _not_json() from error
    return 200, _NOTHING_DONE


def _not_json() -> InvalidInput:
    return InvalidInput(msg("请求内容不是有效的 JSON。"), rule="B-47")


@post(
    "/api/v1/lots/{lot_id:uuid}/bids",
    status_code=201,
    responses=refuses(400, 401, 403, 404, 413, 422)
    | {
        201: ResponseSpec(DecidedBid, description="Accepted.", generate_examples=False),
        409: ResponseSpec(
            DecidedBid, description="Decided and refused, or a key used before.", generate_examples=False
        ),
    },
    operation_class=BidOperation,
)
async def create_bid(request: AnyRequest, lot_id: UUID) -> Response[bytes]:
    """Bid. 201: accepted; 409: decided and refused (both with receipt); 503: not taken, send the same key again.

    The body is `{"amount_fen": 1000000, "idempotency_key": "…"}`; the key may stand in the header Idempotency-Key
    instead.
    """
    received_at = datetime.now(UTC)
    visitor: Visitor = request.state.visitor
    actor = require_login(visitor)
    status, receipt = await decided_bid(
        request.app.state.desk,
        actor,
        visitor.locale,
        lot_id,
        await request.body(),
        request.headers.get("idempotency-key"),
        received_at,
    )
    note_place(request, actor, lot_id)
    return Response(receipt, status_code=status, media_type=MediaType.JSON)


@get("/api/v1/lots/{lot_id:uuid}/bids", responses=refuses(400, 404, 422))
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


@post("/api/v1/noop", status_code=200, responses=refuses(400, 401, 403, 413, 422))
async def do_nothing(request: AnyRequest) -> Response[NothingDone]:
    """An authenticated request with a JSON body that changes nothing: the yardstick of the benchmarks, on the same way
    through the application as a bid."""
    require_login(request.state.visitor)
    nothing_done(await request.body())
    return Response(NothingDone())


route_handlers = [create_bid, list_bids, do_nothing]
