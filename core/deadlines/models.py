from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from core.columns import Json, Timestamp, one_of


class DeadlineState(StrEnum):
    """States of C-08."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    WAIVED = "waived"


class Deadline(SQLModel, table=True):
    """One clock (C-08). `due_at` is exclusive. At most one clock per rule runs for a subject.

    A breached deadline may still be met late: it keeps `breached_at`. `answered_at`: when what a breach brings was done.
    `alarm_at`: when the people who must act are told next that it runs. `last_day`: the last day as counted before holidays
    are looked at, or the day after which `working_days` are counted; None where the calendar does not move the end.
    """

    __tablename__ = "deadline"
    __table_args__ = (
        Index(
            "deadline_one_open",
            "rule",
            "subject_kind",
            "subject_id",
            unique=True,
            postgresql_where=text("state IN ('running', 'paused')"),
        ),
        Index(
            "deadline_alarm", "alarm_at", postgresql_where=text("state = 'running' AND alarm_at IS NOT NULL")
        ),
        Index("deadline_due", "due_at", postgresql_where=text("state = 'running'")),
        Index("deadline_court", "owner_court", "state", "due_at", "id"),
        Index("deadline_asset", "asset_id"),
        Index("deadline_lot", "lot_id"),
        one_of("state", DeadlineState, table="deadline"),
        CheckConstraint("due_at > started_at", name="deadline_ends_after_start"),
    )

    id: UUID = Field(primary_key=True)
    rule: str = Field(max_length=20)
    subject_kind: str = Field(max_length=20)
    subject_id: UUID
    asset_id: UUID | None = None
    case_id: UUID | None = None
    lot_id: UUID | None = None
    trigger_event: str | None = Field(default=None, max_length=80)
    started_at: datetime = Field(sa_type=Timestamp)
    due_at: datetime = Field(sa_type=Timestamp)
    last_day: date | None = None
    working_days: int = 0
    owner_role: str = Field(max_length=30)
    owner_court: str | None = Field(default=None, max_length=8)
    state: str = DeadlineState.RUNNING
    paused_at: datetime | None = Field(default=None, sa_type=Timestamp)
    stops: list[Any] = Field(default_factory=list, sa_type=Json)
    done_event: str | None = Field(default=None, max_length=80)
    done_at: datetime | None = Field(default=None, sa_type=Timestamp)
    breached_at: datetime | None = Field(default=None, sa_type=Timestamp)
    answered_at: datetime | None = Field(default=None, sa_type=Timestamp)
    alarm_at: datetime | None = Field(default=None, sa_type=Timestamp)


class CalendarCount(SQLModel, table=True):
    """Open clocks counted again by one holiday calendar (C-02). `after_id`: the last clock looked at, while it goes on."""

    __tablename__ = "calendar_count"
    __table_args__ = (CheckConstraint("moved BETWEEN 0 AND seen", name="calendar_count_moved_of_seen"),)

    id: UUID = Field(primary_key=True)
    fingerprint: str = Field(max_length=64)
    last_year: int
    begun_at: datetime = Field(sa_type=Timestamp)
    after_id: UUID | None = None
    seen: int = 0
    moved: int = 0
    finished_at: datetime | None = Field(default=None, sa_type=Timestamp)
