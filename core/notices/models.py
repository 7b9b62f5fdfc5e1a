from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Json, Timestamp


class Notice(SQLModel, table=True):
    """A message to one account. Title and body are kept as `{msgid, params}`, shown in the reader's language."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("account_id", "key", name="notice_once"),
        Index("notice_inbox", "account_id", "created_at"),
        Index("notice_unread", "account_id", postgresql_where=text("read_at IS NULL")),
    )

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id")
    key: str = Field(max_length=120)
    title: dict[str, Any] = Field(sa_type=Json)
    body: dict[str, Any] = Field(sa_type=Json)
    link: str | None = Field(default=None, max_length=200)
    created_at: datetime = Field(sa_type=Timestamp)
    read_at: datetime | None = Field(default=None, sa_type=Timestamp)
