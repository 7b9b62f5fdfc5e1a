from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of


class RegistrationState(StrEnum):
    """States of rulebook §11.4."""

    APPLIED = "applied"
    AGENT_CHECK = "agent_check"
    PRIORITY_CLAIMED = "priority_claimed"
    DEPOSIT_PENDING = "deposit_pending"
    QUALIFIED = "qualified"
    REJECTED = "rejected"


class DepositState(StrEnum):
    """States of a deposit (rulebook §11.4)."""

    PENDING = "pending"
    PARTIAL = "partial"
    RECEIVED = "received"
    WAIVED = "waived"
    REFUND_DUE = "refund_due"
    REFUNDED = "refunded"
    TO_COURT = "to_court"
    APPLIED_TO_PRICE = "applied_to_price"
    FORFEITED = "forfeited"
    USED = "used"
    PREPAID_FULL = "prepaid_full"


class Registration(SQLModel, table=True):
    """A bidder's entry for one lot. Who it is stands only in `identity_sealed` (P-01): no column leads to an account.

    `account_match` is a keyed hash by which a person finds the own entries. Codes are random per lot.
    """

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("lot_id", "account_match", name="registration_once_per_lot"),
        UniqueConstraint("lot_id", "code", name="registration_code_in_lot"),
        UniqueConstraint("virtual_account_no", name="registration_virtual_account"),
        Index("registration_person", "account_match"),
        one_of("state", RegistrationState, table="registration"),
        one_of("deposit_state", DepositState, table="registration"),
        CheckConstraint(
            "deposit_paid_fen >= 0 AND deposit_due_fen >= 0", name="registration_money_not_negative"
        ),
        CheckConstraint("state <> 'qualified' OR code IS NOT NULL", name="registration_qualified_has_code"),
        CheckConstraint("priority_order >= 1", name="registration_priority_positive"),
        Index(
            "registration_refund_due", "refund_due_at", postgresql_where=text("deposit_state = 'refund_due'")
        ),
    )

    id: UUID = Field(primary_key=True)
    lot_id: UUID = Field(foreign_key="lot.id")
    account_match: bytes = Field(sa_type=LargeBinary)
    identity_match: bytes = Field(sa_type=LargeBinary, index=True)
    name_match: bytes = Field(sa_type=LargeBinary)
    identity_sealed: bytes = Field(sa_type=LargeBinary)
    state: str = RegistrationState.APPLIED
    code: str | None = Field(default=None, max_length=12)
    priority_order: int | None = None
    is_applicant: bool = False
    agent_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    virtual_account_no: str = Field(max_length=32)
    deposit_state: str = DepositState.PENDING
    deposit_due_fen: int = Field(sa_type=Fen)
    deposit_paid_fen: int = Field(default=0, sa_type=Fen)
    rules_accepted_at: datetime = Field(sa_type=Timestamp)
    qualified_at: datetime | None = Field(default=None, sa_type=Timestamp)
    rejected_reason: str | None = Field(default=None, max_length=200)
    is_winner: bool = False
    refund_due_at: datetime | None = Field(default=None, sa_type=Timestamp)
    refunded_at: datetime | None = Field(default=None, sa_type=Timestamp)
    created_at: datetime = Field(sa_type=Timestamp)
