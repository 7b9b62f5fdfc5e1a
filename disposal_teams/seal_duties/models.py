from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Json, Timestamp, one_of


class Concerned(StrEnum):
    """Who must be told of the seal."""

    MORTGAGEE = "mortgagee"
    CO_OWNER = "co_owner"


class SuitState(StrEnum):
    """Where a suit for the partition of a co-owned asset stands (A-10)."""

    FILED = "filed"
    ENDED = "ended"


class SealNotice(SQLModel, table=True):
    """Somebody who must be told that the asset is sealed, and that it was done (A-09, A-10).

    `secured_fen`: what a maximum-amount mortgage secures, fixed by the receipt of the notice (A-09).
    """

    __tablename__ = "seal_notice"
    __table_args__ = (
        Index("seal_notice_asset", "asset_id", "id"),
        one_of("kind", Concerned, table="seal_notice"),
        CheckConstraint("received_on >= sent_on", name="seal_notice_received_after_sent"),
        CheckConstraint(
            "secured_fen IS NULL OR (is_maximum_amount AND received_on IS NOT NULL AND secured_fen >= 0)",
            name="seal_notice_fixed_by_receipt",
        ),
    )

    id: UUID = Field(primary_key=True)
    asset_id: UUID = Field(foreign_key="asset.id")
    kind: str
    name: str = Field(max_length=80)
    share: str = Field(default="", max_length=40)
    is_maximum_amount: bool = False
    sent_on: date | None = None
    sent_by: str = Field(default="", max_length=80)
    received_on: date | None = None
    secured_fen: int | None = Field(default=None, sa_type=Fen)
    entered_by: UUID | None = None
    entered_at: datetime = Field(sa_type=Timestamp)


class PartitionSuit(SQLModel, table=True):
    """A suit for the partition of a co-owned asset: execution on it stands still until it ends (A-10)."""

    __tablename__ = "partition_suit"
    __table_args__ = (
        one_of("state", SuitState, table="partition_suit"),
        Index("partition_suit_one_open", "asset_id", unique=True, postgresql_where=text("state = 'filed'")),
        CheckConstraint("(state = 'ended') = (ended_on IS NOT NULL)", name="partition_suit_ended"),
    )

    id: UUID = Field(primary_key=True)
    asset_id: UUID = Field(foreign_key="asset.id", index=True)
    state: str = SuitState.FILED
    plaintiff: str = Field(max_length=80)
    court_case: str = Field(max_length=80)
    filed_on: date
    outcome: str = Field(default="", max_length=500)
    ended_on: date | None = None
    entered_at: datetime = Field(sa_type=Timestamp)


class ExcessCheck(SQLModel, table=True):
    """The sealed assets of a case held against what it needs (A-06). `lines`: each asset with value and verdict, as of then."""

    __tablename__ = "excess_check"
    __table_args__ = (
        Index("excess_check_case", "case_id", "id"),
        CheckConstraint("claim_fen >= 0 AND costs_fen >= 0", name="excess_check_not_negative"),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    claim_fen: int = Field(sa_type=Fen)
    costs_fen: int = Field(sa_type=Fen)
    lines: list[dict[str, Any]] = Field(sa_type=Json)
    excess_count: int = 0
    reason: str = Field(default="", max_length=500)
    checked_by: UUID | None = None
    checked_by_name: str = Field(max_length=80)
    checked_at: datetime = Field(sa_type=Timestamp)
