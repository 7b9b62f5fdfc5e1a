from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from core.columns import Json, Timestamp


class SandboxControl(SQLModel, table=True):
    """What people want of a sandbox's clock, and how the conductor last stood. One row in a sandbox, none elsewhere.

    `skips`: on to the next event at once. `seats_of_people`: posts whose acts robots leave to people. `seen_at` is real
    time: when the conductor last said where it stands; `waits_for` names what the clock is held for, `slow_for` the lot for
    whose end it runs in real time.
    """

    __tablename__ = "sandbox_control"
    __table_args__ = (
        CheckConstraint("id = 1", name="sandbox_control_single_row"),
        CheckConstraint("speed > 0", name="sandbox_control_speed_positive"),
    )

    id: int = Field(default=1, primary_key=True)
    speed: float
    is_paused: bool = False
    skips: bool = False
    seats_of_people: list[str] = Field(
        default_factory=list, sa_type=Json, sa_column_kwargs={"server_default": text("'[]'::jsonb")}
    )
    seen_at: datetime | None = Field(default=None, sa_type=Timestamp)
    next_at: datetime | None = Field(default=None, sa_type=Timestamp)
    next_event: str | None = Field(default=None, max_length=40)
    waits_for: str | None = Field(default=None, max_length=40)
    is_slow: bool = False


class SandboxAct(SQLModel, table=True):
    """What a robot of a sandbox has done, or tried: once by its key. Times are court time.

    `subject_id` is the lot, before there is one the asset; `says` a message as stored; `registration_id` the robot's own entry
    (its people are invented, so nothing is given away). A refused act is tried again at `retry_at`, a few times.
    """

    __tablename__ = "sandbox_act"
    __table_args__ = (
        Index("sandbox_act_newest", "tried_at"),
        Index("sandbox_act_subject", "subject_id"),
    )

    key: str = Field(primary_key=True, max_length=120)
    subject_id: UUID
    lot_no: str | None = Field(default=None, max_length=30)
    who: str = Field(max_length=80)
    says: dict[str, Any] = Field(sa_type=Json)
    registration_id: UUID | None = None
    tries: int = 0
    tried_at: datetime = Field(sa_type=Timestamp)
    done_at: datetime | None = Field(default=None, sa_type=Timestamp)
    retry_at: datetime | None = Field(default=None, sa_type=Timestamp)
    refusal: str | None = Field(default=None, max_length=500)
