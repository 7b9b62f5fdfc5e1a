"""Papers 26 to 28 of a transfer: the request, the answers, the report, the decision."""

from datetime import datetime
from typing import Any

from core.clock import COURT_ZONE
from core.database import Work
from core.documents import Document, issue_document
from disposal_teams.assets.models import Asset, Seal, SealKind
from disposal_teams.courts.queries import court_of
from disposal_teams.transfers.eligibility import owed_at_once
from disposal_teams.transfers.models import TransferBasis, TransferRequest

TEMPLATES = "disposal_teams/transfers/documents"


async def issue_request_letter(
    work: Work, request: TransferRequest, asset: Asset, first: Seal, answer_due_at: datetime
) -> Document:
    """The 商请移送执行函 (document 26) with its annexes: title, statement of the case, others (T-03)."""
    sender = await court_of(work, request.requesting_court_code)
    addressee = await court_of(work, request.first_court_code)
    first_on = first.effective_on or first.registered_on
    basis = TransferBasis(request.basis)
    return await issue_transfer_paper(
        work,
        request,
        asset,
        "transfer_request_letter",
        "request_letter",
        "商请移送执行函",
        court_code=sender.code,
        data={
            "court": sender.name,
            "phone": sender.supervision_phone,
            "addressee": addressee.name,
            "first_case_no": first.case_no,
            "first_seal_on": first_on.isoformat(),
            "first_seal_kind": str(first.kind),
            "first_creditor": first.creditor_name,
            "first_claim_fen": first.claim_fen,
            "idle_days": (work.now.astimezone(COURT_ZONE).date() - first_on).days,
            "basis": request.basis,
            "effective_title": request.effective_title,
            "right": request.right_note,
            "claim_fen": request.claim_fen,
            "reason": request.reason,
            "answer_by": last_day(answer_due_at),
            "at_once": owed_at_once(basis, SealKind(first.kind)),
            "statement": request.case_statement,
        },
    )


def last_day(due_at: datetime) -> str:
    """The last day of a period whose end is kept as the midnight after it, as an ISO date in court."""
    return (due_at - datetime.resolution).astimezone(COURT_ZONE).date().isoformat()


def facts_of_asset(asset: Asset) -> dict[str, Any]:
    """What each paper of a transfer says of the asset."""
    return {
        "asset_title": asset.title,
        "asset_no": asset.asset_no,
        "registry_no": asset.registry_no or "",
        "location": asset.location,
        "owner": asset.owner_name,
        "is_demo": asset.is_demo,
    }


async def issue_transfer_paper(
    work: Work,
    request: TransferRequest,
    asset: Asset,
    kind: str,
    template: str,
    title: str,
    *,
    court_code: str,
    data: dict[str, Any],
    case_no: str | None = None,
) -> Document:
    """Issue one paper of a transfer from its template, dated today, in the name of whoever acts."""
    number = case_no or request.requesting_case_no
    return await issue_document(
        work,
        kind,
        template=f"{TEMPLATES}/{template}.typ",
        data={
            **facts_of_asset(asset),
            "case_no": number,
            "date": work.now.astimezone(COURT_ZONE).date().isoformat(),
            "officer": work.actor.name,
            **data,
        },
        title=title,
        court_code=court_code,
        case_no=number,
        asset_id=asset.id,
        subject=f"transfer:{request.id}",
    )
