from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of


class PayoutKind(StrEnum):
    """Whose money it is."""

    TAX = "tax"
    COST = "cost"
    FEE = "fee"
    RENT = "rent"
    CREDITOR = "creditor"
    SURPLUS = "surplus"


class PayoutState(StrEnum):
    """The way of one payment. `bounced`: the bank sent it back; `deposited`: kept for a payee who cannot be paid (提存)."""

    READY = "ready"
    PROPOSED = "proposed"
    APPROVED = "approved"
    SENT = "sent"
    PAID = "paid"
    BOUNCED = "bounced"
    DEPOSITED = "deposited"
    CANCELLED = "cancelled"


class SheetState(StrEnum):
    """What a second person said of a sheet (M-06)."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"


class DelayState(StrEnum):
    """Life of a delay (M-05)."""

    ASKED = "asked"
    IN_FORCE = "in_force"
    REFUSED = "refused"
    ENDED = "ended"


class DelayGround(StrEnum):
    """M-05."""

    DISTRIBUTION_PENDING = "distribution_pending"
    FROZEN_ELSEWHERE = "frozen_elsewhere"
    NOT_COLLECTED = "not_collected"
    SUSPENDED = "suspended"
    OTHER = "other"


class PayoutSheet(SQLModel, table=True):
    """Payments proposed together on one approval sheet (document 31). `tier`: who must approve."""

    __tablename__ = "payout_sheet"
    __table_args__ = (
        Index("payout_sheet_queue", "court_code", "state", "proposed_at"),
        one_of("state", SheetState, table="payout_sheet"),
        CheckConstraint("tier IN ('finance', 'director')", name="payout_sheet_tier_known"),
        CheckConstraint("decided_by <> proposed_by", name="payout_sheet_two_persons"),
        CheckConstraint("total_fen > 0", name="payout_sheet_positive"),
    )

    id: UUID = Field(primary_key=True)
    proceeds_id: UUID = Field(foreign_key="proceeds.id")
    court_code: str = Field(foreign_key="court.code")
    state: str = SheetState.PROPOSED
    tier: str = Field(max_length=10)
    total_fen: int = Field(sa_type=Fen)
    note: str = Field(default="", max_length=300)
    proposed_by: UUID | None = None
    proposed_at: datetime = Field(sa_type=Timestamp)
    decided_by: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_type=Timestamp)
    decision_note: str = Field(default="", max_length=300)
    document_id: UUID | None = None


class PayoutFile(SQLModel, table=True):
    """A file of payments for the bank. What it holds is fixed when it is made; making it again gives the same bytes."""

    __tablename__ = "payout_file"
    __table_args__ = (
        UniqueConstraint("number", name="payout_file_number"),
        CheckConstraint("count > 0 AND total_fen > 0", name="payout_file_not_empty"),
    )

    id: UUID = Field(primary_key=True)
    number: str = Field(max_length=30)
    court_code: str = Field(foreign_key="court.code", index=True)
    count: int
    total_fen: int = Field(sa_type=Fen)
    made_by: UUID | None = None
    made_at: datetime = Field(sa_type=Timestamp)


class Payout(SQLModel, table=True):
    """One payment to one payee. `key` makes it happen once; `reference` is what the bank knows it by, anew for each attempt.

    The payee's account is sealed. `recovered_fen`: what came back after the sale was undone (B-56).
    """

    __tablename__ = "payout"
    __table_args__ = (
        UniqueConstraint("key", name="payout_key"),
        UniqueConstraint("reference", name="payout_reference"),
        Index("payout_proceeds", "proceeds_id"),
        Index("payout_court", "court_code", "state"),
        Index("payout_of_file", "file_id", postgresql_where=text("file_id IS NOT NULL")),
        one_of("kind", PayoutKind, table="payout"),
        one_of("state", PayoutState, table="payout"),
        CheckConstraint("amount_fen > 0", name="payout_positive"),
        CheckConstraint("recovered_fen BETWEEN 0 AND amount_fen", name="payout_recovered_within_amount"),
        CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name="payout_paid_at"),
        CheckConstraint("state <> 'sent' OR file_id IS NOT NULL", name="payout_sent_in_a_file"),
        CheckConstraint(
            "state NOT IN ('proposed', 'approved', 'sent', 'paid') OR payee_sealed IS NOT NULL",
            name="payout_payee_known",
        ),
    )

    id: UUID = Field(primary_key=True)
    key: str = Field(max_length=120)
    proceeds_id: UUID = Field(foreign_key="proceeds.id")
    court_code: str = Field(foreign_key="court.code")
    kind: str
    subject: str = Field(max_length=40)
    claim_id: UUID | None = Field(default=None, foreign_key="distribution_claim.id")
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    payee: str = Field(max_length=80)
    payee_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    payee_hint: str = Field(default="", max_length=80)
    amount_fen: int = Field(sa_type=Fen)
    state: str = PayoutState.READY
    sheet_id: UUID | None = Field(default=None, foreign_key="payout_sheet.id")
    file_id: UUID | None = Field(default=None, foreign_key="payout_file.id")
    reference: str | None = Field(default=None, max_length=30)
    attempts: int = 0
    problem: str = Field(default="", max_length=200)
    bank_answer: str = Field(default="", max_length=120)
    created_at: datetime = Field(sa_type=Timestamp)
    paid_at: datetime | None = Field(default=None, sa_type=Timestamp)
    deposited_because: str = Field(default="", max_length=300)
    recovered_fen: int = Field(default=0, sa_type=Fen)


class PayoutDelay(SQLModel, table=True):
    """The payout of a file is put off on a ground, with a leader's approval and a day on which it is looked at again (M-05)."""

    __tablename__ = "payout_delay"
    __table_args__ = (
        Index(
            "payout_delay_one_open",
            "proceeds_id",
            unique=True,
            postgresql_where=text("state IN ('asked', 'in_force')"),
        ),
        one_of("ground", DelayGround, table="payout_delay"),
        one_of("state", DelayState, table="payout_delay"),
        CheckConstraint("decided_by <> asked_by", name="payout_delay_two_persons"),
    )

    id: UUID = Field(primary_key=True)
    proceeds_id: UUID = Field(foreign_key="proceeds.id")
    court_code: str = Field(foreign_key="court.code")
    ground: str
    reason: str = Field(max_length=500)
    review_on: date
    state: str = DelayState.ASKED
    asked_by: UUID | None = None
    asked_at: datetime = Field(sa_type=Timestamp)
    decided_by: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_type=Timestamp)
    decision_note: str = Field(default="", max_length=300)
    ended_at: datetime | None = Field(default=None, sa_type=Timestamp)
    end_note: str = Field(default="", max_length=300)
