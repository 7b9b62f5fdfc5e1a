"""Ceilings for programs: set, read, withdraw the caller's own (B-40, B-44). What others see of it is in the public log."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID, uuid4

import msgspec
from litestar import get, post
from litestar.params import HeaderParameter

from auction.bidding.queries import published_lot
from auction.ceilings.queries import OwnCeiling, own_ceiling
from auction.ceilings.set_ceiling import CeilingReceipt, set_ceiling, withdraw_ceiling
from core.database import Database, Work
from core.errors import InvalidInput, NotFound
from core.i18n import msg
from web.access.footprint import note_place
from web.access.guards import require_login
from web.access.visitor import AnyRequest, Visitor
from web.api.bids import ShownProof
from web.api.problems import refuses
from web.rendering import translators

KeyHeader = Annotated[
    str | None,
    HeaderParameter(name="Idempotency-Key", description="a key of your own making, sent again when in doubt"),
]


class NewCeiling(msgspec.Struct, forbid_unknown_fields=True):
    """A ceiling: the most that the system may bid for the caller, in fen, and a key of your own making that is sent again when in
    doubt (or in the header Idempotency-Key)."""

    limit_fen: int
    idempotency_key: str = ""


class CeilingState(msgspec.Struct, frozen=True):
    """The caller's own newest ceiling; money in fen. `standing`: none, waits (for the start or a resumption), rests (not needed
    now), leads, overtaken, withdrawn, unreadable, ended. `used_fen`: the newest accepted bid by it, number `used_seq` of the log.
    `lowest_fen` to `largest_fen`, in whole increments above the starting price, can be set now if `may_set`."""

    lot_id: UUID
    standing: str
    limit_fen: int | None
    seq: int | None
    set_at: datetime | None
    used_fen: int | None
    used_seq: int | None
    may_set: bool
    lowest_fen: int
    largest_fen: int
    increment_fen: int


class SetCeiling(msgspec.Struct, frozen=True):
    """The receipt of a ceiling. `commitment` stands in the public log as number `seq`; with `limit_fen` and `secret` anybody
    can open it, so keep them to yourself. `hash`, the link of the log, leads over `proof` to the root that `signature` signs; all
    in hexadecimal. `leads`: whether the caller leads now, at `price_fen`; `still_stands` is false when others' are higher."""

    lot_id: UUID
    seq: int
    code: str
    limit_fen: int
    secret: str
    commitment: str
    message: str
    decided_at: datetime
    hash: str
    proof: ShownProof
    signature: str
    price_fen: int | None
    leads: bool
    still_stands: bool


@get("/api/v1/lots/{lot_id:uuid}/ceiling", responses=refuses(400, 401, 403, 404, 422))
async def read_ceiling(database: Database, visitor: Visitor, lot_id: UUID) -> CeilingState:
    """The caller's own ceiling and what may be set. 404 where the panel allows none, or without an entry of the caller's own."""
    async with database.read(require_login(visitor)) as work:
        return await _state(work, lot_id)


@post(
    "/api/v1/lots/{lot_id:uuid}/ceiling",
    status_code=201,
    responses=refuses(400, 401, 403, 404, 409, 413, 422),
)
async def create_ceiling(
    request: AnyRequest,
    database: Database,
    visitor: Visitor,
    lot_id: UUID,
    data: NewCeiling,
    key_header: KeyHeader = None,
) -> SetCeiling:
    """Let the system raise for the caller up to `limit_fen`, in place of an earlier ceiling; at once when bidding is open.

    Needs the panel's permission for the lot. 409: not allowed, not qualified, over, or a key used before. The ceiling is
    sealed: no answer but this one and the caller's own state tells it.
    """
    received_at = datetime.now(UTC)
    actor = require_login(visitor)
    key = _agreed_key(data.idempotency_key, key_header)
    async with database.begin(actor) as work:
        await published_lot(work, lot_id)
        receipt = await set_ceiling(
            work, lot_id, data.limit_fen, idempotency_key=key, received_at=received_at
        )
    note_place(request, actor, lot_id)
    return _shown(receipt, visitor.locale)


@post(
    "/api/v1/lots/{lot_id:uuid}/ceiling/withdrawal",
    status_code=200,
    responses=refuses(400, 401, 403, 404, 409, 413, 422),
)
async def withdraw_own_ceiling(
    database: Database, visitor: Visitor, lot_id: UUID, key_header: KeyHeader = None
) -> CeilingState:
    """Take the caller's ceiling back; bids that it has made stand. 409: nothing stands, or bidding is over."""
    received_at = datetime.now(UTC)
    key = _agreed_key("", key_header) if key_header is not None else str(uuid4())
    async with database.begin(require_login(visitor)) as work:
        await published_lot(work, lot_id)
        await withdraw_ceiling(work, lot_id, idempotency_key=key, received_at=received_at)
        return await _state(work, lot_id)


async def _state(work: Work, lot_id: UUID) -> CeilingState:
    await published_lot(work, lot_id)
    own: OwnCeiling | None = await own_ceiling(work, lot_id)
    if own is None:
        raise NotFound(msg("本标的不允许委托限价，或者您没有报名。"), rule="B-40")
    return CeilingState(
        own.lot_id,
        own.standing.value,
        own.limit_fen,
        own.seq,
        own.set_at,
        own.used_fen,
        own.used_seq,
        own.may_set,
        own.lowest_fen,
        own.largest_fen,
        own.increment_fen,
    )


def _agreed_key(in_body: str, header: str | None) -> str:
    if header is None:
        return in_body
    header = header.strip().strip('"')
    if in_body not in ("", header):
        raise InvalidInput(msg("请求头与请求内容中的提交编号不一致。"), rule="B-47")
    return header


def _shown(receipt: CeilingReceipt, locale: str) -> SetCeiling:
    proof = receipt.proof
    return SetCeiling(
        receipt.lot_id,
        receipt.seq,
        receipt.code,
        receipt.limit_fen,
        receipt.secret.hex(),
        receipt.commitment.hex(),
        translators()[locale](receipt.words),
        receipt.decided_at,
        receipt.hash.hex(),
        ShownProof(proof.index, proof.size, proof.path.hex()),
        proof.signature.hex(),
        receipt.price_fen,
        receipt.leads,
        receipt.still_stands,
    )


route_handlers = [read_ceiling, create_ceiling, withdraw_own_ceiling]
