from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of


class BidOutcome(StrEnum):
    """How a bid was decided (rulebook §11.4). One accepted outcome; every other is a refusal with its reason."""

    ACCEPTED = "accepted"
    NOT_STARTED = "not_started"
    LATE = "late"
    PAUSED = "paused"
    NOT_QUALIFIED = "not_qualified"
    BELOW_START = "below_start"
    TOO_LOW = "too_low"
    BAD_STEP = "bad_step"
    EQUAL_WITHOUT_BETTER_RANK = "equal_without_better_rank"
    SELF_OUTBID = "self_outbid"
    ABSURD = "absurd"
    CEILING_SET = "ceiling_set"
    CEILING_WITHDRAWN = "ceiling_withdrawn"


CEILING_ACTS = frozenset({BidOutcome.CEILING_SET, BidOutcome.CEILING_WITHDRAWN})
"""Records of the log that are no bids: a ceiling was set (or put in the place of another), or withdrawn. They name nobody."""


class Bid(SQLModel, table=True):
    """One decided bid, accepted or refused: a link of the lot's public log. Append-only.

    `hash` = SHA-256(previous hash || canonical record); the record holds the code, never the person.
    `received_at` is when the request reached this system's edge; `decided_at` is the database clock inside the lot's
    lock, which decides (B-41, B-47).

    `ceiling`: the record that set the ceiling by which this bid was raised, or which this record withdraws or replaces;
    `ceiling_proof`: the ceiling's commitment, or the link of its chain that proves the bid within it (`ceiling_proof`).
    Records about ceilings (`CEILING_ACTS`) have no amount and show no code.
    """

    __tablename__ = "bid"
    __table_args__ = (
        UniqueConstraint("registration_id", "idempotency_key", name="bid_once_per_key"),
        Index(
            "bid_one_ordinary_per_amount",
            "lot_id",
            "amount_fen",
            unique=True,
            postgresql_where=text("outcome = 'accepted' AND priority_order IS NULL"),
        ),
        one_of("outcome", BidOutcome, table="bid"),
        CheckConstraint("seq >= 1", name="bid_seq_positive"),
        CheckConstraint("ceiling < seq", name="bid_ceiling_is_earlier"),
        CheckConstraint(
            "(outcome = 'ceiling_set') <= (ceiling_proof IS NOT NULL) "
            "AND (outcome = 'ceiling_withdrawn') <= (ceiling IS NOT NULL)",
            name="bid_ceiling_act_is_whole",
        ),
    )

    # A row of lot_bidding; the trigger `bid_has_lot` sees to it, once for a whole batch.
    lot_id: UUID = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    registration_id: UUID
    code: str = Field(max_length=12)
    priority_order: int | None = None
    amount_fen: int = Field(sa_type=Fen)
    outcome: str
    received_at: datetime = Field(sa_type=Timestamp)
    decided_at: datetime = Field(sa_type=Timestamp)
    ends_at: datetime = Field(sa_type=Timestamp)
    extended: bool = False
    idempotency_key: str = Field(max_length=64)
    hash: bytes = Field(sa_type=LargeBinary)
    ceiling: int | None = None
    ceiling_proof: bytes | None = Field(default=None, sa_type=LargeBinary)
