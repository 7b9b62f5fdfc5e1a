from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of


class AppraisalReport(SQLModel, table=True):
    """A report of an appraisal firm (V-23). `price_fen` is the appraised value; a corrected report is a new row."""

    __tablename__ = "appraisal_report"
    __table_args__ = (
        UniqueConstraint("firm", "report_no", name="appraisal_report_number"),
        Index("appraisal_report_valuation", "valuation_id"),
        CheckConstraint("price_fen > 0", name="appraisal_report_price_positive"),
        CheckConstraint("valid_until > appraised_on", name="appraisal_report_validity"),
    )

    id: UUID = Field(primary_key=True)
    valuation_id: UUID = Field(foreign_key="valuation.id")
    firm: str = Field(max_length=80)
    report_no: str = Field(max_length=60)
    price_fen: int = Field(sa_type=Fen)
    appraised_on: date
    valid_until: date
    unusual_reason: str = Field(default="", max_length=200)
    entered_by: UUID | None = None
    entered_at: datetime = Field(sa_type=Timestamp)


class ServiceWay(StrEnum):
    """How a paper reaches a person (C-07, V-30)."""

    ELECTRONIC = "electronic"
    POST = "post"
    IN_PERSON = "in_person"
    PUBLIC_POSTING = "public_posting"


class ResultService(SQLModel, table=True):
    """The 评估结果告知书 to one person (V-30), and the end of this person's objection window (V-31).

    `received_at` is the proven receipt, or for a public posting the moment at which it is deemed received.
    """

    __tablename__ = "result_service"
    __table_args__ = (
        UniqueConstraint("valuation_id", "party_id", name="result_service_once"),
        one_of("way", ServiceWay, table="result_service"),
        CheckConstraint("received_at >= sent_at", name="result_service_order"),
    )

    id: UUID = Field(primary_key=True)
    valuation_id: UUID = Field(foreign_key="valuation.id")
    party_id: UUID = Field(foreign_key="party.id")
    way: str
    sent_at: datetime = Field(sa_type=Timestamp)
    received_at: datetime | None = Field(default=None, sa_type=Timestamp)
    proof: str = Field(default="", max_length=200)
    window_ends_at: datetime | None = Field(default=None, sa_type=Timestamp)
