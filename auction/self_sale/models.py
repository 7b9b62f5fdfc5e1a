from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Json, Timestamp, one_of


class SelfSaleGround(StrEnum):
    """Why the debtor may sell by itself."""

    REASONABLE_PRICE = "reasonable_price"
    VALUE_TOO_LOW = "value_too_low"
    FAILED_PRICE = "failed_price"
    FINANCING = "financing"
    SEALED_TRANSFER = "sealed_transfer"


class SelfSaleState(StrEnum):
    """Where an own sale stands."""

    FILED = "filed"
    REFUSED = "refused"
    ALLOWED = "allowed"
    PAID = "paid"
    RELEASED = "released"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class SelfSale(SQLModel, table=True):
    """A debtor's own sale from the application to the release of the seals. Money in fen; `ends_at` is an exclusive end.

    `price_fen`: what the debtor means to sell for, and once a buyer is named, what the buyer pays. `floor_fen`: the lowest
    price that the panel allowed. `entered_by`: who of the court wrote a paper application down; another person decides (P-05).
    """

    __tablename__ = "self_sale"
    __table_args__ = (
        one_of("ground", SelfSaleGround, table="self_sale"),
        one_of("state", SelfSaleState, table="self_sale"),
        UniqueConstraint("virtual_account_no", name="self_sale_account"),
        Index(
            "self_sale_one_open",
            "asset_id",
            unique=True,
            postgresql_where=text("state IN ('filed', 'allowed', 'paid')"),
        ),
        Index("self_sale_of_asset", "asset_id", "filed_at"),
        Index("self_sale_of_debtor", "debtor_party_id"),
        CheckConstraint("price_fen > 0", name="self_sale_price_positive"),
        CheckConstraint("paid_fen BETWEEN 0 AND price_fen", name="self_sale_paid_within_price"),
        CheckConstraint("decided_by <> entered_by", name="self_sale_two_persons"),
        CheckConstraint(
            "(state IN ('filed', 'withdrawn')) OR (decided_at IS NOT NULL AND cardinality(members) >= 3)",
            name="self_sale_decided_by_a_panel",
        ),
        CheckConstraint(
            "state NOT IN ('allowed', 'paid', 'released', 'expired') "
            "OR (floor_fen > 0 AND ends_at IS NOT NULL AND virtual_account_no IS NOT NULL)",
            name="self_sale_allowed_with_terms",
        ),
        CheckConstraint(
            "state NOT IN ('paid', 'released') OR (paid_fen = price_fen AND price_fen >= floor_fen AND buyer_name <> '')",
            name="self_sale_paid_in_full",
        ),
    )

    id: UUID = Field(primary_key=True)
    asset_id: UUID = Field(foreign_key="asset.id")
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    court_code: str = Field(foreign_key="court.code")
    debtor_party_id: UUID = Field(foreign_key="party.id")
    ground: str
    state: str = SelfSaleState.FILED
    reason: str = Field(max_length=1000)
    price_fen: int = Field(sa_type=Fen)
    buyer_name: str = Field(default="", max_length=80)
    buyer_is_related: bool = False
    entered_by: UUID | None = None
    entered_by_name: str = Field(default="", max_length=80)
    filed_at: datetime = Field(sa_type=Timestamp)
    consents: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    floor_fen: int | None = Field(default=None, sa_type=Fen)
    members: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    minutes: str = Field(default="", max_length=2000)
    decided_on: date | None = None
    decided_by: UUID | None = None
    decided_by_name: str = Field(default="", max_length=80)
    decided_at: datetime | None = Field(default=None, sa_type=Timestamp)
    ends_at: datetime | None = Field(default=None, sa_type=Timestamp)
    virtual_account_no: str | None = Field(default=None, max_length=32)
    paid_fen: int = Field(default=0, sa_type=Fen)
    paid_at: datetime | None = Field(default=None, sa_type=Timestamp)
    ended_at: datetime | None = Field(default=None, sa_type=Timestamp)
