from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


class Matter(StrEnum):
    """What a complaint is about."""

    NOTICE = "notice"
    VIEWING = "viewing"
    BIDDING = "bidding"
    MONEY = "money"
    DELIVERY = "delivery"
    CONDUCT = "conduct"
    OTHER = "other"


class Complaint(SQLModel, table=True):
    """A complaint that came by the 12368 line. Nothing is kept of who complained. `received_on`: the court's day."""

    __tablename__ = "complaint"
    __table_args__ = (
        UniqueConstraint("ticket_no", name="complaint_ticket"),
        Index("complaint_newest", "received_on", "id"),
        Index("complaint_of_lot", "lot_id"),
        one_of("matter", Matter, table="complaint"),
        CheckConstraint("ticket_no <> '' AND summary <> ''", name="complaint_has_words"),
    )

    id: UUID = Field(primary_key=True)
    ticket_no: str = Field(max_length=40)
    received_on: date
    court_code: str = Field(foreign_key="court.code", index=True)
    lot_id: UUID | None = Field(default=None, foreign_key="lot.id")
    matter: str
    summary: str = Field(max_length=500)
    entered_by: UUID | None = None
    entered_by_name: str = Field(default="", max_length=80)
    entered_at: datetime = Field(sa_type=Timestamp)
    is_demo: bool = False
