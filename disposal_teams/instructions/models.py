from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, LargeBinary, Uuid, text
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


class InstructionKind(StrEnum):
    """The types of §7.5. What each of them demands stands as data in `kinds.py`."""

    FIND = "find"
    SERVE = "serve"
    SEAL = "seal"
    EVICT = "evict"
    PARTICIPATE = "participate"
    ENTRUST = "entrust"
    COORDINATE = "coordinate"
    ASK_SUPERIOR = "ask_superior"
    URGE = "urge"
    JOINT = "joint"
    DESIGNATE = "designate"
    RAISE = "raise"
    CONCENTRATE = "concentrate"


class InstructionState(StrEnum):
    """Where an instruction stands (§11.7). What is also true of it meanwhile is kept in columns of its own: extended once,
    returned once, reopened once, overdue and how far that was carried up."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    SENT = "sent"
    SIGNED_IN = "signed_in"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    RETURNED = "returned"
    FEEDBACK = "feedback"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Urgency(StrEnum):
    """How soon the work must be done."""

    NORMAL = "normal"
    URGENT = "urgent"
    CRITICAL = "critical"


class Result(StrEnum):
    """What the court that worked reports."""

    DONE = "done"
    PARTLY = "partly"
    IMPOSSIBLE = "impossible"


class Acceptance(StrEnum):
    """How the result came to be accepted."""

    ACCEPTED = "accepted"
    BY_SILENCE = "by_silence"


class ReturnReason(StrEnum):
    """Why the court sends an instruction back."""

    PAPERS_MISSING = "papers_missing"
    WRONG_COURT = "wrong_court"


class Escalation(StrEnum):
    """How far a missed clock has been carried up."""

    DIRECTOR = "director"
    BUREAU = "bureau"
    BULLETIN = "bulletin"


class FileSide(StrEnum):
    """Which court put a file there."""

    REQUEST = "request"
    FEEDBACK = "feedback"


S = InstructionState
OPEN_STATES = frozenset(set(S) - {S.CLOSED, S.WITHDRAWN})
"""Somebody still has to do something."""

WITH_RECEIVER = frozenset({S.SENT, S.SIGNED_IN, S.ASSIGNED, S.IN_PROGRESS})
"""It is the receiving court's turn."""

READABLE = frozenset({S.SENT, S.SIGNED_IN, S.ASSIGNED, S.IN_PROGRESS, S.RETURNED, S.FEEDBACK})
"""While one of these lasts the receiving court may open the file of the case (P-03)."""


def _listed(states: frozenset[InstructionState]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))


class Instruction(SQLModel, table=True):
    """An instruction of `from_court` in its case to `to_court`. One clock runs at a time (`due_at`), the same for both courts.

    `next_check_at` is when the system looks at it next: a nudge, the end of the clock, a step of the escalation.
    """

    __tablename__ = "instruction"
    __table_args__ = (
        Index("instruction_number", "number", unique=True),
        Index(
            "instruction_inbox", "to_court", "due_at", "id",
            postgresql_where=text(f"state IN ({_listed(READABLE)})"),
        ),
        Index("instruction_inbox_state", "to_court", "state", "due_at", "id"),
        Index(
            "instruction_outbox", "from_court", "due_at", "id",
            postgresql_where=text(f"state IN ({_listed(OPEN_STATES)})"),
        ),
        Index("instruction_outbox_state", "from_court", "state", "due_at", "id"),
        Index("instruction_newest_in", "to_court", "id"),
        Index("instruction_newest_out", "from_court", "id"),
        Index(
            "instruction_load", "assignee_account_id",
            postgresql_where=text("state IN ('assigned', 'in_progress')"),
        ),
        Index("instruction_check", "next_check_at", postgresql_where=text("next_check_at IS NOT NULL")),
        Index("instruction_case", "case_id"),
        Index("instruction_asset", "asset_id"),
        one_of("kind", InstructionKind, table="instruction"),
        one_of("state", InstructionState, table="instruction"),
        one_of("urgency", Urgency, table="instruction"),
        one_of("result", Result, table="instruction"),
        one_of("acceptance", Acceptance, table="instruction"),
        one_of("return_reason", ReturnReason, table="instruction"),
        one_of("escalation", Escalation, table="instruction"),
        CheckConstraint("from_court <> to_court", name="instruction_between_two_courts"),
        CheckConstraint(
            "state IN ('draft', 'awaiting_approval', 'withdrawn') OR (number IS NOT NULL AND sent_at IS NOT NULL)",
            name="instruction_numbered_when_sent",
        ),
        CheckConstraint(
            "state NOT IN ('assigned', 'in_progress') OR assignee_account_id IS NOT NULL",
            name="instruction_worked_on_by_somebody",
        ),
        CheckConstraint(
            "(state IN ('draft', 'closed', 'withdrawn')) = (due_at IS NULL)", name="instruction_clock_while_open"
        ),
        CheckConstraint(
            "state <> 'closed' OR (acceptance IS NOT NULL AND result IS NOT NULL)",
            name="instruction_closed_with_a_result",
        ),
    )  # fmt: skip

    id: UUID = Field(primary_key=True)
    number: str | None = Field(default=None, max_length=40)
    kind: str
    urgency: str = Urgency.NORMAL
    state: str = InstructionState.DRAFT
    from_court: str = Field(foreign_key="court.code", max_length=8)
    to_court: str = Field(foreign_key="court.code", max_length=8)
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    asset_id: UUID | None = Field(default=None, foreign_key="asset.id")
    linked_case_no: str = Field(default="", max_length=40)
    party_ids: list[UUID] = Field(default_factory=list, sa_type=ARRAY(Uuid))
    subject: str = Field(max_length=120)
    request: str = Field(max_length=2000)
    wanted_on: date | None = None
    drafted_by: UUID | None = None
    drafted_by_name: str = Field(default="", max_length=80)
    drafted_at: datetime = Field(sa_type=Timestamp)
    approved_by: UUID | None = None
    approved_at: datetime | None = Field(default=None, sa_type=Timestamp)
    sent_at: datetime | None = Field(default=None, sa_type=Timestamp)
    signed_in_at: datetime | None = Field(default=None, sa_type=Timestamp)
    assignee_account_id: UUID | None = Field(default=None, foreign_key="account.id")
    assigned_at: datetime | None = Field(default=None, sa_type=Timestamp)
    started_at: datetime | None = Field(default=None, sa_type=Timestamp)
    return_reason: str | None = Field(default=None, max_length=20)
    return_note: str = Field(default="", max_length=1000)
    return_answer: str = Field(default="", max_length=1000)
    returned_at: datetime | None = Field(default=None, sa_type=Timestamp)
    extended_at: datetime | None = Field(default=None, sa_type=Timestamp)
    extension_reason: str = Field(default="", max_length=1000)
    result: str | None = Field(default=None, max_length=20)
    feedback: str = Field(default="", max_length=4000)
    feedback_at: datetime | None = Field(default=None, sa_type=Timestamp)
    rejected_at: datetime | None = Field(default=None, sa_type=Timestamp)
    rejection: str = Field(default="", max_length=1000)
    acceptance: str | None = Field(default=None, max_length=20)
    closed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    clock_started_at: datetime | None = Field(default=None, sa_type=Timestamp)
    due_at: datetime | None = Field(default=None, sa_type=Timestamp)
    next_check_at: datetime | None = Field(default=None, sa_type=Timestamp)
    overdue_since: datetime | None = Field(default=None, sa_type=Timestamp)
    times_overdue: int = 0
    escalation: str | None = Field(default=None, max_length=20)
    sheet_document_id: UUID | None = None
    is_demo: bool = False


class InstructionFile(SQLModel, table=True):
    """A file that travels with an instruction: one that was handed in (sealed), a court paper that exists already, or a version
    of an item of the case's dossier.

    Never changed and never removed once the instruction has left its draft; `sha256` is of the content.
    """

    __tablename__ = "instruction_file"
    __table_args__ = (
        Index("instruction_file_of", "instruction_id", "id"),
        one_of("side", FileSide, table="instruction_file"),
        CheckConstraint(
            "num_nonnulls(sealed_file_id, document_id, dossier_version_id) = 1",
            name="instruction_file_is_one_thing",
        ),
    )

    id: UUID = Field(primary_key=True)
    instruction_id: UUID = Field(foreign_key="instruction.id")
    side: str
    paper: str = Field(default="", max_length=40)
    title: str = Field(max_length=200)
    sealed_file_id: UUID | None = Field(default=None, foreign_key="sealed_file.id")
    document_id: UUID | None = Field(default=None, foreign_key="document.id")
    dossier_version_id: UUID | None = Field(default=None, foreign_key="dossier_version.id")
    sha256: bytes = Field(sa_type=LargeBinary)
    size_bytes: int
    added_by_name: str = Field(max_length=80)
    added_at: datetime = Field(sa_type=Timestamp)


class InstructionCounter(SQLModel, table=True):
    """The last number that a court gave in a year; its row lock gives numbers without gaps or repetition."""

    __tablename__ = "instruction_counter"

    court_code: str = Field(primary_key=True, max_length=8)
    year: int = Field(primary_key=True)
    last: int = 0
