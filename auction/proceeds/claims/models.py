from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from auction.proceeds.plan.divide import Rank
from core.columns import Fen, Timestamp, one_of


class ClaimOrigin(StrEnum):
    """How the court knows of a claim."""

    PARTY = "party"
    SEAL = "seal"
    APPLIED = "applied"
    ENTERED = "entered"


class ClaimState(StrEnum):
    """What became of it. `parked`: came after the cut-off and waits for the next distribution (D-22)."""

    SUBMITTED = "submitted"
    ADMITTED = "admitted"
    REFUSED = "refused"
    PARKED = "parked"
    WITHDRAWN = "withdrawn"


class DistributionClaim(SQLModel, table=True):
    """A claim on the money of an asset (document 29), before the sale by its asset, afterwards in one distribution.

    Money in fen: principal, general interest and costs are the title's; doubled interest comes last (M-10). `since`: the day a
    security was registered or a tax arose. `payee_sealed`: where the money is to be paid (holder, bank, number).
    """

    __tablename__ = "distribution_claim"
    __table_args__ = (
        UniqueConstraint("proceeds_id", "source_key", name="distribution_claim_found_once"),
        Index("distribution_claim_asset", "asset_id", "submitted_at"),
        Index("distribution_claim_proceeds", "proceeds_id"),
        Index("distribution_claim_account", "account_id"),
        one_of("origin", ClaimOrigin, table="distribution_claim"),
        one_of("state", ClaimState, table="distribution_claim"),
        one_of("rank", Rank, table="distribution_claim"),
        CheckConstraint(
            "principal_fen >= 0 AND interest_fen >= 0 AND costs_fen >= 0 AND doubled_fen >= 0",
            name="distribution_claim_not_negative",
        ),
        CheckConstraint(
            "rank NOT IN ('home_buyer', 'construction', 'secured') OR part_asset_id IS NOT NULL",
            name="distribution_claim_right_rests_on_an_asset",
        ),
        CheckConstraint(
            "state IN ('submitted', 'parked', 'withdrawn') OR decided_at IS NOT NULL",
            name="distribution_claim_decided",
        ),
    )

    id: UUID = Field(primary_key=True)
    asset_id: UUID = Field(foreign_key="asset.id")
    proceeds_id: UUID | None = Field(default=None, foreign_key="proceeds.id")
    origin: str
    source_key: str | None = Field(default=None, max_length=80)
    state: str = ClaimState.SUBMITTED
    creditor: str = Field(max_length=80)
    party_id: UUID | None = Field(default=None, foreign_key="party.id")
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    court_code: str | None = Field(default=None, foreign_key="court.code")
    case_no: str = Field(default="", max_length=40)
    rank: str = Rank.ORDINARY
    part_asset_id: UUID | None = Field(default=None, foreign_key="asset.id")
    since: date | None = None
    is_registered: bool = True
    principal_fen: int = Field(default=0, sa_type=Fen)
    interest_fen: int = Field(default=0, sa_type=Fen)
    costs_fen: int = Field(default=0, sa_type=Fen)
    doubled_fen: int = Field(default=0, sa_type=Fen)
    has_title: bool = True
    title_ref: str = Field(default="", max_length=200)
    is_confirmed: bool = True
    facts: str = Field(default="", max_length=2000)
    file_id: UUID | None = Field(default=None, foreign_key="sealed_file.id")
    payee_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    payee_hint: str = Field(default="", max_length=80)
    submitted_at: datetime = Field(sa_type=Timestamp)
    entered_by: UUID | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_type=Timestamp)
    decision_note: str = Field(default="", max_length=500)

    @property
    def title_fen(self) -> int:
        """What the title says in all."""
        return self.principal_fen + self.interest_fen + self.costs_fen
