from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, String, UniqueConstraint, Uuid, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of


class ObjectionKind(StrEnum):
    """Against an act of enforcement (B-60), or a third party's claim to the asset (B-61)."""

    CONDUCT = "conduct"
    THIRD_PARTY = "third_party"


class Capacity(StrEnum):
    """As what somebody objects (B-60, B-61, B-63)."""

    PARTY = "party"
    WAITING_SEAL_CREDITOR = "waiting_seal_creditor"
    WOULD_BE_BIDDER = "would_be_bidder"
    PRIORITY_PURCHASER = "priority_purchaser"
    OTHER_INTERESTED = "other_interested"
    THIRD_PARTY = "third_party"


class ObjectionState(StrEnum):
    """States of rulebook §11.8."""

    FILED = "filed"
    UNDER_REVIEW = "under_review"
    RULED = "ruled"
    RECONSIDERATION = "reconsideration"
    SUIT_WINDOW = "suit_window"
    SUIT = "suit"
    FINAL = "final"


class Outcome(StrEnum):
    """What came of an objection; the newest decision on it counts."""

    FOUNDED = "founded"
    DISMISSED = "dismissed"
    NOT_ACCEPTED = "not_accepted"
    WITHDRAWN = "withdrawn"


class Remedy(StrEnum):
    """What a founded objection does to the sale once it is final."""

    CORRECT_ACT = "correct_act"
    STOP_SALE = "stop_sale"
    REVOKE_SALE = "revoke_sale"


OPEN_STATES = frozenset(ObjectionState) - {ObjectionState.FINAL}


class Objection(SQLModel, table=True):
    """One objection. `act_court` did what is objected to; `court_code` decides (B-64). `number` is its case number (执异).

    `valuation_id`: the search for a price whose report is objected to (V-31), None for everything else.
    `stays_sale`: the live sale stands still for it: by law (third party), or by the panel's decision. `panel_accounts` sit,
    `panel` are their names. Windows run from `served_at`. Money in fen.
    """

    __tablename__ = "objection"
    __table_args__ = (
        UniqueConstraint("number", name="objection_number"),
        Index("objection_asset", "asset_id"),
        Index("objection_lot", "lot_id"),
        Index("objection_court", "court_code", "state", "id"),
        Index("objection_filer", "filer_account_id"),
        Index(
            "objection_one_open_per_person",
            "asset_id",
            "kind",
            "filer_account_id",
            unique=True,
            postgresql_where=text(
                "state <> 'final' AND filer_account_id IS NOT NULL AND valuation_id IS NULL"
            ),
        ),
        one_of("kind", ObjectionKind, table="objection"),
        one_of("capacity", Capacity, table="objection"),
        one_of("state", ObjectionState, table="objection"),
        one_of("outcome", Outcome, table="objection"),
        one_of("remedy", Remedy, table="objection"),
        CheckConstraint(
            "(kind = 'third_party') = (capacity = 'third_party')", name="objection_capacity_fits_kind"
        ),
        CheckConstraint("state <> 'final' OR outcome IS NOT NULL", name="objection_final_has_outcome"),
        CheckConstraint("(outcome = 'founded') = (remedy IS NOT NULL)", name="objection_founded_has_remedy"),
        CheckConstraint(
            "security_fen >= 0 AND counter_security_fen >= 0", name="objection_security_not_negative"
        ),
    )

    id: UUID = Field(primary_key=True)
    number: str | None = Field(default=None, max_length=40)
    kind: str
    capacity: str
    state: str = ObjectionState.FILED
    asset_id: UUID = Field(foreign_key="asset.id")
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    lot_id: UUID | None = None
    valuation_id: UUID | None = None
    act_court: str = Field(foreign_key="court.code")
    court_code: str = Field(foreign_key="court.code")
    filer_account_id: UUID | None = Field(default=None, foreign_key="account.id")
    filer_name: str = Field(max_length=80)
    claim: str = Field(max_length=500)
    reasons: str = Field(max_length=4000)
    evidence: str = Field(default="", max_length=2000)
    submitted_at: datetime = Field(sa_type=Timestamp)
    accepted_at: datetime | None = Field(default=None, sa_type=Timestamp)
    panel: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    panel_accounts: list[UUID] = Field(default_factory=list, sa_type=ARRAY(Uuid))
    supplement_asked_at: datetime | None = Field(default=None, sa_type=Timestamp)
    supplement_wanted: str = Field(default="", max_length=500)
    supplemented_at: datetime | None = Field(default=None, sa_type=Timestamp)
    stays_sale: bool = False
    stay_reason: str = Field(default="", max_length=500)
    security_fen: int = Field(default=0, sa_type=Fen)
    counter_security_fen: int = Field(default=0, sa_type=Fen)
    ruled_at: datetime | None = Field(default=None, sa_type=Timestamp)
    outcome: str | None = None
    remedy: str | None = None
    revocation_ground: str | None = Field(default=None, max_length=40)
    finding: str = Field(default="", max_length=4000)
    ruling_document_id: UUID | None = None
    served_at: datetime | None = Field(default=None, sa_type=Timestamp)
    review_court: str | None = Field(default=None, foreign_key="court.code")
    review_asked_at: datetime | None = Field(default=None, sa_type=Timestamp)
    review_reasons: str = Field(default="", max_length=4000)
    reviewed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    review_finding: str = Field(default="", max_length=4000)
    review_extended: bool = False
    review_document_id: UUID | None = None
    suit_case_no: str | None = Field(default=None, max_length=60)
    judgment_no: str | None = Field(default=None, max_length=60)
    final_at: datetime | None = Field(default=None, sa_type=Timestamp)
    is_demo: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it is still undecided for good."""
        return self.state != ObjectionState.FINAL
