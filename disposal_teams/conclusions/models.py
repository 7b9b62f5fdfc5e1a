from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Json, Timestamp, one_of


class Way(StrEnum):
    """In which way a case is concluded."""

    FULFILLED = "fulfilled"
    NO_RESULT = "no_result"
    TERMINATED = "terminated"
    STRUCK_OFF = "struck_off"
    NOT_ENFORCED = "not_enforced"
    DISMISSED = "dismissed"


class Ground(StrEnum):
    """Why in this way. Which ground belongs to which way stands in `rules.py`."""

    PAID_BY_DEBTOR = "paid_by_debtor"
    ENFORCED = "enforced"
    SETTLEMENT_KEPT = "settlement_kept"
    NOTHING_FOUND = "nothing_found"
    NOT_REALISABLE = "not_realisable"
    WAITING_ONLY = "waiting_only"
    WITHDRAWN = "withdrawn"
    TITLE_REVOKED = "title_revoked"
    PARTY_ENDED = "party_ended"
    BANKRUPTCY = "bankruptcy"
    OTHER_COURT_FIRST = "other_court_first"
    GOES_ON_ELSEWHERE = "goes_on_elsewhere"
    AWARD_REFUSED = "award_refused"
    NOTARY_REFUSED = "notary_refused"
    NOT_ADMISSIBLE = "not_admissible"
    OTHER = "other"


class ConclusionState(StrEnum):
    """Where a conclusion stands: proposed by the officer, refused or decided; a case ended without full result may resume."""

    PROPOSED = "proposed"
    REFUSED = "refused"
    CONCLUDED = "concluded"
    RESUMED = "resumed"


class ResumeGround(StrEnum):
    """Why a case that ended without full result goes on."""

    PROPERTY_FOUND = "property_found"
    TRANSFER_RECEIVED = "transfer_received"
    SHARE_PAID = "share_paid"
    OTHER = "other"


class SearchChannel(StrEnum):
    """Where the debtor's property is looked for."""

    BANK = "bank"
    ONLINE = "online"
    SECURITIES = "securities"
    REAL_ESTATE = "real_estate"
    VEHICLES = "vehicles"
    COMPANIES = "companies"
    OTHER = "other"


class SearchState(StrEnum):
    """A search is due, found nothing, found something on which the case can go on, or is needed no more."""

    DUE = "due"
    NOTHING = "nothing"
    FOUND = "found"
    CANCELLED = "cancelled"


class CaseConclusion(SQLModel, table=True):
    """The conclusion (结案) of a case, from the proposal on. At most one proposed and one standing for each case.

    Money in fen: `applied_fen` what was applied for, `sales_fen` what sales, takings in kind and own sales brought the creditors,
    `other_fen` what came otherwise (`other_note` says how), `realised_fen` what of it served the claim. `had_property`: the case
    had something that could be sold (K-12). `checklist`: the lines as they were when it was decided. `members` and `minutes`
    are the panel's (P-05); two persons propose and decide. `new_case_id`: the case that took it over, or resumed it.
    """

    __tablename__ = "case_conclusion"
    __table_args__ = (
        one_of("way", Way, table="case_conclusion"),
        one_of("ground", Ground, table="case_conclusion"),
        one_of("state", ConclusionState, table="case_conclusion"),
        one_of("resume_ground", ResumeGround, table="case_conclusion"),
        Index(
            "case_conclusion_one_open", "case_id", unique=True,
            postgresql_where=text("state IN ('proposed', 'concluded')"),
        ),
        Index("case_conclusion_of_case", "case_id", "proposed_at"),
        Index("case_conclusion_desk", "court_code", "state", "proposed_at"),
        Index("case_conclusion_new_case", "new_case_id", postgresql_where=text("new_case_id IS NOT NULL")),
        CheckConstraint("decided_by <> proposed_by", name="case_conclusion_two_persons"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="case_conclusion_decided"),
        CheckConstraint(
            "(state IN ('concluded', 'resumed')) = (concluded_on IS NOT NULL)", name="case_conclusion_has_a_day"
        ),
        CheckConstraint(
            "state IN ('proposed', 'refused') OR way IN ('fulfilled', 'struck_off') OR cardinality(members) >= 3",
            name="case_conclusion_ruled_by_a_panel",
        ),
        CheckConstraint(
            "applied_fen >= 0 AND sales_fen >= 0 AND other_fen >= 0 AND realised_fen BETWEEN 0 AND applied_fen",
            name="case_conclusion_amounts",
        ),
        CheckConstraint(
            "(state = 'resumed') = (resumed_at IS NOT NULL) AND (state <> 'resumed' OR way = 'no_result')",
            name="case_conclusion_resumed",
        ),
    )  # fmt: skip

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    court_code: str = Field(foreign_key="court.code")
    way: str
    ground: str
    state: str = ConclusionState.PROPOSED
    reason: str = Field(max_length=2000)
    applied_fen: int = Field(sa_type=Fen)
    sales_fen: int = Field(default=0, sa_type=Fen)
    other_fen: int = Field(default=0, sa_type=Fen)
    other_note: str = Field(default="", max_length=300)
    realised_fen: int = Field(default=0, sa_type=Fen)
    had_property: bool = False
    members: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    minutes: str = Field(default="", max_length=2000)
    checklist: list[Any] = Field(default_factory=list, sa_type=Json)
    proposed_by: UUID | None = None
    proposed_by_name: str = Field(default="", max_length=80)
    proposed_at: datetime = Field(sa_type=Timestamp)
    decided_by: UUID | None = None
    decided_by_name: str = Field(default="", max_length=80)
    decided_at: datetime | None = Field(default=None, sa_type=Timestamp)
    decided_why: str = Field(default="", max_length=500)
    concluded_on: date | None = None
    document_id: UUID | None = None
    new_case_id: UUID | None = Field(default=None, foreign_key="enforcement_case.id")
    resumed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    resumed_by_name: str = Field(default="", max_length=80)
    resume_ground: str | None = Field(default=None, max_length=40)
    resume_note: str = Field(default="", max_length=1000)
    resume_document_id: UUID | None = None
    is_demo: bool = False


class FirstCourtCheck(SQLModel, table=True):
    """What a waiting court saw on line of the state of an asset at the court that disposes of it, and when (T-13 (1))."""

    __tablename__ = "first_court_check"
    __table_args__ = (Index("first_court_check_newest", "case_id", "asset_id", "checked_at"),)

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    asset_id: UUID = Field(foreign_key="asset.id")
    first_court_code: str = Field(foreign_key="court.code")
    asset_state: str = Field(max_length=40)
    first_listed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    checked_by: UUID | None = None
    checked_by_name: str = Field(default="", max_length=80)
    checked_at: datetime = Field(sa_type=Timestamp)


class PropertySearch(SQLModel, table=True):
    """One of the half-yearly searches after a case ended without full result (D-06). At most one of a conclusion is due.

    `document_id`: the notice to the applicants. `dropped_why`: why what was found does not resume the case.
    """

    __tablename__ = "property_search"
    __table_args__ = (
        one_of("state", SearchState, table="property_search"),
        UniqueConstraint("conclusion_id", "number", name="property_search_number"),
        Index(
            "property_search_one_due", "conclusion_id", unique=True, postgresql_where=text("state = 'due'")
        ),
        Index("property_search_desk", "court_code", "state", "due_on"),
        CheckConstraint(
            "(state IN ('nothing', 'found')) = (done_at IS NOT NULL)", name="property_search_done"
        ),
        CheckConstraint(
            "done_at IS NULL OR cardinality(channels) > 0", name="property_search_done_somewhere"
        ),
    )

    id: UUID = Field(primary_key=True)
    conclusion_id: UUID = Field(foreign_key="case_conclusion.id")
    case_id: UUID = Field(foreign_key="enforcement_case.id", index=True)
    court_code: str = Field(foreign_key="court.code")
    number: int
    due_on: date
    state: str = SearchState.DUE
    channels: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    findings: str = Field(default="", max_length=2000)
    dropped_why: str = Field(default="", max_length=500)
    done_by: UUID | None = None
    done_by_name: str = Field(default="", max_length=80)
    done_at: datetime | None = Field(default=None, sa_type=Timestamp)
    document_id: UUID | None = None
    is_demo: bool = False
