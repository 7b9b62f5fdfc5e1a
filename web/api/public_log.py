"""The public log of all sales for programs: checkpoints, proofs, leaves, a lot's log and its proof bundle (B-42)."""

from typing import Annotated, Any

import msgspec
from litestar import MediaType, Response, get
from litestar.params import Parameter

from auction.bidding.log import PublicLog
from auction.bidding.published_log import public_log
from auction.bidding.queries import public_lot_id
from auction.transparency.bundle import bundle_of
from auction.transparency.log_keys import own_verifier_key
from auction.transparency.queries import leaf_page
from auction.transparency.tree import (
    checkpoint_of_size,
    latest_checkpoint,
    newest_leaf_of,
    origin_of,
    prove_consistency,
    prove_inclusion,
)
from auction.transparency.verify_sale import ProofBundle
from core.database import Database
from core.errors import InvalidInput, NotFound
from core.i18n import msg
from web.access.visitor import AnyRequest
from web.api.problems import refuses

LARGEST_SIZE = 2**62
MOST_LEAVES = 1_000

FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}
"""A checkpoint, a proof between two sizes and a leaf never change."""
FOR_A_MOMENT = {"cache-control": "public, max-age=5"}

Size = Annotated[int | None, Parameter(ge=1, le=LARGEST_SIZE, description="number of leaves")]


class InclusionProof(msgspec.Struct, frozen=True):
    """That `entry` is leaf `leaf_index` of the tree with `tree_size` leaves (RFC 9162 §2.1.3). Hashes in hexadecimal."""

    leaf_index: int
    tree_size: int
    entry: str
    leaf_hash: str
    root: str
    hashes: list[str]


class ConsistencyProof(msgspec.Struct, frozen=True):
    """That the tree with `new_size` leaves only appends to that with `old_size` (RFC 9162 §2.1.4). Hashes in hexadecimal."""

    old_size: int
    new_size: int
    hashes: list[str]


class PublishedLeaf(msgspec.Struct, frozen=True):
    """A leaf: its data and hash (SHA-256 of a zero byte and the data)."""

    leaf_index: int
    kind: str
    entry: str
    leaf_hash: str


class LeafPage(msgspec.Struct, frozen=True):
    """Leaves in their order; `next_start` goes on, None at the end."""

    tree_size: int
    leaves: list[PublishedLeaf]
    next_start: int | None


def _text(text: str, headers: dict[str, str]) -> Response[str]:
    return Response(text, media_type=MediaType.TEXT, headers=headers)


@get("/api/v1/log/checkpoint", media_type=MediaType.TEXT, responses=refuses(404, 422))
async def newest_checkpoint(database: Database) -> Response[str]:
    """The newest checkpoint: a signed note (c2sp.org/tlog-checkpoint)."""
    async with database.read() as work:
        return _text((await checkpoint_of_size(work)).note, FOR_A_MOMENT)


@get("/api/v1/log/checkpoint/{size:int}", media_type=MediaType.TEXT, responses=refuses(400, 404, 422))
async def one_checkpoint(
    database: Database, size: Annotated[int, Parameter(ge=1, le=LARGEST_SIZE)]
) -> Response[str]:
    """The checkpoint with so many leaves."""
    async with database.read() as work:
        return _text((await checkpoint_of_size(work, size)).note, FOR_EVER)


@get("/api/v1/log/key", media_type=MediaType.TEXT, responses=refuses(404, 422))
async def verifier_key(database: Database) -> Response[str]:
    """The verifier key of the checkpoints, `name+hash+base64` (c2sp.org/signed-note)."""
    async with database.read() as work:
        origin = origin_of(await latest_checkpoint(work))
    return _text(f"{own_verifier_key(origin)}\n", {"cache-control": "public, max-age=3600"})


@get("/api/v1/log/leaves", responses=refuses(400, 404, 422))
async def list_leaves(
    database: Database,
    start: Annotated[int, Parameter(ge=0, le=LARGEST_SIZE)] = 0,
    limit: Annotated[int, Parameter(ge=1, le=MOST_LEAVES)] = 100,
) -> Response[LeafPage]:
    """The leaves from number `start`: enough to build the whole tree and hold it against any checkpoint."""
    async with database.read() as work:
        size = (await checkpoint_of_size(work)).size
        leaves = [
            PublishedLeaf(leaf.leaf_index, leaf.kind, leaf.entry, leaf.hashes[:32].hex())
            for leaf in await leaf_page(work, start=start, limit=limit, size=size)
        ]
    following = start + len(leaves)
    page = LeafPage(size, leaves, following if leaves and following < size else None)
    return Response(page, headers=FOR_A_MOMENT)


@get("/api/v1/log/proof/inclusion", responses=refuses(400, 404, 422))
async def inclusion_proof(
    database: Database,
    lot: Annotated[
        str | None, Parameter(max_length=30, description="number of a lot: its newest leaf")
    ] = None,
    leaf: Annotated[int | None, Parameter(ge=0, le=LARGEST_SIZE, description="number of a leaf")] = None,
    size: Size = None,
) -> Response[InclusionProof]:
    """That a leaf, or a lot's newest one, is in the tree of a checkpoint, by default the newest."""
    if (lot is None) == (leaf is None):
        raise InvalidInput(msg("请在 lot 与 leaf 两个参数中给出一个。"), rule="B-42")
    async with database.read() as work:
        checkpoint = await checkpoint_of_size(work, size)
        if lot is not None:
            found = await newest_leaf_of(work, await public_lot_id(work, lot), size=checkpoint.size)
        else:
            found = next(iter(await leaf_page(work, start=leaf or 0, limit=1, size=checkpoint.size)), None)
        if found is None:
            raise NotFound(msg("该检查点中没有这一条目。"), rule="B-42")
        hashes = await prove_inclusion(work, found.leaf_index, checkpoint.size)
    proof = InclusionProof(
        leaf_index=found.leaf_index,
        tree_size=checkpoint.size,
        entry=found.entry,
        leaf_hash=found.hashes[:32].hex(),
        root=checkpoint.root.hex(),
        hashes=[each.hex() for each in hashes],
    )
    return Response(proof, headers=FOR_EVER if size is not None else FOR_A_MOMENT)


@get("/api/v1/log/proof/consistency", responses=refuses(400, 404, 422))
async def consistency_proof(
    database: Database,
    old: Annotated[int, Parameter(ge=1, le=LARGEST_SIZE, description="leaves of the older checkpoint")],
    new: Size = None,
) -> Response[ConsistencyProof]:
    """That a later checkpoint only appends to an earlier one. `new`: by default the newest."""
    async with database.read() as work:
        older = await checkpoint_of_size(work, old)
        newer = await checkpoint_of_size(work, new)
        if older.size > newer.size:
            raise InvalidInput(msg("较早的检查点不能比较新的大。"), rule="B-42")
        hashes = await prove_consistency(work, older.size, newer.size)
    proof = ConsistencyProof(older.size, newer.size, [each.hex() for each in hashes])
    return Response(proof, headers=FOR_EVER if new is not None else FOR_A_MOMENT)


@get("/api/v1/log/lots/{lot_no:str}", responses=refuses(400, 404, 422))
async def log_of_lot(request: AnyRequest, database: Database, lot_no: str) -> Response[PublicLog]:
    """A lot's whole log with procedure, result, head and signature, as it stands now."""
    async with database.read() as work:
        log = await public_log(work, lot_no, request.app.state.desk.key)
    return Response(log, headers={"cache-control": "no-cache"})


@get("/api/v1/log/lots/{lot_no:str}/proof", responses=refuses(400, 404, 422))
async def proof_of_lot(
    request: AnyRequest, database: Database, lot_no: str, size: Size = None
) -> Response[ProofBundle]:
    """The proof bundle of a lot: its log as a checkpoint holds it (by default the newest), with the inclusion proof. For
    `disposal verify FILE.json`."""
    async with database.read() as work:
        bundle = await bundle_of(work, lot_no, request.app.state.desk.key, size=size)
    return Response(bundle, headers=FOR_EVER if size is not None else FOR_A_MOMENT)


route_handlers: list[Any] = [
    newest_checkpoint,
    one_checkpoint,
    verifier_key,
    list_leaves,
    inclusion_proof,
    consistency_proof,
    log_of_lot,
    proof_of_lot,
]
