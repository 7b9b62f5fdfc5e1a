from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Json, Timestamp, one_of


class InquiryPlatform(SQLModel, table=True):
    """A platform of the list of judicial inquiry platforms (V-10, V-15). `token_hash`: of the key it delivers with."""

    __tablename__ = "inquiry_platform"

    code: str = Field(primary_key=True, max_length=20)
    name: str = Field(max_length=60)
    listed_on: date
    removed_on: date | None = None
    removal_reason: str = Field(default="", max_length=200)
    barred_until: date | None = None
    token_hash: bytes | None = Field(default=None, sa_type=LargeBinary, unique=True)


class InquiryState(StrEnum):
    """Where one platform's answer stands."""

    SENT = "sent"
    DELIVERED = "delivered"
    LATE = "late"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ReportFault(StrEnum):
    """What the court's check finds wrong in a report (V-12)."""

    WRONG_BASICS = "wrong_basics"
    EXCESS_OR_OMISSION = "excess_or_omission"
    SUSPECT_UNIT = "suspect_unit"


class PlatformInquiry(SQLModel, table=True):
    """The entrustment to one platform and its report (V-10, V-11).

    `fault` is what the court's check found (V-12); a corrected report replaces the figures and clears it. `corrections`: how
    often one was demanded. `report` holds samples and method as delivered, frozen with the file (V-37).
    """

    __tablename__ = "platform_inquiry"
    __table_args__ = (
        UniqueConstraint("valuation_id", "platform_code", name="platform_inquiry_once"),
        Index("platform_inquiry_due", "due_at", postgresql_where=text("state = 'sent'")),
        Index("platform_inquiry_platform", "platform_code", "state"),
        one_of("state", InquiryState, table="platform_inquiry"),
        one_of("fault", ReportFault, table="platform_inquiry"),
        CheckConstraint("price_fen > 0", name="platform_inquiry_price_positive"),
        CheckConstraint(
            "(state = 'delivered') = (price_fen IS NOT NULL AND delivered_at IS NOT NULL AND valid_until IS NOT NULL)",
            name="platform_inquiry_delivered_is_complete",
        ),
    )

    id: UUID = Field(primary_key=True)
    valuation_id: UUID = Field(foreign_key="valuation.id")
    platform_code: str = Field(foreign_key="inquiry_platform.code")
    state: str = InquiryState.SENT
    sent_at: datetime = Field(sa_type=Timestamp)
    due_at: datetime = Field(sa_type=Timestamp)
    extension_asked_at: datetime | None = Field(default=None, sa_type=Timestamp)
    is_extended: bool = False
    price_fen: int | None = Field(default=None, sa_type=Fen)
    valid_until: date | None = None
    report_no: str = Field(default="", max_length=60)
    report: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    delivered_at: datetime | None = Field(default=None, sa_type=Timestamp)
    reviewed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    fault: str | None = Field(default=None, max_length=30)
    correction_due_at: datetime | None = Field(default=None, sa_type=Timestamp)
    is_objected: bool = False
    objection_dismissed: bool = False
    corrections: int = 0
