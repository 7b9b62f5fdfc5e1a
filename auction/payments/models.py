from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of


class BankLineState(StrEnum):
    """What became of a line of the bank statement."""

    NEW = "new"
    MATCHED = "matched"
    SUSPENDED = "suspended"
    RETURNED = "returned"


class BankLine(SQLModel, table=True):
    """A credit on the court's account, from a statement. `bank_reference` makes importing it twice a no-op.

    The payer's name is sealed: finance may read it only after bidding has ended (P-01).
    """

    __tablename__ = "bank_line"
    __table_args__ = (
        UniqueConstraint("bank_reference", name="bank_line_reference"),
        Index("bank_line_open", "booked_at", postgresql_where=text("state IN ('new', 'suspended')")),
        Index("bank_line_account", "virtual_account_no"),
        one_of("state", BankLineState, table="bank_line"),
        CheckConstraint("amount_fen > 0", name="bank_line_amount_positive"),
    )

    id: UUID = Field(primary_key=True)
    bank_reference: str = Field(max_length=60)
    court_code: str = Field(foreign_key="court.code")
    virtual_account_no: str = Field(max_length=32)
    amount_fen: int = Field(sa_type=Fen)
    payer_sealed: bytes = Field(sa_type=LargeBinary)
    payer_match: bytes = Field(sa_type=LargeBinary)
    booked_at: datetime = Field(sa_type=Timestamp)
    state: str = BankLineState.NEW
    matched_to: str | None = Field(default=None, max_length=20)
    registration_id: UUID | None = Field(default=None, foreign_key="registration.id")
    problem: str | None = Field(default=None, max_length=200)
    matched_at: datetime | None = Field(default=None, sa_type=Timestamp)
    is_demo: bool = False


class PaymentOrderKind(StrEnum):
    """Why money leaves the account."""

    DEPOSIT_REFUND = "deposit_refund"
    OVERPAYMENT_REFUND = "overpayment_refund"
    UNMATCHED_RETURN = "unmatched_return"
    PAYOUT = "payout"


class PaymentOrderState(StrEnum):
    """Life of an order to the bank."""

    DUE = "due"
    EXECUTED = "executed"
    FAILED = "failed"


class PaymentOrder(SQLModel, table=True):
    """An order to the bank to pay money back or out. `key` makes each effect happen once."""

    __tablename__ = "payment_order"
    __table_args__ = (
        UniqueConstraint("key", name="payment_order_key"),
        Index("payment_order_due", "due_at", postgresql_where=text("state = 'due'")),
        one_of("kind", PaymentOrderKind, table="payment_order"),
        one_of("state", PaymentOrderState, table="payment_order"),
        CheckConstraint("amount_fen > 0", name="payment_order_amount_positive"),
    )

    id: UUID = Field(primary_key=True)
    key: str = Field(max_length=120)
    kind: str
    state: str = PaymentOrderState.DUE
    court_code: str = Field(foreign_key="court.code")
    lot_id: UUID | None = Field(default=None, foreign_key="lot.id", index=True)
    registration_id: UUID | None = Field(default=None, foreign_key="registration.id")
    bank_line_id: UUID | None = Field(default=None, foreign_key="bank_line.id")
    amount_fen: int = Field(sa_type=Fen)
    due_at: datetime = Field(sa_type=Timestamp)
    created_at: datetime = Field(sa_type=Timestamp)
    executed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    attempts: int = 0
    problem: str | None = Field(default=None, max_length=200)
