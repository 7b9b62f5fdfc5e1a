from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


class BarKind(StrEnum):
    """Why somebody may not bid. All but `DEFAULTED` stand on a list of `BarredPerson`; defaults are read from the sales."""

    COURT_STAFF = "court_staff"
    STAFF_RELATIVE = "staff_relative"
    AUXILIARY_STAFF = "auxiliary_staff"
    PLATFORM_STAFF = "platform_staff"
    APPRAISER = "appraiser"
    CASE_CONFLICT = "case_conflict"
    DEFAULTED = "defaulted"


class BarredPerson(SQLModel, table=True):
    """One person on a list of those who may not bid. Name, number and relation are sealed.

    `identity_match` is a keyed hash of this room's own purpose: no query can join a list with the bidders of a lot (P-01).
    Without asset and case the entry holds for every sale that its kind bars from.
    """

    __tablename__ = "barred_person"
    __table_args__ = (
        Index("barred_person_identity", "identity_match", postgresql_where=text("ended_at IS NULL")),
        Index("barred_person_court", "court_code", "kind"),
        Index("barred_person_declared", "declared_by"),
        one_of("kind", BarKind, table="barred_person"),
        CheckConstraint("kind <> 'defaulted'", name="barred_person_default_is_read_from_sales"),
    )

    id: UUID = Field(primary_key=True)
    kind: str
    court_code: str = Field(foreign_key="court.code")
    asset_id: UUID | None = Field(default=None, foreign_key="asset.id")
    case_id: UUID | None = Field(default=None, foreign_key="enforcement_case.id")
    identity_match: bytes = Field(sa_type=LargeBinary)
    person_sealed: bytes = Field(sa_type=LargeBinary)
    declared_by: UUID = Field(foreign_key="account.id")
    created_at: datetime = Field(sa_type=Timestamp)
    ended_at: datetime | None = Field(default=None, sa_type=Timestamp)


class HitStage(StrEnum):
    """When somebody was found on a list."""

    REGISTRATION = "registration"
    QUALIFICATION = "qualification"
    CONFIRMATION = "confirmation"


class HitState(StrEnum):
    """What became of a hit. Only one found before a sale is confirmed needs a decision: it holds the confirmation up."""

    NOTED = "noted"
    OPEN = "open"
    CLEARED = "cleared"
    UPHELD = "upheld"


class BarredHit(SQLModel, table=True):
    """A bidder was found on a list: blocked, and told to the restricted role (B-82). Names nobody and leads to no entry."""

    __tablename__ = "barred_hit"
    __table_args__ = (
        UniqueConstraint("lot_id", "kind", "stage", "person_match", name="barred_hit_once"),
        Index("barred_hit_open", "court_code", "found_at"),
        one_of("kind", BarKind, table="barred_hit"),
        one_of("stage", HitStage, table="barred_hit"),
        one_of("state", HitState, table="barred_hit"),
        CheckConstraint(
            "(state IN ('cleared', 'upheld')) = (decided_at IS NOT NULL)", name="barred_hit_decided_has_time"
        ),
    )

    id: UUID = Field(primary_key=True)
    lot_id: UUID = Field(foreign_key="lot.id")
    court_code: str = Field(foreign_key="court.code")
    kind: str
    stage: str
    state: str = HitState.NOTED
    person_match: bytes = Field(sa_type=LargeBinary)
    found_at: datetime = Field(sa_type=Timestamp)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = Field(default=None, sa_type=Timestamp)
    reason: str = Field(default="", max_length=500)
