from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from core.columns import Fen, Json, Timestamp


class StatedBalance(SQLModel, table=True):
    """What the bank itself says stands on a court's account at a moment, as entered from its statement."""

    __tablename__ = "stated_balance"
    __table_args__ = (Index("stated_balance_court", "court_code", "as_of"),)

    id: UUID = Field(primary_key=True)
    court_code: str = Field(foreign_key="court.code")
    as_of: datetime = Field(sa_type=Timestamp)
    balance_fen: int = Field(sa_type=Fen)
    entered_by: UUID | None = Field(default=None, foreign_key="account.id")
    entered_at: datetime = Field(sa_type=Timestamp)


class Reconciliation(SQLModel, table=True):
    """One comparison of statement and ledger of a court; the newest of each outcome is kept up to date, not repeated.

    A run that finds the same as the one before only moves `checked_at` on.
    """

    __tablename__ = "reconciliation"
    __table_args__ = (Index("reconciliation_newest", "court_code", "first_at"),)

    id: UUID = Field(primary_key=True)
    court_code: str = Field(foreign_key="court.code")
    first_at: datetime = Field(sa_type=Timestamp)
    checked_at: datetime = Field(sa_type=Timestamp)
    runs: int = 1
    statement_fen: int = Field(sa_type=Fen)
    ledger_fen: int = Field(sa_type=Fen)
    open_lines: int = 0
    findings: list[dict[str, object]] = Field(default_factory=list, sa_type=Json)
