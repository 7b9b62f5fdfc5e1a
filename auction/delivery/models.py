from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from core.columns import Json, Timestamp, one_of


class ClearingState(StrEnum):
    """From the wish to clear an occupied asset to the empty asset (§11.5 CLEARING)."""

    PROPOSED = "proposed"
    REFUSED = "refused"
    NOTIFIED = "notified"
    PLANNED = "planned"
    CLEARED = "cleared"
    ENDED = "ended"


class ClearedHow(StrEnum):
    """How the occupants left."""

    LEFT = "left"
    FORCED = "forced"


class GoodsTaker(StrEnum):
    """Who took over the goods that were moved out (S7 art. 261): the debtor, an adult of the family, or nobody."""

    NONE = "none"
    DEBTOR = "debtor"
    FAMILY = "family"
    STORED = "stored"


class Capacity(StrEnum):
    """As what somebody is present."""

    COURT = "court"
    BUYER = "buyer"
    BUYER_AGENT = "buyer_agent"
    WITNESS = "witness"
    GRASSROOTS = "grassroots"
    POLICE = "police"
    DEBTOR = "debtor"
    FAMILY = "family"
    OCCUPANT = "occupant"
    OTHER = "other"


class Receipt(StrEnum):
    """What the buyer says of the hand-over."""

    RECEIVED = "received"
    RESERVED = "reserved"


class FileKind(StrEnum):
    """What a file of the hand-over shows. The plain ones are shown to the buyer."""

    PHOTO = "photo"
    METER = "meter"
    SIGNED = "signed"
    POSTED = "posted"
    CLEARING = "clearing"


class Clearing(SQLModel, table=True):
    """The clearing of a sold asset that somebody occupies. One per sale; a refused one is proposed anew in the same row.

    The notice is signed by the court's president and names the day; `helpers` come from the local grassroots body. People and
    goods are lists of objects as `rules.Present` and `rules.Goods`.
    """

    __tablename__ = "clearing"
    __table_args__ = (
        one_of("state", ClearingState, table="clearing"),
        one_of("cleared_how", ClearedHow, table="clearing"),
        one_of("goods_taker", GoodsTaker, table="clearing"),
        Index("clearing_court", "court_code", "state"),
        CheckConstraint(
            "state NOT IN ('notified', 'planned') OR (signed_at IS NOT NULL AND notice_document_id IS NOT NULL)",
            name="clearing_notice_is_signed",
        ),
        CheckConstraint("state <> 'planned' OR forced_at IS NOT NULL", name="clearing_plan_has_its_time"),
        CheckConstraint(
            "(state = 'cleared') = (cleared_at IS NOT NULL) AND (cleared_at IS NULL) = (cleared_how IS NULL)",
            name="clearing_end_is_told",
        ),
    )

    lot_id: UUID = Field(primary_key=True, foreign_key="lot.id")
    court_code: str = Field(foreign_key="court.code")
    state: str = ClearingState.PROPOSED
    occupants: str = Field(max_length=500)
    leave_by: date
    helpers: str = Field(max_length=300)
    proposed_by: UUID | None = None
    proposed_at: datetime = Field(sa_type=Timestamp)
    refusal: str = Field(default="", max_length=500)
    signed_by: UUID | None = None
    signed_by_name: str = Field(default="", max_length=80)
    signed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    notice_document_id: UUID | None = None
    order_document_id: UUID | None = None
    posted_at: datetime | None = Field(default=None, sa_type=Timestamp)
    posted_where: str = Field(default="", max_length=300)
    overdue_at: datetime | None = Field(default=None, sa_type=Timestamp)
    forced_at: datetime | None = Field(default=None, sa_type=Timestamp)
    leader: str = Field(default="", max_length=80)
    forces: str = Field(default="", max_length=1000)
    care: str = Field(default="", max_length=1000)
    storage: str = Field(default="", max_length=300)
    planned_at: datetime | None = Field(default=None, sa_type=Timestamp)
    plan_document_id: UUID | None = None
    cleared_at: datetime | None = Field(default=None, sa_type=Timestamp)
    cleared_how: str | None = None
    people: list[Any] = Field(default_factory=list, sa_type=Json)
    goods: list[Any] = Field(default_factory=list, sa_type=Json)
    goods_taker: str | None = None
    goods_taken_by: str = Field(default="", max_length=200)
    note: str = Field(default="", max_length=2000)
    goods_document_id: UUID | None = None


class DeliveryRecord(SQLModel, table=True):
    """The record of the hand-over (交付笔录), never changed; only the buyer's receipt is added to it."""

    __tablename__ = "delivery_record"
    __table_args__ = (
        one_of("receipt", Receipt, table="delivery_record"),
        CheckConstraint("(receipt IS NULL) = (receipt_at IS NULL)", name="delivery_record_receipt_has_time"),
        CheckConstraint(
            "receipt IS DISTINCT FROM 'reserved' OR reservations <> ''",
            name="delivery_record_reservation_is_said",
        ),
    )

    lot_id: UUID = Field(primary_key=True, foreign_key="lot.id")
    delivered_at: datetime = Field(sa_type=Timestamp)
    place: str = Field(max_length=200)
    people: list[Any] = Field(sa_type=Json)
    goods: list[Any] = Field(default_factory=list, sa_type=Json)
    keys: str = Field(default="", max_length=300)
    water: str = Field(default="", max_length=40)
    power: str = Field(default="", max_length=40)
    gas: str = Field(default="", max_length=40)
    mileage: str = Field(default="", max_length=40)
    note: str = Field(default="", max_length=2000)
    not_signed: str = Field(default="", max_length=500)
    document_id: UUID
    recorded_by: UUID | None = None
    recorded_at: datetime = Field(sa_type=Timestamp)
    receipt: str | None = None
    receipt_at: datetime | None = Field(default=None, sa_type=Timestamp)
    reservations: str = Field(default="", max_length=2000)


class DeliveryFile(SQLModel, table=True):
    """A photo or a signed page of clearing and hand-over; the file itself lies sealed."""

    __tablename__ = "delivery_file"
    __table_args__ = (
        one_of("kind", FileKind, table="delivery_file"),
        Index("delivery_file_lot", "lot_id", "added_at"),
    )

    file_id: UUID = Field(primary_key=True, foreign_key="sealed_file.id")
    lot_id: UUID = Field(foreign_key="lot.id")
    kind: str
    caption: str = Field(default="", max_length=100)
    sha256: str = Field(max_length=64)
    added_by: UUID | None = None
    added_at: datetime = Field(sa_type=Timestamp)
