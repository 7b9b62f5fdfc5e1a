"""Identifiers: time-ordered UUIDs (RFC 9562, version 7), so that primary keys arrive in index order."""

import secrets
import time
from datetime import datetime
from uuid import UUID


def new_id() -> UUID:
    """A fresh UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def earliest_id(moment: datetime) -> UUID:
    """The smallest UUIDv7 that can be made at `moment` of real time: later ids are greater."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=(milliseconds & 0xFFFF_FFFF_FFFF) << 80)
