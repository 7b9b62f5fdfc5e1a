from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Json, Timestamp


class AuditHead(SQLModel, table=True):
    """The newest link of each stream; its row lock orders the writers of that stream."""

    __tablename__ = "audit_head"

    stream: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)
    hash: bytes = Field(sa_type=LargeBinary)


class AuditEvent(SQLModel, table=True):
    """One link. `seq`, `previous_hash` and `hash` are filled by the database; rows can never change or go.

    `hash` = SHA-256(previous_hash || payload); `payload` is the canonical JSON of everything that the row says.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        UniqueConstraint("stream", "seq", name="audit_event_stream_seq"),
        Index("audit_event_asset", "asset_id", "recorded_at"),
        Index("audit_event_case", "case_id", "recorded_at"),
        Index("audit_event_lot", "lot_id", "recorded_at"),
        Index("audit_event_person", "person_id", "recorded_at"),
        Index("audit_event_resumed", "lot_id", postgresql_where=text("event = 'lot.resumed'")),
    )

    id: UUID = Field(primary_key=True)
    stream: str = Field(max_length=120)
    seq: int | None = Field(default=None, sa_type=BigInteger)
    recorded_at: datetime = Field(sa_type=Timestamp)
    event: str = Field(max_length=80)
    rule: str | None = Field(default=None, max_length=40)
    actor_account_id: UUID | None = None
    actor_name: str = Field(max_length=80)
    court_code: str | None = Field(default=None, max_length=8)
    asset_id: UUID | None = None
    case_id: UUID | None = None
    lot_id: UUID | None = None
    person_id: UUID | None = None
    document_id: UUID | None = None
    details: dict[str, Any] = Field(sa_type=Json)
    payload: str
    previous_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    hash: bytes | None = Field(default=None, sa_type=LargeBinary)
