from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of
from disposal_teams.cases.models import PartyRole


class OfferState(StrEnum):
    """Where an inquiry stands: from the question to the ruling, or to the next round."""

    OPEN = "open"
    DRAWING = "drawing"
    AWAIT_DIFFERENCE = "await_difference"
    AWAIT_RULING = "await_ruling"
    RULED = "ruled"
    SERVED = "served"
    DECLINED = "declined"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


class Answer(StrEnum):
    """What a creditor says."""

    TAKE = "take"
    REFUSE = "refuse"


HOLDING = frozenset(
    {
        OfferState.OPEN,
        OfferState.DRAWING,
        OfferState.AWAIT_DIFFERENCE,
        OfferState.AWAIT_RULING,
        OfferState.RULED,
    }
)
"""While an offer is in one of these, the next round is not published."""

_HOLDING = ", ".join(f"'{state}'" for state in sorted(HOLDING))


class InKindOffer(SQLModel, table=True):
    """The question to the creditors whether one takes a failed asset at that round's reserve (B-74, X-01, X-09).

    Money in fen. `share_fen` is what the taker would be paid of the price for the own claim; the difference is the rest.
    The draw's secret is sealed until the draw; its commitment is in the letter.
    """

    __tablename__ = "in_kind_offer"
    __table_args__ = (
        UniqueConstraint("lot_id", name="in_kind_offer_one_per_lot"),
        UniqueConstraint("virtual_account_no", name="in_kind_offer_virtual_account"),
        Index("in_kind_offer_court", "court_code", "state", "opened_at"),
        Index(
            "in_kind_offer_one_holding",
            "asset_id",
            unique=True,
            postgresql_where=text(f"state IN ({_HOLDING})"),
        ),
        one_of("state", OfferState, table="in_kind_offer"),
        CheckConstraint("price_fen > 0", name="in_kind_offer_price_positive"),
        CheckConstraint(
            "share_fen >= 0 AND difference_fen >= 0 AND difference_paid_fen >= 0 AND costs_fen >= 0",
            name="in_kind_offer_money_not_negative",
        ),
        CheckConstraint(
            "taker_inquiry_id IS NULL OR share_fen + difference_fen = price_fen", name="in_kind_offer_adds_up"
        ),
    )

    id: UUID = Field(primary_key=True)
    lot_id: UUID = Field(foreign_key="lot.id")
    asset_id: UUID = Field(foreign_key="asset.id")
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    court_code: str = Field(foreign_key="court.code")
    state: str = OfferState.OPEN
    price_fen: int = Field(sa_type=Fen)
    costs_fen: int = Field(default=0, sa_type=Fen)
    opened_at: datetime = Field(sa_type=Timestamp)
    closed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    draw_commitment: bytes = Field(sa_type=LargeBinary)
    draw_secret_sealed: bytes = Field(sa_type=LargeBinary)
    draw_source: str = Field(max_length=120)
    draw_value: str | None = Field(default=None, max_length=40)
    draw_secret: bytes | None = Field(default=None, sa_type=LargeBinary)
    drawn_at: datetime | None = Field(default=None, sa_type=Timestamp)
    taker_inquiry_id: UUID | None = None
    share_fen: int = Field(default=0, sa_type=Fen)
    difference_fen: int = Field(default=0, sa_type=Fen)
    difference_paid_fen: int = Field(default=0, sa_type=Fen)
    virtual_account_no: str = Field(max_length=32)
    ruling_document_id: UUID | None = None
    ruled_at: datetime | None = Field(default=None, sa_type=Timestamp)
    served_at: datetime | None = Field(default=None, sa_type=Timestamp)


class InKindInquiry(SQLModel, table=True):
    """One creditor's line: what is asked, the legal rank (1 is paid first), the claim in fen, the answer with its proof.

    `failed_at`: was chosen, did not pay the difference, and is out. `drawn_place` is the place in the draw.
    """

    __tablename__ = "in_kind_inquiry"
    __table_args__ = (
        UniqueConstraint("offer_id", "party_id", name="in_kind_inquiry_once"),
        Index("in_kind_inquiry_party", "party_id"),
        one_of("role", PartyRole, table="in_kind_inquiry"),
        one_of("answer", Answer, table="in_kind_inquiry"),
        CheckConstraint("rank >= 1", name="in_kind_inquiry_rank_positive"),
        CheckConstraint("claim_fen >= 0", name="in_kind_inquiry_claim_not_negative"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="in_kind_inquiry_answer_has_time"),
    )

    id: UUID = Field(primary_key=True)
    offer_id: UUID = Field(foreign_key="in_kind_offer.id")
    party_id: UUID = Field(foreign_key="party.id")
    creditor_name: str = Field(max_length=80)
    role: str
    rank: int
    claim_fen: int = Field(sa_type=Fen)
    rank_reason: str = Field(default="", max_length=200)
    asked_at: datetime = Field(sa_type=Timestamp)
    answer: str | None = None
    answered_at: datetime | None = Field(default=None, sa_type=Timestamp)
    answered_online: bool = False
    proof: str = Field(default="", max_length=200)
    drawn_place: int | None = None
    failed_at: datetime | None = Field(default=None, sa_type=Timestamp)
