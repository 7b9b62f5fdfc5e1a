from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


class SupervisionGround(StrEnum):
    """The grounds of art. 25 (V-32)."""

    FRAUD_OR_DURESS = "fraud_or_duress"
    COLLUSION = "collusion"
    FALSE_RESULT = "false_result"
    WRONG_HANDLING = "wrong_handling"


class SupervisionOutcome(StrEnum):
    """What the court above decides: the evidence does not show it, or the price is set aside."""

    STANDS = "stands"
    SET_ASIDE = "set_aside"


class PriceSupervision(SQLModel, table=True):
    """A person's request to review a price by way of supervision (V-32), with its decision. Open while `outcome` is NULL."""

    __tablename__ = "price_supervision"
    __table_args__ = (
        Index(
            "price_supervision_one_open",
            "valuation_id",
            "party_id",
            unique=True,
            postgresql_where=text("outcome IS NULL"),
        ),
        one_of("ground", SupervisionGround, table="price_supervision"),
        one_of("outcome", SupervisionOutcome, table="price_supervision"),
        CheckConstraint("evidence <> ''", name="price_supervision_has_evidence"),
        CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL) AND (outcome IS NULL) = (reasons = '')",
            name="price_supervision_decided",
        ),
    )

    id: UUID = Field(primary_key=True)
    valuation_id: UUID = Field(foreign_key="valuation.id")
    party_id: UUID = Field(foreign_key="party.id")
    ground: str
    evidence: str = Field(max_length=2000)
    paper_ref: str = Field(default="", max_length=120)
    filed_by: UUID | None = None
    filed_at: datetime = Field(sa_type=Timestamp)
    due_at: datetime = Field(sa_type=Timestamp)
    outcome: str | None = None
    reasons: str = Field(default="", max_length=2000)
    decided_by: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_type=Timestamp)
