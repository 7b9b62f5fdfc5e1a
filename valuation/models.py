from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of


class ValuationMethod(StrEnum):
    """The four ways of V-02, in their order; then the prices without any of them (V-04, V-03)."""

    AGREEMENT = "agreement"
    DIRECTED_INQUIRY = "directed_inquiry"
    ONLINE_INQUIRY = "online_inquiry"
    APPRAISAL = "appraisal"
    MARKET_PRICE = "market_price"
    ABOVE_COSTS = "above_costs"


class ValuationState(StrEnum):
    """States of rulebook §11.2."""

    NOT_STARTED = "not_started"
    NEGOTIATING = "negotiating"
    DIRECTED = "directed"
    ONLINE_INQUIRY = "online_inquiry"
    APPRAISER_SELECTION = "appraiser_selection"
    APPRAISING = "appraising"
    COURT_REVIEW = "court_review"
    SERVING = "serving"
    OBJECTION_WINDOW = "objection_window"
    OBJECTION_T1 = "objection_t1"
    OBJECTION_T2 = "objection_t2"
    EXPERT_REVIEW = "expert_review"
    FIXED = "fixed"
    STAYED = "stayed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    REISSUE = "reissue"


class Valuation(SQLModel, table=True):
    """One search for the reference price of an asset. At most one per asset is current.

    `sold_fen`, `sold_on`: what the asset was sold for, once that is paid in full (V-14, V-25).
    `stayed_from`: the state to which a stay goes back (V-35). `reissue_of`: the expired one whose price is issued anew (V-34).
    """

    __tablename__ = "valuation"
    __table_args__ = (
        Index("valuation_one_current", "asset_id", unique=True, postgresql_where=text("is_current")),
        one_of("method", ValuationMethod, table="valuation"),
        one_of("state", ValuationState, table="valuation"),
        CheckConstraint("price_fen > 0", name="valuation_price_positive"),
        CheckConstraint("sold_fen > 0", name="valuation_sold_positive"),
        CheckConstraint(
            "state <> 'fixed' OR (price_fen IS NOT NULL AND fixed_at IS NOT NULL AND valid_until IS NOT NULL)",
            name="valuation_fixed_is_complete",
        ),
        CheckConstraint(
            "(state = 'stayed') = (stayed_from IS NOT NULL AND stayed_at IS NOT NULL)",
            name="valuation_stay_complete",
        ),
    )

    id: UUID = Field(primary_key=True)
    asset_id: UUID = Field(foreign_key="asset.id")
    method: str
    state: str
    is_current: bool = True
    started_at: datetime = Field(sa_type=Timestamp)
    price_fen: int | None = Field(default=None, sa_type=Fen)
    fixed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    valid_until: date | None = None
    reuse_until: date | None = None
    objection_window_ends_at: datetime | None = Field(default=None, sa_type=Timestamp)
    stayed_from: str | None = Field(default=None, max_length=30)
    stayed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    ended_reason: str = Field(default="", max_length=200)
    sold_fen: int | None = Field(default=None, sa_type=Fen)
    sold_on: date | None = None
    reissue_of: UUID | None = Field(default=None, foreign_key="valuation.id")
