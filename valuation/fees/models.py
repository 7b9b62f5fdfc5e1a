from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of
from valuation.fees.rules import FeeBasis, FeeState


class ValuationFee(SQLModel, table=True):
    """What one firm or platform is paid for one valuation (V-14, V-25). Borne by the debtor.

    `base_fen`: the amount that the table of rates is applied to; `percent` of its fee is paid (30 for a re-issued report).
    `amount_fen` is None while the actual expense is not fixed. A paid fee is never counted anew.
    """

    __tablename__ = "valuation_fee"
    __table_args__ = (
        Index(
            "valuation_fee_engagement",
            "engagement_id",
            unique=True,
            postgresql_where=text("engagement_id IS NOT NULL"),
        ),
        Index(
            "valuation_fee_inquiry",
            "inquiry_id",
            unique=True,
            postgresql_where=text("inquiry_id IS NOT NULL"),
        ),
        Index("valuation_fee_valuation", "valuation_id"),
        one_of("basis", FeeBasis, table="valuation_fee"),
        one_of("state", FeeState, table="valuation_fee"),
        CheckConstraint("(engagement_id IS NULL) <> (inquiry_id IS NULL)", name="valuation_fee_one_payee"),
        CheckConstraint("amount_fen >= 0", name="valuation_fee_not_negative"),
        CheckConstraint("claimed_fen > 0", name="valuation_fee_claim_positive"),
        CheckConstraint("percent BETWEEN 1 AND 100", name="valuation_fee_percent"),
        CheckConstraint("(state = 'open') = (amount_fen IS NULL)", name="valuation_fee_open_has_no_amount"),
        CheckConstraint(
            "(state = 'nothing') = (amount_fen IS NOT NULL AND amount_fen = 0)", name="valuation_fee_nothing"
        ),
        CheckConstraint(
            "(state = 'paid') = (paid_on IS NOT NULL AND paid_ref <> '')",
            name="valuation_fee_paid_is_complete",
        ),
    )

    id: UUID = Field(primary_key=True)
    valuation_id: UUID = Field(foreign_key="valuation.id")
    engagement_id: UUID | None = Field(default=None, foreign_key="appraisal_engagement.id")
    inquiry_id: UUID | None = Field(default=None, foreign_key="platform_inquiry.id")
    payee: str = Field(max_length=80)
    basis: str
    base_fen: int | None = Field(default=None, sa_type=Fen)
    percent: int = 100
    amount_fen: int | None = Field(default=None, sa_type=Fen)
    state: str
    claimed_fen: int | None = Field(default=None, sa_type=Fen)
    claim_reason: str = Field(default="", max_length=300)
    counted_at: datetime = Field(sa_type=Timestamp)
    fixed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    paid_on: date | None = None
    paid_ref: str = Field(default="", max_length=120)


class AdvanceWay(StrEnum):
    """How the applicant advances the fee (V-25): in money, or by an insurer's guarantee."""

    MONEY = "money"
    GUARANTEE = "guarantee"


class FeeAdvance(SQLModel, table=True):
    """The applicant's advance for a valuation (V-25); the debtor bears it in the end."""

    __tablename__ = "fee_advance"
    __table_args__ = (
        one_of("way", AdvanceWay, table="fee_advance"),
        CheckConstraint("amount_fen > 0", name="fee_advance_positive"),
        CheckConstraint("paper_ref <> ''", name="fee_advance_has_paper"),
    )

    valuation_id: UUID = Field(primary_key=True, foreign_key="valuation.id")
    party_id: UUID = Field(foreign_key="party.id")
    way: str
    amount_fen: int = Field(sa_type=Fen)
    paper_ref: str = Field(max_length=120)
    recorded_by: UUID | None = None
    recorded_at: datetime = Field(sa_type=Timestamp)
