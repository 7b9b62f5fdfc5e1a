"""What the leaves of the tree state, as canonical text: a JSON array of fixed order. Pure.

A lot's leaf is the head of its log (`auction.bidding.log.head_message`), so whoever holds the log can compute it.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

import msgspec

from auction.bidding.log import LogHead, head_message, microseconds
from auction.transparency.merkle import leaf_hash
from core.audit import StreamHead

AUDIT_VERSION = "disposal-audit-heads/1"
HEARTBEAT_VERSION = "disposal-log-heartbeat/1"

_encode = msgspec.json.Encoder().encode


def lot_entry(head: LogHead) -> str:
    """The leaf of a lot."""
    return head_message(head).decode()


def audit_entry(heads: Iterable[StreamHead], at: datetime) -> str:
    """The leaf that fixes the heads of audit streams: how many, and a hash over their names, numbers and hashes."""
    lines = sorted(f"{head.stream} {head.seq} {head.hash.hex()}\n" for head in heads)
    digest = sha256("".join(lines).encode()).hexdigest()
    return _encode((AUDIT_VERSION, microseconds(at), len(lines), digest)).decode()


def heartbeat_entry(at: datetime) -> str:
    """The leaf that says that the log was alive at a time at which nothing else happened."""
    return _encode((HEARTBEAT_VERSION, microseconds(at))).decode()


def entry_hash(entry: str) -> bytes:
    """The leaf hash of an entry."""
    return leaf_hash(entry.encode())
