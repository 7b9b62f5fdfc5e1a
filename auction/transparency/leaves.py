"""What the leaves of the tree state, as canonical text: a JSON array of fixed order. Pure.

A lot's leaf is the head of its log (`auction.bidding.log.head_message`), so whoever holds the log can compute it.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

import msgspec

from auction.bidding.log import CEILING_HEADS, LogHead, head_message, microseconds
from auction.transparency.merkle import leaf_hash
from core.audit import StreamHead

HEAD_FIELDS = 16
"""Fields of an open lot's head; a closed one has the result after them, and one that allows ceilings says so after the terms."""

AUDIT_VERSION = "disposal-audit-heads/1"
HEARTBEAT_VERSION = "disposal-log-heartbeat/1"

_encode = msgspec.json.Encoder().encode


def lot_entry(head: LogHead) -> str:
    """The leaf of a lot."""
    return head_message(head).decode()


def audit_entry(heads: Iterable[StreamHead]) -> str:
    """The leaf that fixes the heads of audit streams: how many, and a hash over their names, numbers and hashes."""
    lines = sorted(f"{head.stream} {head.seq} {head.hash.hex()}\n" for head in heads)
    digest = sha256("".join(lines).encode()).hexdigest()
    return _encode((AUDIT_VERSION, len(lines), digest)).decode()


def heartbeat_entry(at: datetime) -> str:
    """The leaf that ends every checkpoint: the court's time at which it was made, so that the signature covers it."""
    return _encode((HEARTBEAT_VERSION, microseconds(at))).decode()


class LotStatement(msgspec.Struct, frozen=True):
    """What a lot's leaf says, read back. `terms`: the figures of the procedure, which nothing may change (times apart, which a
    pause moves)."""

    lot_id: str
    terms: tuple[object, ...]
    count: int
    head_hash: str
    is_closed: bool


def read_lot_entry(entry: str) -> LotStatement | None:
    """What a lot's leaf says, or None when it is no such leaf."""
    try:
        fields = msgspec.json.decode(entry, type=list)
    except msgspec.MsgspecError:
        return None
    more = 1 if fields and str(fields[0]) in CEILING_HEADS else 0
    if len(fields) - more not in (HEAD_FIELDS, HEAD_FIELDS + 1):
        return None
    count, head_hash = fields[14 + more], fields[15 + more]
    if not isinstance(count, int) or not isinstance(head_hash, str):
        return None
    return LotStatement(
        str(fields[1]), tuple(fields[3 : 10 + more]), count, head_hash, len(fields) - more > HEAD_FIELDS
    )


def entry_hash(entry: str) -> bytes:
    """The leaf hash of an entry."""
    return leaf_hash(entry.encode())
