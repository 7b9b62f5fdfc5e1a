"""Papers 26 to 28 of a transfer: the request, the answers, the report, the decision."""

from datetime import datetime
from typing import Any

from core.clock import COURT_ZONE
from core.database import Work
from core.documents import Document, issue_document
from disposal_teams.assets.models import Asset, Seal, SealKind
from disposal_teams.cases.models import Party
from disposal_teams.cases.queries import case_by_number, parties_of
from disposal_teams.courts.queries import court_of
from disposal_teams.transfers.eligibility import owed_at_once
from disposal_teams.transfers.handover_rules import LABELS, STATE_LABELS, read_items
from disposal_teams.transfers.models import HandOver, TransferBasis, TransferRequest

TEMPLATES = "disposal_teams/transfers/documents"


async def issue_request_letter(
    work: Work, request: TransferRequest, asset: Asset, first: Seal, answer_due_at: datetime
) -> Document:
    """The 商请移送执行函 (document 26) with its annexes: title, statement of the case, others (T-03).

    The Jiangsu notice is named without a number: nobody here has seen one (T-14).
    """
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
    """Issue one paper of a transfer, dated today, in the name of whoever acts. `template` is a name in this room's folder, or a
    path below the product's root."""
    number = case_no or request.requesting_case_no
    return await issue_document(
        work,
        kind,
        template=template if template.endswith(".typ") else f"{TEMPLATES}/{template}.typ",
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


async def issue_party_notice(
    work: Work, request: TransferRequest, asset: Asset, opened: HandOver, basis: Document
) -> Document:
    """The notice to the parties of both cases that another court disposes from now on (T-04)."""
    new = await court_of(work, opened.to_court)
    parties = await parties_of_both(work, request)
    return await issue_transfer_paper(
        work,
        request,
        asset,
        "transfer_party_notice",
        "party_notice",
        "处置法院变更告知书",
        court_code=opened.from_court,
        data={
            "court": (await court_of(work, opened.from_court)).name,
            "phone": new.supervision_phone,
            "officer": "",
            "parties": sorted({party.name for party in parties}),
            "new_court": new.name,
            "first_case_no": request.first_case_no,
            "basis": basis.title,
            "moved_on": opened.opened_at.astimezone(COURT_ZONE).date().isoformat(),
        },
    )


async def issue_hand_over_list(
    work: Work, request: TransferRequest, asset: Asset, opened: HandOver
) -> Document:
    """The list of what was handed over, signed by the receiving court, with the sheet of the money (T-04, §11.7)."""
    new, old = await court_of(work, opened.to_court), await court_of(work, opened.from_court)
    return await issue_transfer_paper(
        work,
        request,
        asset,
        "transfer_hand_over_list",
        "hand_over_list",
        "处置权移交材料清单",
        court_code=new.code,
        data={
            "court": new.name,
            "phone": new.supervision_phone,
            "old_court": old.name,
            "first_case_no": request.first_case_no,
            "items": [
                {
                    "title": LABELS[item.code],
                    "state": STATE_LABELS[item.state],
                    "note": item.why or item.note,
                }
                for item in read_items(opened.items)
            ],
            "score": opened.score,
            "money": opened.money,
            "followed": opened.followed,
            "remark": opened.remark,
        },
    )


async def parties_of_both(work: Work, request: TransferRequest) -> list[Party]:
    """The parties of the first court's case and of the requester's."""
    first_case = await case_by_number(work, request.first_case_no)
    case_ids = {request.requesting_case_id, *([first_case.id] if first_case else [])}
    return [party for case_id in sorted(case_ids) for party in await parties_of(work, case_id)]
