from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from core.columns import Fen, Json, Timestamp, one_of


class ReserveState(StrEnum):
    """What became of the first court's reserved share."""

    NONE = "none"
    HELD = "held"
    CONFIRMED = "confirmed"
    SETTLED = "settled"


class DisposalResult(SQLModel, table=True):
    """The result of one transfer: the sale, how its price is divided, and what is reserved for the first court (T-05).

    Opened by the system when the sale ruling is served; `told_at` is when the letter (document 34) went out. `court_code`
    disposed; `other_court` is told. `shares` has one line for each seal of the chain (`rules.Share`). Money in fen.
    """

    __tablename__ = "disposal_result"
    __table_args__ = (
        Index("disposal_result_court", "court_code", "told_at"),
        Index("disposal_result_other", "other_court", "told_at"),
        one_of("reserve", ReserveState, table="disposal_result"),
        CheckConstraint(
            "price_fen > 0 AND costs_fen >= 0 AND reserved_fen >= 0 AND confirmed_fen >= 0",
            name="disposal_result_money_not_negative",
        ),
        CheckConstraint("confirmed_fen <= reserved_fen", name="disposal_result_confirmed_within_reserve"),
    )

    transfer_id: UUID = Field(primary_key=True, foreign_key="transfer_request.id")
    asset_id: UUID = Field(foreign_key="asset.id", index=True)
    lot_id: UUID = Field(foreign_key="lot.id")
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    court_code: str = Field(foreign_key="court.code")
    other_court: str = Field(foreign_key="court.code")
    price_fen: int = Field(sa_type=Fen)
    ruled_on: date
    costs_fen: int = Field(default=0, sa_type=Fen)
    shares: list[Any] = Field(default_factory=list, sa_type=Json)
    reserve: str = ReserveState.NONE
    reserved_fen: int = Field(default=0, sa_type=Fen)
    confirmed_fen: int = Field(default=0, sa_type=Fen)
    confirmed_title: str = Field(default="", max_length=200)
    opened_at: datetime = Field(sa_type=Timestamp)
    due_at: datetime = Field(sa_type=Timestamp)
    told_at: datetime | None = Field(default=None, sa_type=Timestamp)
    confirmed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    settled_at: datetime | None = Field(default=None, sa_type=Timestamp)
    document_id: UUID | None = None
