"""Column types used by every room, so that one thing is stored one way."""

from sqlalchemy import BigInteger, DateTime
from sqlalchemy.dialects.postgresql import JSONB

Timestamp = DateTime(timezone=True)
"""Aware UTC moment."""

Fen = BigInteger
"""Money in integer fen (分). 1 yuan = 100 fen."""

Json = JSONB
"""A JSON document."""
