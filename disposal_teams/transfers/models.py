from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from core.columns import Fen, Json, Timestamp, one_of


class TransferBasis(StrEnum):
    """The rule a request rests on."""

    PRIORITY_CLAIM = "T-01"
    ANY_WAITING_COURT = "T-10"
    IDLE_PRESERVATION = "T-15"
    SAME_CLAIM = "T-16"


class TransferState(StrEnum):
    """States of rulebook §11.6."""

    REQUESTED = "requested"
    RECEIVED = "received"
    RETURNED_FOR_SUPPLEMENT = "returned_for_supplement"
    CONSENTED = "consented"
    REFUSED = "refused"
    SILENT = "silent"
    COORDINATING = "coordinating"
    DECIDED = "decided"
    COMPLETED = "completed"
    RECALLED = "recalled"


class RefusalReason(StrEnum):
    """Grounds for refusing (§11.9)."""

    NEAR_SALE = "near_sale"
    ASSET_IN_DISPUTE = "asset_in_dispute"
    NO_SURPLUS = "no_surplus"
    PRIORITY_NOT_CONFIRMED = "priority_not_confirmed"
    ALREADY_SOLD = "already_sold"
    OTHER = "other"


class TransferDecision(StrEnum):
    """What the common superior may decide (T-06, T-12)."""

    DESIGNATE_REQUESTER = "designate_requester"
    ORDER_FIRST_COURT = "order_first_court"
    RAISE = "raise"
    JOINT = "joint"


OPEN_TRANSFER_STATES = frozenset(
    {
        TransferState.REQUESTED,
        TransferState.RECEIVED,
        TransferState.RETURNED_FOR_SUPPLEMENT,
        TransferState.REFUSED,
        TransferState.SILENT,
        TransferState.COORDINATING,
    }
)
"""While one of these lasts the first court may not publish (§12.3)."""

_OPEN = ", ".join(f"'{state}'" for state in sorted(OPEN_TRANSFER_STATES))


class ProposalState(StrEnum):
    """What became of a proposed request."""

    OPEN = "open"
    TAKEN = "taken"
    DISMISSED = "dismissed"
    LAPSED = "lapsed"


class TransferRequest(SQLModel, table=True):
    """A request of a waiting or priority court (`requesting_court`) to the first-sealing court. At most one open per asset.

    `surplus_fen`: what the requester could expect on the day of signing (T-10), None when nobody knew the value.
    `case_statement`: the statement of the case that travels with the letter (T-03). `publish_leave_court`: the requester or
    the superior, if it allowed the first court to publish although the request is open (§11.6).
    """

    __tablename__ = "transfer_request"
    __table_args__ = (
        Index("transfer_one_open", "asset_id", unique=True, postgresql_where=text(f"state IN ({_OPEN})")),
        Index("transfer_inbox", "first_court_code", "state"),
        Index("transfer_outbox", "requesting_court_code", "state"),
        Index(
            "transfer_answer_due",
            "answer_due_at",
            postgresql_where=text("state IN ('requested', 'received')"),
        ),
        Index("transfer_undecided", "decision_due_at", postgresql_where=text("state = 'coordinating'")),
        one_of("basis", TransferBasis, table="transfer_request"),
        one_of("state", TransferState, table="transfer_request"),
        one_of("refusal_code", RefusalReason, table="transfer_request"),
        one_of("decision", TransferDecision, table="transfer_request"),
        CheckConstraint("first_court_code <> requesting_court_code", name="transfer_between_two_courts"),
    )

    id: UUID = Field(primary_key=True)
    asset_id: UUID = Field(foreign_key="asset.id")
    first_court_code: str = Field(foreign_key="court.code")
    requesting_court_code: str = Field(foreign_key="court.code")
    requesting_case_id: UUID = Field(foreign_key="enforcement_case.id")
    requesting_case_no: str = Field(max_length=40)
    first_case_no: str = Field(default="", max_length=40)
    effective_title: str = Field(default="", max_length=200)
    right_note: str = Field(default="", max_length=200)
    basis: str
    state: str = TransferState.REQUESTED
    reason: str = Field(max_length=1000)
    claim_fen: int = Field(default=0, sa_type=Fen)
    estimated_value_fen: int | None = Field(default=None, sa_type=Fen)
    surplus_fen: int | None = Field(default=None, sa_type=Fen)
    case_statement: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    reminders_sent: int = 0
    requested_at: datetime = Field(sa_type=Timestamp)
    received_at: datetime | None = Field(default=None, sa_type=Timestamp)
    answer_due_at: datetime | None = Field(default=None, sa_type=Timestamp)
    answered_at: datetime | None = Field(default=None, sa_type=Timestamp)
    refusal_code: str | None = Field(default=None, max_length=40)
    refusal_reason: str | None = Field(default=None, max_length=1000)
    decision_due_at: datetime | None = Field(default=None, sa_type=Timestamp)
    decided_at: datetime | None = Field(default=None, sa_type=Timestamp)
    decision: str | None = Field(default=None, max_length=40)
    decision_reason: str | None = Field(default=None, max_length=1000)
    superior_court_code: str | None = Field(default=None, foreign_key="court.code")
    decided_court_code: str | None = Field(default=None, foreign_key="court.code")
    follow_up_due_on: date | None = None
    supplement_note: str | None = Field(default=None, max_length=1000)
    supplement_due_at: datetime | None = Field(default=None, sa_type=Timestamp)
    request_document_id: UUID | None = None
    answer_document_id: UUID | None = None
    report_document_id: UUID | None = None
    decision_document_id: UUID | None = None
    handed_over: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    publish_leave_court: str | None = Field(default=None, foreign_key="court.code")
    publish_leave_note: str = Field(default="", max_length=500)
    publish_leave_at: datetime | None = Field(default=None, sa_type=Timestamp)
    completed_at: datetime | None = Field(default=None, sa_type=Timestamp)


class TransferProposal(SQLModel, table=True):
    """What the nightly scan proposes to a waiting court (§11.6 ELIGIBLE, L-28, L-31): one for each of its waiting seals.

    `scanned_at` is the last scan that found it eligible; what a scan does not find any more lapses. Money in fen; None where
    the value of the asset is not known.
    """

    __tablename__ = "transfer_proposal"
    __table_args__ = (
        Index("transfer_proposal_desk", "court_code", "eligible_on", postgresql_where=text("state = 'open'")),
        one_of("basis", TransferBasis, table="transfer_proposal"),
        one_of("state", ProposalState, table="transfer_proposal"),
    )

    seal_id: UUID = Field(primary_key=True, foreign_key="seal.id")
    asset_id: UUID = Field(foreign_key="asset.id", index=True)
    court_code: str = Field(foreign_key="court.code")
    first_court_code: str = Field(foreign_key="court.code")
    case_no: str = Field(max_length=40)
    basis: str
    state: str = ProposalState.OPEN
    eligible_on: date
    estimated_value_fen: int | None = Field(default=None, sa_type=Fen)
    prior_claims_fen: int = Field(default=0, sa_type=Fen)
    earlier_seals_fen: int = Field(default=0, sa_type=Fen)
    surplus_fen: int | None = Field(default=None, sa_type=Fen)
    found_at: datetime = Field(sa_type=Timestamp)
    scanned_at: datetime = Field(sa_type=Timestamp)
    ended_at: datetime | None = Field(default=None, sa_type=Timestamp)
    dismissed_why: str = Field(default="", max_length=500)


class HandOver(SQLModel, table=True):
    """What one court hands over to another after the switch of a transfer (T-04). `score` in percent.

    `items` is the list of `handover_rules.Item`; `money` the sheet of what lies in the old court's books. `round` counts the
    switches of one transfer: a decision that is missed and made anew may move the asset again.
    """

    __tablename__ = "transfer_hand_over"
    __table_args__ = (
        Index("transfer_hand_over_from", "from_court", "confirmed_at"),
        Index("transfer_hand_over_to", "to_court", "confirmed_at"),
        CheckConstraint("score BETWEEN 0 AND 100", name="transfer_hand_over_score_percent"),
        CheckConstraint("from_court <> to_court", name="transfer_hand_over_two_courts"),
    )

    transfer_id: UUID = Field(primary_key=True, foreign_key="transfer_request.id")
    round: int = Field(default=1, primary_key=True)
    asset_id: UUID = Field(foreign_key="asset.id", index=True)
    from_court: str = Field(foreign_key="court.code")
    to_court: str = Field(foreign_key="court.code")
    items: list[Any] = Field(sa_type=Json)
    followed: dict[str, Any] = Field(sa_type=Json)
    money: list[Any] = Field(sa_type=Json)
    score: int
    opened_at: datetime = Field(sa_type=Timestamp)
    due_at: datetime = Field(sa_type=Timestamp)
    delivered_at: datetime | None = Field(default=None, sa_type=Timestamp)
    confirmed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    remark: str = Field(default="", max_length=1000)
    list_document_id: UUID | None = None
    notice_document_id: UUID | None = None
