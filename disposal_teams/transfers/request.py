"""Ask the first-sealing court for the disposal right, and take the request back (T-01, T-03, T-10, T-15)."""

from datetime import date
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import open_deadline
from core.documents import Document, issue_document
from core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ids import new_id
from core.legal_settings import legal
from disposal_teams.assets.advance import advance_asset, lock_asset
from disposal_teams.assets.models import Asset, AssetState, Seal, SealKind, SealState
from disposal_teams.assets.rules import IN_FORCE, PREPARATION_STATES
from disposal_teams.assets.seal import seals_of
from disposal_teams.cases.models import CaseState, EnforcementCase
from disposal_teams.cases.queries import case_by_number
from disposal_teams.cases.rules import ENFORCING_TYPES, parse_case_number
from disposal_teams.courts.queries import court_of
from disposal_teams.plain_text import clean_text
from disposal_teams.transfers.models import (
    OPEN_TRANSFER_STATES,
    TransferBasis,
    TransferRequest,
    TransferState,
)
from disposal_teams.transfers.notify import tell_courts
from disposal_teams.transfers.progress import end_transfer, lock_request, move
from disposal_teams.transfers.rules import Step, TransferFacts, check_eligible

OPEN_STATES = [str(state) for state in OPEN_TRANSFER_STATES]


async def request_transfer(
    work: Work,
    *,
    asset: Asset,
    requesting_case: EnforcementCase,
    basis: TransferBasis,
    reason: str,
    claim_fen: int = 0,
    effective_title: str = "",
    right_note: str = "",
    estimated_value_fen: int | None = None,
    prior_claims_fen: int = 0,
    first_case_costs_fen: int = 0,
) -> TransferRequest:
    """Sign and deliver the 商请移送执行函 (document 26). The answer clock starts on arrival, which is now (C-07, T-11).

    `effective_title` names the paper that confirms the claim; T-01 cannot go without it. Raises `RuleViolation` for a guard
    that fails, `Conflict` when a request about the asset is open, `InvalidInput`, `NotPermitted`.
    """
    require(work.actor, Permission.REQUEST_TRANSFER, court_code=requesting_case.court_code)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=1000)
    effective_title = clean_text(effective_title, "effective_title", fields, longest=200, required=False)
    right_note = clean_text(right_note, "right_note", fields, longest=200, required=False)
    if min(claim_fen, prior_claims_fen, first_case_costs_fen, estimated_value_fen or 0) < 0:
        fields["claim_fen"] = msg("金额不能为负数。")
    if fields:
        raise InvalidInput(msg("商请函内容有误，请按提示修改。"), fields=fields)
    asset = await lock_asset(work, asset)
    if asset.court_code == requesting_case.court_code:
        raise RuleViolation("T-01", msg("该标的物的处置权已在本院，无需商请移送。"))
    if requesting_case.state != CaseState.OPEN:
        raise RuleViolation(
            "T-01", msg("案件 {case_no} 不在办理中，不能据以商请移送。", case_no=requesting_case.case_no)
        )
    if await has_open_transfer(work, asset.id):
        raise Conflict(_ALREADY_OPEN, rule="T-06")
    chain = await seals_of(work, asset.id)
    first = next((seal for seal in chain if SealState(seal.state) in IN_FORCE), None)
    if first is None:
        raise RuleViolation("A-01", msg("该标的物没有生效的首先查封，不能商请移送。"))
    facts = await _facts(
        work,
        asset=asset,
        first=first,
        chain=chain,
        case=requesting_case,
        confirmed=bool(effective_title),
        claim=bool(right_note) and basis is TransferBasis.PRIORITY_CLAIM,
        estimated_value_fen=estimated_value_fen,
        prior_claims_fen=prior_claims_fen,
        first_case_costs_fen=first_case_costs_fen,
    )
    check_eligible(basis, facts)
    request = TransferRequest(
        id=new_id(),
        asset_id=asset.id,
        first_court_code=asset.court_code,
        requesting_court_code=requesting_case.court_code,
        requesting_case_id=requesting_case.id,
        requesting_case_no=requesting_case.case_no,
        first_case_no=first.case_no,
        basis=basis,
        reason=reason,
        claim_fen=claim_fen,
        effective_title=effective_title,
        right_note=right_note,
        requested_at=work.now,
    )
    work.session.add(request)
    try:
        await work.session.flush()
    except IntegrityError as error:
        raise Conflict(_ALREADY_OPEN, rule="T-06") from error
    deadline = await open_deadline(
        work,
        "L-29",
        subject_kind="transfer",
        subject_id=request.id,
        days=legal().transfer_answer_days_province,
        owner_role=Role.COMMAND_CENTRE,
        owner_court=request.first_court_code,
        asset_id=asset.id,
    )
    request.answer_due_at = deadline.due_at
    letter = await _letter(work, request, asset, first, deadline.due_at.astimezone(COURT_ZONE).date())
    request.request_document_id = letter.id
    if AssetState(asset.state) in PREPARATION_STATES:
        await advance_asset(
            work, asset, AssetState.TRANSFER_PENDING, reason="收到商请移送执行函", rule=basis.value
        )
    await record(
        work,
        "transfer.requested",
        stream=f"asset:{asset.id}",
        rule=basis.value,
        asset_id=asset.id,
        case_id=requesting_case.id,
        document_id=letter.id,
        transfer=str(request.id),
        first_court=request.first_court_code,
        requesting_court=request.requesting_court_code,
        answer_due_at=deadline.due_at.isoformat(),
    )
    await tell_courts(work, request, msg("收到（发出）商请移送执行函，请首封法院在期限内答复。"))
    return request


async def recall_transfer(work: Work, request: TransferRequest, *, reason: str) -> TransferRequest:
    """The requesting court takes its request back (paid, settled, no longer wanted)."""
    require(work.actor, Permission.REQUEST_TRANSFER, court_code=request.requesting_court_code)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=1000)
    if fields:
        raise InvalidInput(msg("请写明撤回理由。"), fields=fields)
    request, asset = await lock_request(work, request)
    await move(work, request, Step.RECALL, rule="§11.6", reason=reason)
    await end_transfer(work, request, asset, reason="商请法院撤回请求")
    await tell_courts(work, request, msg("商请法院已撤回请求。"))
    return request


async def has_open_transfer(work: Work, asset_id: UUID) -> bool:
    """Whether a request about the asset is open: while it is, the first court may not publish (§12.3)."""
    found = await work.session.exec(
        select(TransferRequest.id).where(
            TransferRequest.asset_id == asset_id, col(TransferRequest.state).in_(OPEN_STATES)
        )
    )
    return found.first() is not None


_ALREADY_OPEN = msg("该标的物已有一份商请移送正在办理，请等待其办结。如有先后争议，由共同上级法院协调。")


async def _facts(
    work: Work,
    *,
    asset: Asset,
    first: Seal,
    chain: list[Seal],
    case: EnforcementCase,
    confirmed: bool,
    claim: bool,
    estimated_value_fen: int | None,
    prior_claims_fen: int,
    first_case_costs_fen: int,
) -> TransferFacts:
    waiting = [seal for seal in chain if SealState(seal.state) is SealState.WAITING]
    own = [seal for seal in waiting if seal.court_code == case.court_code]
    enforcing = [seal for seal in waiting if SealKind(seal.kind) is SealKind.ENFORCEMENT]
    return TransferFacts(
        today=work.now.astimezone(COURT_ZONE).date(),
        first_seal_on=first.effective_on or first.registered_on,
        first_seal_kind=SealKind(first.kind),
        first_filed_on=await _enforcement_filed_on(work, first),
        notice_published=asset.first_listed_at is not None or AssetState(asset.state) not in _MAY_MOVE,
        requester_is_enforcing=parse_case_number(case.case_no).type in ENFORCING_TYPES,
        requester_has_waiting_seal=bool(own),
        requester_is_earliest_enforcing=bool(enforcing) and enforcing[0].court_code == case.court_code,
        right_ranks_before_first=claim or any(seal.has_priority_right for seal in own),
        right_confirmed=confirmed,
        estimated_value_fen=estimated_value_fen,
        first_case_costs_fen=first_case_costs_fen,
        prior_claims_fen=prior_claims_fen,
        earlier_seals_fen=0,
        asset_itself_in_dispute=bool(asset.attributes.get("itself_in_dispute")),
        idle_days=legal().transfer_idle_days,
    )


_MAY_MOVE = PREPARATION_STATES | {AssetState.SUSPENDED, AssetState.SELF_SALE}


async def _enforcement_filed_on(work: Work, first: Seal) -> date | None:
    """When the first court filed its enforcement case; None while it only preserves, or when the case is unknown here."""
    number = parse_case_number(first.case_no)
    if number.type not in ENFORCING_TYPES:
        return None
    case = await case_by_number(work, first.case_no)
    return case.filed_on if case is not None else None


async def _letter(
    work: Work, request: TransferRequest, asset: Asset, first: Seal, answer_by: date
) -> Document:
    sender = await court_of(work, request.requesting_court_code)
    addressee = await court_of(work, request.first_court_code)
    first_on = first.effective_on or first.registered_on
    return await issue_document(
        work,
        "transfer_request_letter",
        template="disposal_teams/transfers/documents/request_letter.typ",
        data={
            "court": sender.name,
            "addressee": addressee.name,
            "is_demo": asset.is_demo,
            "case_no": request.requesting_case_no,
            "first_case_no": first.case_no,
            "asset_title": asset.title,
            "asset_no": asset.asset_no,
            "registry_no": asset.registry_no or "",
            "location": asset.location,
            "owner": asset.owner_name,
            "first_seal_on": first_on.isoformat(),
            "first_seal_kind": str(first.kind),
            "idle_days": (work.now.astimezone(COURT_ZONE).date() - first_on).days,
            "basis": request.basis,
            "effective_title": request.effective_title,
            "right": request.right_note,
            "claim_fen": request.claim_fen,
            "reason": request.reason,
            "answer_by": answer_by.isoformat(),
            "date": work.now.astimezone(COURT_ZONE).date().isoformat(),
            "officer": work.actor.name,
            "phone": sender.supervision_phone,
        },
        title="商请移送执行函",
        court_code=request.requesting_court_code,
        case_no=request.requesting_case_no,
        asset_id=asset.id,
        subject=f"transfer:{request.id}",
    )


async def request_of(work: Work, request_id: UUID) -> TransferRequest:
    """A request for the two courts and their superior; unknown to everyone else (P-03)."""
    request = await work.session.get(TransferRequest, request_id)
    if request is None or not may_see_request(work, request):
        raise NotFound(msg("没有找到该移送请求，或它与本院无关。"), rule="P-03")
    return request


def may_see_request(work: Work, request: TransferRequest) -> bool:
    """Both courts and the intermediate court see one and the same clock (architecture §5)."""
    actor = work.actor
    if actor.has(Role.SYSTEM, Role.INTERMEDIATE_COURT):
        return True
    return actor.is_staff and actor.court_code in {request.first_court_code, request.requesting_court_code}


__all__ = [
    "TransferState",
    "has_open_transfer",
    "may_see_request",
    "recall_transfer",
    "request_of",
    "request_transfer",
]
