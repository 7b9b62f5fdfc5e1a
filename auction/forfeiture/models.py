from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, String, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of


class ForfeitState(StrEnum):
    """Held until the result of the re-auction is known; then the panel allocates."""

    HELD = "held"
    PROPOSED = "proposed"
    ALLOCATED = "allocated"
    REVERSED = "reversed"


class ResultKind(StrEnum):
    """How the asset ended after the default."""

    RESOLD = "resold"
    IN_KIND = "in_kind"
    NOT_RESOLD = "not_resold"


class ForfeitedDeposit(SQLModel, table=True):
    """One forfeited deposit and its four uses (B-34). Money in fen; the uses and the rest add up to the amount.

    `shortfall_fen` is what the re-auction fetched less than the failed sale; what the deposit does not cover of it is claimed
    from the old buyer only where the panel decided so (`claim_shortfall`).
    """

    __tablename__ = "forfeited_deposit"
    __table_args__ = (
        Index("forfeited_deposit_open", "asset_id", postgresql_where=text("state IN ('held', 'proposed')")),
        one_of("state", ForfeitState, table="forfeited_deposit"),
        one_of("result_kind", ResultKind, table="forfeited_deposit"),
        CheckConstraint(
            "amount_fen >= 0 AND used_costs_fen >= 0 AND used_shortfall_fen >= 0 AND used_case_fen >= 0 "
            "AND used_linked_fen >= 0 AND unpaid_shortfall_fen >= 0",
            name="forfeited_deposit_money_not_negative",
        ),
        CheckConstraint(
            "used_costs_fen + used_shortfall_fen + used_case_fen + used_linked_fen <= amount_fen",
            name="forfeited_deposit_uses_within_amount",
        ),
    )

    lot_id: UUID = Field(primary_key=True, foreign_key="lot.id")
    asset_id: UUID = Field(foreign_key="asset.id")
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    court_code: str = Field(foreign_key="court.code")
    state: str = ForfeitState.HELD
    amount_fen: int = Field(sa_type=Fen)
    failed_price_fen: int = Field(sa_type=Fen)
    claim_shortfall: bool
    result_kind: str | None = Field(default=None, max_length=20)
    result_lot_id: UUID | None = Field(default=None, foreign_key="lot.id")
    result_price_fen: int | None = Field(default=None, sa_type=Fen)
    used_costs_fen: int = Field(default=0, sa_type=Fen)
    used_shortfall_fen: int = Field(default=0, sa_type=Fen)
    used_case_fen: int = Field(default=0, sa_type=Fen)
    used_linked_fen: int = Field(default=0, sa_type=Fen)
    unpaid_shortfall_fen: int = Field(default=0, sa_type=Fen)
    note: str = Field(default="", max_length=1000)
    members: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    decided_on: date | None = None
    allocated_at: datetime | None = Field(default=None, sa_type=Timestamp)
    created_at: datetime = Field(sa_type=Timestamp)

    @property
    def left_fen(self) -> int:
        """What none of the four uses needed: it stays with the proceeds of the case."""
        return self.amount_fen - (
            self.used_costs_fen + self.used_shortfall_fen + self.used_case_fen + self.used_linked_fen
        )
