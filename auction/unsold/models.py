from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, Index, String
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


class UnsoldChoice(StrEnum):
    """What becomes of the asset (X-09, X-12)."""

    RELEASE = "release"
    FORCED_MANAGEMENT = "forced_management"
    LEASE = "lease"
    SECOND_DISPOSAL = "second_disposal"


class UnsoldDecision(SQLModel, table=True):
    """The panel's decision after an unsold sell-off, or later when other measures end. `ground`: of a second disposal."""

    __tablename__ = "unsold_decision"
    __table_args__ = (
        Index("unsold_decision_asset", "asset_id", "created_at"),
        one_of("choice", UnsoldChoice, table="unsold_decision"),
    )

    id: UUID = Field(primary_key=True)
    asset_id: UUID = Field(foreign_key="asset.id")
    lot_id: UUID = Field(foreign_key="lot.id")
    choice: str
    ground: str = Field(default="", max_length=20)
    reason: str = Field(max_length=1000)
    members: list[str] = Field(sa_type=ARRAY(String))
    decided_on: date
    carried_out_at: datetime | None = Field(default=None, sa_type=Timestamp)
    created_at: datetime = Field(sa_type=Timestamp)
