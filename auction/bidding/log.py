"""The public log of a lot's bids: canonical bytes, hash chain, heads (B-42, B-47).

Every link's hash is SHA-256(previous hash || canonical record); the first link follows `GENESIS_HASH`. The record is a
JSON array of fixed order with times in microseconds since 1970 (UTC), so anyone can recompute it with three lines of
any language. It holds the bidder's code, never the person.
"""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

import msgspec

from auction.bidding.models import CEILING_ACTS, BidOutcome
from core.crypto import SigningKey

GENESIS_HASH = bytes(32)
RECORD_VERSION = "disposal-bid/1"
CEILING_RECORD_VERSION = "disposal-bid/2"
HEAD_VERSION = "disposal-log-head/3"
CLOSED_HEAD_VERSION = "disposal-log-head/4"
CEILING_HEAD_VERSION = "disposal-log-head/5"
CLOSED_CEILING_HEAD_VERSION = "disposal-log-head/6"
CEILING_HEADS = frozenset({CEILING_HEAD_VERSION, CLOSED_CEILING_HEAD_VERSION})
"""The heads of lots that allow ceilings say so after the figures of the procedure. All others are as they always were."""
RECEIPT_PURPOSE = "bid-receipts"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_encode = msgspec.json.Encoder().encode


class LogEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One decided bid as the public sees it. `hash` in hexadecimal; money in fen.

    A bid that the system made by a bidder's ceiling names in `ceiling` the record that set it, with the proof that the ceiling
    allows it (`ceiling_proof`, in hexadecimal). A record that sets a ceiling has the commitment there and names nobody; one that
    replaces or withdraws another names that in `ceiling`. Other entries have neither field.
    """

    seq: int
    code: str
    priority_order: int | None
    amount_fen: int
    outcome: BidOutcome
    received_at: datetime
    decided_at: datetime
    ends_at: datetime
    extended: bool
    hash: str
    ceiling: int | None = None
    ceiling_proof: str | None = None

    @property
    def is_automatic(self) -> bool:
        """Whether the system made this bid by a ceiling."""
        return self.ceiling is not None and self.outcome not in CEILING_ACTS


class LogProcedure(msgspec.Struct, frozen=True, omit_defaults=True):
    """The notice's figures that the fold needs, as published with the log. `ceiling_bids_allowed` is there only when true."""

    starting_price_fen: int
    increment_fen: int
    window_s: int
    extension_s: int
    extension_from: str
    may_outbid_self: bool
    is_sell_off: bool
    starts_at: datetime
    ends_at: datetime
    ceiling_bids_allowed: bool = False


class EndMoved(msgspec.Struct, frozen=True):
    """The end of bidding was set anew by the court, outside the log: after a pause the remaining time goes on.

    `starts_at` is the start that holds from then on: later than before when it had passed while the lot stood still.
    """

    at: datetime
    ends_at: datetime
    starts_at: datetime | None = None


class SaleOutcome(StrEnum):
    """How the bidding for a lot ended (B-43, B-49, B-51)."""

    SOLD = "sold"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class LogClosing(msgspec.Struct, frozen=True):
    """What the service declared at the end: the outcome, for a sale the price and the winner's code, and the end itself."""

    outcome: SaleOutcome
    price_fen: int | None
    winner_code: str | None
    ended_at: datetime


class LogHead(msgspec.Struct, frozen=True):
    """What a log comes down to: the rules of the sale, the number of decided bids and the last link, the court's changes
    and the declared result. This is what the service signs, and what is a leaf of the Merkle tree over all logs."""

    lot_id: UUID
    lot_no: str
    procedure: LogProcedure
    count: int
    head_hash: str
    end_moves: list[EndMoved] = []
    closed_at: datetime | None = None
    closing: LogClosing | None = None


class CeilingOpening(msgspec.Struct, frozen=True):
    """A ceiling that its bidder has published after the end: the record that set it, the code, the amount and the secret (in
    hexadecimal). It proves itself by the commitment."""

    seq: int
    code: str
    limit_fen: int
    secret: str


class PublicLog(msgspec.Struct, frozen=True):
    """A lot's whole log with what is needed to check it: procedure, entries, head, and the service's public key.

    `signature` is of the service's key over all of it (`head_message`): the rules of the sale cannot be exchanged under
    the bids. `closed_at` is set when the court withdrew the lot, so that no bid was taken any more; `closing` when bidding
    has ended in whatever way. `openings` are ceilings that their bidders have published since; they prove themselves and are
    absent where there are none.
    """

    lot_id: UUID
    lot_no: str
    procedure: LogProcedure
    entries: list[LogEntry]
    head_hash: str
    public_key: str
    signature: str
    end_moves: list[EndMoved] = []
    closed_at: datetime | None = None
    closing: LogClosing | None = None
    openings: list[CeilingOpening] | msgspec.UnsetType = msgspec.UNSET

    @property
    def head(self) -> LogHead:
        """What the log comes down to."""
        return LogHead(
            self.lot_id,
            self.lot_no,
            self.procedure,
            len(self.entries),
            self.head_hash,
            self.end_moves,
            self.closed_at,
            self.closing,
        )


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def _microseconds_or_none(moment: datetime | None) -> int | None:
    return None if moment is None else microseconds(moment)


def record_bytes(
    lot_id: UUID,
    seq: int,
    code: str,
    priority_order: int | None,
    amount_fen: int,
    outcome: str,
    received_at: datetime,
    decided_at: datetime,
    ends_at: datetime,
    extended: bool,
    ceiling: int | None = None,
    ceiling_proof: str | None = None,
) -> bytes:
    """The canonical record of one decided bid; what concerns a ceiling has a version of its own with two more fields."""
    times = (microseconds(received_at), microseconds(decided_at), microseconds(ends_at))
    fields = (
        RECORD_VERSION,
        lot_id,
        seq,
        code,
        priority_order,
        amount_fen,
        outcome,
        *times,
        extended,
    )
    if ceiling is not None or ceiling_proof is not None:
        return _encode((CEILING_RECORD_VERSION, *fields[1:], ceiling, ceiling_proof))
    return _encode(fields)


def chain(previous: bytes, record: bytes) -> bytes:
    """The hash of the next link."""
    return sha256(previous + record).digest()


def entry_record(lot_id: UUID, entry: LogEntry) -> bytes:
    """The canonical record of a published entry."""
    return record_bytes(
        lot_id,
        entry.seq,
        entry.code,
        entry.priority_order,
        entry.amount_fen,
        entry.outcome,
        entry.received_at,
        entry.decided_at,
        entry.ends_at,
        entry.extended,
        entry.ceiling,
        entry.ceiling_proof,
    )


def head_message(head: LogHead) -> bytes:
    """The canonical bytes of a log's head: a JSON array of fixed order. Those of a closed lot end with the declared result."""
    law, closing = head.procedure, head.closing
    versions = (HEAD_VERSION, CLOSED_HEAD_VERSION)
    if law.ceiling_bids_allowed:
        versions = (CEILING_HEAD_VERSION, CLOSED_CEILING_HEAD_VERSION)
    fields = (
        versions[closing is not None],
        str(head.lot_id),
        head.lot_no,
        law.starting_price_fen,
        law.increment_fen,
        law.window_s,
        law.extension_s,
        law.extension_from,
        law.may_outbid_self,
        law.is_sell_off,
        *((True,) if law.ceiling_bids_allowed else ()),
        microseconds(law.starts_at),
        microseconds(law.ends_at),
        [
            (microseconds(move.at), microseconds(move.ends_at), _microseconds_or_none(move.starts_at))
            for move in head.end_moves
        ],
        _microseconds_or_none(head.closed_at),
        head.count,
        head.head_hash,
    )
    if closing is None:
        return _encode(fields)
    result = (closing.outcome, closing.price_fen, closing.winner_code, microseconds(closing.ended_at))
    return _encode((*fields, result))


def sign_log(key: SigningKey, log: PublicLog) -> PublicLog:
    """The log with the service's signature and public key."""
    signature = key.sign(head_message(log.head)).hex()
    return msgspec.structs.replace(log, signature=signature, public_key=key.public_bytes.hex())
