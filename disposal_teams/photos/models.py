from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


class Size(StrEnum):
    """The sizes in which a photo is shown."""

    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"


class AssetPhoto(SQLModel, table=True):
    """A photo of an asset in the order of `position`, one of them the cover. The original lies in the dossier
    (`dossier_file_id`) with everything that the camera wrote into it; shown are the sizes alone.

    A removed photo is shown to nobody but the court, with why.
    """

    __tablename__ = "asset_photo"
    __table_args__ = (
        Index("asset_photo_order", "asset_id", "position", postgresql_where=text("removed_at IS NULL")),
        Index(
            "asset_photo_one_cover",
            "asset_id",
            unique=True,
            postgresql_where=text("is_cover AND removed_at IS NULL"),
        ),
        CheckConstraint(
            "(removed_at IS NULL) = (removed_reason = '')", name="asset_photo_removed_with_reason"
        ),
        CheckConstraint("position >= 1", name="asset_photo_position_positive"),
    )

    id: UUID = Field(primary_key=True)
    asset_id: UUID = Field(foreign_key="asset.id", index=True)
    dossier_file_id: UUID = Field(foreign_key="dossier_file.id")
    position: int
    is_cover: bool = False
    caption: str = Field(default="", max_length=100)
    added_by: UUID | None = None
    added_by_name: str = Field(max_length=80)
    added_at: datetime = Field(sa_type=Timestamp)
    removed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    removed_reason: str = Field(default="", max_length=200)
    removed_by_name: str = Field(default="", max_length=80)


class PhotoSize(SQLModel, table=True):
    """A photo written anew in one size, as WebP. Its address holds its hash, so that it may be kept for ever."""

    __tablename__ = "photo_size"
    __table_args__ = (
        one_of("size", Size, table="photo_size"),
        Index("photo_size_content", "sha256"),
        CheckConstraint("width > 0 AND height > 0", name="photo_size_positive"),
    )

    photo_id: UUID = Field(primary_key=True, foreign_key="asset_photo.id")
    size: str = Field(primary_key=True)
    sha256: bytes = Field(sa_type=LargeBinary, foreign_key="stored_file.sha256")
    width: int
    height: int
