from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Numeric, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Json, Timestamp, one_of


class AssetKind(StrEnum):
    """The six kinds of assets."""

    REAL_ESTATE = "real_estate"
    VEHICLE = "vehicle"
    SHARES = "shares"
    LAND = "land"
    GOODS = "goods"
    OTHER_RIGHT = "other_right"


MOVABLE_KINDS = frozenset({AssetKind.VEHICLE, AssetKind.GOODS})
"""Kinds with the shorter notice periods (B-10); all others count as immovable or other property right."""


class AssetState(StrEnum):
    """States of rulebook §11.1."""

    REGISTERED = "registered"
    SEALED_EFFECTIVE = "sealed_effective"
    SEALED_WAITING = "sealed_waiting"
    UNDER_SURVEY = "under_survey"
    VALUATION = "valuation"
    READY_TO_LIST = "ready_to_list"
    SELF_SALE = "self_sale"
    LISTED = "listed"
    SUSPENDED = "suspended"
    TRANSFER_PENDING = "transfer_pending"
    TRANSFERRED_OUT = "transferred_out"
    SOLD_PENDING_PAYMENT = "sold_pending_payment"
    PAID = "paid"
    RULED = "ruled"
    DELIVERED = "delivered"
    OFFERED_IN_KIND = "offered_in_kind"
    IN_KIND_RULED = "in_kind_ruled"
    UNSOLD_RELEASED = "unsold_released"
    OTHER_MEASURE = "other_measure"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    CLOSED = "closed"


class SoleHome(StrEnum):
    """How the debtor's only home is dealt with (A-08)."""

    NO = "no"
    UNKNOWN = "unknown"
    WITH_HOUSING = "yes_with_housing"
    WITH_RENT_DEDUCTION = "yes_with_rent_deduction"


class LeaseStatus(StrEnum):
    """Verdict on leases (A-17)."""

    UNKNOWN = "unknown"
    NONE = "none"
    HONOURED = "honoured"
    REMOVED_BY_RULING = "removed_by_ruling"
    DISPUTED = "disputed"


class SealKind(StrEnum):
    """Why an asset was sealed (A-04, A-07)."""

    PRESERVATION = "preservation"
    ENFORCEMENT = "enforcement"


class SealState(StrEnum):
    """State of a link in the seal chain (A-04)."""

    EFFECTIVE = "effective"
    WAITING = "waiting"
    LAPSED = "lapsed"
    RELEASED = "released"
    TREATED_AS_TRANSFERRED = "treated_as_transferred"


class Asset(SQLModel, table=True):
    """An asset (标的物), one identity over every round, court and platform.

    `court_code` is the court that holds the disposal right now and `case_id` its case, in which it is disposed of; cases
    stay in their courts when the right moves (T-05). `resume_state` is where it returns when a suspension, self-sale or
    transfer ends. `first_listed_at` tells that a notice was published, which ends the right to ask for a transfer (T-01).
    `disposal_since`: the day on which the present court took the disposal right over, None for the court that sealed first;
    it counts its idle days from there (T-05, T-10).
    """

    __tablename__ = "asset"
    __table_args__ = (
        UniqueConstraint("asset_no", name="asset_number"),
        UniqueConstraint("registry_no", name="asset_registry_number"),
        UniqueConstraint("source_key", name="asset_source_key"),
        Index("asset_work_list", "court_code", "state", "id"),
        Index("asset_newest", "court_code", "id"),
        Index("asset_of_team", "team_id", "id"),
        one_of("kind", AssetKind, table="asset"),
        one_of("state", AssetState, table="asset"),
        one_of("sole_home", SoleHome, table="asset"),
        one_of("lease_status", LeaseStatus, table="asset"),
        Index("asset_search", "search_tokens", postgresql_using="gin"),
        one_of("resume_state", AssetState, table="asset"),
        CheckConstraint("area_m2 > 0", name="asset_area_positive"),
    )

    id: UUID = Field(primary_key=True)
    asset_no: str = Field(max_length=30)
    kind: str
    title: str = Field(max_length=200)
    location: str = Field(default="", max_length=200)
    district: str = Field(default="", max_length=40)
    registry_no: str | None = Field(default=None, max_length=80)
    source_key: str | None = Field(default=None, max_length=80)
    case_id: UUID = Field(foreign_key="enforcement_case.id", index=True)
    court_code: str = Field(foreign_key="court.code")
    team_id: UUID | None = Field(default=None, foreign_key="disposal_team.id")
    state: str = AssetState.REGISTERED
    sole_home: str = SoleHome.UNKNOWN
    lease_status: str = LeaseStatus.UNKNOWN
    lease_until: date | None = None
    area_m2: Decimal | None = Field(default=None, sa_type=Numeric(14, 2))
    attributes: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    owner_name: str = Field(default="", max_length=80)
    search_tokens: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    resume_state: str | None = Field(default=None, max_length=40)
    first_listed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    disposal_since: date | None = None
    is_demo: bool = False
    created_at: datetime = Field(sa_type=Timestamp)


_IN_FORCE = "state IN ('effective', 'treated_as_transferred')"


class Seal(SQLModel, table=True):
    """One link of the ordered seal chain (A-04). `position` 1 was registered first; at most one is in force.

    `is_registered`: entered in the register of its kind of asset (shares: published in the credit system); such a seal goes
    before every one that is not (A-05). A preservation seal turns into one of enforcement, its term running on (A-07).

    The term of a waiting seal runs from the day on which it becomes effective (`effective_on`). `alarm_days` is the
    nearest expiry alarm raised so far (A-02). `state_before_ruling` is what a sale ruling ended: it lives again when that
    ruling is undone (A-03).
    """

    __tablename__ = "seal"
    __table_args__ = (
        UniqueConstraint("asset_id", "position", name="seal_order"),
        Index("seal_one_effective", "asset_id", unique=True, postgresql_where=text(_IN_FORCE)),
        Index("seal_expiry", "expires_on", postgresql_where=text(_IN_FORCE)),
        Index("seal_waiting", "id", postgresql_where=text("state = 'waiting'")),
        one_of("kind", SealKind, table="seal"),
        one_of("state", SealState, table="seal"),
        one_of("state_before_ruling", SealState, table="seal"),
        CheckConstraint("position >= 1", name="seal_position_positive"),
        CheckConstraint("expires_on > registered_on", name="seal_ends_after_start"),
    )

    id: UUID = Field(primary_key=True)
    asset_id: UUID = Field(foreign_key="asset.id")
    position: int
    court_code: str = Field(foreign_key="court.code", index=True)
    case_no: str = Field(max_length=40)
    creditor_name: str = Field(default="", max_length=80)
    claim_fen: int = Field(default=0, sa_type=Fen)
    has_priority_right: bool = False
    is_registered: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})
    kind: str = SealKind.ENFORCEMENT
    state: str
    registered_on: date
    expires_on: date
    effective_on: date | None = None
    ended_on: date | None = None
    alarm_days: int | None = None
    state_before_ruling: str | None = Field(default=None, max_length=40)
