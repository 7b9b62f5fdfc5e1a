"""The first court answers: signs in, returns for supplement, consents or refuses (T-04, T-05, T-11)."""

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import also_kept_in, open_deadline, pause_deadlines, resume_deadlines
from core.documents import Document
from core.errors import InvalidInput, RuleViolation
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from disposal_teams.assets.models import Asset, SealState
from disposal_teams.assets.seal import seal_in_force
from disposal_teams.cases.queries import case_of, parties_of
from disposal_teams.courts.queries import court_of
from disposal_teams.plain_text import clean_text
from disposal_teams.surveys.conduct import latest_survey
from disposal_teams.transfers.hand_over import hand_over
from disposal_teams.transfers.models import RefusalReason, TransferRequest
from disposal_teams.transfers.notify import tell_courts
from disposal_teams.transfers.papers import issue_transfer_paper
from disposal_teams.transfers.progress import answer_clock, close_clocks, lock_request, move
from disposal_teams.transfers.rules import SUPPLEMENT_DAYS, Step
from disposal_teams.transfers.workers import carry_up

also_kept_in("T-03", table=TransferRequest, end="supplement_due_at")


async def receive_request(work: Work, request: TransferRequest) -> TransferRequest:
    """The command centre signs the letter in. The clock has been running since its arrival; signing again changes nothing."""
    require(work.actor, Permission.ANSWER_TRANSFER, court_code=request.first_court_code)
    request, _ = await lock_request(work, request)
    if request.received_at is not None:
        return request
    await move(work, request, Step.RECEIVE, rule="T-11")
    request.received_at = work.now
    return request


async def return_for_supplement(work: Work, request: TransferRequest, *, missing: str) -> TransferRequest:
    """Send the letter back because an annex is missing: once only, 3 days to mend, the clock gets those days (§11.6)."""
    require(work.actor, Permission.ANSWER_TRANSFER, court_code=request.first_court_code)
    missing = _text(missing, "missing", msg("请写明缺少的材料。"))
    request, _ = await lock_request(work, request)
    if request.supplement_note is not None:
        raise RuleViolation("§11.6", msg("只能退回补正一次。请同意、不同意，或逾期由上级法院协调。"))
    await move(work, request, Step.RETURN, rule="§11.6", missing=missing)
    request.supplement_note = missing
    await pause_deadlines(work, asset_id=request.asset_id, subject_kind="transfer")
    mend = await open_deadline(
        work,
        "T-03",
        subject_kind="transfer",
        subject_id=request.id,
        days=SUPPLEMENT_DAYS,
        owner_role=Role.CASE_OFFICER,
        owner_court=request.requesting_court_code,
        asset_id=request.asset_id,
    )
    request.supplement_due_at = mend.due_at
    request.received_at = request.received_at or work.now
    await tell_courts(work, request, msg("商请移送函被退回补正，请在 3 日内补充材料。"))
    return request


async def supplement_request(work: Work, request: TransferRequest, *, added: str) -> TransferRequest:
    """The requesting court adds what was missing; the answer clock goes on with the time that was left."""
    require(work.actor, Permission.REQUEST_TRANSFER, court_code=request.requesting_court_code)
    added = _text(added, "added", msg("请写明补充的材料。"))
    request, _ = await lock_request(work, request)
    await move(work, request, Step.SUPPLEMENT, rule="§11.6", added=added)
    await close_clocks(work, request, "T-03", event="transfer.supplemented")
    await resume_deadlines(work, asset_id=request.asset_id, subject_kind="transfer")
    request.answer_due_at = await answer_clock(work, request)
    await tell_courts(work, request, msg("商请法院已补正材料，答复期限继续计算。"))
    return request


async def consent_transfer(work: Work, request: TransferRequest, *, note: str = "") -> TransferRequest:
    """Issue the 移送执行函 (document 27) and hand the asset over, all in one transaction (T-04, T-05)."""
    require(work.actor, Permission.ANSWER_TRANSFER, court_code=request.first_court_code)
    request, asset = await lock_request(work, request)
    if asset.court_code != request.first_court_code:
        raise RuleViolation("T-01", msg("该标的物的处置权已不在本院，请求已无需答复。"))
    await move(work, request, Step.CONSENT, rule="T-04", note=note[:1000])
    request.answered_at = work.now
    letter = await _consent_letter(work, request, asset)
    request.answer_document_id = letter.id
    await hand_over(work, request, asset, to_court=request.requesting_court_code, rule="T-04", paper=letter)
    await tell_courts(work, request, msg("首封法院已同意移送处置权。"))
    return request


async def refuse_transfer(
    work: Work, request: TransferRequest, *, code: RefusalReason, reason: str
) -> TransferRequest:
    """Answer that the right is not handed over (document 28); the report to the superior follows by itself (T-06, T-11)."""
    require(work.actor, Permission.ANSWER_TRANSFER, court_code=request.first_court_code)
    reason = _text(reason, "reason", msg("请写明不同意移送的理由。"))
    request, asset = await lock_request(work, request)
    await move(work, request, Step.REFUSE, rule="T-06", code=str(code), reason=reason)
    request.answered_at = work.now
    request.refusal_code, request.refusal_reason = RefusalReason(code), reason
    letter = await _letter(
        work, request, asset, "transfer_refusal", "refusal_letter", "不同意移送复函", {"reason": reason}
    )
    request.answer_document_id = letter.id
    await close_clocks(work, request, "L-29", event="transfer.refused")
    await tell_courts(work, request, msg("首封法院不同意移送，将自动报请共同上级法院协调。"))
    await carry_up.later(work, key=f"{request.id}:refused", transfer_id=request.id)
    return request


def _text(value: str, field: str, missing: Message) -> str:
    fields: dict[str, Message] = {}
    clean = clean_text(value, field, fields, longest=1000)
    if fields:
        raise InvalidInput(missing, fields=fields)
    return clean


async def _consent_letter(work: Work, request: TransferRequest, asset: Asset) -> Document:
    seal = await seal_in_force(work, asset.id)
    survey = await latest_survey(work, asset.id)
    case = await case_of(work, asset.case_id)
    return await _letter(
        work,
        request,
        asset,
        "transfer_letter",
        "consent_letter",
        "移送执行函",
        {
            "first_case_no": case.case_no,
            "first_claim_fen": case.claim_fen,
            "seal_on": (seal.effective_on or seal.registered_on).isoformat() if seal else "",
            "seal_until": seal.expires_on.isoformat() if seal else "",
            "seal_kind": str(seal.kind) if seal else "",
            "seal_in_force": seal is not None and SealState(seal.state) is SealState.EFFECTIVE,
            "right": request.right_note,
            "survey_on": survey.surveyed_on.isoformat() if survey else "",
            "stage": asset.resume_state or asset.state,
            "lease_status": asset.lease_status,
            "parties": len(await parties_of(work, asset.case_id)),
        },
    )


async def _letter(
    work: Work,
    request: TransferRequest,
    asset: Asset,
    kind: str,
    template: str,
    title: str,
    data: dict[str, object],
) -> Document:
    sender = await court_of(work, request.first_court_code)
    addressee = await court_of(work, request.requesting_court_code)
    return await issue_transfer_paper(
        work,
        request,
        asset,
        kind,
        template,
        title,
        court_code=sender.code,
        case_no=request.first_case_no,
        data={
            "court": sender.name,
            "phone": sender.supervision_phone,
            "addressee": addressee.name,
            "answered_case_no": request.requesting_case_no,
            "requested_on": request.requested_at.astimezone(COURT_ZONE).date().isoformat(),
            **data,
        },
    )
