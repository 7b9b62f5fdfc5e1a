from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


class DemandState(StrEnum):
    """Where a demand stands."""

    OPEN = "open"
    HANDED_IN = "handed_in"
    NOTHING = "nothing"


class QualityDemand(SQLModel, table=True):
    """The court demands the papers on an asset's quality from the debtor (B-05). NOTHING: closed without papers, with why."""

    __tablename__ = "quality_demand"
    __table_args__ = (
        Index("quality_demand_asset", "asset_id", "asked_at"),
        Index("quality_demand_one_open", "asset_id", unique=True, postgresql_where=text("state = 'open'")),
        one_of("state", DemandState, table="quality_demand"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="quality_demand_ended"),
    )

    id: UUID = Field(primary_key=True)
    asset_id: UUID = Field(foreign_key="asset.id")
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    wanted: str = Field(max_length=1000)
    state: str = DemandState.OPEN
    asked_by: UUID | None = None
    asked_at: datetime = Field(sa_type=Timestamp)
    due_at: datetime = Field(sa_type=Timestamp)
    statement: str = Field(default="", max_length=1000)
    ended_at: datetime | None = Field(default=None, sa_type=Timestamp)


class QualityFile(SQLModel, table=True):
    """One paper that was handed in, kept sealed; `by_debtor` is false where the court took it in on paper."""

    __tablename__ = "quality_file"
    __table_args__ = (Index("quality_file_demand", "demand_id"),)

    file_id: UUID = Field(primary_key=True, foreign_key="sealed_file.id")
    demand_id: UUID = Field(foreign_key="quality_demand.id")
    sha256: str = Field(max_length=64)
    by_debtor: bool
    added_at: datetime = Field(sa_type=Timestamp)
