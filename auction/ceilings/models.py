from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of


class CeilingState(StrEnum):
    """What became of a ceiling. Exhausted: overtaken, and nothing it allows would lead."""

    STANDING = "standing"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    EXHAUSTED = "exhausted"


class Ceiling(SQLModel, table=True):
    """A bidder's ceiling for one lot. The amount stands only in `limit_sealed` (`auction.bidding.ceiling_seal`).

    `seq` is the record of the public log that commits to it. It acts only for the `code` under which it was set. `is_weighed`:
    whether it has taken part in bidding yet; one set before the start or in a pause waits for its moment. `used_seq`: the
    newest accepted bid by it, `told_seq` the newest of which the bidder was told; `end_told`: that it has ended. `opened_…` are
    empty unless the bidder published the ceiling after the end, for everybody to check.
    """

    __tablename__ = "ceiling"
    __table_args__ = (
        ForeignKeyConstraint(["lot_id", "seq"], ["bid.lot_id", "bid.seq"], name="ceiling_is_in_the_log"),
        Index(
            "ceiling_one_standing",
            "registration_id",
            unique=True,
            postgresql_where=text("state = 'standing'"),
        ),
        Index("ceiling_unweighed", "lot_id", postgresql_where=text("state = 'standing' AND NOT is_weighed")),
        Index(
            "ceiling_untold",
            "lot_id",
            postgresql_where=text("used_seq > told_seq OR (state = 'exhausted' AND NOT end_told)"),
        ),
        one_of("state", CeilingState, table="ceiling"),
        CheckConstraint("(state = 'standing') = (ended_at IS NULL)", name="ceiling_ended_has_time"),
        CheckConstraint(
            "num_nulls(opened_at, opened_limit_fen, opened_secret) IN (0, 3)", name="ceiling_opened_whole"
        ),
    )

    lot_id: UUID = Field(primary_key=True, foreign_key="lot_bidding.lot_id")
    seq: int = Field(primary_key=True)
    registration_id: UUID = Field(foreign_key="registration.id", index=True)
    code: str = Field(max_length=12)
    limit_sealed: bytes = Field(sa_type=LargeBinary)
    state: str = CeilingState.STANDING
    is_weighed: bool = False
    set_at: datetime = Field(sa_type=Timestamp)
    ended_at: datetime | None = Field(default=None, sa_type=Timestamp)
    used_seq: int = 0
    told_seq: int = 0
    end_told: bool = False
    opened_at: datetime | None = Field(default=None, sa_type=Timestamp)
    opened_limit_fen: int | None = Field(default=None, sa_type=Fen)
    opened_secret: bytes | None = Field(default=None, sa_type=LargeBinary)
