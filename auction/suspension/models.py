from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Index, String, text
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


class StayKind(StrEnum):
    """How a sale is stopped (B-50, B-57): by decision until a date (暂缓), by ruling until the ground ends (中止), or by the
    platform at once, which then reports."""

    DEFERRAL = "deferral"
    SUSPENSION = "suspension"
    PLATFORM_STOP = "platform_stop"


class Stay(SQLModel, table=True):
    """One ground on which a lot stands still. A lot may have several; it goes on only when none is in force.

    `until` is the last moment of a deferral (exclusive); None for the others and for an objection's stay, which lasts as
    long as its review. `source` names what ordered it by itself (`objection:<id>`, `fault:<id>`): one stay per source and
    lot is in force. `remaining_ms` is the bidding time left when it was ordered. `ended_at`: the ground is gone.
    """

    __tablename__ = "lot_stay"
    __table_args__ = (
        Index("lot_stay_lot", "lot_id"),
        Index("lot_stay_until", "until", postgresql_where=text("ended_at IS NULL AND until IS NOT NULL")),
        Index(
            "lot_stay_one_per_source",
            "lot_id",
            "source",
            unique=True,
            postgresql_where=text("ended_at IS NULL AND source IS NOT NULL"),
        ),
        one_of("kind", StayKind, table="lot_stay"),
        CheckConstraint("until IS NULL OR kind = 'deferral'", name="lot_stay_only_deferral_has_date"),
        CheckConstraint("until > ordered_at", name="lot_stay_until_after_order"),
        CheckConstraint("remaining_ms > 0", name="lot_stay_time_remains"),
    )

    id: UUID = Field(primary_key=True)
    lot_id: UUID = Field(foreign_key="lot.id")
    kind: str
    ground: str = Field(max_length=40)
    reason: str = Field(max_length=500)
    approver: str = Field(max_length=80)
    panel: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    minutes: str = Field(default="", max_length=2000)
    ordered_by: UUID | None = None
    ordered_by_court: str | None = Field(default=None, foreign_key="court.code")
    source: str | None = Field(default=None, max_length=80)
    ordered_at: datetime = Field(sa_type=Timestamp)
    until: datetime | None = Field(default=None, sa_type=Timestamp)
    extensions: int = 0
    remaining_ms: int = Field(sa_type=BigInteger)
    ended_at: datetime | None = Field(default=None, sa_type=Timestamp)
    end_note: str = Field(default="", max_length=500)
    document_id: UUID | None = None

    @property
    def in_force(self) -> bool:
        """Whether the ground still stops the lot."""
        return self.ended_at is None
