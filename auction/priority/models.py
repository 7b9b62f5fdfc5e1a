from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, LargeBinary, String, text
from sqlmodel import Field, SQLModel

from core.columns import Timestamp, one_of


class PriorityKind(StrEnum):
    """From what a right to buy first comes (B-24)."""

    CO_OWNER = "co_owner"
    TENANT = "tenant"
    SHAREHOLDER = "shareholder"
    PARTNER = "partner"
    IP_CO_DEVELOPER = "ip_co_developer"
    OTHER = "other"


class ClaimState(StrEnum):
    """Life of a claim. Lapsed: not decided before bidding started; the claimant bids as an ordinary bidder."""

    CLAIMED = "claimed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class PriorityClaim(SQLModel, table=True):
    """A claim to buy first at an equal price, with its papers (§11.4). It stands apart from any entry.

    The panel must know who claims; that is sealed in `claimant_sealed`. `claimant_match` is a keyed hash of this room's own
    purpose: the claim joins with no entry, so that whoever decides it cannot learn whether the person bids (P-01).
    """

    __tablename__ = "priority_claim"
    __table_args__ = (
        Index(
            "priority_claim_one_standing",
            "lot_id",
            "claimant_match",
            unique=True,
            postgresql_where=text("state IN ('claimed', 'confirmed')"),
        ),
        Index("priority_claim_person", "claimant_match", "claimed_at"),
        Index("priority_claim_queue", "court_code", "state", "claimed_at"),
        Index("priority_claim_waiting", "lot_id", postgresql_where=text("state = 'claimed'")),
        one_of("kind", PriorityKind, table="priority_claim"),
        one_of("state", ClaimState, table="priority_claim"),
        CheckConstraint(
            "(state = 'confirmed') = (priority_order IS NOT NULL)", name="priority_claim_confirmed_has_order"
        ),
        CheckConstraint("priority_order >= 1", name="priority_claim_order_positive"),
    )

    id: UUID = Field(primary_key=True)
    lot_id: UUID = Field(foreign_key="lot.id")
    court_code: str = Field(foreign_key="court.code")
    claimant_match: bytes = Field(sa_type=LargeBinary)
    claimant_sealed: bytes = Field(sa_type=LargeBinary)
    kind: str
    state: str = ClaimState.CLAIMED
    priority_order: int | None = None
    members: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    reason: str = Field(default="", max_length=500)
    claimed_at: datetime = Field(sa_type=Timestamp)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decided_at: datetime | None = Field(default=None, sa_type=Timestamp)
    document_id: UUID | None = None
