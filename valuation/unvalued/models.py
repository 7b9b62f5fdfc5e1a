from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Uuid
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of


class UnvaluedGround(StrEnum):
    """Why there is no valuation: the first three V-04, the last V-03."""

    LOW_VALUE = "low_value"
    EASILY_PRICED = "easily_priced"
    ALL_ASK = "all_ask"
    CANNOT_APPRAISE = "cannot_appraise"


class UnvaluedPrice(SQLModel, table=True):
    """What stands behind a price that was set without a valuation. Amounts in fen.

    V-04: the market price, its `source`, what the parties said (`opinions`); `asked_by`: the persons who asked for no valuation.
    V-03: `costs_fen` of the enforcement that the price lies a little above; `told_on`: the day on which the firm was told to
    work with the existing papers and the parties were warned; `source`: the firm's statement that it cannot.
    """

    __tablename__ = "unvalued_price"
    __table_args__ = (
        one_of("ground", UnvaluedGround, table="unvalued_price"),
        CheckConstraint("price_fen > 0", name="unvalued_price_positive"),
        CheckConstraint("source <> '' AND opinions <> ''", name="unvalued_price_is_founded"),
        CheckConstraint(
            "(ground = 'cannot_appraise') = (costs_fen IS NOT NULL AND told_on IS NOT NULL)",
            name="unvalued_price_shares_complete",
        ),
        CheckConstraint("costs_fen IS NULL OR price_fen > costs_fen", name="unvalued_price_above_costs"),
        CheckConstraint(
            "ground <> 'all_ask' OR cardinality(asked_by) > 0", name="unvalued_price_somebody_asked"
        ),
    )

    valuation_id: UUID = Field(primary_key=True, foreign_key="valuation.id")
    ground: str
    price_fen: int = Field(sa_type=Fen)
    source: str = Field(max_length=300)
    opinions: str = Field(max_length=1000)
    asked_by: list[UUID] = Field(default_factory=list, sa_type=ARRAY(Uuid))
    costs_fen: int | None = Field(default=None, sa_type=Fen)
    told_on: date | None = None
    recorded_by: UUID | None = None
    recorded_at: datetime = Field(sa_type=Timestamp)
