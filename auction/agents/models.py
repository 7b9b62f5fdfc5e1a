from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


class AppointmentState(StrEnum):
    """Life of the papers of an agent. Lapsed: not confirmed before bidding started."""

    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    LAPSED = "lapsed"


class AgentAppointment(SQLModel, table=True):
    """A power of attorney handed in for one lot (B-13). The court must read who appoints whom; that is sealed in
    `people_sealed`, with the id of the entry and of the files. `entry_match` is a keyed hash of the entry's id of this room's
    own purpose: no query leads from the court's desk to the entry, its money or its code (P-01).
    """

    __tablename__ = "agent_appointment"
    __table_args__ = (
        Index(
            "agent_appointment_one_standing",
            "entry_match",
            unique=True,
            postgresql_where=text("state IN ('submitted', 'confirmed')"),
        ),
        Index("agent_appointment_entry", "entry_match", "submitted_at"),
        Index("agent_appointment_queue", "court_code", "state", "submitted_at"),
        Index("agent_appointment_waiting", "lot_id", postgresql_where=text("state = 'submitted'")),
        one_of("state", AppointmentState, table="agent_appointment"),
        CheckConstraint(
            "(state IN ('confirmed', 'refused')) = (decided_by IS NOT NULL)",
            name="agent_appointment_decided_by_somebody",
        ),
    )

    id: UUID = Field(primary_key=True)
    lot_id: UUID = Field(foreign_key="lot.id")
    court_code: str = Field(foreign_key="court.code")
    entry_match: bytes = Field(sa_type=LargeBinary)
    people_sealed: bytes = Field(sa_type=LargeBinary)
    state: str = AppointmentState.SUBMITTED
    submitted_at: datetime = Field(sa_type=Timestamp)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = Field(default=None, sa_type=Timestamp)
    reason: str = Field(default="", max_length=300)
