"""Make the proof bundle of a sale: its log, and that the log's head is in the tree under a signed checkpoint."""

from base64 import b64encode

from auction.bidding.log import sign_log
from auction.bidding.published_log import head_as_of, log_with_entries
from auction.bidding.queries import public_lot_id
from auction.transparency.log_keys import own_verifier_key
from auction.transparency.models import Checkpoint, LeafKind, LogLeaf, TimeStamp
from auction.transparency.queries import newest_stamp
from auction.transparency.tree import checkpoint_of_size, newest_leaf_of, origin_of, prove_inclusion
from auction.transparency.verify_sale import FORMAT, ProofBundle
from core.crypto import SigningKey
from core.database import Work
from core.errors import NotFound
from core.i18n import msg


async def bundle_of(work: Work, lot_no: str, key: SigningKey, *, size: int | None = None) -> ProofBundle:
    """The bundle of a published lot against the checkpoint with `size` leaves; without it against the newest, or the newest
    with a time stamp when that one holds the lot's newest leaf too. `key` signs logs.

    Raises `NotFound` for an unknown lot or checkpoint, and for a lot that no checkpoint holds yet.
    """
    lot_id = await public_lot_id(work, lot_no)
    checkpoint = await checkpoint_of_size(work, size)
    leaf = await newest_leaf_of(work, lot_id, size=checkpoint.size)
    if leaf is None:
        raise NotFound(msg("该标的尚未进入检查点，请在一分钟后再试。"), rule="B-42")
    stamp = await newest_stamp(work, least=leaf.leaf_index + 1, most=checkpoint.size)
    if stamp is not None and size is None:
        checkpoint = await checkpoint_of_size(work, stamp.size)
    if stamp is not None and stamp.size != checkpoint.size:
        stamp = None
    return await _bundle(work, leaf, checkpoint, stamp, key)


async def _bundle(
    work: Work, leaf: LogLeaf, checkpoint: Checkpoint, stamp: TimeStamp | None, key: SigningKey
) -> ProofBundle:
    assert leaf.lot_id is not None
    assert leaf.seq is not None
    assert leaf.head_hash is not None
    assert leaf.audit_seq is not None
    head = await head_as_of(
        work,
        leaf.lot_id,
        count=leaf.seq,
        head_hash=leaf.head_hash,
        audit_seq=leaf.audit_seq,
        closed=leaf.kind == LeafKind.CLOSING,
    )
    assert head is not None
    proof = await prove_inclusion(work, leaf.leaf_index, checkpoint.size)
    return ProofBundle(
        format=FORMAT,
        log=sign_log(key, await log_with_entries(work, head)),
        leaf_index=leaf.leaf_index,
        tree_size=checkpoint.size,
        inclusion=[each.hex() for each in proof],
        checkpoint=checkpoint.note,
        verifier_key=str(own_verifier_key(origin_of(checkpoint))),
        time_stamp=None if stamp is None else b64encode(stamp.token).decode(),
    )
