from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, LargeBinary, String, UniqueConstraint, Uuid, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of


class AppraisalReport(SQLModel, table=True):
    """A report of an appraisal firm (V-23). `price_fen` is the appraised value; a corrected report is the next `version`.

    `file_id`: the sealed PDF that the firm uploaded, with the hash it had then; `signers`: who signed it, with their licences.
    `mentions`: which of firm, registry number and price were found in the PDF's text; empty for a scan.
    """

    __tablename__ = "appraisal_report"
    __table_args__ = (
        UniqueConstraint("firm", "report_no", name="appraisal_report_number"),
        UniqueConstraint("valuation_id", "version", name="appraisal_report_version"),
        CheckConstraint(
            "(file_id IS NULL) = (file_sha256 IS NULL) AND (file_id IS NULL) = (file_pages IS NULL)",
            name="appraisal_report_file_is_complete",
        ),
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
    version: int = 1
    signers: str = Field(default="", max_length=200)
    file_id: UUID | None = Field(default=None, foreign_key="sealed_file.id")
    file_sha256: bytes | None = Field(default=None, sa_type=LargeBinary)
    file_pages: int | None = None
    mentions: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
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

    `received_at` is the proven receipt, or for a public posting the moment at which it is deemed received. `is_superseded`: the
    report it was about has been given up for another firm's, which is served anew.
    """

    __tablename__ = "result_service"
    __table_args__ = (
        Index(
            "result_service_once",
            "valuation_id",
            "party_id",
            unique=True,
            postgresql_where=text("NOT is_superseded"),
        ),
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
    is_superseded: bool = False


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


class DemandCause(StrEnum):
    """Why a firm must explain or correct its report (V-24)."""

    WRONG_BASICS = "wrong_basics"
    EXCESS_OR_OMISSION = "excess_or_omission"
    OTHER_FIRM = "other_firm"
    SIGNERS_NOT_QUALIFIED = "signers_not_qualified"
    OTHER = "other"


class ReportDemand(SQLModel, table=True):
    """The court asks the firm to explain or correct its report in three days (V-24). At most one is open.

    `report_id`: the corrected report, when the firm answered with one.
    """

    __tablename__ = "report_demand"
    __table_args__ = (
        Index(
            "report_demand_one_open",
            "valuation_id",
            unique=True,
            postgresql_where=text("answered_at IS NULL AND ended_at IS NULL"),
        ),
        one_of("cause", DemandCause, table="report_demand"),
    )

    id: UUID = Field(primary_key=True)
    valuation_id: UUID = Field(foreign_key="valuation.id")
    engagement_id: UUID = Field(foreign_key="appraisal_engagement.id")
    cause: str
    wanted: str = Field(max_length=500)
    asked_at: datetime = Field(sa_type=Timestamp)
    due_at: datetime = Field(sa_type=Timestamp)
    answered_at: datetime | None = Field(default=None, sa_type=Timestamp)
    explanation: str = Field(default="", max_length=2000)
    report_id: UUID | None = Field(default=None, foreign_key="appraisal_report.id")
    ended_at: datetime | None = Field(default=None, sa_type=Timestamp)

    @property
    def is_open(self) -> bool:
        """Whether the firm still owes its answer."""
        return self.answered_at is None and self.ended_at is None


class SiteInspection(SQLModel, table=True):
    """An inspection on the site (V-22): who was called for when, who came, and who witnessed where somebody stayed away."""

    __tablename__ = "site_inspection"
    __table_args__ = (
        Index(
            "site_inspection_one_open",
            "engagement_id",
            unique=True,
            postgresql_where=text("held_at IS NULL AND cancelled_at IS NULL"),
        ),
        CheckConstraint(
            "held_at IS NULL OR present @> called OR witness <> ''",
            name="site_inspection_absence_is_witnessed",
        ),
        CheckConstraint("NOT was_refused OR force_measure <> ''", name="site_inspection_refusal_is_met"),
    )

    id: UUID = Field(primary_key=True)
    engagement_id: UUID = Field(foreign_key="appraisal_engagement.id")
    planned_at: datetime = Field(sa_type=Timestamp)
    place: str = Field(max_length=120)
    called: list[UUID] = Field(sa_type=ARRAY(Uuid))
    called_at: datetime = Field(sa_type=Timestamp)
    held_at: datetime | None = Field(default=None, sa_type=Timestamp)
    present: list[UUID] = Field(default_factory=list, sa_type=ARRAY(Uuid))
    witness: str = Field(default="", max_length=120)
    was_refused: bool = False
    force_measure: str = Field(default="", max_length=300)
    findings: str = Field(default="", max_length=1000)
    cancelled_at: datetime | None = Field(default=None, sa_type=Timestamp)
