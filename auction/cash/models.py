from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of


class CashState(StrEnum):
    """Where cash is: with the officer who took it, confirmed by the second one, or with finance."""

    TAKEN = "taken"
    CONFIRMED = "confirmed"
    HANDED_IN = "handed_in"


class CashTaking(SQLModel, table=True):
    """Cash that was taken in a case because it could not come by the bank (M-02). Money in fen.

    `pay_into`: the virtual account that the money is meant for, empty for the case as such. The second officer confirms by an own
    login; finance counts, pays in at the bank (`slip_ref`) and is neither of the two. `put_off_why`: why it goes in a day later.
    """

    __tablename__ = "cash_taking"
    __table_args__ = (
        UniqueConstraint("number", name="cash_taking_number"),
        Index("cash_taking_court", "court_code", "state", "taken_at"),
        Index("cash_taking_case", "case_id"),
        one_of("state", CashState, table="cash_taking"),
        CheckConstraint("amount_fen > 0", name="cash_taking_positive"),
        CheckConstraint("second_officer <> taken_by", name="cash_taking_two_officers"),
        CheckConstraint(
            "handed_in_by <> taken_by AND handed_in_by <> second_officer", name="cash_taking_finance_apart"
        ),
        CheckConstraint(
            "state = 'taken' OR confirmed_at IS NOT NULL", name="cash_taking_confirmed_by_the_second"
        ),
        CheckConstraint(
            "(state = 'handed_in') = (handed_in_at IS NOT NULL AND slip_ref <> '')",
            name="cash_taking_handed_in",
        ),
    )

    id: UUID = Field(primary_key=True)
    number: str = Field(max_length=30)
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    court_code: str = Field(foreign_key="court.code")
    state: str = CashState.TAKEN
    payer: str = Field(max_length=80)
    amount_fen: int = Field(sa_type=Fen)
    pay_into: str = Field(default="", max_length=32)
    why: str = Field(max_length=500)
    place: str = Field(max_length=120)
    taken_by: UUID = Field(foreign_key="account.id")
    taken_by_name: str = Field(max_length=80)
    second_officer: UUID = Field(foreign_key="account.id")
    second_name: str = Field(max_length=80)
    taken_at: datetime = Field(sa_type=Timestamp)
    receipt_id: UUID | None = None
    confirmed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    put_off_why: str = Field(default="", max_length=300)
    handed_in_by: UUID | None = Field(default=None, foreign_key="account.id")
    handed_in_by_name: str = Field(default="", max_length=80)
    handed_in_at: datetime | None = Field(default=None, sa_type=Timestamp)
    slip_ref: str = Field(default="", max_length=60)
    is_demo: bool = False
