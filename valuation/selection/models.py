from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, LargeBinary, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Json, Timestamp, one_of


class SelectionState(StrEnum):
    """Where the choice stands."""

    AGREEING = "agreeing"
    COMMITTED = "committed"
    CHOSEN = "chosen"
    CANCELLED = "cancelled"


class SelectionWay(StrEnum):
    """How the firms were chosen (V-20)."""

    AGREEMENT = "agreement"
    LOTTERY = "lottery"


class AppraiserSelection(SQLModel, table=True):
    """One choice of three firms with their order (V-20). A valuation may need a second one when all firms failed.

    The draw: `candidates` and `commitment` are published at `committed_at`; the draw may be held from `draw_from` on with
    the value that `value_name` names, which nobody knew at the commitment; then `secret` is published. `secret_sealed`
    keeps it until then. All is kept with the file for good (V-37).
    """

    __tablename__ = "appraiser_selection"
    __table_args__ = (
        UniqueConstraint("valuation_id", "position", name="appraiser_selection_order"),
        Index("appraiser_selection_agreeing", "due_at", postgresql_where=text("state = 'agreeing'")),
        one_of("state", SelectionState, table="appraiser_selection"),
        one_of("way", SelectionWay, table="appraiser_selection"),
        CheckConstraint(
            "state <> 'committed' OR (commitment IS NOT NULL AND secret_sealed IS NOT NULL)",
            name="appraiser_selection_committed",
        ),
        CheckConstraint(
            "way IS DISTINCT FROM 'lottery' OR state <> 'chosen' OR (secret IS NOT NULL AND public_value <> '')",
            name="appraiser_selection_revealed",
        ),
        CheckConstraint("drawn_at >= draw_from", name="appraiser_selection_drawn_in_time"),
    )

    id: UUID = Field(primary_key=True)
    valuation_id: UUID = Field(foreign_key="valuation.id")
    position: int
    state: str = SelectionState.AGREEING
    way: str | None = Field(default=None, max_length=20)
    due_at: datetime = Field(sa_type=Timestamp)
    place: str | None = Field(default=None, max_length=40)
    candidates: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    commitment: bytes | None = Field(default=None, sa_type=LargeBinary)
    secret_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    committed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    draw_from: datetime | None = Field(default=None, sa_type=Timestamp)
    value_name: str = Field(default="", max_length=120)
    public_value: str = Field(default="", max_length=60)
    secret: bytes | None = Field(default=None, sa_type=LargeBinary)
    drawn_at: datetime | None = Field(default=None, sa_type=Timestamp)
    witnesses: str = Field(default="", max_length=200)
    chosen: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    created_at: datetime = Field(sa_type=Timestamp)


class FirmChoice(SQLModel, table=True):
    """The three firms, in order, that one party names (V-20)."""

    __tablename__ = "firm_choice"

    selection_id: UUID = Field(primary_key=True, foreign_key="appraiser_selection.id")
    party_id: UUID = Field(primary_key=True, foreign_key="party.id")
    firms: list[str] = Field(sa_type=ARRAY(String))
    paper_ref: str = Field(default="", max_length=120)
    entered_by: UUID | None = None
    entered_at: datetime = Field(sa_type=Timestamp)
