from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


class EvidenceKind(StrEnum):
    """What a finding rests on (A-15)."""

    REGISTRY_EXTRACT = "registry_extract"
    SITE_INSPECTION = "site_inspection"
    PHOTO = "photo"
    STATEMENT = "statement"
    INQUIRY_REPLY = "inquiry_reply"
    DOCUMENT = "document"


class Survey(SQLModel, table=True):
    """A 标的物情况调查表. Complete when every required line of the asset's kind has a finding and evidence."""

    __tablename__ = "survey"
    __table_args__ = (
        Index("survey_asset", "asset_id"),
        Index("survey_one_open", "asset_id", unique=True, postgresql_where=text("completed_at IS NULL")),
    )

    id: UUID = Field(primary_key=True)
    asset_id: UUID = Field(foreign_key="asset.id")
    surveyor_account_id: UUID | None = Field(default=None, foreign_key="account.id")
    surveyor_names: str = Field(max_length=80)
    surveyed_on: date
    completed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    created_at: datetime = Field(sa_type=Timestamp)


class SurveyLine(SQLModel, table=True):
    """One item of the survey matrix (A-12): what was found, and the evidence for it."""

    __tablename__ = "survey_line"
    __table_args__ = (
        UniqueConstraint("survey_id", "item", name="survey_line_item"),
        one_of("evidence_kind", EvidenceKind, table="survey_line"),
    )

    id: UUID = Field(primary_key=True)
    survey_id: UUID = Field(foreign_key="survey.id")
    item: str = Field(max_length=40)
    finding: str = Field(max_length=1000)
    evidence_kind: str
    evidence_ref: str = Field(max_length=200)
    recorded_at: datetime = Field(sa_type=Timestamp)
