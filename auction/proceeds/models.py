from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from auction.proceeds.plan.divide import CostKind
from core.columns import Fen, Json, Timestamp, one_of


class ProceedsSource(StrEnum):
    """Where the money came from."""

    SALE = "sale"
    IN_KIND = "in_kind"
    SELF_SALE = "self_sale"


class ProceedsState(StrEnum):
    """§11.5 from the arrived money to the empty account. Objections, delays and reserves stand beside it, not in it."""

    MONEY_ARRIVED = "money_arrived"
    COSTED = "costed"
    PLAN_DRAFT = "plan_draft"
    PLAN_SERVED = "plan_served"
    PLAN_FINAL = "plan_final"
    PAID_OUT = "paid_out"
    SETTLED = "settled"
    REVOKED = "revoked"


class Proceeds(SQLModel, table=True):
    """The money of one sale on its case's account, from its arrival to its last payment. Money in fen.

    `parts`: what each asset fetched, the leading one first. `arrived_at` is the arrival notice, from which L-33 counts.
    `debtor_is_company` decides how ordinary creditors share (D-03).
    """

    __tablename__ = "proceeds"
    __table_args__ = (
        UniqueConstraint("source", "source_id", name="proceeds_once"),
        Index("proceeds_court", "court_code", "state", "arrived_at"),
        Index("proceeds_lot", "lot_id"),
        Index("proceeds_asset", "asset_id"),
        Index("proceeds_case", "case_id"),
        Index("proceeds_open", "id", postgresql_where=text("state NOT IN ('settled', 'revoked')")),
        one_of("source", ProceedsSource, table="proceeds"),
        one_of("state", ProceedsState, table="proceeds"),
        CheckConstraint("gross_fen > 0", name="proceeds_positive"),
    )

    id: UUID = Field(primary_key=True)
    source: str
    source_id: UUID
    asset_id: UUID = Field(foreign_key="asset.id")
    lot_id: UUID | None = Field(default=None, foreign_key="lot.id")
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    court_code: str = Field(foreign_key="court.code")
    title: str = Field(max_length=200)
    state: str = ProceedsState.MONEY_ARRIVED
    gross_fen: int = Field(sa_type=Fen)
    parts: list[Any] = Field(default_factory=list, sa_type=Json)
    debtor_is_company: bool = False
    arrived_at: datetime = Field(sa_type=Timestamp)
    opened_at: datetime = Field(sa_type=Timestamp)
    final_at: datetime | None = Field(default=None, sa_type=Timestamp)
    paid_out_at: datetime | None = Field(default=None, sa_type=Timestamp)
    settled_at: datetime | None = Field(default=None, sa_type=Timestamp)
    is_demo: bool = False


class ProceedsCost(SQLModel, table=True):
    """What is taken before every creditor (D-01), with its evidence. `source_key`: found by the system in its own records.

    `granted_fen`: what of it the money covers, booked to its own account of the ledger when the costs are settled; `booking`
    counts the bookings, because costs may be opened again.
    """

    __tablename__ = "proceeds_cost"
    __table_args__ = (
        UniqueConstraint("proceeds_id", "source_key", name="proceeds_cost_found_once"),
        one_of("kind", CostKind, table="proceeds_cost"),
        CheckConstraint("amount_fen > 0", name="proceeds_cost_positive"),
        CheckConstraint("granted_fen BETWEEN 0 AND amount_fen", name="proceeds_cost_granted_within_amount"),
        CheckConstraint("evidence <> ''", name="proceeds_cost_with_evidence"),
    )

    id: UUID = Field(primary_key=True)
    proceeds_id: UUID = Field(foreign_key="proceeds.id")
    kind: str
    label: str = Field(max_length=120)
    payee: str = Field(max_length=80)
    amount_fen: int = Field(sa_type=Fen)
    granted_fen: int = Field(default=0, sa_type=Fen)
    asset_id: UUID | None = Field(default=None, foreign_key="asset.id")
    evidence: str = Field(max_length=300)
    source_key: str | None = Field(default=None, max_length=80)
    booking: int = 0
    entered_by: UUID | None = None
    entered_at: datetime = Field(sa_type=Timestamp)
    struck_at: datetime | None = Field(default=None, sa_type=Timestamp)
    struck_because: str = Field(default="", max_length=300)
