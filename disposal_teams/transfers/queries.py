"""Read transfers: inbox and outbox of a court, what the superior has to decide, the clocks of both (P-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from core.audit import AuditEvent, history
from core.database import Work
from core.documents import Document
from core.identity import Permission, require
from disposal_teams.assets.models import Asset
from disposal_teams.assets.queries import Paper
from disposal_teams.transfers.models import OPEN_TRANSFER_STATES, TransferRequest, TransferState
from disposal_teams.transfers.papers import parties_of_both

OPEN_STATES = [str(state) for state in OPEN_TRANSFER_STATES]
LIMIT = 100


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A request with its asset. `due_at` is the clock that runs now; None when none does."""

    request: TransferRequest
    asset: Asset
    due_at: datetime | None
    is_overdue: bool


def running_clock(request: TransferRequest) -> datetime | None:
    """The moment by which somebody must act on the request."""
    match TransferState(request.state):
        case TransferState.REQUESTED | TransferState.RECEIVED:
            return request.answer_due_at
        case TransferState.RETURNED_FOR_SUPPLEMENT:
            return request.supplement_due_at
        case TransferState.COORDINATING:
            return request.decision_due_at
        case _:
            return None


async def inbox(work: Work, court_code: str, *, only_open: bool = True) -> list[TransferRow]:
    """Requests that other courts sent to this court, the most urgent first."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    return await _rows(work, col(TransferRequest.first_court_code) == court_code, only_open=only_open)


async def outbox(work: Work, court_code: str, *, only_open: bool = False) -> list[TransferRow]:
    """Requests that this court sent."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=court_code)
    return await _rows(work, col(TransferRequest.requesting_court_code) == court_code, only_open=only_open)


async def to_decide(work: Work) -> list[TransferRow]:
    """Requests that wait for the superior's decision, the most urgent first."""
    require(work.actor, Permission.SEE_ALL_COURTS)
    return await _rows(work, col(TransferRequest.state) == TransferState.COORDINATING, only_open=True)


async def open_between_all(work: Work) -> list[TransferRow]:
    """Every open request of the city."""
    require(work.actor, Permission.SEE_ALL_COURTS)
    return await _rows(work, None, only_open=True)


async def transfers_of_asset(work: Work, asset_id: UUID) -> Sequence[TransferRequest]:
    """All requests about an asset, newest first; the caller has opened the asset."""
    rows = await work.session.exec(
        select(TransferRequest)
        .where(TransferRequest.asset_id == asset_id)
        .order_by(col(TransferRequest.requested_at).desc())
    )
    return list(rows)


async def trace_of(work: Work, request: TransferRequest, *, limit: int = 300) -> list[AuditEvent]:
    """The steps of one transfer, newest first; the caller has opened it."""
    events = await history(work, stream=f"asset:{request.asset_id}", limit=limit)
    return [each for each in events if each.details.get("transfer") == str(request.id)]


async def court_moves(work: Work, asset_id: UUID) -> list[AuditEvent]:
    """Every change of the court that disposes of an asset, oldest first; the caller has opened the asset."""
    rows = await work.session.exec(
        select(AuditEvent)
        .where(AuditEvent.asset_id == asset_id, AuditEvent.event == "asset.court_changed")
        .order_by(col(AuditEvent.recorded_at), col(AuditEvent.id))
    )
    return list(rows)


async def papers_of_transfer(work: Work, transfer_id: UUID) -> list[Paper]:
    """The papers of one transfer, oldest first, without their content; the caller has opened it."""
    rows = await work.session.exec(
        select(Document.id, Document.title, Document.version, Document.issued_at, Document.court_code)  # type: ignore[call-overload]
        .where(Document.subject == f"transfer:{transfer_id}")
        .order_by(col(Document.issued_at), col(Document.id))
    )
    return [Paper(*row) for row in rows]


async def open_counts_by_first_court(work: Work) -> dict[str, int]:
    """How many open requests each court has to answer or see decided."""
    require(work.actor, Permission.SEE_ALL_COURTS)
    rows = await work.session.exec(
        select(TransferRequest.first_court_code, func.count())
        .where(col(TransferRequest.state).in_(OPEN_STATES))
        .group_by(TransferRequest.first_court_code)
    )
    return dict(rows.all())


async def _rows(work: Work, condition: object, *, only_open: bool) -> list[TransferRow]:
    query = select(TransferRequest, Asset).join(Asset, col(Asset.id) == col(TransferRequest.asset_id))
    if condition is not None:
        query = query.where(condition)  # type: ignore[arg-type]
    if only_open:
        query = query.where(col(TransferRequest.state).in_(OPEN_STATES))
    rows = await work.session.exec(query.order_by(col(TransferRequest.requested_at).desc()).limit(LIMIT))
    found = [_row(work, request, asset) for request, asset in rows]
    return sorted(found, key=lambda row: (row.due_at is None, row.due_at or row.request.requested_at))


def _row(work: Work, request: TransferRequest, asset: Asset) -> TransferRow:
    due = running_clock(request)
    return TransferRow(request, asset, due, due is not None and due < work.now)


async def party_may_read(work: Work, document: Document) -> bool:
    """Whether the reader is a party of one of the two cases of the transfer that the paper is about (T-04)."""
    kind, _, transfer_id = (document.subject or "").partition(":")
    if work.actor.account_id is None or kind != "transfer":
        return False
    request = await work.session.get(TransferRequest, UUID(transfer_id))
    parties = await parties_of_both(work, request) if request is not None else []
    return any(party.account_id == work.actor.account_id for party in parties)
