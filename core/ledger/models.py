from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of


class AccountKind(StrEnum):
    """Kinds of accounts (M-11).

    Three kinds hold money or claims to it: `bank` is the court's money at the bank, `platform_frozen` what the platform has
    frozen for the court (B-30), `reversal_receivable` what the bank took back after it had been paid out. Every other kind says
    whose the money is.
    """

    BANK = "bank"
    PLATFORM_FROZEN = "platform_frozen"
    REVERSAL_RECEIVABLE = "reversal_receivable"
    DEPOSIT_HELD = "deposit_held"
    DEPOSIT_FORFEITED = "deposit_forfeited"
    PRICE_BALANCE = "price_balance"
    TAX_PAYABLE = "tax_payable"
    COST_PAYABLE = "cost_payable"
    FEE_PAYABLE = "fee_payable"
    RESERVED_FIRST_SEAL = "reserved_first_seal"
    ESCROW_DISPUTED = "escrow_disputed"
    CREDITOR_PAYABLE = "creditor_payable"
    DEBTOR_SURPLUS = "debtor_surplus"
    UNCLAIMED = "unclaimed"


ASSET_KINDS = frozenset({AccountKind.BANK, AccountKind.PLATFORM_FROZEN, AccountKind.REVERSAL_RECEIVABLE})
"""Kinds that are debited when something comes in; all others may not be debited beyond what stands on them."""


class LedgerAccount(SQLModel, table=True):
    """One account. `code` is `kind:owner`, for instance `deposit_held:<registration id>` or `bank:<court code>`."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        UniqueConstraint("code", name="ledger_account_code"),
        one_of("kind", AccountKind, table="ledger_account"),
        Index("ledger_account_lot", "lot_id"),
        Index("ledger_account_case", "case_id"),
    )

    id: UUID = Field(primary_key=True)
    code: str = Field(max_length=100)
    kind: str
    lot_id: UUID | None = None
    case_id: UUID | None = None


class LedgerEntry(SQLModel, table=True):
    """One booking. `key` names what is booked: booking it again is a no-op."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("key", name="ledger_entry_key"),
        UniqueConstraint("reverses_id", name="ledger_entry_reversed_once"),
    )

    id: UUID = Field(primary_key=True)
    key: str = Field(max_length=120)
    description: str = Field(max_length=200)
    rule: str | None = Field(default=None, max_length=20)
    booked_at: datetime = Field(sa_type=Timestamp)
    reverses_id: UUID | None = Field(default=None, foreign_key="ledger_entry.id")


class LedgerPosting(SQLModel, table=True):
    """One line of an entry: plus is a debit of the account, minus a credit. Lines of an entry sum to zero (constraint)."""

    __tablename__ = "ledger_posting"
    __table_args__ = (
        CheckConstraint("amount_fen <> 0", name="ledger_posting_not_zero"),
        Index("ledger_posting_account", "account_id"),
    )

    entry_id: UUID = Field(primary_key=True, foreign_key="ledger_entry.id")
    line: int = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="ledger_account.id")
    amount_fen: int = Field(sa_type=Fen)
