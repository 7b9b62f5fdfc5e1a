from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of


class CompromiseState(StrEnum):
    """Where a compromise stands."""

    FILED = "filed"
    REFUSED = "refused"
    IN_FORCE = "in_force"
    LATE = "late"
    RESUMED = "resumed"
    KEPT = "kept"


class ReportKind(StrEnum):
    """What a party tells the court of how the compromise is performed."""

    PAID = "paid"
    BREACH = "breach"


class Compromise(SQLModel, table=True):
    """What the parties agreed about an asset's disposal. One open for each asset.

    `asked_ahead`: the applicant asked beforehand that the disposal go on after a breach; then the clock does it by itself,
    otherwise the applicant asks then (`late`).
    """

    __tablename__ = "compromise"
    __table_args__ = (
        one_of("state", CompromiseState, table="compromise"),
        Index(
            "compromise_one_open",
            "asset_id",
            unique=True,
            postgresql_where=text("state IN ('filed', 'in_force', 'late')"),
        ),
        Index("compromise_of_asset", "asset_id", "filed_at"),
        CheckConstraint("decided_by <> entered_by", name="compromise_two_persons"),
        CheckConstraint(
            "state = 'filed' OR (decided_at IS NOT NULL AND cardinality(members) >= 3)",
            name="compromise_decided_by_a_panel",
        ),
    )

    id: UUID = Field(primary_key=True)
    asset_id: UUID = Field(foreign_key="asset.id")
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    court_code: str = Field(foreign_key="court.code")
    state: str = CompromiseState.FILED
    terms: str = Field(max_length=2000)
    asked_ahead: bool = False
    entered_by: UUID | None = None
    entered_by_name: str = Field(default="", max_length=80)
    filed_at: datetime = Field(sa_type=Timestamp)
    members: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    minutes: str = Field(default="", max_length=2000)
    decided_on: date | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_type=Timestamp)
    ended_at: datetime | None = Field(default=None, sa_type=Timestamp)
    end_note: str = Field(default="", max_length=500)


class Instalment(SQLModel, table=True):
    """One payment of the plan, in fen, due on its whole day."""

    __tablename__ = "compromise_instalment"
    __table_args__ = (
        UniqueConstraint("compromise_id", "position", name="compromise_instalment_order"),
        CheckConstraint("amount_fen > 0", name="compromise_instalment_amount_positive"),
        CheckConstraint("(paid_on IS NULL) = (proof = '')", name="compromise_instalment_paid_with_proof"),
    )

    id: UUID = Field(primary_key=True)
    compromise_id: UUID = Field(foreign_key="compromise.id")
    position: int
    due_on: date
    amount_fen: int = Field(sa_type=Fen)
    paid_on: date | None = None
    proof: str = Field(default="", max_length=200)


class CompromiseReport(SQLModel, table=True):
    """What a party told the court on line: the debtor that an instalment is paid, the applicant that it is not, with the
    request to go on (A-29). `founded`: what the court found, None before it has answered.
    """

    __tablename__ = "compromise_report"
    __table_args__ = (
        one_of("kind", ReportKind, table="compromise_report"),
        Index(
            "compromise_report_one_open",
            "compromise_id",
            "kind",
            unique=True,
            postgresql_where=text("answered_at IS NULL"),
        ),
        Index("compromise_report_of", "compromise_id", "reported_at"),
        CheckConstraint(
            "(answered_at IS NULL) = (founded IS NULL)", name="compromise_report_answered_with_a_finding"
        ),
        CheckConstraint(
            "(kind = 'paid') = (instalment_id IS NOT NULL)", name="compromise_report_paid_names_an_instalment"
        ),
    )

    id: UUID = Field(primary_key=True)
    compromise_id: UUID = Field(foreign_key="compromise.id")
    instalment_id: UUID | None = Field(default=None, foreign_key="compromise_instalment.id")
    party_id: UUID = Field(foreign_key="party.id")
    kind: str
    note: str = Field(max_length=500)
    reported_at: datetime = Field(sa_type=Timestamp)
    founded: bool | None = None
    answer: str = Field(default="", max_length=500)
    answered_at: datetime | None = Field(default=None, sa_type=Timestamp)
    answered_by: UUID | None = None
