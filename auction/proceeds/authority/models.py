from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


class Leave(StrEnum):
    """What lets the disposing court divide where the seal alone does not."""

    CASE_DECIDED = "case_decided"
    FIRST_COURT = "first_court"
    SUPERIOR = "superior"


class DistributionLeave(SQLModel, table=True):
    """The paper by which the court that has the money may divide it (D-10), entered by a person of that court."""

    __tablename__ = "distribution_leave"
    __table_args__ = (
        one_of("ground", Leave, table="distribution_leave"),
        CheckConstraint("paper_ref <> ''", name="distribution_leave_with_paper"),
    )

    proceeds_id: UUID = Field(primary_key=True, foreign_key="proceeds.id")
    ground: str
    paper_ref: str = Field(max_length=200)
    decided_on: date
    entered_by: UUID | None = None
    entered_by_name: str = Field(default="", max_length=80)
    entered_at: datetime = Field(sa_type=Timestamp)
