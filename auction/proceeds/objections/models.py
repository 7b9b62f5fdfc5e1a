from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from auction.proceeds.plan.divide import Rank
from core.columns import Fen, Timestamp, one_of


class Demand(StrEnum):
    """What an objector wants of a claim in the plan."""

    EXCLUDE = "exclude"
    AMOUNT = "amount"
    RANK = "rank"


class PlanObjectionState(StrEnum):
    """D-23 step by step. `upheld`: nobody spoke against it, or a court did for it; `failed`: the plan stays."""

    FILED = "filed"
    CONTESTED = "contested"
    SUED = "sued"
    UPHELD = "upheld"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class PlanObjection(SQLModel, table=True):
    """One person's objection to a served plan, as a change that can be reckoned: a claim out, at another amount, at another rank.

    `counter_ends_at`: until when the others may speak against it; `suit_ends_at`: until when the objector may sue them.
    """

    __tablename__ = "plan_objection"
    __table_args__ = (
        Index(
            "plan_objection_one_open",
            "service_id",
            "target_claim_id",
            unique=True,
            postgresql_where=text("state IN ('filed', 'contested', 'sued')"),
        ),
        Index("plan_objection_plan", "plan_id"),
        one_of("demand", Demand, table="plan_objection"),
        one_of("state", PlanObjectionState, table="plan_objection"),
        one_of("demanded_rank", Rank, table="plan_objection"),
        CheckConstraint("(demand = 'amount') = (demanded_fen IS NOT NULL)", name="plan_objection_amount"),
        CheckConstraint("(demand = 'rank') = (demanded_rank IS NOT NULL)", name="plan_objection_rank"),
        CheckConstraint("demanded_fen >= 0", name="plan_objection_amount_not_negative"),
        CheckConstraint("state <> 'sued' OR suit_case_no <> ''", name="plan_objection_suit_with_number"),
    )

    id: UUID = Field(primary_key=True)
    plan_id: UUID = Field(foreign_key="distribution_plan.id")
    proceeds_id: UUID = Field(foreign_key="proceeds.id", index=True)
    service_id: UUID = Field(foreign_key="plan_service.id")
    target_claim_id: UUID = Field(foreign_key="distribution_claim.id")
    demand: str
    demanded_fen: int | None = Field(default=None, sa_type=Fen)
    demanded_rank: str | None = None
    reasons: str = Field(max_length=2000)
    state: str = PlanObjectionState.FILED
    filed_at: datetime = Field(sa_type=Timestamp)
    entered_by: UUID | None = None
    others_told_at: datetime | None = Field(default=None, sa_type=Timestamp)
    counter_ends_at: datetime | None = Field(default=None, sa_type=Timestamp)
    objector_told_at: datetime | None = Field(default=None, sa_type=Timestamp)
    suit_ends_at: datetime | None = Field(default=None, sa_type=Timestamp)
    suit_case_no: str = Field(default="", max_length=60)
    suit_filed_on: date | None = None
    outcome_ref: str = Field(default="", max_length=200)
    closed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    document_id: UUID | None = None


class ObjectionView(SQLModel, table=True):
    """A view against an objection, by another person whom the plan was served on."""

    __tablename__ = "plan_objection_view"
    __table_args__ = (UniqueConstraint("objection_id", "service_id", name="plan_objection_view_once"),)

    id: UUID = Field(primary_key=True)
    objection_id: UUID = Field(foreign_key="plan_objection.id")
    service_id: UUID = Field(foreign_key="plan_service.id")
    reasons: str = Field(max_length=2000)
    entered_by: UUID | None = None
    given_at: datetime = Field(sa_type=Timestamp)
