"""A bidder's receipt as a file that proves itself offline, and the check of it (B-47). The check is pure.

The file holds everything that the link of the public log was made of, with the link before it: so whoever holds the file and
the published key can see without the service, and without the log, that exactly this bid was decided in exactly this way.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlmodel import select

from auction.bidding.log import GENESIS_HASH, RECEIPT_PURPOSE, PublicLog, chain, record_bytes
from auction.bidding.models import Bid, BidOutcome
from auction.bidding.receipt_proof import ReceiptProof, prove_receipts, receipt_leaf, verify_receipt
from auction.listing.queries import lot_by_number
from auction.registration.register import own_registration
from core.crypto import SigningKey
from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.settings import get_settings

FORMAT = "disposal-receipt-file/1"


class FiledProof(msgspec.Struct, frozen=True):
    """The way from the receipt's leaf to the signed root of its batch; `path` in hexadecimal, 32 bytes a sibling."""

    index: int
    size: int
    path: str


class ReceiptFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One decided bid with its proof. Hashes, path, signature and key in hexadecimal; money in fen."""

    format: str
    lot_id: UUID
    lot_no: str
    seq: int
    code: str
    priority_order: int | None
    amount_fen: int
    outcome: BidOutcome
    received_at: datetime
    decided_at: datetime
    ends_at: datetime
    extended: bool
    previous_hash: str
    hash: str
    proof: FiledProof
    signature: str
    public_key: str


class ReceiptCheck(StrEnum):
    """What is looked at, in this order."""

    CONTENT = "content"
    SIGNATURE = "signature"
    KEY = "key"
    LOG = "log"


CHECK_WORDS: dict[ReceiptCheck, tuple[str, str]] = {
    ReceiptCheck.CONTENT: ("内容与哈希一致", "what it says is what its hash was made of"),
    ReceiptCheck.SIGNATURE: ("平台签名有效", "signed by the service, by way of its Merkle path"),
    ReceiptCheck.KEY: ("签名密钥是您信任的密钥", "the key is the one that you trust"),
    ReceiptCheck.LOG: ("公开日志中有这次出价", "the public log holds this bid"),
}
"""Each check in Chinese and English."""


async def own_receipt(work: Work, lot_no: str, seq: int) -> ReceiptFile:
    """The receipt of one's own bid, accepted or refused, proven anew. Raises `NotFound` for anybody else's (P-01)."""
    lot = await lot_by_number(work, lot_no)
    entry = None if lot is None else await own_registration(work, lot.id)
    bid = None
    if lot is not None and entry is not None:
        rows = await work.session.exec(
            select(Bid).where(Bid.lot_id == lot.id, Bid.seq == seq, Bid.registration_id == entry.id)
        )
        bid = rows.first()
    if lot is None or bid is None:
        raise NotFound(msg("没有找到您的这次出价。"))
    before = GENESIS_HASH
    if seq > 1:
        links = await work.session.exec(select(Bid.hash).where(Bid.lot_id == lot.id, Bid.seq == seq - 1))
        before = links.one()
    key = SigningKey(get_settings().encryption_key(), RECEIPT_PURPOSE)
    (proof,) = prove_receipts(key, [receipt_leaf(lot.id, bid.seq, bid.hash)])
    return ReceiptFile(
        format=FORMAT,
        lot_id=lot.id,
        lot_no=lot.lot_no,
        seq=bid.seq,
        code=bid.code,
        priority_order=bid.priority_order,
        amount_fen=bid.amount_fen,
        outcome=BidOutcome(bid.outcome),
        received_at=bid.received_at,
        decided_at=bid.decided_at,
        ends_at=bid.ends_at,
        extended=bid.extended,
        previous_hash=before.hex(),
        hash=bid.hash.hex(),
        proof=FiledProof(proof.index, proof.size, proof.path.hex()),
        signature=proof.signature.hex(),
        public_key=key.public_bytes.hex(),
    )


def check_receipt(
    file: ReceiptFile, *, public_key: bytes | None = None, log: PublicLog | None = None
) -> dict[ReceiptCheck, bool | None]:
    """What holds (True), what does not (False), and what could not be looked at (None): without the reader's own key the
    key in the file is taken, which proves only that the file is whole. Never raises."""
    try:
        before, link, path, signature, inside = (
            bytes.fromhex(text)
            for text in (file.previous_hash, file.hash, file.proof.path, file.signature, file.public_key)
        )
    except ValueError:
        return {ReceiptCheck.CONTENT: False, ReceiptCheck.SIGNATURE: False}
    record = record_bytes(
        file.lot_id,
        file.seq,
        file.code,
        file.priority_order,
        file.amount_fen,
        file.outcome,
        file.received_at,
        file.decided_at,
        file.ends_at,
        file.extended,
    )
    proof = ReceiptProof(file.proof.index, file.proof.size, path, signature)
    key = inside if public_key is None else public_key
    return {
        ReceiptCheck.CONTENT: chain(before, record) == link,
        ReceiptCheck.SIGNATURE: verify_receipt(key, proof, file.lot_id, file.seq, link),
        ReceiptCheck.KEY: None if public_key is None else inside == public_key,
        ReceiptCheck.LOG: None if log is None else _is_in(file, log),
    }


def _is_in(file: ReceiptFile, log: PublicLog) -> bool:
    if log.lot_id != file.lot_id or not 1 <= file.seq <= len(log.entries):
        return False
    entry = log.entries[file.seq - 1]
    return (entry.seq, entry.hash) == (file.seq, file.hash)
