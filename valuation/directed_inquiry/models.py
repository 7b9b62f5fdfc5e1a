from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp


class DirectedInquiry(SQLModel, table=True):
    """The letter to a body and its reply (§10 no. 4). `price_fen` is None while it has not answered, or was unable to."""

    __tablename__ = "directed_inquiry"
    __table_args__ = (
        CheckConstraint("price_fen > 0", name="directed_inquiry_price_positive"),
        CheckConstraint(
            "price_fen IS NULL OR (replied_at IS NOT NULL AND valid_until IS NOT NULL)",
            name="directed_inquiry_reply_complete",
        ),
    )

    valuation_id: UUID = Field(primary_key=True, foreign_key="valuation.id")
    agency: str = Field(max_length=80)
    requirement: str = Field(max_length=500)
    sent_at: datetime = Field(sa_type=Timestamp)
    due_at: datetime = Field(sa_type=Timestamp)
    reply_no: str = Field(default="", max_length=60)
    basis: str = Field(default="", max_length=300)
    price_fen: int | None = Field(default=None, sa_type=Fen)
    valid_until: date | None = None
    replied_at: datetime | None = Field(default=None, sa_type=Timestamp)
