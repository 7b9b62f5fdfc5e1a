from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of


class WorkKind(StrEnum):
    """What may be given to others. Whatever is not named here the court does itself (B-04)."""

    PICTURES = "pictures"
    VIEWING = "viewing"
    EXPERT = "expert"
    STORAGE = "storage"


class WorkState(StrEnum):
    """Where an order stands."""

    ORDERED = "ordered"
    DONE = "done"
    CANCELLED = "cancelled"


class AuxiliaryBody(SQLModel, table=True):
    """A body on a court's list. An excluded one gets no further order; why it was excluded stays."""

    __tablename__ = "auxiliary_body"
    __table_args__ = (
        UniqueConstraint("court_code", "name", name="auxiliary_body_name"),
        CheckConstraint(
            "(excluded_at IS NULL) = (excluded_because = '')", name="auxiliary_body_excluded_with_reason"
        ),
        CheckConstraint("cardinality(kinds) > 0", name="auxiliary_body_does_something"),
    )

    id: UUID = Field(primary_key=True)
    court_code: str = Field(foreign_key="court.code")
    name: str = Field(max_length=80)
    kinds: list[str] = Field(sa_type=ARRAY(String))
    selected_how: str = Field(max_length=200)
    listed_at: datetime = Field(sa_type=Timestamp)
    excluded_at: datetime | None = Field(default=None, sa_type=Timestamp)
    excluded_because: str = Field(default="", max_length=300)


class AuxiliaryWork(SQLModel, table=True):
    """One order to a body for one asset. `cost_fen`: agreed, then as billed; the debtor bears it (B-04)."""

    __tablename__ = "auxiliary_work"
    __table_args__ = (
        Index("auxiliary_work_asset", "asset_id", "ordered_at"),
        one_of("kind", WorkKind, table="auxiliary_work"),
        one_of("state", WorkState, table="auxiliary_work"),
        CheckConstraint("cost_fen >= 0", name="auxiliary_work_cost_not_negative"),
        CheckConstraint("(state = 'ordered') = (ended_at IS NULL)", name="auxiliary_work_ended"),
    )

    id: UUID = Field(primary_key=True)
    asset_id: UUID = Field(foreign_key="asset.id")
    body_id: UUID = Field(foreign_key="auxiliary_body.id")
    kind: str
    task: str = Field(max_length=500)
    cost_fen: int = Field(sa_type=Fen)
    state: str = WorkState.ORDERED
    ordered_by: UUID | None = None
    ordered_at: datetime = Field(sa_type=Timestamp)
    ended_at: datetime | None = Field(default=None, sa_type=Timestamp)
    result: str = Field(default="", max_length=500)
