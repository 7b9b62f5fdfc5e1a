from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Json, Timestamp


class OutboxMessage(SQLModel, table=True):
    """One effect that must happen once. `task` and `key` name the effect: writing it twice changes nothing.

    `available_at` is court time; `created_at`, `sent_at` and `done_at` are database time.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        UniqueConstraint("task", "key", name="outbox_message_task_key"),
        Index(
            "outbox_message_unsent",
            "available_at",
            postgresql_where=text("done_at IS NULL AND sent_at IS NULL"),
        ),
        Index(
            "outbox_message_unanswered",
            "sent_at",
            postgresql_where=text("done_at IS NULL AND sent_at IS NOT NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    task: str = Field(max_length=80)
    key: str = Field(max_length=200)
    queue: str = Field(max_length=40)
    arguments: dict[str, Any] = Field(sa_type=Json)
    available_at: datetime = Field(sa_type=Timestamp)
    created_at: datetime | None = Field(
        default=None, sa_type=Timestamp, sa_column_kwargs={"server_default": text("clock_timestamp()")}
    )
    sent_at: datetime | None = Field(default=None, sa_type=Timestamp)
    done_at: datetime | None = Field(default=None, sa_type=Timestamp)
    attempts: int = Field(default=0)
    last_error: str | None = Field(default=None, max_length=2000)


class TimetableRun(SQLModel, table=True):
    """When a daily job last ran, in court time."""

    __tablename__ = "timetable_run"

    job: str = Field(primary_key=True, max_length=80)
    last_run_at: datetime = Field(sa_type=Timestamp)
