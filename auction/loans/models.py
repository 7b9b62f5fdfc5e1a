from datetime import date, datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from core.columns import Timestamp


class PurchaseLoan(SQLModel, table=True):
    """The loan with which the balance will be paid (B-76). The balance stays due when the notice says."""

    __tablename__ = "purchase_loan"

    lot_id: UUID = Field(primary_key=True, foreign_key="lot.id")
    bank: str = Field(max_length=100)
    approval_no: str = Field(max_length=80)
    promised_on: date
    entered_at: datetime = Field(sa_type=Timestamp)
    changed_at: datetime = Field(sa_type=Timestamp)
