from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, String, Uuid, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Json, Timestamp, one_of
from disposal_teams.surveys.rules import SurplusOutcome


class Way(StrEnum):
    """What the panel does with an asset that is more than the case needs (A-24, A-25)."""

    HOLD_BACK = "hold_back"
    RELEASE = "release"
    PART = "part"


class Wish(StrEnum):
    """How a debtor or creditor asks that several assets be sold (A-24, A-25)."""

    TOGETHER = "together"
    SEPARATELY = "separately"
    IN_ORDER = "in_order"
    ALL = "all"


class WishState(StrEnum):
    """Where such a request stands."""

    FILED = "filed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class SurplusTest(SQLModel, table=True):
    """One no-surplus test of an asset, with every line that went into it (A-23). Money in fen; the newest of an asset counts.

    `lines`: [[kind, text, fen], ...] as found and as added by hand. `asked_at`: when the applicant was asked; `goes_on`: what
    the applicant answered, None before. `reserve_above_fen`: what a new reserve must exceed once it goes on.
    """

    __tablename__ = "surplus_test"
    __table_args__ = (
        one_of("outcome", SurplusOutcome, table="surplus_test"),
        Index("surplus_test_of_asset", "asset_id", "tested_at"),
        Index(
            "surplus_test_waiting",
            "court_code",
            postgresql_where=text("asked_at IS NOT NULL AND goes_on IS NULL"),
        ),
        CheckConstraint("reserve_fen > 0", name="surplus_test_reserve_positive"),
        CheckConstraint("(goes_on IS NULL) = (answered_at IS NULL)", name="surplus_test_answer_with_its_day"),
        CheckConstraint("goes_on IS NULL OR asked_at IS NOT NULL", name="surplus_test_asked_before_answered"),
    )

    id: UUID = Field(primary_key=True)
    asset_id: UUID = Field(foreign_key="asset.id")
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    court_code: str = Field(foreign_key="court.code")
    reserve_fen: int = Field(sa_type=Fen)
    lines: list[list[Any]] = Field(default_factory=list, sa_type=Json)
    surplus_fen: int = Field(sa_type=Fen)
    outcome: str
    tested_by: UUID | None = None
    tested_by_name: str = Field(default="", max_length=80)
    tested_at: datetime = Field(sa_type=Timestamp)
    asked_at: datetime | None = Field(default=None, sa_type=Timestamp)
    received_at: datetime | None = Field(default=None, sa_type=Timestamp)
    goes_on: bool | None = None
    answer_proof: str = Field(default="", max_length=200)
    answered_at: datetime | None = Field(default=None, sa_type=Timestamp)


class ExcessMeasure(SQLModel, table=True):
    """What the panel decided about an asset beyond need. `needed_fen`, `held_fen`: the figures on that day.

    `ended_at`: an asset held back may be sold again, because the others did not suffice. `units` of `whole_units` are sold of
    shares (A-25).
    """

    __tablename__ = "excess_measure"
    __table_args__ = (
        one_of("way", Way, table="excess_measure"),
        Index(
            "excess_measure_one_open",
            "asset_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("excess_measure_of_case", "case_id"),
        CheckConstraint("cardinality(members) >= 3", name="excess_measure_by_a_panel"),
        CheckConstraint(
            "(way = 'part') = (units IS NOT NULL AND whole_units IS NOT NULL)",
            name="excess_measure_part_says_how_much",
        ),
        CheckConstraint(
            "units IS NULL OR (units > 0 AND units < whole_units)", name="excess_measure_a_real_part"
        ),
    )

    id: UUID = Field(primary_key=True)
    asset_id: UUID = Field(foreign_key="asset.id")
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    court_code: str = Field(foreign_key="court.code")
    way: str
    needed_fen: int = Field(sa_type=Fen)
    held_fen: int = Field(sa_type=Fen)
    units: int | None = None
    whole_units: int | None = None
    reason: str = Field(max_length=1000)
    members: list[str] = Field(sa_type=ARRAY(String))
    decided_on: date
    decided_by: UUID | None = None
    decided_at: datetime = Field(sa_type=Timestamp)
    ended_at: datetime | None = Field(default=None, sa_type=Timestamp)
    end_note: str = Field(default="", max_length=500)


class SaleWish(SQLModel, table=True):
    """A request how several assets of a case be sold; `asset_ids` in the order that is asked for."""

    __tablename__ = "sale_wish"
    __table_args__ = (
        one_of("wish", Wish, table="sale_wish"),
        one_of("state", WishState, table="sale_wish"),
        Index("sale_wish_of_case", "case_id", "filed_at"),
        Index("sale_wish_waiting", "court_code", postgresql_where=text("state = 'filed'")),
        Index(
            "sale_wish_one_open",
            "case_id",
            "party_id",
            "wish",
            unique=True,
            postgresql_where=text("state = 'filed'"),
        ),
        CheckConstraint("cardinality(asset_ids) > 0", name="sale_wish_about_assets"),
        CheckConstraint(
            "(state IN ('accepted', 'refused')) = (answered_at IS NOT NULL AND answer <> '')",
            name="sale_wish_answered_with_reasons",
        ),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    court_code: str = Field(foreign_key="court.code")
    party_id: UUID = Field(foreign_key="party.id")
    wish: str
    asset_ids: list[UUID] = Field(sa_type=ARRAY(Uuid))
    reason: str = Field(max_length=1000)
    state: str = WishState.FILED
    entered_by: UUID | None = None
    filed_at: datetime = Field(sa_type=Timestamp)
    answer: str = Field(default="", max_length=1000)
    answered_by: UUID | None = None
    answered_by_name: str = Field(default="", max_length=80)
    answered_at: datetime | None = Field(default=None, sa_type=Timestamp)
