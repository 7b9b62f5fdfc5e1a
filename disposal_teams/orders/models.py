from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, String, Uuid, text
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of
from disposal_teams.instructions.models import InstructionKind


class Verdict(StrEnum):
    """What the court above answers when it is asked to reconsider (T-23)."""

    UPHELD = "upheld"
    REVOKED = "revoked"


class InactionDecision(StrEnum):
    """What the court above does with an application under the six-month rule (T-20)."""

    TIME_LIMIT = "time_limit"
    TAKEN = "taken"
    ELSEWHERE = "elsewhere"
    DISMISSED = "dismissed"


class InactionState(StrEnum):
    """Where an application under the six-month rule stands."""

    FILED = "filed"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class CourtOrder(SQLModel, table=True):
    """What makes an instruction from above an order: the ruling, the court that disposes from its service on, and the
    reconsideration. Its way between the courts is that of the instruction of the same id.

    `old_case_id` is the case in which it is made. Where the power moves, `new_case_id` is what the chosen court filed; the old
    case is struck off with it. `moved_assets` are those that changed hands at service.
    """

    __tablename__ = "court_order"
    __table_args__ = (
        one_of("kind", InstructionKind, table="court_order"),
        one_of("verdict", Verdict, table="court_order"),
        Index("court_order_old_case", "old_case_id"),
        Index("court_order_chosen", "chosen_court", "served_at"),
        Index(
            "court_order_to_file", "chosen_court", "file_due_at",
            postgresql_where=text("file_due_at IS NOT NULL AND new_case_id IS NULL AND verdict IS DISTINCT FROM 'revoked'"),
        ),
        CheckConstraint(
            "kind IN ('urge', 'joint', 'designate', 'raise', 'concentrate')", name="court_order_kind_from_above"
        ),
        CheckConstraint("(verdict IS NULL) = (judged_at IS NULL)", name="court_order_verdict_dated"),
        CheckConstraint("verdict IS NULL OR asked_at IS NOT NULL", name="court_order_judged_when_asked"),
        CheckConstraint(
            "kind IN ('urge', 'joint') OR cardinality(panel) >= 3", name="court_order_moved_by_a_panel"
        ),
    )  # fmt: skip

    instruction_id: UUID = Field(primary_key=True, foreign_key="instruction.id")
    kind: str
    superior_court: str = Field(foreign_key="court.code", max_length=8)
    old_court: str = Field(foreign_key="court.code", max_length=8)
    chosen_court: str = Field(foreign_key="court.code", max_length=8)
    old_case_id: UUID = Field(foreign_key="enforcement_case.id")
    new_case_id: UUID | None = Field(default=None, foreign_key="enforcement_case.id")
    inaction_id: UUID | None = None
    reason: str = Field(max_length=2000)
    panel: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    due_on: date
    moved_assets: list[UUID] = Field(default_factory=list, sa_type=ARRAY(Uuid))
    served_at: datetime = Field(sa_type=Timestamp)
    file_due_at: datetime | None = Field(default=None, sa_type=Timestamp)
    ruling_document_id: UUID | None = None
    closing_document_id: UUID | None = None
    missed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    asked_at: datetime | None = Field(default=None, sa_type=Timestamp)
    asked_why: str = Field(default="", max_length=2000)
    verdict: str | None = Field(default=None, max_length=20)
    judged_at: datetime | None = Field(default=None, sa_type=Timestamp)
    judged_why: str = Field(default="", max_length=2000)
    is_demo: bool = False


class InactionRequest(SQLModel, table=True):
    """An applicant's application to the court above because six months have passed (T-20). One open per case."""

    __tablename__ = "inaction_request"
    __table_args__ = (
        one_of("state", InactionState, table="inaction_request"),
        one_of("decision", InactionDecision, table="inaction_request"),
        Index("inaction_one_open", "case_id", unique=True, postgresql_where=text("state = 'filed'")),
        Index("inaction_to_decide", "superior_court", "state", "filed_at"),
        Index("inaction_of_account", "account_id"),
        CheckConstraint("(state = 'decided') = (decision IS NOT NULL)", name="inaction_decided_with_words"),
        CheckConstraint("stopped_days >= 0", name="inaction_stopped_days_not_negative"),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    court_code: str = Field(foreign_key="court.code", max_length=8)
    superior_court: str = Field(foreign_key="court.code", max_length=8)
    account_id: UUID | None = None
    applicant: str = Field(max_length=80)
    reason: str = Field(max_length=2000)
    found_on: date | None = None
    stopped_days: int = 0
    state: str = InactionState.FILED
    filed_at: datetime = Field(sa_type=Timestamp)
    decision: str | None = Field(default=None, max_length=20)
    decided_why: str = Field(default="", max_length=2000)
    decided_at: datetime | None = Field(default=None, sa_type=Timestamp)
    order_id: UUID | None = None
