from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of


class ObjectionGround(StrEnum):
    """What is wrong with the report: the first four for the objection panel (art. 22), the others for the firm (art. 23)."""

    WRONG_BASICS = "wrong_basics"
    EXCESS_OR_OMISSION = "excess_or_omission"
    NO_QUALIFICATION = "no_qualification"
    GRAVE_PROCEDURE = "grave_procedure"
    STANDARD = "standard"
    METHOD = "method"
    RESULT = "result"


class ReportObjectionState(StrEnum):
    """Where an objection stands (§11.2: OBJECTION_T1, OBJECTION_T2, EXPERT_REVIEW)."""

    RULING = "ruling"
    SENDING = "sending"
    ANSWERING = "answering"
    ANSWERED = "answered"
    REVIEW = "review"
    CLOSED = "closed"


class ReportObjectionOutcome(StrEnum):
    """What came of it. `superseded`: the report it was about is gone."""

    FOUNDED = "founded"
    DISMISSED = "dismissed"
    NOT_ACCEPTED = "not_accepted"
    EXPLAINED = "explained"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class ReviewVerdict(StrEnum):
    """What the association's technical review (专业技术评审) concludes."""

    UPHELD = "upheld"
    OTHER_PRICE = "other_price"
    FIRM_CORRECTS = "firm_corrects"


class ReportObjection(SQLModel, table=True):
    """One person's objection to what this person was served with (V-31). One for each service: a second is not accepted.

    `platforms`: the platforms whose reports are meant, in an online inquiry. `objection_id`: the case before the objection panel.
    """

    __tablename__ = "report_objection"
    __table_args__ = (
        UniqueConstraint("service_id", name="report_objection_once"),
        UniqueConstraint("objection_id", name="report_objection_case"),
        Index("report_objection_valuation", "valuation_id"),
        Index(
            "report_objection_answer_due",
            "answer_due_at",
            postgresql_where=text("state = 'answering'"),
        ),
        Index(
            "report_objection_contest_due",
            "contest_due_at",
            postgresql_where=text("state = 'answered'"),
        ),
        one_of("state", ReportObjectionState, table="report_objection"),
        one_of("outcome", ReportObjectionOutcome, table="report_objection"),
        one_of("verdict", ReviewVerdict, table="report_objection"),
        CheckConstraint("cardinality(grounds) > 0", name="report_objection_has_grounds"),
        CheckConstraint(
            "(state = 'closed') = (outcome IS NOT NULL AND closed_at IS NOT NULL)",
            name="report_objection_closed_has_outcome",
        ),
        CheckConstraint(
            "state <> 'ruling' OR objection_id IS NOT NULL", name="report_objection_before_panel"
        ),
        CheckConstraint(
            "state <> 'answering' OR answer_due_at IS NOT NULL", name="report_objection_answer_has_end"
        ),
        CheckConstraint(
            "state <> 'answered' OR contest_due_at IS NOT NULL", name="report_objection_contest_has_end"
        ),
        CheckConstraint(
            "(verdict = 'other_price') = (review_price_fen IS NOT NULL)", name="report_objection_review_price"
        ),
        CheckConstraint("review_price_fen > 0", name="report_objection_review_price_positive"),
    )

    id: UUID = Field(primary_key=True)
    valuation_id: UUID = Field(foreign_key="valuation.id")
    service_id: UUID = Field(foreign_key="result_service.id")
    party_id: UUID = Field(foreign_key="party.id")
    grounds: list[str] = Field(sa_type=ARRAY(String))
    platforms: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    reasons: str = Field(max_length=2000)
    paper_ref: str = Field(default="", max_length=120)
    filed_by: UUID | None = None
    filed_at: datetime = Field(sa_type=Timestamp)
    state: str
    objection_id: UUID | None = Field(default=None, foreign_key="objection.id")
    sent_at: datetime | None = Field(default=None, sa_type=Timestamp)
    answer_due_at: datetime | None = Field(default=None, sa_type=Timestamp)
    answered_at: datetime | None = Field(default=None, sa_type=Timestamp)
    answer: str = Field(default="", max_length=2000)
    report_id: UUID | None = Field(default=None, foreign_key="appraisal_report.id")
    contest_due_at: datetime | None = Field(default=None, sa_type=Timestamp)
    contested_at: datetime | None = Field(default=None, sa_type=Timestamp)
    contest_reason: str = Field(default="", max_length=1000)
    review_due_at: datetime | None = Field(default=None, sa_type=Timestamp)
    reviewed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    verdict: str | None = Field(default=None, max_length=20)
    conclusion: str = Field(default="", max_length=2000)
    review_price_fen: int | None = Field(default=None, sa_type=Fen)
    outcome: str | None = Field(default=None, max_length=20)
    closed_at: datetime | None = Field(default=None, sa_type=Timestamp)

    @property
    def is_open(self) -> bool:
        """Whether the price still waits for it."""
        return self.state != ReportObjectionState.CLOSED
