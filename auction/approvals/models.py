from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


class ApprovalState(StrEnum):
    """What the authority says."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"


class TransferApproval(SQLModel, table=True):
    """The approval without which a sold asset cannot pass. `because_of_buyer`: refused as this buyer may not hold it."""

    __tablename__ = "transfer_approval"
    __table_args__ = (
        one_of("state", ApprovalState, table="transfer_approval"),
        CheckConstraint("(state = 'pending') = (answered_at IS NULL)", name="transfer_approval_answered"),
    )

    lot_id: UUID = Field(primary_key=True, foreign_key="lot.id")
    state: str = ApprovalState.PENDING
    authority: str = Field(max_length=100)
    matter: str = Field(max_length=300)
    noted_at: datetime = Field(sa_type=Timestamp)
    answer_no: str = Field(default="", max_length=80)
    answer: str = Field(default="", max_length=500)
    because_of_buyer: bool = False
    answered_at: datetime | None = Field(default=None, sa_type=Timestamp)
