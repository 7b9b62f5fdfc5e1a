from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.columns import Timestamp


class LotFollow(SQLModel, table=True):
    """Somebody who wants to be told of a lot without entering it. Who it is stands sealed (P-01): interest is nobody's business.

    `follower_match` is a keyed hash of this room's own purpose, so that it joins with no entry and no account.
    """

    __tablename__ = "lot_follow"
    __table_args__ = (
        UniqueConstraint("lot_id", "follower_match", name="lot_follow_once"),
        Index("lot_follow_person", "follower_match", "created_at"),
    )

    id: UUID = Field(primary_key=True)
    lot_id: UUID = Field(foreign_key="lot.id")
    follower_match: bytes = Field(sa_type=LargeBinary)
    follower_sealed: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=Timestamp)


class LotReminder(SQLModel, table=True):
    """A reminder that has been sent out: for this start, so many hours before it. A start that moves is reminded of anew."""

    __tablename__ = "lot_reminder"
    __table_args__ = (CheckConstraint("hours > 0", name="lot_reminder_hours_positive"),)

    lot_id: UUID = Field(primary_key=True, foreign_key="lot.id")
    starts_at: datetime = Field(primary_key=True, sa_type=Timestamp)
    hours: int = Field(primary_key=True)
    planned_at: datetime = Field(sa_type=Timestamp)
