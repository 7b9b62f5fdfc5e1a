from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from core.columns import Json, Timestamp, one_of


class IntakeKind(StrEnum):
    """What a file holds."""

    CASES = "cases"
    ASSETS = "assets"


class IntakeState(StrEnum):
    """Where a file stands: being examined, examined, confirmed (being loaded), loaded, thrown away."""

    WAITING = "waiting"
    EXAMINED = "examined"
    CONFIRMED = "confirmed"
    LOADED = "loaded"
    DISCARDED = "discarded"


class IntakeFile(SQLModel, table=True):
    """A file that a court hands in. `content_sealed` goes as soon as the file is loaded or thrown away; its SHA-256 stays, so
    that the same file is not loaded twice. `court_code` is None for a file that the operator of the service loads.
    `counts`: how many cases, parties, claims, assets, seals it holds (examined) or brought (loaded)."""

    __tablename__ = "intake_file"
    __table_args__ = (
        one_of("kind", IntakeKind, table="intake_file"),
        one_of("state", IntakeState, table="intake_file"),
        CheckConstraint(
            "(state IN ('waiting', 'examined', 'confirmed')) = (content_sealed IS NOT NULL)",
            name="intake_file_kept_while_needed",
        ),
        CheckConstraint(
            "state NOT IN ('confirmed', 'loaded') OR fault_count = 0", name="intake_file_loaded_without_fault"
        ),
        Index(
            "intake_file_loaded_once",
            "sha256",
            "kind",
            unique=True,
            postgresql_where=text("state IN ('confirmed', 'loaded')"),
        ),
        Index("intake_file_of_court", "court_code", "id"),
    )

    id: UUID = Field(primary_key=True)
    kind: str
    court_code: str | None = Field(default=None, foreign_key="court.code")
    name: str = Field(max_length=120)
    sha256: str = Field(max_length=64)
    size_bytes: int = Field(sa_type=BigInteger)
    content_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    state: str = IntakeState.WAITING
    row_count: int = 0
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    fault_count: int = 0
    faulty_rows: int = 0
    uploaded_by: UUID | None = None
    uploaded_by_name: str = Field(max_length=80)
    uploaded_at: datetime = Field(sa_type=Timestamp)
    examined_at: datetime | None = Field(default=None, sa_type=Timestamp)
    confirmed_by: UUID | None = None
    confirmed_by_name: str = Field(default="", max_length=80)
    confirmed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    ended_at: datetime | None = Field(default=None, sa_type=Timestamp)


class IntakeFault(SQLModel, table=True):
    """One thing that is wrong in a file. `row` counts as a spreadsheet does; 0 is the file as a whole. `message` and
    `remedy` are messages as notices keep them; secret values are masked."""

    __tablename__ = "intake_fault"

    file_id: UUID = Field(primary_key=True, foreign_key="intake_file.id")
    position: int = Field(primary_key=True)
    row: int
    column: str = Field(max_length=40)
    value: str = Field(max_length=80)
    rule: str = Field(max_length=20)
    message: dict[str, Any] = Field(sa_type=Json)
    remedy: dict[str, Any] = Field(sa_type=Json)
