from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from core.columns import Fen, Json, Timestamp, one_of


class DirectGround(StrEnum):
    """Why no auction is needed (A-21)."""

    AGREEMENT = "agreement"
    PRECIOUS_METAL = "precious_metal"
    MARKET_GOODS = "market_goods"
    PERISHABLE = "perishable"
    SEASONAL = "seasonal"
    COSTLY_TO_KEEP = "costly_to_keep"
    DEBTOR_ASKS_CREDITORS_AGREE = "debtor_asks_creditors_agree"
    DEBTOR_ASKS_ALL_COVERED = "debtor_asks_all_covered"


class DirectPriceBasis(StrEnum):
    """What the price rests on, in the order of A-22."""

    AGREED = "agreed"
    MARKET = "market"
    APPRAISAL = "appraisal"


class DirectSale(SQLModel, table=True):
    """The panel's permission to sell an asset off without an auction. `basis_fen`: the agreed, market or appraised price.

    `consents` maps a party's id to the proof of its consent, where the ground needs consents. `parts`: where several assets are
    sold off as one lot, each one's share of `basis_fen` by its id, `asset_id` among them; empty for one asset.
    """

    __tablename__ = "direct_sale"
    __table_args__ = (
        Index("direct_sale_asset", "asset_id", "created_at"),
        one_of("ground", DirectGround, table="direct_sale"),
        one_of("price_basis", DirectPriceBasis, table="direct_sale"),
        CheckConstraint("basis_fen > 0", name="direct_sale_basis_positive"),
    )

    id: UUID = Field(primary_key=True)
    asset_id: UUID = Field(foreign_key="asset.id")
    ground: str
    evidence: str = Field(max_length=1000)
    consents: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    price_basis: str
    basis_fen: int = Field(sa_type=Fen)
    parts: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    basis_note: str = Field(default="", max_length=200)
    created_at: datetime = Field(sa_type=Timestamp)
