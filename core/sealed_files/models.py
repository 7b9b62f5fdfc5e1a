from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary
from sqlmodel import Field, SQLModel

from core.columns import Timestamp


class SealedFile(SQLModel, table=True):
    """A file that somebody handed in, with its name, sealed. No column says whose it is or what it is about (P-01)."""

    __tablename__ = "sealed_file"
    __table_args__ = (
        CheckConstraint("octet_length(content_sealed) <= 10500000", name="sealed_file_at_most_10_mb"),
    )

    id: UUID = Field(primary_key=True)
    purpose: str = Field(max_length=40)
    media_type: str = Field(max_length=40)
    size_bytes: int
    name_sealed: bytes = Field(sa_type=LargeBinary)
    content_sealed: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=Timestamp)
