from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlmodel import Field, SQLModel

from core.columns import Json, Timestamp, one_of


class ProofSource(StrEnum):
    """Who says that somebody may or may not buy."""

    PROMISE = "promise"
    BUYER = "buyer"
    HOUSING_AUTHORITY = "housing_authority"


class PurchaseProof(SQLModel, table=True):
    """One finding on whether an entry's buyer may buy under the limits, on a day (B-17). Only ever added to.

    `reference_sealed` holds the certificate's number and what it says; a promise has none.
    """

    __tablename__ = "purchase_proof"
    __table_args__ = (
        Index("purchase_proof_entry", "registration_id", "as_of"),
        one_of("source", ProofSource, table="purchase_proof"),
    )

    id: UUID = Field(primary_key=True)
    registration_id: UUID = Field(foreign_key="registration.id")
    source: str
    as_of: date
    may_buy: bool
    reference_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    recorded_by: UUID | None = Field(default=None, foreign_key="account.id")
    recorded_at: datetime = Field(sa_type=Timestamp)


class PurchasePolicy(SQLModel, table=True):
    """One version of the cities' purchase limits (B-17). Only ever added to: the newest is in force, the others stay readable.

    `limits` in the shape of `PurchaseLimit`. Before the first version the installation's legal settings hold.
    """

    __tablename__ = "purchase_policy"
    __table_args__ = (CheckConstraint("version >= 1", name="purchase_policy_version_positive"),)

    version: int = Field(primary_key=True)
    limits: list[dict[str, Any]] = Field(sa_type=Json)
    reason: str = Field(max_length=300)
    published_by: UUID | None = Field(default=None, foreign_key="account.id")
    published_at: datetime = Field(sa_type=Timestamp)
