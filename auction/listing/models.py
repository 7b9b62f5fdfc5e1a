from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlmodel import Field, SQLModel

from auction.listing.together import TogetherGround
from core.columns import Fen, Json, Timestamp, one_of
from disposal_teams.assets.models import AssetKind


class Round(StrEnum):
    """Rounds of the disposal (B-40, X-01)."""

    FIRST = "first"
    SECOND = "second"
    SELL_OFF = "sell_off"


class LotState(StrEnum):
    """States of rulebook §11.3. FAILED stands for FAILED_1 and FAILED_2; the round tells which."""

    DRAFT = "draft"
    NOTIFYING = "notifying"
    PUBLISHED = "published"
    BIDDING = "bidding"
    SELLOFF_OPEN = "selloff_open"
    SELLOFF_BIDDING = "selloff_bidding"
    PAUSED = "paused"
    SOLD = "sold"
    FAILED = "failed"
    SELLOFF_FAILED = "selloff_failed"
    WITHDRAWN = "withdrawn"
    DEFAULTED = "defaulted"
    REVOKED = "revoked"


OPEN_FOR_BIDS = frozenset({LotState.BIDDING, LotState.SELLOFF_OPEN, LotState.SELLOFF_BIDDING})
PUBLIC_STATES = frozenset(LotState) - {LotState.DRAFT, LotState.NOTIFYING}
LIVE_STATES = frozenset(LotState) - {
    LotState.SOLD,
    LotState.FAILED,
    LotState.SELLOFF_FAILED,
    LotState.WITHDRAWN,
    LotState.DEFAULTED,
    LotState.REVOKED,
}
"""While a run of an asset is in one of these, no other run of it may exist."""

ON_SHOW_STATES = frozenset(
    {LotState.PUBLISHED, LotState.BIDDING, LotState.SELLOFF_OPEN, LotState.SELLOFF_BIDDING, LotState.PAUSED}
)
"""Published and not yet over: what a visitor may still take part in."""

_OPEN = ", ".join(f"'{state}'" for state in sorted(ON_SHOW_STATES))
_LIVE = ", ".join(f"'{state}'" for state in sorted(LIVE_STATES))


class ExtensionFrom(StrEnum):
    """From where an extension is counted. The law's rule is from the bid (B-41)."""

    BID = "bid"
    CLOSE = "close"


class Lot(SQLModel, table=True):
    """One run of an asset in one round: what the notice says. What bidding changes stands in `LotBidding`.

    `rerun` counts repetitions of the same round after a default (B-35). `direct_sale_id` is set when a sell-off comes
    without auctions before it (A-21). Money in fen.
    """

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("lot_no", name="lot_number"),
        UniqueConstraint("asset_id", "round", "rerun", "attempt", name="lot_one_per_round"),
        Index(
            "lot_one_live_per_asset", "asset_id", unique=True, postgresql_where=text(f"state IN ({_LIVE})")
        ),
        Index("lot_work_list", "court_code", "state", "id"),
        Index("lot_catalogue_end", "state", "scheduled_end_at", "id"),
        Index("lot_ending", "scheduled_end_at", "id", postgresql_where=text(f"state IN ({_OPEN})")),
        Index("lot_newest", "published_at", "id", postgresql_where=text("published_at IS NOT NULL")),
        Index("lot_price", "starting_price_fen", "id", postgresql_where=text("published_at IS NOT NULL")),
        Index("lot_search", "search_tokens", postgresql_using="gin"),
        Index("lot_previous", "previous_lot_id"),
        Index("lot_results", "ended_at", "id", postgresql_where=text("ended_at IS NOT NULL")),
        one_of("round", Round, table="lot"),
        one_of("state", LotState, table="lot"),
        one_of("asset_kind", AssetKind, table="lot"),
        one_of("extension_from", ExtensionFrom, table="lot"),
        CheckConstraint("starting_price_fen > 0", name="lot_starting_price_positive"),
        CheckConstraint("increment_fen > 0", name="lot_increment_positive"),
        CheckConstraint("deposit_fen >= 0", name="lot_deposit_not_negative"),
        CheckConstraint("scheduled_end_at > starts_at", name="lot_ends_after_start"),
        CheckConstraint("(state = 'sold') <= (final_price_fen IS NOT NULL)", name="lot_sold_has_price"),
    )

    id: UUID = Field(primary_key=True)
    lot_no: str = Field(max_length=30)
    asset_id: UUID = Field(foreign_key="asset.id")
    case_id: UUID = Field(foreign_key="enforcement_case.id", index=True)
    court_code: str = Field(foreign_key="court.code")
    team_id: UUID | None = Field(default=None, foreign_key="disposal_team.id")
    valuation_id: UUID | None = Field(default=None, foreign_key="valuation.id")
    previous_lot_id: UUID | None = Field(default=None, foreign_key="lot.id")
    direct_sale_id: UUID | None = Field(default=None, foreign_key="direct_sale.id")
    round: str
    rerun: int = 0
    attempt: int = 0
    state: str = LotState.DRAFT
    title: str = Field(max_length=200)
    summary: str = Field(default="", max_length=4000)
    asset_kind: str = AssetKind.REAL_ESTATE
    is_movable: bool
    reference_price_fen: int | None = Field(default=None, sa_type=Fen)
    starting_price_fen: int = Field(sa_type=Fen)
    increment_fen: int = Field(sa_type=Fen)
    deposit_fen: int = Field(sa_type=Fen)
    balance_due_days: int = 10
    extension_window_s: int = 300
    extension_s: int = 300
    extension_from: str = ExtensionFrom.BID
    may_outbid_self: bool = True
    ceiling_bids_allowed: bool = False
    disclosure: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    search_tokens: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    published_at: datetime | None = Field(default=None, sa_type=Timestamp)
    starts_at: datetime | None = Field(default=None, sa_type=Timestamp)
    scheduled_end_at: datetime | None = Field(default=None, sa_type=Timestamp)
    ended_at: datetime | None = Field(default=None, sa_type=Timestamp)
    final_price_fen: int | None = Field(default=None, sa_type=Fen)
    winning_registration_id: UUID | None = None
    ended_reason: str | None = Field(default=None, max_length=80)
    view_count: int = 0
    source_key: str | None = Field(default=None, max_length=80, index=True)
    is_practice: bool = False
    is_demo: bool = False
    created_at: datetime = Field(sa_type=Timestamp)


class LotPart(SQLModel, table=True):
    """One asset of a lot in which several are sold together (B-03); a lot of one asset has none. `Lot.asset_id` is the first.

    `reference_price_fen` is its appraised part when the lot was drafted, or its part of the agreed or market price of a sell-off
    without an auction; `price_fen` what it fetched by that part.
    """

    __tablename__ = "lot_part"
    __table_args__ = (
        UniqueConstraint("lot_id", "position", name="lot_part_order"),
        Index("lot_part_asset", "asset_id"),
        CheckConstraint("position >= 1", name="lot_part_position_positive"),
        CheckConstraint("reference_price_fen > 0", name="lot_part_reference_positive"),
    )

    lot_id: UUID = Field(primary_key=True, foreign_key="lot.id")
    asset_id: UUID = Field(primary_key=True, foreign_key="asset.id")
    position: int
    reference_price_fen: int = Field(sa_type=Fen)
    price_fen: int | None = Field(default=None, sa_type=Fen)


class LotBidding(SQLModel, table=True):
    """The contested row of a lot: everything a bid reads or changes, and nothing else. Made when the lot is published.

    `priority_order` of the leader is NULL for an ordinary bidder (ranks after every order, B-44).
    `head_hash` is the newest link of the bid log. `ceilings` counts the standing ceilings: where it is zero, bids cost nothing
    more for them. All times are court time. While paused, `remaining_ms` is the bidding
    time left and `resumes_at` the announced moment from which it runs again (B-50).
    """

    __tablename__ = "lot_bidding"
    __table_args__ = (
        Index("lot_bidding_due", "ends_at", postgresql_where=text("phase = 'open'")),
        Index("lot_bidding_starting", "starts_at", postgresql_where=text("phase = 'waiting'")),
        Index("lot_bidding_resuming", "resumes_at", postgresql_where=text("phase = 'paused'")),
        CheckConstraint(
            "(phase = 'paused') = (remaining_ms IS NOT NULL) AND (phase = 'paused') = (paused_at IS NOT NULL)",
            name="lot_bidding_paused_keeps_time",
        ),
        CheckConstraint("resumes_at IS NULL OR phase = 'paused'", name="lot_bidding_resumes_from_pause"),
        CheckConstraint("phase IN ('waiting', 'open', 'paused', 'closed')", name="lot_bidding_phase_known"),
        CheckConstraint("ends_at > starts_at", name="lot_bidding_ends_after_start"),
        CheckConstraint(
            "ceilings >= 0 AND (ceilings = 0 OR ceiling_bids_allowed)", name="lot_bidding_ceilings_allowed"
        ),
        CheckConstraint("current_price_fen >= starting_price_fen", name="lot_bidding_price_from_start"),
        CheckConstraint(
            "(current_price_fen IS NULL) = (leader_registration_id IS NULL)",
            name="lot_bidding_price_has_leader",
        ),
        {"postgresql_with": {"fillfactor": "50"}},
    )

    lot_id: UUID = Field(primary_key=True, foreign_key="lot.id")
    phase: str = "waiting"
    is_sell_off: bool = False
    starts_at: datetime = Field(sa_type=Timestamp)
    ends_at: datetime = Field(sa_type=Timestamp)
    starting_price_fen: int = Field(sa_type=Fen)
    increment_fen: int = Field(sa_type=Fen)
    extension_window_s: int
    extension_s: int
    extension_from: str
    may_outbid_self: bool
    current_price_fen: int | None = Field(default=None, sa_type=Fen)
    leader_registration_id: UUID | None = None
    leader_code: str | None = Field(default=None, max_length=12)
    leader_priority: int | None = None
    last_seq: int = 0
    accepted_count: int = 0
    extension_count: int = 0
    head_hash: bytes = Field(sa_type=LargeBinary)
    ceiling_bids_allowed: bool = False
    ceilings: int = 0
    paused_at: datetime | None = Field(default=None, sa_type=Timestamp)
    remaining_ms: int | None = Field(default=None, sa_type=BigInteger)
    resumes_at: datetime | None = Field(default=None, sa_type=Timestamp)

    def has_begun(self, now: datetime) -> bool:
        """Whether bidding has begun, also when it stands still or is over since."""
        reached = self.paused_at or now
        return self.phase in ("open", "closed") or reached >= self.starts_at

    def is_contested(self, now: datetime) -> bool:
        """Whether people may already bid against each other: from the first bid of a sell-off (X-06), else from the start."""
        if self.is_sell_off:
            return self.accepted_count > 0 or self.is_over(now)
        return self.has_begun(now)

    def is_over(self, now: datetime) -> bool:
        """Whether bidding has ended. While the lot stands still its old end does not count (B-50)."""
        return self.phase == "closed" or (self.phase != "paused" and now >= self.ends_at)


class PanelDecision(SQLModel, table=True):
    """The collegiate panel's record (合议笔录) behind a lot's figures (B-03, P-05). Publishing is blocked without it.

    `together`: the other assets that are sold with `asset_id` as one lot, and why.
    `voided_at`: another court took the asset over before a lot was made of it; that court's panel decides anew (T-05).
    """

    __tablename__ = "panel_decision"
    __table_args__ = (
        Index("panel_decision_asset", "asset_id"),
        one_of("together_because", TogetherGround, table="panel_decision"),
        CheckConstraint(
            "(cardinality(together) > 0) = (together_because IS NOT NULL)", name="panel_decision_together_why"
        ),
    )

    id: UUID = Field(primary_key=True)
    asset_id: UUID = Field(foreign_key="asset.id")
    lot_id: UUID | None = Field(default=None, foreign_key="lot.id")
    direct_sale_id: UUID | None = Field(default=None, foreign_key="direct_sale.id")
    round: str
    starting_price_fen: int = Field(sa_type=Fen)
    increment_fen: int = Field(sa_type=Fen)
    deposit_fen: int = Field(sa_type=Fen)
    ceiling_bids_allowed: bool = False
    together: list[UUID] = Field(default_factory=list, sa_type=ARRAY(Uuid))
    together_because: str | None = Field(default=None, max_length=40)
    members: list[str] = Field(sa_type=ARRAY(String))
    votes: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    minutes: str = Field(max_length=2000)
    decided_on: date
    recorded_by: UUID | None = None
    document_id: UUID | None = None
    voided_at: datetime | None = Field(default=None, sa_type=Timestamp)
    created_at: datetime = Field(sa_type=Timestamp)


class NoticeVersion(SQLModel, table=True):
    """A published version of a lot's notice (B-10, B-16). Version 1 is the notice; later ones state what changed and why."""

    __tablename__ = "notice_version"
    __table_args__ = (UniqueConstraint("lot_id", "version", name="notice_version_order"),)

    id: UUID = Field(primary_key=True)
    lot_id: UUID = Field(foreign_key="lot.id")
    version: int
    content: dict[str, Any] = Field(sa_type=Json)
    content_hash: bytes = Field(sa_type=LargeBinary)
    reason: str = Field(default="", max_length=500)
    document_id: UUID | None = None
    published_at: datetime = Field(sa_type=Timestamp)


class PartyNotification(SQLModel, table=True):
    """The 拍卖通知书 to one party or priority purchaser (B-20): sent, received with proof, waived, or posted publicly."""

    __tablename__ = "party_notification"
    __table_args__ = (UniqueConstraint("lot_id", "party_id", name="party_notification_once"),)

    id: UUID = Field(primary_key=True)
    lot_id: UUID = Field(foreign_key="lot.id")
    party_id: UUID = Field(foreign_key="party.id")
    way: str = Field(max_length=20)
    sent_at: datetime | None = Field(default=None, sa_type=Timestamp)
    received_at: datetime | None = Field(default=None, sa_type=Timestamp)
    proof: str = Field(default="", max_length=200)
    waived: bool = False
    posted_at: datetime | None = Field(default=None, sa_type=Timestamp)
