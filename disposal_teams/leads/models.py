from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


class LeadState(StrEnum):
    """Where a lead stands."""

    RECEIVED = "received"
    CHECKING = "checking"
    ANSWERED = "answered"
    NOT_PURSUED = "not_pursued"


class LeadResult(StrEnum):
    """What came of it, as the reporter is told."""

    FOUND = "found"
    KNOWN_ALREADY = "known_already"
    NOTHING_FOUND = "nothing_found"
    NOT_THIS_COURT = "not_this_court"
    TOO_VAGUE = "too_vague"


OVER = frozenset({LeadState.ANSWERED, LeadState.NOT_PURSUED})


class Lead(SQLModel, table=True):
    """A lead. Its text and the reporter's contact are sealed; `code_hash` is all that is kept of the reporter's code.

    No column says where it came from: the count against abuse stands apart (`LeadCount`) and is thrown away after days.
    """

    __tablename__ = "lead"
    __table_args__ = (
        Index("lead_number", "number", unique=True),
        Index("lead_open", "court_code", "due_at", "id", postgresql_where=text("due_at IS NOT NULL")),
        Index("lead_newest", "court_code", "id"),
        one_of("state", LeadState, table="lead"),
        one_of("result", LeadResult, table="lead"),
        CheckConstraint(
            "(state IN ('answered', 'not_pursued')) = (result IS NOT NULL AND due_at IS NULL)",
            name="lead_over_with_a_result",
        ),
    )

    id: UUID = Field(primary_key=True)
    number: str = Field(max_length=20)
    court_code: str = Field(foreign_key="court.code", max_length=8)
    words_sealed: bytes = Field(sa_type=LargeBinary)
    code_hash: bytes = Field(sa_type=LargeBinary)
    case_id: UUID | None = Field(default=None, foreign_key="enforcement_case.id")
    state: str = LeadState.RECEIVED
    received_at: datetime = Field(sa_type=Timestamp)
    due_at: datetime | None = Field(default=None, sa_type=Timestamp)
    handler_account_id: UUID | None = Field(default=None, foreign_key="account.id")
    result: str | None = Field(default=None, max_length=30)
    answer: str = Field(default="", max_length=1000)
    answered_at: datetime | None = Field(default=None, sa_type=Timestamp)
    is_demo: bool = False


class LeadCount(SQLModel, table=True):
    """How many leads came from one place on one day: a keyed hash that changes every day and goes after a week."""

    __tablename__ = "lead_count"

    on_day: date = Field(primary_key=True)
    place: bytes = Field(primary_key=True, sa_type=LargeBinary)
    count: int = 1
