from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


class GraceState(StrEnum):
    """What became of the wish."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"


class BalanceGrace(SQLModel, table=True):
    """The one wish for more time that a sale allows. `old_due_at` and `new_due_at` are exclusive ends."""

    __tablename__ = "balance_grace"
    __table_args__ = (
        one_of("state", GraceState, table="balance_grace"),
        Index("balance_grace_court", "court_code", "state"),
        CheckConstraint(
            "(state = 'granted') = (new_due_at IS NOT NULL) AND (new_due_at IS NULL OR new_due_at > old_due_at)",
            name="balance_grace_granted_is_later",
        ),
        CheckConstraint(
            "(state IN ('granted', 'refused')) = (decided_at IS NOT NULL)", name="balance_grace_decided"
        ),
    )

    lot_id: UUID = Field(primary_key=True, foreign_key="lot.id")
    court_code: str = Field(foreign_key="court.code")
    state: str = GraceState.ASKED
    wanted_until: date
    reason: str = Field(max_length=1000)
    by_buyer: bool
    asked_at: datetime = Field(sa_type=Timestamp)
    old_due_at: datetime = Field(sa_type=Timestamp)
    new_due_at: datetime | None = Field(default=None, sa_type=Timestamp)
    decided_by: UUID | None = None
    decided_by_name: str = Field(default="", max_length=80)
    decided_at: datetime | None = Field(default=None, sa_type=Timestamp)
    note: str = Field(default="", max_length=500)
