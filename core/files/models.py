from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


class FilePlace(StrEnum):
    """Where the bytes lie."""

    DATABASE = "database"
    FOLDER = "folder"


class StoredFile(SQLModel, table=True):
    """The bytes of one content, kept once however many rows name them. `sha256` is of the content in clear.

    The bytes are sealed in either place: here in `content_sealed`, or in a file of `DISPOSAL_FILE_FOLDER` named by the hash.
    `checked_at`: when they were last held against the hash; `damaged_at`: since when they are known not to have it any more.
    """

    __tablename__ = "stored_file"
    __table_args__ = (
        one_of("place", FilePlace, table="stored_file"),
        Index("stored_file_check", "checked_at"),
        CheckConstraint("octet_length(sha256) = 32", name="stored_file_named_by_its_hash"),
        CheckConstraint(
            "(place = 'database') = (content_sealed IS NOT NULL)", name="stored_file_is_somewhere"
        ),
    )

    sha256: bytes = Field(sa_type=LargeBinary, primary_key=True)
    size_bytes: int
    place: str
    content_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=Timestamp)
    checked_at: datetime = Field(sa_type=Timestamp)
    damaged_at: datetime | None = Field(default=None, sa_type=Timestamp)
