from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, LargeBinary, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Json, Timestamp, one_of


class Notice(SQLModel, table=True):
    """A message to one account. Title and body are kept as `{msgid, params}`, shown in the reader's language.

    What would tie the person to a lot (P-01) stands in `sealed` alone: then title and body are empty, and `key` is a keyed hash.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("account_id", "key", name="notice_once"),
        Index("notice_inbox", "account_id", "created_at"),
        Index("notice_unread", "account_id", postgresql_where=text("read_at IS NULL")),
        CheckConstraint(
            "sealed IS NULL OR (title = '{}' AND body = '{}' AND link IS NULL)",
            name="notice_sealed_says_nothing",
        ),
    )

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id")
    key: str = Field(max_length=120)
    title: dict[str, Any] = Field(sa_type=Json)
    body: dict[str, Any] = Field(sa_type=Json)
    link: str | None = Field(default=None, max_length=200)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=Timestamp)
    read_at: datetime | None = Field(default=None, sa_type=Timestamp)


class Topic(StrEnum):
    """What a notice is about, as far as a person may choose the ways to be told of it."""

    ENTRY = "entry"
    MONEY = "money"
    TIMES = "times"
    RESULT = "result"


class NoticePreference(SQLModel, table=True):
    """Topics of which a person wants no message outside the service. Inside it everything is told."""

    __tablename__ = "notice_preference"

    account_id: UUID = Field(primary_key=True, foreign_key="account.id")
    not_by_sms: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    updated_at: datetime = Field(sa_type=Timestamp)


class Channel(StrEnum):
    """Ways to reach a person outside the service. `e_service` is the courts' electronic service (C-07)."""

    SMS = "sms"
    MAIL = "mail"
    E_SERVICE = "e_service"


class Dispatch(SQLModel, table=True):
    """A message that goes out by a channel. Sent is not received: `received_at` stands only with its proof (C-07).

    The address is personal data and kept encrypted.
    """

    __tablename__ = "dispatch"
    __table_args__ = (
        UniqueConstraint("channel", "key", name="dispatch_once"),
        Index("dispatch_unsent", "next_attempt_at", postgresql_where=text("sent_at IS NULL")),
        Index("dispatch_lot", "lot_id"),
        one_of("channel", Channel, table="dispatch"),
        CheckConstraint(
            "received_at IS NULL OR (sent_at IS NOT NULL AND proof IS NOT NULL)",
            name="dispatch_received_with_proof",
        ),
    )

    id: UUID = Field(primary_key=True)
    channel: str = Field(max_length=10)
    key: str = Field(max_length=120)
    lot_id: UUID | None = None
    address_sealed: bytes = Field(sa_type=LargeBinary)
    body: dict[str, Any] = Field(sa_type=Json)
    created_at: datetime = Field(sa_type=Timestamp)
    next_attempt_at: datetime = Field(sa_type=Timestamp)
    attempts: int = 0
    last_error: str | None = Field(default=None, max_length=200)
    sent_at: datetime | None = Field(default=None, sa_type=Timestamp)
    reference: str | None = Field(default=None, max_length=120)
    received_at: datetime | None = Field(default=None, sa_type=Timestamp)
    proof: str | None = Field(default=None, max_length=200)
