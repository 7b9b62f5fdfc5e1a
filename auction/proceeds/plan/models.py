from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from auction.proceeds.plan.divide import Sharing
from core.columns import Fen, Json, Timestamp, one_of


class PlanState(StrEnum):
    """Where a plan stands. `replaced`: a later version is in its place."""

    DRAFT = "draft"
    SERVED = "served"
    FINAL = "final"
    REPLACED = "replaced"
    DROPPED = "dropped"


class DistributionPlan(SQLModel, table=True):
    """One version of a distribution plan (document 30). A version never changes but for its state.

    `lines`: the steps as reckoned (`divide.Line`); `claims`: what they were reckoned from, with names. `is_simple`: one creditor,
    nothing served (§11.5). Who drafted it does not approve it (P-05).
    """

    __tablename__ = "distribution_plan"
    __table_args__ = (
        UniqueConstraint("proceeds_id", "version", name="distribution_plan_version"),
        Index(
            "distribution_plan_one_open",
            "proceeds_id",
            unique=True,
            postgresql_where=text("state IN ('draft', 'served')"),
        ),
        one_of("state", PlanState, table="distribution_plan"),
        one_of("sharing", Sharing, table="distribution_plan"),
        CheckConstraint("approved_by <> drafted_by", name="distribution_plan_two_persons"),
        CheckConstraint(
            "state IN ('draft', 'dropped') OR (approved_at IS NOT NULL AND cardinality(members) >= 3)",
            name="distribution_plan_approved_by_a_panel",
        ),
        CheckConstraint("surplus_fen >= 0", name="distribution_plan_surplus_not_negative"),
    )

    id: UUID = Field(primary_key=True)
    proceeds_id: UUID = Field(foreign_key="proceeds.id")
    version: int
    state: str = PlanState.DRAFT
    is_simple: bool = False
    sharing: str
    sharing_reason: str = Field(default="", max_length=500)
    bonus_claim_id: UUID | None = Field(default=None, foreign_key="distribution_claim.id")
    bonus_percent: str = Field(default="0", max_length=10)
    bonus_of_residue: bool = False
    bonus_reason: str = Field(default="", max_length=500)
    gross_fen: int = Field(sa_type=Fen)
    surplus_fen: int = Field(sa_type=Fen)
    lines: list[Any] = Field(default_factory=list, sa_type=Json)
    claims: list[Any] = Field(default_factory=list, sa_type=Json)
    why: str = Field(default="", max_length=500)
    drafted_by: UUID | None = None
    drafted_at: datetime = Field(sa_type=Timestamp)
    members: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    minutes: str = Field(default="", max_length=2000)
    decided_on: date | None = None
    approved_by: UUID | None = None
    approved_at: datetime | None = Field(default=None, sa_type=Timestamp)
    served_at: datetime | None = Field(default=None, sa_type=Timestamp)
    final_at: datetime | None = Field(default=None, sa_type=Timestamp)
    document_id: UUID | None = None


class PlanService(SQLModel, table=True):
    """The service of a plan on one person: a creditor, or the debtor. The own fifteen days run from `received_at` (D-23)."""

    __tablename__ = "plan_service"
    __table_args__ = (
        UniqueConstraint("plan_id", "subject", name="plan_service_once"),
        Index("plan_service_account", "account_id"),
        Index("plan_service_window", "window_ends_at", postgresql_where=text("received_at IS NOT NULL")),
        CheckConstraint(
            "(received_at IS NULL) = (window_ends_at IS NULL)", name="plan_service_window_from_receipt"
        ),
    )

    id: UUID = Field(primary_key=True)
    plan_id: UUID = Field(foreign_key="distribution_plan.id")
    subject: str = Field(max_length=40)
    claim_id: UUID | None = Field(default=None, foreign_key="distribution_claim.id")
    name: str = Field(max_length=80)
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    sent_at: datetime = Field(sa_type=Timestamp)
    received_at: datetime | None = Field(default=None, sa_type=Timestamp)
    proof: str = Field(default="", max_length=200)
    window_ends_at: datetime | None = Field(default=None, sa_type=Timestamp)
