from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


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
