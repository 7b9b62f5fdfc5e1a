"""A bidder's receipt as a file that proves itself offline, and the check of it (B-47). The check is pure.

The file holds everything that the link of the public log was made of, with the link before it: so whoever holds the file and
the published key can see without the service, and without the log, that exactly this bid was decided in exactly this way.

A bid that the system made by a ceiling comes with the record that set the ceiling, proven in the same signed tree, so the file
also proves that the ceiling was there before, was this bidder's and allows the amount, without telling it (`ceiling_proof`). Such
files, and those of records about ceilings, have a format of their own; all others are as they always were.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlmodel import select

from auction.bidding.batch import NO_CODE
from auction.bidding.ceiling_proof import SECRET_BYTES, matches, proves
from auction.bidding.ceiling_rules import MOST_STEPS, steps_to
from auction.bidding.log import GENESIS_HASH, RECEIPT_PURPOSE, PublicLog, chain, record_bytes
from auction.bidding.models import CEILING_ACTS, Bid, BidOutcome
from auction.bidding.receipt_proof import ReceiptProof, prove_receipts, receipt_leaf, verify_receipt
from auction.bidding.rules import Procedure
from auction.listing.models import Lot, LotBidding
from auction.listing.queries import lot_by_number
from auction.registration.register import own_registration
from core.crypto import SigningKey
from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.settings import get_settings

FORMAT = "disposal-receipt-file/1"
CEILING_FORMAT = "disposal-receipt-file/2"
FORMATS = frozenset({FORMAT, CEILING_FORMAT})

_NOT_FOUND = msg("没有找到您的这次出价。")


class FiledProof(msgspec.Struct, frozen=True):
    """The way from the receipt's leaf to the signed root of its batch; `path` in hexadecimal, 32 bytes a sibling."""

    index: int
    size: int
    path: str


class FiledTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The notice's figures by which increments are counted, in fen."""

    starting_price_fen: int
    increment_fen: int


class FiledOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The record that set the ceiling by which a bid was made, with its own proof in the same tree. It names nobody and no
    amount; `commitment` and hashes in hexadecimal, `replaces` the ceiling that it took the place of."""

    seq: int
    received_at: datetime
    decided_at: datetime
    ends_at: datetime
    replaces: int | None
    commitment: str
    previous_hash: str
    hash: str
    proof: FiledProof


class FiledOpening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was committed to, in the file of the record that set a ceiling. Only its bidder gets it: it tells the ceiling."""

    code: str
    limit_fen: int
    secret: str


class ReceiptFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One decided bid with its proof. Hashes, path, signature and key in hexadecimal; money in fen.

    The last five fields are those of `CEILING_FORMAT`: `ceiling` and `ceiling_proof` as in the public log, `order` for an
    automatic bid, `opening` for the record that set a ceiling, `terms` with either.
    """

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
    ceiling: int | None = None
    ceiling_proof: str | None = None
    order: FiledOrder | None = None
    opening: FiledOpening | None = None
    terms: FiledTerms | None = None

    @property
    def is_automatic(self) -> bool:
        """Whether the system made this bid by a ceiling."""
        return self.ceiling is not None and self.outcome not in CEILING_ACTS

    @property
    def tells_a_ceiling(self) -> bool:
        """Whether there is something to hold against a commitment: an automatic bid, or an opened ceiling."""
        return self.is_automatic or self.order is not None or self.opening is not None


class ReceiptCheck(StrEnum):
    """What is looked at, in this order."""

    CONTENT = "content"
    SIGNATURE = "signature"
    CEILING = "ceiling"
    KEY = "key"
    LOG = "log"


CHECK_WORDS: dict[ReceiptCheck, tuple[str, str]] = {
    ReceiptCheck.CONTENT: ("内容与哈希一致", "what it says is what its hash was made of"),
    ReceiptCheck.SIGNATURE: ("平台签名有效", "signed by the service, by way of its Merkle path"),
    ReceiptCheck.CEILING: (
        "与此前登记的委托限价承诺一致，没有超出",
        "fits the commitment to the ceiling made before, and is not beyond it",
    ),
    ReceiptCheck.KEY: ("签名密钥是您信任的密钥", "the key is the one that you trust"),
    ReceiptCheck.LOG: ("公开日志中有这次出价", "the public log holds this bid"),
}
"""Each check in Chinese and English."""


async def own_receipt(work: Work, lot_no: str, seq: int) -> ReceiptFile:
    """The receipt of one's own bid, accepted or refused, proven anew. Raises `NotFound` for anybody else's (P-01)."""
    lot = await lot_by_number(work, lot_no)
    entry = None if lot is None else await own_registration(work, lot.id)
    if lot is None or entry is None:
        raise NotFound(_NOT_FOUND)
    key = SigningKey(get_settings().encryption_key(), RECEIPT_PURPOSE)
    return await receipt_of(work, lot, entry.id, seq, key)


async def receipt_of(work: Work, lot: Lot, registration_id: UUID, seq: int, key: SigningKey) -> ReceiptFile:
    """The receipt of a bid that an entry made, signed with this key. Raises `NotFound`."""
    rows = await work.session.exec(
        select(Bid).where(Bid.lot_id == lot.id, Bid.seq == seq, Bid.registration_id == registration_id)
    )
    bid = rows.first()
    if bid is None:
        raise NotFound(_NOT_FOUND)
    set_by = await _order_of(work, bid)
    leaves = [receipt_leaf(lot.id, each.seq, each.hash) for each in (bid, set_by) if each is not None]
    proofs = prove_receipts(key, leaves)
    order = None if set_by is None else await _filed_order(work, set_by, proofs[1])
    about_ceilings = bid.ceiling is not None or bid.ceiling_proof is not None
    return ReceiptFile(
        format=CEILING_FORMAT if about_ceilings else FORMAT,
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
        previous_hash=(await _hash_before(work, bid)).hex(),
        hash=bid.hash.hex(),
        proof=_filed_proof(proofs[0]),
        signature=proofs[0].signature.hex(),
        public_key=key.public_bytes.hex(),
        ceiling=bid.ceiling,
        ceiling_proof=_digits(bid.ceiling_proof),
        order=order,
        terms=None if order is None else await terms_of(work, lot.id),
    )


async def terms_of(work: Work, lot_id: UUID) -> FiledTerms:
    """The figures by which a lot's increments are counted."""
    bidding = await work.session.get_one(LotBidding, lot_id)
    return FiledTerms(bidding.starting_price_fen, bidding.increment_fen)


async def _order_of(work: Work, bid: Bid) -> Bid | None:
    """The record that set the ceiling of an automatic bid; None for others."""
    if bid.ceiling is None or bid.outcome in CEILING_ACTS:
        return None
    found = await work.session.exec(select(Bid).where(Bid.lot_id == bid.lot_id, Bid.seq == bid.ceiling))
    return found.one()


async def _hash_before(work: Work, bid: Bid) -> bytes:
    if bid.seq == 1:
        return GENESIS_HASH
    links = await work.session.exec(select(Bid.hash).where(Bid.lot_id == bid.lot_id, Bid.seq == bid.seq - 1))
    return links.one()


async def _filed_order(work: Work, set_by: Bid, proof: ReceiptProof) -> FiledOrder:
    return FiledOrder(
        seq=set_by.seq,
        received_at=set_by.received_at,
        decided_at=set_by.decided_at,
        ends_at=set_by.ends_at,
        replaces=set_by.ceiling,
        commitment=_digits(set_by.ceiling_proof) or "",
        previous_hash=(await _hash_before(work, set_by)).hex(),
        hash=set_by.hash.hex(),
        proof=_filed_proof(proof),
    )


def _filed_proof(proof: ReceiptProof) -> FiledProof:
    return FiledProof(proof.index, proof.size, proof.path.hex())


def _digits(content: bytes | None) -> str | None:
    return None if content is None else content.hex()


# --- the check ----------------------------------------------------------------------------------------------------


def check_receipt(
    file: ReceiptFile, *, public_key: bytes | None = None, log: PublicLog | None = None
) -> dict[ReceiptCheck, bool | None]:
    """What holds (True), what does not (False), and what could not be looked at (None): without the reader's own key the
    key in the file is taken, which proves only that the file is whole. Never raises."""
    try:
        return _checks(file, public_key, log)
    except (ValueError, TypeError, OverflowError):
        # No hexadecimal, a time without a zone, a number beyond every log: nothing that was ever hashed.
        return {ReceiptCheck.CONTENT: False, ReceiptCheck.SIGNATURE: False}


def _checks(
    file: ReceiptFile, public_key: bytes | None, log: PublicLog | None
) -> dict[ReceiptCheck, bool | None]:
    before, link, path, signature, inside = (
        bytes.fromhex(text)
        for text in (file.previous_hash, file.hash, file.proof.path, file.signature, file.public_key)
    )
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
        file.ceiling,
        file.ceiling_proof,
    )
    proof = ReceiptProof(file.proof.index, file.proof.size, path, signature)
    key = inside if public_key is None else public_key
    found: dict[ReceiptCheck, bool | None] = {
        ReceiptCheck.CONTENT: chain(before, record) == link,
        ReceiptCheck.SIGNATURE: verify_receipt(key, proof, file.lot_id, file.seq, link),
    }
    if file.tells_a_ceiling:
        found[ReceiptCheck.CEILING] = _fits_ceiling(file, key, signature)
    found[ReceiptCheck.KEY] = None if public_key is None else inside == public_key
    found[ReceiptCheck.LOG] = None if log is None else _is_in(file, log)
    return found


def _fits_ceiling(file: ReceiptFile, key: bytes, signature: bytes) -> bool:
    """Whether the ceiling of an automatic bid was set before and allows its amount, or an opened one is what was committed to."""
    terms = file.terms
    if (
        file.format != CEILING_FORMAT
        or terms is None
        or min(terms.increment_fen, terms.starting_price_fen) < 1
    ):
        return False
    law = Procedure(terms.starting_price_fen, terms.increment_fen)
    if file.opening is not None:
        return file.order is None and _fits_opening(file, law, file.opening)
    return file.order is not None and _fits_order(file, law, file.order, key, signature)


def _fits_opening(file: ReceiptFile, law: Procedure, opening: FiledOpening) -> bool:
    steps, secret = steps_to(law, opening.limit_fen), bytes.fromhex(opening.secret)
    if file.outcome is not BidOutcome.CEILING_SET or steps is None or steps > MOST_STEPS:
        return False
    committed = bytes.fromhex(file.ceiling_proof or "")
    return len(secret) == SECRET_BYTES and matches(committed, file.lot_id, opening.code, secret, steps)


def _fits_order(file: ReceiptFile, law: Procedure, order: FiledOrder, key: bytes, signature: bytes) -> bool:
    steps = steps_to(law, file.amount_fen)
    if not file.is_automatic or file.ceiling != order.seq or order.seq >= file.seq:
        return False
    if steps is None or steps > MOST_STEPS or order.decided_at > file.decided_at:
        return False
    record = record_bytes(
        file.lot_id,
        order.seq,
        NO_CODE,
        None,
        0,
        BidOutcome.CEILING_SET,
        order.received_at,
        order.decided_at,
        order.ends_at,
        False,
        order.replaces,
        order.commitment,
    )
    link, path = bytes.fromhex(order.hash), bytes.fromhex(order.proof.path)
    proof = ReceiptProof(order.proof.index, order.proof.size, path, signature)
    return (
        chain(bytes.fromhex(order.previous_hash), record) == link
        and verify_receipt(key, proof, file.lot_id, order.seq, link)
        and proves(
            bytes.fromhex(order.commitment),
            file.lot_id,
            file.code,
            bytes.fromhex(file.ceiling_proof or ""),
            steps,
        )
    )


def _is_in(file: ReceiptFile, log: PublicLog) -> bool:
    """Whether the log holds the bid; with it the record that set its ceiling, and the same figures."""
    links = [(file.seq, file.hash)] + ([(file.order.seq, file.order.hash)] if file.order else [])
    if log.lot_id != file.lot_id or not all(1 <= seq <= len(log.entries) for seq, _ in links):
        return False
    law, terms = log.procedure, file.terms
    if terms is not None and (terms.starting_price_fen, terms.increment_fen) != (
        law.starting_price_fen,
        law.increment_fen,
    ):
        return False
    entries = [log.entries[seq - 1] for seq, _ in links]
    return links == [(entry.seq, entry.hash) for entry in entries]
