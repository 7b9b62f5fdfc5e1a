from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, String
from sqlmodel import Field, SQLModel

from auction.settlement.models import SettlementState
from core.columns import Fen, Timestamp, one_of


class SaleRevocation(SQLModel, table=True):
    """Why a sale was undone, by whom, and how far its effects are undone. One for each lot.

    `basis` is the paper it rests on: the ruling on the objection, or another one that has taken effect.
    `settlement_state`: how far the sale had come. `money_fen`: what was ordered back to buyer and lenders.
    """

    __tablename__ = "sale_revocation"
    __table_args__ = (
        one_of("settlement_state", SettlementState, table="sale_revocation"),
        CheckConstraint("money_fen >= 0", name="sale_revocation_money_not_negative"),
    )

    lot_id: UUID = Field(primary_key=True, foreign_key="settlement.lot_id")
    ground: str = Field(max_length=40)
    reason: str = Field(max_length=1000)
    basis: str = Field(max_length=80)
    objection_id: UUID | None = Field(default=None, foreign_key="objection.id")
    approver: str = Field(max_length=80)
    panel: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    minutes: str = Field(default="", max_length=2000)
    settlement_state: str
    revoked_by: UUID | None = None
    revoked_at: datetime = Field(sa_type=Timestamp)
    money_fen: int = Field(default=0, sa_type=Fen)
    money_returned_at: datetime | None = Field(default=None, sa_type=Timestamp)
    asset_restored_at: datetime | None = Field(default=None, sa_type=Timestamp)
    seals_restored: int = 0
    seals_lost: int = 0
    document_id: UUID | None = None
    registry_document_id: UUID | None = None
