"""The common superior decides a transfer that the two courts did not settle (T-06, T-12)."""

from collections.abc import Sequence
from datetime import date

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import open_deadline
from core.deadlines.rules import end_of_day
from core.documents import Document
from core.errors import InvalidInput
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from disposal_teams.assets.models import Asset
from disposal_teams.courts.queries import court_of
from disposal_teams.instructions.models import InstructionKind
from disposal_teams.orders.issue import issue_order
from disposal_teams.orders.rules import check_panel
from disposal_teams.plain_text import clean_text
from disposal_teams.transfers.hand_over import hand_over
from disposal_teams.transfers.models import TransferDecision, TransferRequest
from disposal_teams.transfers.notify import tell_courts, tell_parties
from disposal_teams.transfers.papers import issue_transfer_paper
from disposal_teams.transfers.progress import end_transfer, lock_request, move
from disposal_teams.transfers.rules import DECISION_LABELS, Step, check_decision


async def decide_transfer(
    work: Work,
    request: TransferRequest,
    *,
    decision: TransferDecision,
    reason: str,
    due_on: date | None,
    panel: Sequence[str] = (),
) -> TransferRequest:
    """Decide in writing (协调处置决定) and carry it out in the same transaction.

    `designate_requester` and `raise` move the disposal right; `order_first_court` and `joint` leave it. Every decision sets
    a day by which the chosen court must have sold (T-06). `raise` (提级执行) is also a ruling of a `panel` of three or more: the
    superior takes the case in which the asset is disposed of, files its own, and the old one is struck off (T-12, T-20).
    Raises `RuleViolation`, `InvalidInput`, `NotPermitted`.
    """
    require(work.actor, Permission.DECIDE_TRANSFER)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=1000)
    if fields:
        raise InvalidInput(msg("请写明决定理由。"), fields=fields)
    decision = TransferDecision(decision)
    check_decision(decision, due_on=due_on, today=work.now.astimezone(COURT_ZONE).date())
    if decision is TransferDecision.RAISE:
        check_panel(InstructionKind.RAISE, panel)
    request, asset = await lock_request(work, request)
    chosen = _chosen_court(request, decision)
    await move(
        work,
        request,
        Step.DECIDE,
        rule="T-06",
        decision=decision.value,
        chosen_court=chosen,
        due_on=due_on.isoformat() if due_on else None,
        reason=reason,
    )
    request.decision, request.decision_reason = decision, reason
    request.decided_at, request.decided_court_code, request.follow_up_due_on = work.now, chosen, due_on
    paper = await _decision_paper(work, request, asset, chosen)
    request.decision_document_id = paper.id
    if chosen != asset.court_code:
        await hand_over(work, request, asset, to_court=chosen, rule="T-06", paper=paper)
        if decision is TransferDecision.RAISE and due_on is not None:
            await issue_order(
                work,
                case_id=asset.case_id,
                kind=InstructionKind.RAISE,
                chosen_court=chosen,
                reason=reason,
                due_on=due_on,
                panel=panel,
                moved_before=[asset.id],
            )
    else:
        await tell_parties(work, request, asset, paper)
        await end_transfer(work, request, asset, reason="上级法院已作出决定")
    if due_on is not None:
        await open_deadline(
            work,
            "T-06",
            subject_kind="transfer",
            subject_id=request.id,
            due_at=end_of_day(due_on),
            owner_role=Role.DISPOSAL_TEAM,
            owner_court=chosen,
            asset_id=asset.id,
        )
    await tell_courts(work, request, msg("共同上级法院已作出协调处置决定。"))
    return request


def _chosen_court(request: TransferRequest, decision: TransferDecision) -> str:
    if decision is TransferDecision.DESIGNATE_REQUESTER:
        return request.requesting_court_code
    if decision is TransferDecision.RAISE and request.superior_court_code:
        return request.superior_court_code
    return request.first_court_code


async def _decision_paper(work: Work, request: TransferRequest, asset: Asset, chosen: str) -> Document:
    superior = await court_of(work, request.superior_court_code or work.actor.court_code or "05")
    return await issue_transfer_paper(
        work,
        request,
        asset,
        "transfer_decision",
        "decision",
        "处置权协调决定书",
        court_code=superior.code,
        data={
            "court": superior.name,
            "phone": superior.supervision_phone,
            "officer": "",
            "first_court": (await court_of(work, request.first_court_code)).name,
            "requesting_court": (await court_of(work, request.requesting_court_code)).name,
            "chosen_court": (await court_of(work, chosen)).name,
            "decision": str(request.decision),
            "decision_label": DECISION_LABELS[TransferDecision(request.decision or "")],
            "first_case_no": request.first_case_no,
            "reason": request.decision_reason or "",
            "due_on": request.follow_up_due_on.isoformat() if request.follow_up_due_on else "",
        },
    )
