from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Json, Timestamp


class Document(SQLModel, table=True):
    """An issued paper. Its content never changes; a corrected paper is the next version with the same `subject`.

    `sealed` is the same paper with the court's electronic seal added at its end, some seconds after it was issued.
    """

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("kind", "subject", "version", name="document_version_order"),
        Index("document_lot", "lot_id"),
        Index("document_asset", "asset_id"),
        Index("document_case", "case_id"),
        Index("document_unsealed", "issued_at", postgresql_where=text("sealed IS NULL")),
        CheckConstraint("octet_length(content) <= 20971520", name="document_at_most_20_mib"),
    )

    id: UUID = Field(primary_key=True)
    kind: str = Field(max_length=40)
    title: str = Field(max_length=120)
    subject: str = Field(max_length=80)
    version: int = 1
    case_no: str | None = Field(default=None, max_length=40)
    court_code: str | None = Field(default=None, max_length=8)
    asset_id: UUID | None = None
    case_id: UUID | None = None
    lot_id: UUID | None = None
    media_type: str = Field(default="application/pdf", max_length=60)
    content: bytes = Field(sa_type=LargeBinary)
    sha256: bytes = Field(sa_type=LargeBinary)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    data: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    is_public: bool = False
    issued_by: UUID | None = None
    issued_at: datetime = Field(sa_type=Timestamp)

    @property
    def file(self) -> bytes:
        """What a reader is given: the sealed paper, or the plain one as long as it waits for its seal."""
        return self.sealed or self.content
