from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


class DossierKind(StrEnum):
    """The catalogue of a dossier, in its order."""

    FILING = "filing"
    ENFORCEMENT_TITLE = "enforcement_title"
    SERVICE = "service"
    PROPERTY_SEARCH = "property_search"
    SEAL_PAPERS = "seal_papers"
    SURVEY = "survey"
    PHOTO = "photo"
    VALUATION = "valuation"
    SALE = "sale"
    MINUTES = "minutes"
    PARTY_PAPERS = "party_papers"
    MONEY = "money"
    HAND_OVER = "hand_over"
    OTHER = "other"


class DossierFile(SQLModel, table=True):
    """One item of a case's dossier; what it says stands in its versions. `asset_id`: it is about that asset alone.

    Nothing leaves a dossier: an item that does not belong there is declared void, with why, and is then shown to no other
    court.
    """

    __tablename__ = "dossier_file"
    __table_args__ = (
        Index("dossier_file_case", "case_id", "id"),
        Index("dossier_file_asset", "asset_id"),
        one_of("kind", DossierKind, table="dossier_file"),
        CheckConstraint("(void_at IS NULL) = (void_reason = '')", name="dossier_file_void_with_reason"),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    asset_id: UUID | None = Field(default=None, foreign_key="asset.id")
    kind: str
    title: str = Field(max_length=120)
    versions: int = 1
    created_at: datetime = Field(sa_type=Timestamp)
    void_at: datetime | None = Field(default=None, sa_type=Timestamp)
    void_reason: str = Field(default="", max_length=200)
    void_by_name: str = Field(default="", max_length=80)


class DossierVersion(SQLModel, table=True):
    """One version of an item; never changed, never removed (a trigger sees to it). The bytes lie in `stored_file`.

    `preview_sha256`: a small picture of what it shows, if one could be made.
    """

    __tablename__ = "dossier_version"
    __table_args__ = (
        UniqueConstraint("file_id", "number", name="dossier_version_order"),
        Index("dossier_version_content", "sha256"),
        CheckConstraint("number >= 1", name="dossier_version_counted"),
    )

    id: UUID = Field(primary_key=True)
    file_id: UUID = Field(foreign_key="dossier_file.id")
    number: int
    sha256: bytes = Field(sa_type=LargeBinary, foreign_key="stored_file.sha256")
    preview_sha256: bytes | None = Field(default=None, sa_type=LargeBinary, foreign_key="stored_file.sha256")
    name: str = Field(max_length=130)
    media_type: str = Field(max_length=80)
    size_bytes: int
    pages: int | None = None
    remark: str = Field(default="", max_length=200)
    added_by: UUID | None = None
    added_by_name: str = Field(max_length=80)
    court_code: str | None = Field(default=None, max_length=8)
    added_at: datetime = Field(sa_type=Timestamp)
