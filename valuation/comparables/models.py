from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.columns import Fen, Json, Timestamp


class SaleRecord(SQLModel, table=True):
    """A sale that happened, here or elsewhere: what the evidence rests on. No persons.

    `market` keeps currencies and countries apart; money in hundredths of its currency (fen in `cn`). `reference_fen`: the
    appraisal behind the sale, where it is known. `sold_on` None: usable as a comparable, not for a test over time.
    """

    __tablename__ = "sale_record"
    __table_args__ = (
        UniqueConstraint("source", "source_key", name="sale_record_source"),
        Index("sale_record_alike", "market", "kind", "region"),
        CheckConstraint("price_fen > 0", name="sale_record_price_positive"),
        CheckConstraint("reference_fen > 0", name="sale_record_reference_positive"),
        CheckConstraint("area_m2 > 0", name="sale_record_area_positive"),
    )

    id: UUID = Field(primary_key=True)
    market: str = Field(default="cn", max_length=8)
    source: str = Field(max_length=40)
    source_key: str = Field(max_length=80)
    kind: str = Field(max_length=40)
    region: str = Field(default="", max_length=60)
    title: str = Field(default="", max_length=200)
    area_m2: Decimal | None = Field(default=None, sa_type=Numeric(14, 2))
    built_year: int | None = None
    rooms: float | None = None
    round: str = Field(default="", max_length=20)
    reference_fen: int | None = Field(default=None, sa_type=Fen)
    price_fen: int = Field(sa_type=Fen)
    sold_on: date | None = None


class PriceModel(SQLModel, table=True):
    """A trained model's record: on how many rows, and how far off it and the baseline were on later sales.

    `metrics` is an `evaluate.Evaluation`; `beats_baseline` decides which of the two the outlooks use.
    """

    __tablename__ = "price_model"
    __table_args__ = (Index("price_model_newest", "market", "trained_at"),)

    id: UUID = Field(primary_key=True)
    market: str = Field(max_length=8)
    trained_at: datetime = Field(sa_type=Timestamp)
    rows: int
    beats_baseline: bool
    metrics: dict[str, Any] | None = Field(default=None, sa_type=Json)


class PriceOutlook(SQLModel, table=True):
    """The expected price of an asset's sale with an interval meant to hold in four of five cases. Never the legal price.

    `neighbours`: the sold lots most alike (`neighbours.Neighbour`); `drivers`: what moved the expectation (percent each).
    """

    __tablename__ = "price_outlook"
    __table_args__ = (
        CheckConstraint("low_fen <= mid_fen AND mid_fen <= high_fen", name="price_outlook_ordered"),
    )

    asset_id: UUID = Field(primary_key=True, foreign_key="asset.id")
    model_id: UUID = Field(foreign_key="price_model.id")
    computed_at: datetime = Field(sa_type=Timestamp)
    low_fen: int = Field(sa_type=Fen)
    mid_fen: int = Field(sa_type=Fen)
    high_fen: int = Field(sa_type=Fen)
    baseline_fen: int = Field(sa_type=Fen)
    neighbours: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    drivers: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
