from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Json, Timestamp, one_of
from valuation.models import ValuationMethod


class StepOutcome(StrEnum):
    """How a way ended."""

    PRICED = "priced"
    UNEQUAL = "unequal"
    REFUSED = "refused"
    SILENT = "silent"
    IMPOSSIBLE = "impossible"
    WITHDRAWN = "withdrawn"


class ValuationStep(SQLModel, table=True):
    """One of the ways that a valuation went (V-02, V-37): on which facts, until when, and how it ended. At most one is open.

    `due_at` is the end of the period that the court or the law set; None while nobody has been asked yet.
    """

    __tablename__ = "valuation_step"
    __table_args__ = (
        UniqueConstraint("valuation_id", "position", name="valuation_step_order"),
        Index(
            "valuation_step_one_open", "valuation_id", unique=True, postgresql_where=text("outcome IS NULL")
        ),
        Index("valuation_step_due", "due_at", postgresql_where=text("outcome IS NULL")),
        one_of("method", ValuationMethod, table="valuation_step"),
        one_of("outcome", StepOutcome, table="valuation_step"),
        CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="valuation_step_ended_with_outcome"),
    )

    id: UUID = Field(primary_key=True)
    valuation_id: UUID = Field(foreign_key="valuation.id")
    position: int
    method: str
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    started_at: datetime = Field(sa_type=Timestamp)
    due_at: datetime | None = Field(default=None, sa_type=Timestamp)
    ended_at: datetime | None = Field(default=None, sa_type=Timestamp)
    outcome: str | None = Field(default=None, max_length=20)
    note: str = Field(default="", max_length=300)
