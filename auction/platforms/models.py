from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from auction.platforms.rules import Platform
from core.columns import Timestamp, one_of


class PlatformChoice(SQLModel, table=True):
    """What one applicant chose for one asset (B-02). `on_paper` names the paper when the court noted it."""

    __tablename__ = "platform_choice"
    __table_args__ = (
        UniqueConstraint("asset_id", "party_id", name="platform_choice_once"),
        Index("platform_choice_party", "party_id"),
        one_of("platform", Platform, table="platform_choice"),
    )

    id: UUID = Field(primary_key=True)
    asset_id: UUID = Field(foreign_key="asset.id")
    party_id: UUID = Field(foreign_key="party.id")
    platform: str = Field(max_length=20)
    on_paper: str = Field(default="", max_length=100)
    chosen_at: datetime = Field(sa_type=Timestamp)


class PlatformDesignation(SQLModel, table=True):
    """The court's designation, where the applicants chose none or disagree (B-02)."""

    __tablename__ = "platform_designation"
    __table_args__ = (one_of("platform", Platform, table="platform_designation"),)

    asset_id: UUID = Field(primary_key=True, foreign_key="asset.id")
    platform: str = Field(max_length=20)
    reason: str = Field(max_length=300)
    decided_by: UUID | None = None
    decided_by_name: str = Field(max_length=80)
    decided_at: datetime = Field(sa_type=Timestamp)
