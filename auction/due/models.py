from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


class Scope(StrEnum):
    """Whose clocks a list holds: those of my cases, leads and instructions, of my team, of my court."""

    MINE = "mine"
    TEAM = "team"
    COURT = "court"


class CalendarFeed(SQLModel, table=True):
    """A calendar by a secret address; only the hash of its token is kept. One of each scope is in force for a person."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        Index("calendar_feed_token", "token_hash", unique=True),
        Index(
            "calendar_feed_one",
            "account_id",
            "scope",
            unique=True,
            postgresql_where=text("revoked_at IS NULL"),
        ),
        one_of("scope", Scope, table="calendar_feed"),
    )

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id")
    scope: str
    token_hash: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=Timestamp)
    revoked_at: datetime | None = Field(default=None, sa_type=Timestamp)


class TeamCalendar(SQLModel, table=True):
    """A calendar that belongs to a disposal team, whoever works in it; only the hash of its token is kept. One is in force."""

    __tablename__ = "team_calendar"
    __table_args__ = (
        Index("team_calendar_token", "token_hash", unique=True),
        Index("team_calendar_one", "team_id", unique=True, postgresql_where=text("revoked_at IS NULL")),
    )

    id: UUID = Field(primary_key=True)
    team_id: UUID = Field(foreign_key="disposal_team.id")
    token_hash: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=Timestamp)
    created_by_name: str = Field(default="", max_length=80)
    revoked_at: datetime | None = Field(default=None, sa_type=Timestamp)
