"""Ask the first-sealing court for the disposal right, and take the request back (T-01, T-03, T-10, T-15)."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import also_kept_in, open_deadline
from core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from core.ids import new_id
from core.legal_settings import legal
from disposal_teams.assets.advance import advance_asset, lock_asset
from disposal_teams.assets.models import Asset, AssetState, Seal, SealState
from disposal_teams.assets.rules import IN_FORCE, PREPARATION_STATES
from disposal_teams.assets.seal import seals_of
from disposal_teams.cases.models import CaseState, EnforcementCase
from disposal_teams.plain_text import clean_text
from disposal_teams.transfers.eligibility import (
    TransferFacts,
    answer_days,
    check_eligible,
    surplus_for_requester,
)
from disposal_teams.transfers.facts import bound_until, cases_of, facts_of, values_of
from disposal_teams.transfers.models import (
    OPEN_TRANSFER_STATES,
    TransferBasis,
    TransferRequest,
    TransferState,
)
from disposal_teams.transfers.notify import tell_courts
from disposal_teams.transfers.papers import issue_request_letter
from disposal_teams.transfers.progress import end_transfer, lock_request, move
from disposal_teams.transfers.propose import take_proposals
from disposal_teams.transfers.rules import Step
from disposal_teams.transfers.statement import CaseStatement, checked_statement, statement_of

OPEN_STATES = [str(state) for state in OPEN_TRANSFER_STATES]

also_kept_in("L-29", table=TransferRequest, end="answer_due_at")


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
    statement: CaseStatement | None = None,
) -> TransferRequest:
    """Sign and deliver the 商请移送执行函 (document 26). The answer clock starts on arrival, which is now (C-07, T-04, T-11).

    `effective_title` names the paper that confirms the claim; T-01 cannot go without it. `statement` is the statement of the
    case that T-03 asks for; without one it says what the register knows. Without `estimated_value_fen` the value is what the
    service knows of it. Raises `RuleViolation` for a guard
    that fails, `Conflict` when a request about the asset is open, `InvalidInput`, `NotPermitted`.
    """
    require(work.actor, Permission.REQUEST_TRANSFER, court_code=requesting_case.court_code)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=1000)
    effective_title = clean_text(effective_title, "effective_title", fields, longest=200, required=False)
    right_note = clean_text(right_note, "right_note", fields, longest=200, required=False)
    statement = checked_statement(statement or await statement_of(work, requesting_case), fields)
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
        chain=chain,
        first=first,
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
        estimated_value_fen=facts.estimated_value_fen,
        surplus_fen=surplus_for_requester(facts),
        case_statement=statement.as_stored(),
        requested_at=work.now,
    )
    work.session.add(request)
    try:
        await work.session.flush()
    except IntegrityError as error:
        raise Conflict(_ALREADY_OPEN, rule="T-06") from error
    settings = legal()
    days = answer_days(
        basis,
        national=settings.transfer_answer_days_national,
        province=settings.transfer_answer_days_province,
    )
    deadline = await open_deadline(
        work,
        "L-29",
        subject_kind="transfer",
        subject_id=request.id,
        days=days,
        owner_role=Role.COMMAND_CENTRE,
        owner_court=request.first_court_code,
        asset_id=asset.id,
    )
    request.answer_due_at = deadline.due_at
    letter = await issue_request_letter(work, request, asset, first, deadline.due_at)
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
    await take_proposals(work, asset.id, request.requesting_court_code)
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
    chain: list[Seal],
    first: Seal,
    case: EnforcementCase,
    confirmed: bool,
    claim: bool,
    estimated_value_fen: int | None,
    prior_claims_fen: int,
    first_case_costs_fen: int,
) -> TransferFacts:
    cases = await cases_of(work, {(first.case_no, case.case_no)})
    if estimated_value_fen is None:
        estimated_value_fen = (await values_of(work, [asset.id])).get(asset.id)
    return facts_of(
        asset,
        chain,
        today=work.now.astimezone(COURT_ZONE).date(),
        court_code=case.court_code,
        case_no=case.case_no,
        cases=cases[first.case_no, case.case_no],
        bound_until=(await bound_until(work, [asset.id])).get(asset.id),
        value_fen=estimated_value_fen,
        prior_claims_fen=prior_claims_fen,
        first_case_costs_fen=first_case_costs_fen,
        claims_priority=claim,
        right_confirmed=confirmed,
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
