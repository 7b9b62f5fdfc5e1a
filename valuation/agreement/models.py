from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary
from sqlmodel import Field, SQLModel

from core.columns import Timestamp


class AgreementEntry(SQLModel, table=True):
    """What one party says (V-02): a price under seal, or that no price will be agreed.

    `price_sealed` can be opened by the comparison alone; nobody reads a price before both are in. `paper_ref` names the
    paper when the court entered it for the party.
    """

    __tablename__ = "agreement_entry"
    __table_args__ = (
        CheckConstraint("refuses = (price_sealed IS NULL)", name="agreement_entry_price_or_refusal"),
    )

    valuation_id: UUID = Field(primary_key=True, foreign_key="valuation.id")
    party_id: UUID = Field(primary_key=True, foreign_key="party.id")
    price_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    refuses: bool = False
    valid_until: date | None = None
    paper_ref: str = Field(default="", max_length=120)
    entered_by: UUID | None = None
    entered_at: datetime = Field(sa_type=Timestamp)
