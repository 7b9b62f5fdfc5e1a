from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of


class SettlementState(StrEnum):
    """States of rulebook §11.5, as far as title and delivery. The way of the money to the empty account, and with it the last
    state SETTLED, is that of `Proceeds` alone: either way may end before the other."""

    AWAIT_BALANCE = "await_balance"
    QUALIFICATION_RECHECK = "qualification_recheck"
    PAID_FULL = "paid_full"
    RULING_ISSUED = "ruling_issued"
    RULING_SERVED = "ruling_served"
    TRANSFER_NOTICE_SENT = "transfer_notice_sent"
    DELIVERED = "delivered"
    DEFAULTED = "defaulted"
    REVOKED = "revoked"


class Settlement(SQLModel, table=True):
    """The settlement of a sold lot. Price = deposit applied + balance. `buyer_name` is published (B-48)."""

    __tablename__ = "settlement"
    __table_args__ = (
        UniqueConstraint("virtual_account_no", name="settlement_virtual_account"),
        Index("settlement_balance_due", "balance_due_at", postgresql_where=text("state = 'await_balance'")),
        one_of("state", SettlementState, table="settlement"),
        CheckConstraint("price_fen = deposit_applied_fen + balance_fen", name="settlement_adds_up"),
        CheckConstraint("balance_paid_fen >= 0 AND balance_fen >= 0", name="settlement_money_not_negative"),
    )

    lot_id: UUID = Field(primary_key=True, foreign_key="lot.id")
    registration_id: UUID = Field(foreign_key="registration.id")
    state: str = SettlementState.AWAIT_BALANCE
    buyer_name: str = Field(max_length=500)
    buyer_code: str = Field(max_length=12)
    price_fen: int = Field(sa_type=Fen)
    deposit_applied_fen: int = Field(sa_type=Fen)
    balance_fen: int = Field(sa_type=Fen)
    balance_paid_fen: int = Field(default=0, sa_type=Fen)
    virtual_account_no: str = Field(max_length=32)
    balance_due_at: datetime = Field(sa_type=Timestamp)
    confirmation_document_id: UUID | None = None
    payment_notice_document_id: UUID | None = None
    paid_full_at: datetime | None = Field(default=None, sa_type=Timestamp)
    ruling_document_id: UUID | None = None
    ruling_issued_at: datetime | None = Field(default=None, sa_type=Timestamp)
    ruling_served_at: datetime | None = Field(default=None, sa_type=Timestamp)
    transfer_notice_sent_at: datetime | None = Field(default=None, sa_type=Timestamp)
    delivered_at: datetime | None = Field(default=None, sa_type=Timestamp)
    delivery_record: str | None = Field(default=None, max_length=2000)
    defaulted_at: datetime | None = Field(default=None, sa_type=Timestamp)
    default_reason: str | None = Field(default=None, max_length=200)
    created_at: datetime = Field(sa_type=Timestamp)
