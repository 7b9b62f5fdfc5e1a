from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, UniqueConstraint, Uuid, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of


class LiveSealState(StrEnum):
    """Where a live seal stands."""

    FILED = "filed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    IN_FORCE = "in_force"
    ENDED = "ended"


class HardshipKind(StrEnum):
    """What makes it hard for the debtor."""

    ILLNESS = "illness"
    DEPENDANTS = "dependants"
    DISABILITY = "disability"
    LOW_INCOME = "low_income"
    DISASTER = "disaster"
    OTHER = "other"


class HardshipState(StrEnum):
    """What the court found of it."""

    FILED = "filed"
    RECOGNISED = "recognised"
    PARTLY = "partly"
    REFUSED = "refused"


class LiveSeal(SQLModel, table=True):
    """A sealed asset that stays in use, from the request to its end. One open for each asset.

    `asked_by`: the debtor who asked, None when the court decides by itself. `report_every_days`: how often its use is reported.
    `insured_until`: the last day of the insurance that must be kept, None where none is asked for. `is_breach`: it ended
    because a condition was not kept.
    """

    __tablename__ = "live_seal"
    __table_args__ = (
        one_of("state", LiveSealState, table="live_seal"),
        Index(
            "live_seal_one_open",
            "asset_id",
            unique=True,
            postgresql_where=text("state IN ('filed', 'in_force')"),
        ),
        Index("live_seal_of_asset", "asset_id", "filed_at"),
        CheckConstraint("decided_by <> entered_by", name="live_seal_two_persons"),
        CheckConstraint(
            "state NOT IN ('in_force', 'ended') OR (decided_at IS NOT NULL AND report_every_days BETWEEN 1 AND 366)",
            name="live_seal_decided_with_terms",
        ),
        CheckConstraint("NOT is_breach OR state = 'ended'", name="live_seal_breach_ends_it"),
    )

    id: UUID = Field(primary_key=True)
    asset_id: UUID = Field(foreign_key="asset.id")
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    court_code: str = Field(foreign_key="court.code")
    asked_by: UUID | None = Field(default=None, foreign_key="party.id")
    entered_by: UUID | None = None
    use: str = Field(max_length=500)
    reason: str = Field(max_length=1000)
    state: str = LiveSealState.FILED
    filed_at: datetime = Field(sa_type=Timestamp)
    report_every_days: int | None = None
    must_insure: bool = False
    insured_until: date | None = None
    conditions: str = Field(default="", max_length=1000)
    decision: str = Field(default="", max_length=1000)
    decided_by: UUID | None = None
    decided_by_name: str = Field(default="", max_length=80)
    decided_at: datetime | None = Field(default=None, sa_type=Timestamp)
    ended_at: datetime | None = Field(default=None, sa_type=Timestamp)
    end_note: str = Field(default="", max_length=500)
    is_breach: bool = False


class LiveSealReport(SQLModel, table=True):
    """One report of use that is due, at the end of its day in court, and what was reported."""

    __tablename__ = "live_seal_report"
    __table_args__ = (
        UniqueConstraint("live_seal_id", "due_on", name="live_seal_report_day"),
        CheckConstraint("(reported_at IS NULL) = (report = '')", name="live_seal_report_with_words"),
    )

    id: UUID = Field(primary_key=True)
    live_seal_id: UUID = Field(foreign_key="live_seal.id")
    due_on: date
    report: str = Field(default="", max_length=1000)
    reported_at: datetime | None = Field(default=None, sa_type=Timestamp)
    reported_by_name: str = Field(default="", max_length=80)


class HardshipNote(SQLModel, table=True):
    """A debtor's hardship with its evidence, and what the court lets the debtor keep. Money in fen a month.

    `file_ids`: sealed files (purpose `hardship`). `reserved`: what is left to the debtor and household beside the exempt items.
    """

    __tablename__ = "hardship_note"
    __table_args__ = (
        one_of("kind", HardshipKind, table="hardship_note"),
        one_of("state", HardshipState, table="hardship_note"),
        Index("hardship_note_of_case", "case_id", "filed_at"),
        Index("hardship_note_waiting", "court_code", postgresql_where=text("state = 'filed'")),
        Index(
            "hardship_note_one_open",
            "party_id",
            "kind",
            unique=True,
            postgresql_where=text("state = 'filed'"),
        ),
        CheckConstraint("decided_by <> entered_by", name="hardship_note_two_persons"),
        CheckConstraint(
            "(state = 'filed') = (decided_at IS NULL)", name="hardship_note_decided_with_its_day"
        ),
        CheckConstraint("monthly_fen >= 0", name="hardship_note_monthly_not_negative"),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    court_code: str = Field(foreign_key="court.code")
    party_id: UUID = Field(foreign_key="party.id")
    entered_by: UUID | None = None
    kind: str
    circumstances: str = Field(max_length=2000)
    needs: str = Field(max_length=1000)
    evidence: str = Field(default="", max_length=500)
    file_ids: list[UUID] = Field(default_factory=list, sa_type=ARRAY(Uuid))
    state: str = HardshipState.FILED
    filed_at: datetime = Field(sa_type=Timestamp)
    answer: str = Field(default="", max_length=1000)
    reserved: str = Field(default="", max_length=1000)
    monthly_fen: int = Field(default=0, sa_type=Fen)
    review_on: date | None = None
    decided_by: UUID | None = None
    decided_by_name: str = Field(default="", max_length=80)
    decided_at: datetime | None = Field(default=None, sa_type=Timestamp)
