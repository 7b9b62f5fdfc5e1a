from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


class BodyKind(StrEnum):
    """Whom a suggestion is made to."""

    REGISTRY = "registry"
    TAX = "tax"
    PLATFORM = "platform"
    PROPERTY_FIRM = "property_firm"
    APPRAISER = "appraiser"
    OTHER = "other"


class JudicialSuggestion(SQLModel, table=True):
    """One suggestion, as it was sent; the answer is noted beside it."""

    __tablename__ = "judicial_suggestion"
    __table_args__ = (
        Index("judicial_suggestion_asset", "asset_id", "sent_at"),
        one_of("body_kind", BodyKind, table="judicial_suggestion"),
        CheckConstraint("(answered_on IS NULL) = (answer = '')", name="judicial_suggestion_answered"),
    )

    id: UUID = Field(primary_key=True)
    asset_id: UUID = Field(foreign_key="asset.id")
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    court_code: str = Field(foreign_key="court.code")
    body_kind: str
    body: str = Field(max_length=80)
    problem: str = Field(max_length=1000)
    suggestion: str = Field(max_length=1000)
    reply_by: date
    sent_by: UUID | None = None
    sent_at: datetime = Field(sa_type=Timestamp)
    answer: str = Field(default="", max_length=1000)
    answered_on: date | None = None
