from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, LargeBinary, String, UniqueConstraint, Uuid, text
from sqlmodel import Field, SQLModel

from core.columns import Json, Timestamp, one_of


class TraceKind(StrEnum):
    """What an entry may have in common with another."""

    DEVICE = "device"
    ADDRESS = "address"
    FUNDING = "funding"
    PARTY = "party"


class RiskTrace(SQLModel, table=True):
    """A trace that an entry left, as a keyed hash; what it was is never kept.

    Until bidding has ended, the hash stands only in `sealed` (a fresh ciphertext each time), so that not even equal traces can be
    found (P-01). `mark` is the hash in the open, filled when the lot is assessed. `own_mark` is another hash, bound to the entry:
    it keeps a trace from being noted twice and equals nothing of another entry.
    """

    __tablename__ = "risk_trace"
    __table_args__ = (
        UniqueConstraint("own_mark", name="risk_trace_once"),
        Index("risk_trace_registration", "registration_id"),
        Index("risk_trace_line", "bank_line_id"),
        Index("risk_trace_mark", "mark", postgresql_where=text("mark IS NOT NULL")),
        Index("risk_trace_age", "noted_at"),
        one_of("kind", TraceKind, table="risk_trace"),
        CheckConstraint("(registration_id IS NULL) <> (bank_line_id IS NULL)", name="risk_trace_of_one"),
    )

    id: UUID = Field(primary_key=True)
    registration_id: UUID | None = Field(default=None, foreign_key="registration.id")
    bank_line_id: UUID | None = Field(default=None, foreign_key="bank_line.id")
    kind: str = Field(max_length=10)
    own_mark: bytes = Field(sa_type=LargeBinary)
    sealed: bytes = Field(sa_type=LargeBinary)
    mark: bytes | None = Field(default=None, sa_type=LargeBinary)
    noted_at: datetime = Field(sa_type=Timestamp)


class SignalKind(StrEnum):
    """What may be wrong. One word per pattern; the page explains each (`words.py`)."""

    SHARED_DEVICE = "shared_device"
    SHARED_ADDRESS = "shared_address"
    SHARED_FUNDING = "shared_funding"
    SHARED_ACROSS_LOTS = "shared_across_lots"
    PAID_BY_RIVAL = "paid_by_rival"
    ALWAYS_TOGETHER = "always_together"
    REPEAT_DEFAULTER = "repeat_defaulter"
    DEBTOR_RELATED = "debtor_related"
    PUSHED_BY_DEBTOR = "pushed_by_debtor"
    LATE_WITHDRAWAL = "late_withdrawal"
    JUMP_BID = "jump_bid"
    PRICE_ABOVE_REFERENCE = "price_above_reference"
    PRICE_ABOVE_SIMILAR = "price_above_similar"


PRICE_SIGNALS = frozenset({SignalKind.PRICE_ABOVE_REFERENCE, SignalKind.PRICE_ABOVE_SIMILAR})
"""They name nobody: the court of the lot may read them too, once bidding has ended."""


class Strength(StrEnum):
    """How much a signal weighs."""

    WEAK = "weak"
    MEDIUM = "medium"
    STRONG = "strong"


class SignalState(StrEnum):
    """What became of a signal."""

    OPEN = "open"
    DISMISSED = "dismissed"
    UNDER_INQUIRY = "under_inquiry"
    CONFIRMED = "confirmed"


class RiskSignal(SQLModel, table=True):
    """Something to look at, found in the facts of an ended lot. A signal is no proof: only people decide on it.

    `registrations` are the entries concerned, `codes` their bidder codes; `figures` what the rule reckoned with.
    """

    __tablename__ = "risk_signal"
    __table_args__ = (
        UniqueConstraint("lot_id", "kind", "about", name="risk_signal_once"),
        Index("risk_signal_open", "court_code", "found_at", postgresql_where=text("state = 'open'")),
        one_of("kind", SignalKind, table="risk_signal"),
        one_of("strength", Strength, table="risk_signal"),
        one_of("state", SignalState, table="risk_signal"),
        CheckConstraint("state = 'open' OR decided_by IS NOT NULL", name="risk_signal_decided_by_somebody"),
    )

    id: UUID = Field(primary_key=True)
    lot_id: UUID = Field(foreign_key="lot.id")
    court_code: str = Field(foreign_key="court.code")
    kind: str = Field(max_length=30)
    about: str = Field(max_length=64)
    strength: str = Field(max_length=10)
    registrations: list[UUID] = Field(sa_type=ARRAY(Uuid))
    codes: list[str] = Field(sa_type=ARRAY(String))
    figures: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    state: str = SignalState.OPEN
    found_at: datetime = Field(sa_type=Timestamp)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = Field(default=None, sa_type=Timestamp)
    decision_reason: str | None = Field(default=None, max_length=1000)
    inquiry_id: UUID | None = Field(default=None, foreign_key="risk_inquiry.id")


class RiskLook(SQLModel, table=True):
    """A look at the signals of one lot: who, why, until when. Nothing is shown without one."""

    __tablename__ = "risk_look"
    __table_args__ = (Index("risk_look_current", "account_id", "lot_id", "ends_at"),)

    id: UUID = Field(primary_key=True)
    lot_id: UUID = Field(foreign_key="lot.id")
    account_id: UUID = Field(foreign_key="account.id")
    reason: str = Field(max_length=300)
    opened_at: datetime = Field(sa_type=Timestamp)
    ends_at: datetime = Field(sa_type=Timestamp)


class InquiryState(StrEnum):
    """Life of an inquiry: only an approved one opens identities."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    CLOSED = "closed"


class RiskInquiry(SQLModel, table=True):
    """An inquiry into collusion (P-01): the risk officer asks, a second person approves, then identities may be opened."""

    __tablename__ = "risk_inquiry"
    __table_args__ = (
        Index("risk_inquiry_court", "court_code", "asked_at"),
        Index(
            "risk_inquiry_one_open",
            "lot_id",
            unique=True,
            postgresql_where=text("state IN ('asked', 'approved')"),
        ),
        one_of("state", InquiryState, table="risk_inquiry"),
        CheckConstraint("decided_by <> asked_by", name="risk_inquiry_second_person"),
        CheckConstraint(
            "state = 'asked' OR (decided_by IS NOT NULL AND decided_at IS NOT NULL)",
            name="risk_inquiry_decided",
        ),
    )

    id: UUID = Field(primary_key=True)
    lot_id: UUID = Field(foreign_key="lot.id")
    court_code: str = Field(foreign_key="court.code")
    state: str = InquiryState.ASKED
    registrations: list[UUID] = Field(sa_type=ARRAY(Uuid))
    codes: list[str] = Field(sa_type=ARRAY(String))
    reason: str = Field(max_length=1000)
    asked_by: UUID = Field(foreign_key="account.id")
    asked_at: datetime = Field(sa_type=Timestamp)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = Field(default=None, sa_type=Timestamp)
    decision_reason: str | None = Field(default=None, max_length=1000)
    closed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    result: str | None = Field(default=None, max_length=1000)
