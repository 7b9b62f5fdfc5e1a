from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
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


class EngagementState(StrEnum):
    """Where the work of one chosen firm stands (§11.2)."""

    IN_RESERVE = "in_reserve"
    ENTRUSTED = "entrusted"
    REPORTED = "reported"
    DECLINED = "declined"
    OVERDUE = "overdue"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class AppraisalEngagement(SQLModel, table=True):
    """The part of one chosen firm (V-20, V-21): in reserve, at work until `due_at`, or out. At most one is at work.

    `materials_due_at`: by when a firm that is out returns what it was given (V-23: 3 days).
    """

    __tablename__ = "appraisal_engagement"
    __table_args__ = (
        UniqueConstraint("valuation_id", "position", name="appraisal_engagement_order"),
        Index(
            "appraisal_engagement_one_at_work",
            "valuation_id",
            unique=True,
            postgresql_where=text("state = 'entrusted'"),
        ),
        Index("appraisal_engagement_due", "due_at", postgresql_where=text("state = 'entrusted'")),
        Index("appraisal_engagement_firm", "firm_id", "state"),
        one_of("state", EngagementState, table="appraisal_engagement"),
        CheckConstraint("extensions BETWEEN 0 AND 2", name="appraisal_engagement_extensions"),
        CheckConstraint(
            "state <> 'entrusted' OR (entrusted_at IS NOT NULL AND due_at IS NOT NULL)",
            name="appraisal_engagement_entrusted",
        ),
    )

    id: UUID = Field(primary_key=True)
    valuation_id: UUID = Field(foreign_key="valuation.id")
    firm_id: UUID = Field(foreign_key="appraisal_firm.id")
    position: int
    state: str = EngagementState.IN_RESERVE
    entrusted_at: datetime | None = Field(default=None, sa_type=Timestamp)
    accepted_at: datetime | None = Field(default=None, sa_type=Timestamp)
    due_at: datetime | None = Field(default=None, sa_type=Timestamp)
    extensions: int = 0
    extension_asked_days: int | None = None
    extension_reason: str = Field(default="", max_length=200)
    reported_at: datetime | None = Field(default=None, sa_type=Timestamp)
    ended_at: datetime | None = Field(default=None, sa_type=Timestamp)
    end_reason: str = Field(default="", max_length=200)
    materials_due_at: datetime | None = Field(default=None, sa_type=Timestamp)
    materials_returned_at: datetime | None = Field(default=None, sa_type=Timestamp)
