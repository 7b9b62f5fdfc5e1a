from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of


class MoneyChannel(StrEnum):
    """Where money is: on the court's account at the bank, or frozen on the payer's account at the platform (B-30)."""

    BANK = "bank"
    PLATFORM = "platform"


class BankLineState(StrEnum):
    """What became of a line of the bank statement."""

    NEW = "new"
    MATCHED = "matched"
    SUSPENDED = "suspended"
    RETURN_PROPOSED = "return_proposed"
    RETURNED = "returned"
    REVERSED = "reversed"


class BankLine(SQLModel, table=True):
    """A credit on the court's account from a statement, or a freeze that the platform tells of.

    `bank_reference` makes importing it twice a no-op. `booked_fen` is the part that was booked to a deposit or balance; the
    rest of the amount waits for its return. The payer's name is sealed: finance may read it only after bidding has ended (P-01).
    """

    __tablename__ = "bank_line"
    __table_args__ = (
        UniqueConstraint("bank_reference", name="bank_line_reference"),
        Index(
            "bank_line_open",
            "booked_at",
            postgresql_where=text("state IN ('new', 'suspended', 'return_proposed')"),
        ),
        Index("bank_line_account", "virtual_account_no"),
        Index("bank_line_registration", "registration_id"),
        one_of("state", BankLineState, table="bank_line"),
        one_of("channel", MoneyChannel, table="bank_line"),
        CheckConstraint("amount_fen > 0", name="bank_line_amount_positive"),
        CheckConstraint("booked_fen BETWEEN 0 AND amount_fen", name="bank_line_booked_within_amount"),
    )

    id: UUID = Field(primary_key=True)
    bank_reference: str = Field(max_length=60)
    court_code: str = Field(foreign_key="court.code")
    channel: str = MoneyChannel.BANK
    virtual_account_no: str = Field(max_length=32)
    amount_fen: int = Field(sa_type=Fen)
    booked_fen: int = Field(default=0, sa_type=Fen)
    payer_sealed: bytes = Field(sa_type=LargeBinary)
    payer_match: bytes = Field(sa_type=LargeBinary)
    booked_at: datetime = Field(sa_type=Timestamp)
    state: str = BankLineState.NEW
    matched_to: str | None = Field(default=None, max_length=20)
    registration_id: UUID | None = Field(default=None, foreign_key="registration.id")
    problem: str | None = Field(default=None, max_length=200)
    matched_at: datetime | None = Field(default=None, sa_type=Timestamp)
    is_demo: bool = False


class ReturnState(StrEnum):
    """Life of a proposal to send a line back."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"
    OVERTAKEN = "overtaken"


class LineReturn(SQLModel, table=True):
    """The proposal to send a suspended line back, and what a second person said of it (M-06). `tier`: who must approve."""

    __tablename__ = "line_return"
    __table_args__ = (
        Index(
            "line_return_one_open", "bank_line_id", unique=True, postgresql_where=text("state = 'proposed'")
        ),
        Index("line_return_queue", "court_code", "proposed_at"),
        one_of("state", ReturnState, table="line_return"),
        CheckConstraint("tier IN ('finance', 'director')", name="line_return_tier_known"),
        CheckConstraint("decided_by <> proposed_by", name="line_return_two_persons"),
    )

    id: UUID = Field(primary_key=True)
    bank_line_id: UUID = Field(foreign_key="bank_line.id")
    court_code: str = Field(foreign_key="court.code")
    tier: str = Field(max_length=10)
    state: str = ReturnState.PROPOSED
    reason: str = Field(max_length=300)
    proposed_by: UUID = Field(foreign_key="account.id")
    proposed_at: datetime = Field(sa_type=Timestamp)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = Field(default=None, sa_type=Timestamp)
    decision_note: str = Field(default="", max_length=300)


class ReversalState(StrEnum):
    """What became of a reversal: applied to its line, or the line is not known yet."""

    APPLIED = "applied"
    UNMATCHED = "unmatched"


class BankReversal(SQLModel, table=True):
    """The bank has taken a booked credit back (冲正). `missing_fen`: the part that had already been paid out or spent."""

    __tablename__ = "bank_reversal"
    __table_args__ = (
        UniqueConstraint("bank_reference", name="bank_reversal_reference"),
        UniqueConstraint("bank_line_id", name="bank_reversal_once"),
        Index("bank_reversal_court", "court_code", "booked_at"),
        one_of("state", ReversalState, table="bank_reversal"),
        CheckConstraint("amount_fen > 0 AND missing_fen >= 0", name="bank_reversal_amounts"),
    )

    id: UUID = Field(primary_key=True)
    bank_reference: str = Field(max_length=60)
    reverses_reference: str = Field(max_length=60, index=True)
    court_code: str = Field(foreign_key="court.code")
    amount_fen: int = Field(sa_type=Fen)
    missing_fen: int = Field(default=0, sa_type=Fen)
    state: str = ReversalState.UNMATCHED
    bank_line_id: UUID | None = Field(default=None, foreign_key="bank_line.id")
    booked_at: datetime = Field(sa_type=Timestamp)
    is_demo: bool = False


class PaymentOrderKind(StrEnum):
    """Why money leaves the account, or comes from the platform to it."""

    DEPOSIT_REFUND = "deposit_refund"
    DEPOSIT_CAPTURE = "deposit_capture"
    OVERPAYMENT_REFUND = "overpayment_refund"
    UNMATCHED_RETURN = "unmatched_return"
    PAYOUT = "payout"


class PaymentOrderState(StrEnum):
    """Life of an order to the bank. A failed attempt leaves it due; it is tried again."""

    DUE = "due"
    EXECUTED = "executed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class PaymentOrder(SQLModel, table=True):
    """An order to the bank to pay money back or out. `key` makes each effect happen once."""

    __tablename__ = "payment_order"
    __table_args__ = (
        UniqueConstraint("key", name="payment_order_key"),
        Index("payment_order_due", "due_at", postgresql_where=text("state = 'due'")),
        Index("payment_order_attempt", "next_attempt_at", postgresql_where=text("state = 'due'")),
        Index("payment_order_registration", "registration_id"),
        Index("payment_order_line", "bank_line_id"),
        one_of("kind", PaymentOrderKind, table="payment_order"),
        one_of("state", PaymentOrderState, table="payment_order"),
        one_of("channel", MoneyChannel, table="payment_order"),
        CheckConstraint("amount_fen > 0", name="payment_order_amount_positive"),
    )

    id: UUID = Field(primary_key=True)
    key: str = Field(max_length=120)
    kind: str
    state: str = PaymentOrderState.DUE
    channel: str = MoneyChannel.BANK
    court_code: str = Field(foreign_key="court.code")
    lot_id: UUID | None = Field(default=None, foreign_key="lot.id", index=True)
    registration_id: UUID | None = Field(default=None, foreign_key="registration.id")
    bank_line_id: UUID | None = Field(default=None, foreign_key="bank_line.id")
    amount_fen: int = Field(sa_type=Fen)
    due_at: datetime = Field(sa_type=Timestamp)
    created_at: datetime = Field(sa_type=Timestamp)
    executed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    attempts: int = 0
    next_attempt_at: datetime | None = Field(default=None, sa_type=Timestamp)
    bank_answer: str | None = Field(default=None, max_length=120)
    problem: str | None = Field(default=None, max_length=200)
