"""The service's word on what time it is, signed on demand so that anybody can show it later (B-47)."""

from datetime import UTC, datetime

import msgspec

from auction.bidding.log import microseconds
from auction.service_faults.measure import ClockReading
from core.crypto import SigningKey, verify_signature

STATEMENT_VERSION = "disposal-time/1"
PURPOSE = "time-statements"


def statement(nonce: str, court_time: datetime, drift: ClockReading | None) -> bytes:
    """What is signed: a JSON array of version, the asker's own word, court time in microseconds since 1970, and this
    process's clock less the database's with its uncertainty, both in microseconds (null when not measured)."""
    offset, within = (None, None) if drift is None else (_micro(drift.offset_ms), _micro(drift.within_ms))
    return msgspec.json.encode(
        (STATEMENT_VERSION, nonce, microseconds(court_time.astimezone(UTC)), offset, within)
    )


def sign_statement(key: SigningKey, nonce: str, court_time: datetime, drift: ClockReading | None) -> bytes:
    """The service's signature over the statement."""
    return key.sign(statement(nonce, court_time, drift))


def verify_statement(
    public_key: bytes, signature: bytes, nonce: str, court_time: datetime, drift: ClockReading | None
) -> bool:
    """Whether the holder of the key has said so."""
    return verify_signature(public_key, signature, statement(nonce, court_time, drift))


def _micro(milliseconds: float) -> int:
    return round(milliseconds * 1000)
