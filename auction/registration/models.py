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
    WITHDRAWN = "withdrawn"


class DepositWay(StrEnum):
    """How a deposit is provided (B-30): transferred to the court's account, or frozen on the platform."""

    TRANSFER = "transfer"
    FREEZE = "freeze"


class DepositState(StrEnum):
    """States of a deposit (rulebook §11.4)."""

    PENDING = "pending"
    PARTIAL = "partial"
    RECEIVED = "received"
    FROZEN = "frozen"
    WAIVED = "waived"
    REFUND_DUE = "refund_due"
    REFUNDED = "refunded"
    TO_COURT = "to_court"
    APPLIED_TO_PRICE = "applied_to_price"
    FORFEITED = "forfeited"
    USED = "used"
    PREPAID_FULL = "prepaid_full"


class PersonRole(StrEnum):
    """What a person behind an entry is: a buyer, or who bids for the buyers."""

    BUYER = "buyer"
    AGENT = "agent"


class Registration(SQLModel, table=True):
    """A bidder's entry for one lot. Who it is stands only in `identity_sealed` (P-01): no column leads to an account.

    `account_match` is a keyed hash by which a person finds the own entries: it is of the person who acts, so of the agent
    where there is one, while `identity_match` and `name_match` are of the (first) buyer. Codes are random per lot.
    `notice_version` and `notice_hash` say which notice and instructions were accepted (§10 no. 12).
    """

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("lot_id", "account_match", name="registration_once_per_lot"),
        UniqueConstraint("lot_id", "code", name="registration_code_in_lot"),
        UniqueConstraint("virtual_account_no", name="registration_virtual_account"),
        Index("registration_person", "account_match"),
        one_of("state", RegistrationState, table="registration"),
        one_of("deposit_state", DepositState, table="registration"),
        one_of("deposit_way", DepositWay, table="registration"),
        CheckConstraint(
            "deposit_paid_fen >= 0 AND deposit_due_fen >= 0", name="registration_money_not_negative"
        ),
        CheckConstraint("state <> 'qualified' OR code IS NOT NULL", name="registration_qualified_has_code"),
        CheckConstraint("priority_order >= 1", name="registration_priority_positive"),
        CheckConstraint(
            "state <> 'agent_check' OR agent_sealed IS NOT NULL", name="registration_agent_is_known"
        ),
        Index(
            "registration_refund_due", "refund_due_at", postgresql_where=text("deposit_state = 'refund_due'")
        ),
        Index(
            "registration_undecided",
            "lot_id",
            postgresql_where=text("state IN ('agent_check', 'priority_claimed')"),
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
    priority_claimed: bool = False
    is_applicant: bool = False
    agent_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    agent_confirmed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    virtual_account_no: str = Field(max_length=32)
    deposit_way: str = DepositWay.TRANSFER
    deposit_state: str = DepositState.PENDING
    deposit_due_fen: int = Field(sa_type=Fen)
    deposit_paid_fen: int = Field(default=0, sa_type=Fen)
    rules_accepted_at: datetime = Field(sa_type=Timestamp)
    notice_version: int | None = None
    notice_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    qualification_promised_at: datetime | None = Field(default=None, sa_type=Timestamp)
    qualified_at: datetime | None = Field(default=None, sa_type=Timestamp)
    rejected_reason: str | None = Field(default=None, max_length=200)
    is_winner: bool = False
    refund_due_at: datetime | None = Field(default=None, sa_type=Timestamp)
    refunded_at: datetime | None = Field(default=None, sa_type=Timestamp)
    withdrawals: int = 0
    created_at: datetime = Field(sa_type=Timestamp)


class EntryPerson(SQLModel, table=True):
    """Everybody behind an entry, by keyed hashes of number and name: buyers first, then the agent (B-80, B-82).

    Deposits may come from any of the buyers (B-30); bars and the default list look at all of them.
    """

    __tablename__ = "entry_person"
    __table_args__ = (
        Index("entry_person_identity", "identity_match"),
        one_of("role", PersonRole, table="entry_person"),
    )

    registration_id: UUID = Field(primary_key=True, foreign_key="registration.id")
    position: int = Field(primary_key=True)
    role: str
    identity_match: bytes = Field(sa_type=LargeBinary)
    name_match: bytes = Field(sa_type=LargeBinary)
