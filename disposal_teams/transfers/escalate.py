"""Nobody needs to push: silence is found, the superior gets its report, missed orders reopen (T-06, T-11, T-12)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, text
from sqlmodel import col, select

from core.audit import record
from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import also_kept_in, open_deadline
from core.errors import NotFound
from core.i18n import msg
from core.identity import Role
from core.legal_settings import legal
from core.money import yuan
from disposal_teams.assets.advance import advance_asset
from disposal_teams.assets.labels import STATE_LABELS
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.assets.rules import PREPARATION_STATES
from disposal_teams.assets.seal import seal_in_force
from disposal_teams.cases.queries import case_by_number
from disposal_teams.cases.rules import ENFORCING_TYPES, parse_case_number
from disposal_teams.courts.queries import all_courts, court_names, court_of, superior_of_both
from disposal_teams.courts.tell import tell_court
from disposal_teams.transfers.models import (
    OPEN_TRANSFER_STATES,
    RefusalReason,
    TransferBasis,
    TransferRequest,
    TransferState,
)
from disposal_teams.transfers.notify import tell_courts, tell_superior
from disposal_teams.transfers.papers import issue_transfer_paper, last_day
from disposal_teams.transfers.progress import close_clocks, end_transfer, lock_request, move
from disposal_teams.transfers.rules import (
    BASIS_LABELS,
    REFUSAL_LABELS,
    CoordinationFactor,
    Step,
    coordination_factors,
)

BATCH = 200

_HOLDER = func.coalesce(TransferRequest.decided_court_code, TransferRequest.first_court_code)
"""The court that a request finds in charge: the first one, or the one that the superior chose before it was reopened."""

also_kept_in("L-30", table=TransferRequest, end="decision_due_at")


async def next_step_due(work: Work) -> datetime | None:
    """The first moment at which a request's answer, supplement or decided time runs out, whether ahead or past."""
    query = text(
        """
        SELECT least(
            (SELECT min(answer_due_at) FROM transfer_request WHERE state IN ('requested', 'received')),
            (SELECT min(supplement_due_at) FROM transfer_request WHERE state = 'returned_for_supplement'),
            (SELECT min((follow_up_due_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai') FROM transfer_request
              WHERE state = 'decided' AND completed_at IS NULL))
        """
    )
    at: datetime | None = (await work.session.execute(query)).scalar_one()
    return at


async def due_transfers(work: Work) -> list[TransferRequest]:
    """Requests on which the system must act now: unanswered in time, refused but not reported, moot, or an order missed."""
    today = work.now.astimezone(COURT_ZONE).date()
    open_states = [str(state) for state in OPEN_TRANSFER_STATES]
    unanswered = col(TransferRequest.state).in_([TransferState.REQUESTED, TransferState.RECEIVED]) & (
        col(TransferRequest.answer_due_at) <= work.now
    )
    unmended = (col(TransferRequest.state) == TransferState.RETURNED_FOR_SUPPLEMENT) & (
        col(TransferRequest.supplement_due_at) <= work.now
    )
    unreported = col(TransferRequest.state).in_([TransferState.REFUSED, TransferState.SILENT])
    moot = col(TransferRequest.state).in_(open_states) & (
        (col(Asset.court_code) != _HOLDER) | col(Asset.first_listed_at).is_not(None)
    )
    missed = (
        (col(TransferRequest.state) == TransferState.DECIDED)
        & (col(TransferRequest.follow_up_due_on) < today)
        & col(TransferRequest.completed_at).is_(None)
    )
    rows = await work.session.exec(
        select(TransferRequest)
        .join(Asset, col(Asset.id) == col(TransferRequest.asset_id))
        .where(unanswered | unmended | unreported | moot | missed)
        .order_by(col(TransferRequest.requested_at))
        .limit(BATCH)
    )
    return list(rows)


async def escalate(work: Work, transfer_id: UUID) -> None:
    """Take the step that is due on this request, whatever it is. Running it again, or too early, changes nothing."""
    found = await work.session.get(TransferRequest, transfer_id)
    if found is None:
        raise NotFound(msg("没有找到该移送请求。"))
    request, asset = await lock_request(work, found)
    state = TransferState(request.state)
    holder = request.decided_court_code or request.first_court_code
    if state in OPEN_TRANSFER_STATES and asset.court_code != holder:
        await move(work, request, Step.RECALL, rule="T-01", reason="处置权已另行变动")
        await end_transfer(work, request, asset, reason="商请移送已无必要")
        return
    if state in OPEN_TRANSFER_STATES and asset.first_listed_at is not None:
        await move(work, request, Step.RECALL, rule="T-01", reason="首封法院经同意已发布拍卖公告")
        await end_transfer(work, request, asset, reason="首封法院已发布拍卖公告")
        return
    if state is TransferState.RETURNED_FOR_SUPPLEMENT:
        if request.supplement_due_at is not None and request.supplement_due_at <= work.now:
            await move(work, request, Step.RECALL, rule="§11.6", reason="逾期未补正")
            await end_transfer(work, request, asset, reason="逾期未补正")
        return
    if state in {TransferState.REQUESTED, TransferState.RECEIVED}:
        if request.answer_due_at is None or request.answer_due_at > work.now:
            return
        await move(work, request, Step.FALL_SILENT, rule="T-11")
        state = TransferState.SILENT
    if state in {TransferState.REFUSED, TransferState.SILENT}:
        await _report(work, request, asset)
    elif state is TransferState.DECIDED:
        await _reopen_missed_order(work, request, asset)


async def _report(work: Work, request: TransferRequest, asset: Asset) -> None:
    """Draft the 协调请示报告 (document 28) with both sides' facts and start the superior's five days (T-11, T-12)."""
    superior = await superior_of_both(work, request.first_court_code, request.requesting_court_code)
    if superior is None:
        raise NotFound(msg("两院没有共同上级法院的记录，请先维护法院名录。"))
    silent = TransferState(request.state) is TransferState.SILENT
    await move(work, request, Step.REPORT, rule="T-11", superior=superior)
    request.superior_court_code = superior
    deadline = await open_deadline(
        work,
        "L-30",
        subject_kind="transfer",
        subject_id=request.id,
        days=legal().transfer_decision_days,
        owner_role=Role.INTERMEDIATE_COURT,
        owner_court=superior,
        asset_id=asset.id,
    )
    request.decision_due_at = deadline.due_at
    names = await court_names(work)
    first_case = await case_by_number(work, request.first_case_no)
    factors = await weigh(work, request)
    sender = await court_of(work, request.requesting_court_code)
    refusal = ""
    if request.refusal_code:
        refusal = f"{REFUSAL_LABELS[RefusalReason(request.refusal_code)]}。{request.refusal_reason or ''}"
    report = await issue_transfer_paper(
        work,
        request,
        asset,
        "transfer_report",
        "coordination_report",
        "处置权争议协调请示报告",
        court_code=sender.code,
        data={
            "court": sender.name,
            "phone": sender.supervision_phone,
            "officer": "",
            "addressee": (await court_of(work, superior)).name,
            "first_court": (await court_of(work, request.first_court_code)).name,
            "first_case_no": request.first_case_no,
            "basis": BASIS_LABELS[TransferBasis(request.basis)],
            "requested_on": request.requested_at.astimezone(COURT_ZONE).date().isoformat(),
            "answer_by": last_day(request.answer_due_at) if request.answer_due_at else "",
            "silent": silent,
            "refusal": refusal,
            "reason": request.reason,
            "claim_fen": request.claim_fen,
            "value": yuan(request.estimated_value_fen) if request.estimated_value_fen else "未知",
            "surplus": yuan(request.surplus_fen) if request.surplus_fen is not None else "未知",
            "statement": request.case_statement,
            "first_claim_fen": first_case.claim_fen if first_case else 0,
            "first_stage": STATE_LABELS[AssetState(asset.resume_state or asset.state)],
            "factors": [[str(factor.label), names.get(factor.points_to or "", "持平")] for factor in factors],
            "decide_by": last_day(deadline.due_at),
        },
    )
    request.report_document_id = report.id
    await tell_superior(work, request, superior)
    await tell_courts(work, request, msg("移送争议已自动报请共同上级法院协调。"))


async def flag_silent_superior(work: Work, transfer_id: UUID) -> None:
    """The superior has not decided in its five days (L-30): its president and vice president are told, and both courts.

    The request goes on waiting for the decision; the courts may ask the next level by letter (T-06, T-17).
    """
    request = await work.session.get_one(TransferRequest, transfer_id)
    if TransferState(request.state) is not TransferState.COORDINATING or not request.superior_court_code:
        return
    await record(
        work,
        "transfer.superior_silent",
        stream=f"asset:{request.asset_id}",
        rule="T-12",
        asset_id=request.asset_id,
        transfer=str(request.id),
        superior=request.superior_court_code,
    )
    await tell_court(
        work,
        request.superior_court_code,
        Role.PRESIDENT,
        Role.VICE_PRESIDENT,
        Role.INTERMEDIATE_COURT,
        key=f"transfer:{request.id}:superior-silent:{request.decision_due_at}",
        title=msg("移送争议逾期未决"),
        body=msg("案件 {case_no} 的处置权争议已满协调期限仍未决定。", case_no=request.requesting_case_no),
        link=f"/supervision/transfers/{request.id}",
    )
    await tell_courts(work, request, msg("上级法院协调期限已满，尚未决定；可以逐级报请上一级法院。"))


async def _reopen_missed_order(work: Work, request: TransferRequest, asset: Asset) -> None:
    """The chosen court let the day pass that it was given: the superior decides again (§11.6)."""
    today = work.now.astimezone(COURT_ZONE).date()
    missed = request.follow_up_due_on is not None and request.follow_up_due_on < today
    if not missed or request.completed_at is not None:
        return
    await close_clocks(work, request, "T-06", event="transfer.order_missed")
    if asset.first_listed_at is not None:
        request.completed_at = work.now
        return
    other = await work.session.exec(
        select(TransferRequest.id).where(
            TransferRequest.asset_id == asset.id,
            col(TransferRequest.state).in_([str(state) for state in OPEN_TRANSFER_STATES]),
        )
    )
    if other.first() is not None:
        request.completed_at = work.now
        return
    await move(work, request, Step.REOPEN, rule="T-06", missed=str(request.follow_up_due_on))
    deadline = await open_deadline(
        work,
        "L-30",
        subject_kind="transfer",
        subject_id=request.id,
        days=legal().transfer_decision_days,
        owner_role=Role.INTERMEDIATE_COURT,
        owner_court=request.superior_court_code,
        asset_id=asset.id,
    )
    request.decision_due_at, request.follow_up_due_on = deadline.due_at, None
    if AssetState(asset.state) in PREPARATION_STATES:
        await advance_asset(
            work, asset, AssetState.TRANSFER_PENDING, reason="逾期未处置，重新协调", rule="T-06"
        )
    await tell_superior(work, request, request.superior_court_code or "")


async def weigh(work: Work, request: TransferRequest) -> tuple[CoordinationFactor, ...]:
    """The factors of T-06 for a request, as the report and the superior's page show them."""
    asset = await work.session.get(Asset, request.asset_id)
    seal = await seal_in_force(work, request.asset_id)
    return coordination_factors(
        first_court=request.first_court_code,
        requesting_court=request.requesting_court_code,
        first_is_enforcing=parse_case_number(request.first_case_no).type in ENFORCING_TYPES,
        asset_court=await _court_of_district(work, asset.district if asset else ""),
        first_claim_fen=seal.claim_fen if seal else 0,
        requesting_claim_fen=request.claim_fen,
        price_in_work=asset is not None
        and AssetState(asset.resume_state or asset.state) in {AssetState.VALUATION, AssetState.READY_TO_LIST},
        value_fen=request.estimated_value_fen,
        small_claim_percent=legal().transfer_small_claim_percent,
    )


async def _court_of_district(work: Work, district: str) -> str | None:
    return next(
        (court.code for court in await all_courts(work) if district and court.district == district), None
    )
