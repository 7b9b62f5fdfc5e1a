from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from core.columns import Json, Timestamp, one_of


class FaultKind(StrEnum):
    """What can be wrong with the service (B-47, B-50)."""

    OUTAGE = "outage"
    FAILOVER = "failover"
    CLOCK_DRIFT = "clock_drift"
    LATE_CLOCK = "late_clock"
    WAITING_BIDS = "waiting_bids"
    FAILED_BIDS = "failed_bids"
    LOST_WATCHERS = "lost_watchers"


HINDERS_BIDS = frozenset(FaultKind) - {FaultKind.LATE_CLOCK, FaultKind.LOST_WATCHERS}
"""While one of these stands, a bid may fail to be decided in time: an end that fell into it does not count."""


class Effect(StrEnum):
    """What a fault did to a lot. A closed lot is never reopened: its remedy is B-55."""

    PAUSED = "paused"
    CLOSED = "closed"


class Review(StrEnum):
    """What an officer of the intermediate court said to a fault."""

    CONFIRMED = "confirmed"
    OVERRULED = "overruled"
    POSTPONED = "postponed"


class ServiceInterval(SQLModel, table=True):
    """A time in which the service could take bids: some web process proved it every other second.

    It ends with its last proof, `lasted_until`, or when another database server answers. What lies between two intervals is
    an outage. Each moment is kept in real time (`began_at`) and in court time: a sandbox runs faster, a test travels.
    """

    __tablename__ = "service_interval"
    __table_args__ = (Index("service_interval_order", "began_at"),)

    id: UUID = Field(primary_key=True)
    began_at: datetime = Field(sa_type=Timestamp)
    lasted_until: datetime = Field(sa_type=Timestamp)
    court_began_at: datetime = Field(sa_type=Timestamp)
    court_lasted_until: datetime = Field(sa_type=Timestamp)
    server: str = Field(max_length=120)


class ServiceSample(SQLModel, table=True):
    """What one process measured at one moment (real time). Numbers count since the process's sample before.

    `drift_ms`: the process's clock less the database's, known to `drift_within_ms`; `reference_ms`: the database's clock less
    the reference's, known to `reference_within_ms`. The first sample of a minute is kept ten years (B-42), others two days.
    """

    __tablename__ = "service_sample"
    __table_args__ = (
        Index("service_sample_time", "taken_at"),
        Index("service_sample_passing", "taken_at", postgresql_where=text("NOT marks_minute")),
    )

    id: UUID = Field(primary_key=True)
    process: str = Field(max_length=80)
    taken_at: datetime = Field(sa_type=Timestamp)
    court_at: datetime = Field(sa_type=Timestamp)
    drift_ms: float
    drift_within_ms: float
    reference: str = Field(default="", max_length=120)
    reference_ms: float | None = None
    reference_within_ms: float | None = None
    oldest_waiting_ms: int = 0
    bids: int = 0
    bids_failed: int = 0
    watchers: int = 0
    watchers_lost: int = 0
    marks_minute: bool = False


class BiddingClockTick(SQLModel, table=True):
    """When the bidding clock (the sweep that closes lots) last ran. One row, real time."""

    __tablename__ = "bidding_clock_tick"
    __table_args__ = (CheckConstraint("id = 1", name="bidding_clock_tick_single_row"),)

    id: int = Field(default=1, primary_key=True)
    ticked_at: datetime = Field(sa_type=Timestamp)


class ServiceFault(SQLModel, table=True):
    """A fault of the service: since when, by which rule, on what evidence, and when the lots go on. All in court time.

    `key` names the occasion, so that two processes that see it declare it once. The evidence holds the measurements and the
    policy that decided, so the decision can be made again; a trigger keeps it as it was written.
    """

    __tablename__ = "service_fault"
    __table_args__ = (
        Index("service_fault_key", "key", unique=True),
        Index("service_fault_one_at_a_time", "kind", unique=True, postgresql_where=text("over_at IS NULL")),
        Index("service_fault_newest", "began_at", "id"),
        one_of("kind", FaultKind, table="service_fault"),
        CheckConstraint("over_at >= began_at", name="service_fault_over_after_start"),
        CheckConstraint("resumes_at >= over_at", name="service_fault_resumes_after_over"),
    )

    id: UUID = Field(primary_key=True)
    key: str = Field(max_length=80)
    kind: str = Field(max_length=20)
    scope: str = Field(max_length=20)
    policy_version: str = Field(max_length=40)
    began_at: datetime = Field(sa_type=Timestamp)
    found_at: datetime = Field(sa_type=Timestamp)
    reason: dict[str, Any] = Field(sa_type=Json)
    evidence: dict[str, Any] = Field(sa_type=Json)
    evidence_hash: bytes = Field(sa_type=LargeBinary)
    over_at: datetime | None = Field(default=None, sa_type=Timestamp)
    resumes_at: datetime | None = Field(default=None, sa_type=Timestamp)


class TouchedLot(SQLModel, table=True):
    """A lot that a fault touched, and where it stood. `remaining_ms`: bidding time at the start of the fault."""

    __tablename__ = "service_fault_lot"
    __table_args__ = (
        Index("service_fault_lot_lot", "lot_id"),
        one_of("effect", Effect, table="service_fault_lot"),
        CheckConstraint(
            "(effect = 'paused') = (remaining_ms IS NOT NULL)", name="service_fault_lot_paused_has_time"
        ),
    )

    fault_id: UUID = Field(primary_key=True, foreign_key="service_fault.id")
    lot_id: UUID = Field(primary_key=True, foreign_key="lot.id")
    effect: str = Field(max_length=10)
    ends_at: datetime = Field(sa_type=Timestamp)
    remaining_ms: int | None = Field(default=None, sa_type=BigInteger)


class FaultReview(SQLModel, table=True):
    """An officer's word on a fault, with reason. Append-only."""

    __tablename__ = "service_fault_review"
    __table_args__ = (
        Index("service_fault_review_fault", "fault_id"),
        one_of("review", Review, table="service_fault_review"),
    )

    id: UUID = Field(primary_key=True)
    fault_id: UUID = Field(foreign_key="service_fault.id")
    review: str = Field(max_length=12)
    reason: str = Field(max_length=1000)
    resumes_at: datetime | None = Field(default=None, sa_type=Timestamp)
    reviewed_by: UUID
    reviewer: str = Field(max_length=80)
    reviewed_at: datetime = Field(sa_type=Timestamp)
