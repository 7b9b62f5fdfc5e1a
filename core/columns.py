"""Column types used by every room, so that one thing is stored one way."""

from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, DateTime
from sqlalchemy.dialects.postgresql import JSONB

Timestamp = DateTime(timezone=True)
"""Aware UTC moment."""

Fen = BigInteger
"""Money in integer fen (分). 1 yuan = 100 fen."""

Json = JSONB
"""A JSON document."""


def one_of(column: str, values: type[StrEnum], *, table: str) -> CheckConstraint:
    """A constraint that the text column holds one of the enumeration's values (or NULL, where the column allows it)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{table}_{column}_known")
