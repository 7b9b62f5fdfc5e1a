from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.columns import Fen, Timestamp, one_of


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Course(StrEnum):
    """Whether a title is enforced for the first time (首次执行) or once more (恢复执行), or not at all in this case."""

    FIRST = "first"
    RESUMED = "resumed"
    NONE = "none"


class PartyRole(StrEnum):
    """What a person is in a case (rulebook §1)."""

    APPLICANT = "applicant"
    DEBTOR = "debtor"
    PRIORITY_CREDITOR = "priority_creditor"
    WAITING_SEAL_CREDITOR = "waiting_seal_creditor"
    CO_OWNER = "co_owner"
    TENANT = "tenant"
    SHAREHOLDER = "shareholder"
    OTHER = "other"


CREDITORS = frozenset({PartyRole.APPLICANT, PartyRole.PRIORITY_CREDITOR, PartyRole.WAITING_SEAL_CREDITOR})
"""Who claims money in a case."""


class EnforcementCase(SQLModel, table=True):
    """A case (案件). `case_no` follows the grammar of rulebook §1, e.g. （2026）苏0505执123号."""

    __tablename__ = "enforcement_case"
    __table_args__ = (
        UniqueConstraint("case_no", name="enforcement_case_number"),
        one_of("state", CaseState, table="enforcement_case"),
        one_of("course", Course, table="enforcement_case"),
        CheckConstraint("claim_fen >= 0", name="enforcement_case_claim_not_negative"),
    )

    id: UUID = Field(primary_key=True)
    case_no: str = Field(max_length=40)
    court_code: str = Field(foreign_key="court.code", index=True)
    filed_on: date
    cause: str = Field(max_length=80)
    claim_fen: int = Field(default=0, sa_type=Fen)
    state: str = CaseState.OPEN
    course: str = Field(default=Course.FIRST, sa_column_kwargs={"server_default": "first"})
    officer_account_id: UUID | None = Field(default=None, foreign_key="account.id")
    is_demo: bool = False
    created_at: datetime = Field(sa_type=Timestamp)


class Party(SQLModel, table=True):
    """A person in a case. Identity numbers are sealed (purpose `party-identity`) and matched by keyed hash."""

    __tablename__ = "party"
    __table_args__ = (
        one_of("role", PartyRole, table="party"),
        Index("party_case", "case_id"),
        Index("party_identity", "identity_match"),
    )

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="enforcement_case.id")
    role: str
    name: str = Field(max_length=80)
    is_natural_person: bool = True
    identity_sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    identity_match: bytes | None = Field(default=None, sa_type=LargeBinary)
    phone: str | None = Field(default=None, max_length=30)
    address: str | None = Field(default=None, max_length=200)
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    is_reachable: bool = True
    claim_fen: int = Field(default=0, sa_type=Fen)
    claim_corrected_at: datetime | None = Field(default=None, sa_type=Timestamp)


class PartyClaim(SQLModel, table=True):
    """What a creditor claims by the title, in its parts, in fen; `rank` 1 is satisfied first, None: not yet settled.

    `Party.claim_fen` is what is still claimed: the sum of the parts until it is corrected.
    """

    __tablename__ = "party_claim"
    __table_args__ = (
        CheckConstraint(
            "principal_fen >= 0 AND interest_fen >= 0 AND doubled_interest_fen >= 0",
            name="party_claim_not_negative",
        ),
        CheckConstraint("rank BETWEEN 1 AND 99", name="party_claim_rank"),
    )

    party_id: UUID = Field(primary_key=True, foreign_key="party.id")
    principal_fen: int = Field(default=0, sa_type=Fen)
    interest_fen: int = Field(default=0, sa_type=Fen)
    doubled_interest_fen: int = Field(default=0, sa_type=Fen)
    rank: int | None = None


class CaseLink(SQLModel, table=True):
    """A case names another one that belongs to the same matter (关联案件), whether or not that one is registered here."""

    __tablename__ = "case_link"
    __table_args__ = (Index("case_link_back", "linked_case_no"),)

    case_id: UUID = Field(primary_key=True, foreign_key="enforcement_case.id")
    linked_case_no: str = Field(primary_key=True, max_length=40)
