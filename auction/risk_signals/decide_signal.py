"""Decide on signals: dismiss them, or ask for an inquiry that a second person approves; only then identities open (P-01)."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from auction.listing.models import Lot
from auction.registration.identity import ApprovedInquiry, BidderIdentity, reveal_for_inquiry
from auction.registration.models import Registration
from auction.risk_signals.look import current_look, stream_of
from auction.risk_signals.models import InquiryState, RiskInquiry, RiskSignal, SignalState
from auction.risk_signals.rules import check_second_person, check_still_open
from core.audit import record
from core.database import Work
from core.errors import InvalidInput, NotFound, NotPermitted
from core.i18n import msg
from core.identity import Permission, Role, require
from core.ids import new_id
from disposal_teams.courts.tell import tell_court

APPROVERS = (Role.VICE_PRESIDENT, Role.PRESIDENT)
SHORTEST_REASON = 6


def _checked_reason(reason: str) -> str:
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        fault = msg("请写明理由，至少 {least} 个字。", least=SHORTEST_REASON)
        raise InvalidInput(fault, fields={"reason": fault}, rule="P-05")
    return reason[:1000]


async def _looked_at(work: Work, lot: Lot, signal_ids: Sequence[UUID]) -> list[RiskSignal]:
    """Locked signals of a lot that the actor is looking at."""
    if await current_look(work, lot) is None:
        raise NotPermitted(msg("请先填写查看事由。"), rule="P-01")
    rows = await work.session.exec(
        select(RiskSignal)
        .where(RiskSignal.lot_id == lot.id, col(RiskSignal.id).in_(signal_ids))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    signals = list(rows)
    if not signals or len(signals) != len(set(signal_ids)):
        raise NotFound(msg("没有找到所选的线索。"))
    for signal in signals:
        check_still_open(is_open=signal.state == SignalState.OPEN)
    return signals


def _decide(work: Work, signal: RiskSignal, state: SignalState, reason: str) -> None:
    signal.state = state
    signal.decided_by, signal.decided_at, signal.decision_reason = work.actor.account_id, work.now, reason


async def dismiss_signal(work: Work, lot: Lot, signal_id: UUID, *, reason: str) -> RiskSignal:
    """Put a signal aside, with the reason. Raises `InvalidInput`, `Conflict` when it was decided already."""
    reason = _checked_reason(reason)
    (signal,) = await _looked_at(work, lot, [signal_id])
    _decide(work, signal, SignalState.DISMISSED, reason)
    await record(
        work, "risk.signal_dismissed", stream=stream_of(lot.id), rule="P-05", signal=str(signal.id), kind=signal.kind,
        reason=reason,
    )  # fmt: skip
    return signal


async def ask_inquiry(work: Work, lot: Lot, signal_ids: Sequence[UUID], *, reason: str) -> RiskInquiry:
    """Ask a second person to approve an inquiry into the entries behind the signals (P-01).

    Raises `InvalidInput`, `Conflict` while another inquiry of the lot is open.
    """
    reason = _checked_reason(reason)
    signals = await _looked_at(work, lot, signal_ids)
    open_one = await work.session.exec(
        select(RiskInquiry.id).where(
            RiskInquiry.lot_id == lot.id,
            col(RiskInquiry.state).in_([InquiryState.ASKED, InquiryState.APPROVED]),
        )
    )
    check_still_open(is_open=open_one.first() is None)
    concerned = {
        entry: code
        for signal in signals
        for entry, code in zip(signal.registrations, signal.codes, strict=True)
    }
    if not concerned:
        raise InvalidInput(msg("所选线索没有涉及竞买人，无须查看身份。"), rule="P-01")
    assert work.actor.account_id is not None
    inquiry = RiskInquiry(
        id=new_id(),
        lot_id=lot.id,
        court_code=lot.court_code,
        registrations=list(concerned),
        codes=list(concerned.values()),
        reason=reason,
        asked_by=work.actor.account_id,
        asked_at=work.now,
    )
    work.session.add(inquiry)
    await work.session.flush()
    for signal in signals:
        _decide(work, signal, SignalState.UNDER_INQUIRY, reason)
        signal.inquiry_id = inquiry.id
    await record(
        work, "risk.inquiry_asked", stream=stream_of(lot.id), rule="P-01", inquiry=str(inquiry.id), reason=reason,
        codes=inquiry.codes,
    )  # fmt: skip
    await tell_court(
        work,
        lot.court_code,
        *APPROVERS,
        key=f"risk-inquiry:{inquiry.id}",
        title=msg("有一份调查申请待审批"),
        body=msg("风险核查岗位申请在竞价结束后查看竞买人身份，请审批。"),
        link=f"/risk/inquiries/{inquiry.id}",
    )
    return inquiry


async def inquiry_for_update(work: Work, inquiry_id: UUID) -> RiskInquiry:
    """An inquiry, locked. Raises `NotFound`."""
    inquiry = await work.session.get(RiskInquiry, inquiry_id, with_for_update=True, populate_existing=True)
    if inquiry is None:
        raise NotFound(msg("没有找到该调查申请。"))
    return inquiry


async def decide_inquiry(work: Work, inquiry_id: UUID, *, approve: bool, reason: str) -> RiskInquiry:
    """Approve or refuse. Raises `RuleViolation` for who asked (P-01), `Conflict` when it is decided."""
    inquiry = await inquiry_for_update(work, inquiry_id)
    require(work.actor, Permission.APPROVE_INQUIRY, court_code=inquiry.court_code)
    reason = _checked_reason(reason)
    assert work.actor.account_id is not None
    check_second_person(asked_by=inquiry.asked_by, decided_by=work.actor.account_id)
    check_still_open(is_open=inquiry.state == InquiryState.ASKED)
    inquiry.state = InquiryState.APPROVED if approve else InquiryState.REFUSED
    inquiry.decided_by, inquiry.decided_at, inquiry.decision_reason = work.actor.account_id, work.now, reason
    if not approve:
        await _give_back(work, inquiry, SignalState.OPEN)
    await record(
        work, "risk.inquiry_decided", stream=stream_of(inquiry.lot_id), rule="P-01", inquiry=str(inquiry.id),
        approved=approve, reason=reason,
    )  # fmt: skip
    return inquiry


async def reveal_identities(work: Work, inquiry_id: UUID) -> list[tuple[str, BidderIdentity]]:
    """(code, identity) of the entries of an approved inquiry, for who asked for it. Every opening is on record (P-01).

    Raises `NotPermitted` before the approval and for everybody else.
    """
    inquiry = await inquiry_for_update(work, inquiry_id)
    require(work.actor, Permission.SEE_SIGNALS, court_code=inquiry.court_code)
    if inquiry.state != InquiryState.APPROVED or inquiry.asked_by != work.actor.account_id:
        raise NotPermitted(msg("只有经批准的调查，才能由申请人查看竞买人身份。"), rule="P-01")
    assert inquiry.decided_by is not None
    approval = ApprovedInquiry(inquiry.id, inquiry.asked_by, inquiry.decided_by)
    lot = await work.session.get(Lot, inquiry.lot_id)
    assert lot is not None
    opened = []
    for registration_id, code in zip(inquiry.registrations, inquiry.codes, strict=True):
        registration = await work.session.get(Registration, registration_id)
        assert registration is not None
        opened.append((code, await reveal_for_inquiry(work, registration, lot, approval)))
    await record(
        work, "risk.identities_opened", stream=stream_of(lot.id), rule="P-01", inquiry=str(inquiry.id),
        codes=inquiry.codes,
    )  # fmt: skip
    return opened


async def close_inquiry(work: Work, inquiry_id: UUID, *, confirmed: bool, result: str) -> RiskInquiry:
    """End an approved inquiry with its result; from then on identities are closed again.

    `confirmed`: collusion was found, so that the sale may be challenged (B-55) or the bidders sanctioned.
    """
    inquiry = await inquiry_for_update(work, inquiry_id)
    require(work.actor, Permission.SEE_SIGNALS, court_code=inquiry.court_code)
    result = _checked_reason(result)
    check_still_open(is_open=inquiry.state == InquiryState.APPROVED)
    inquiry.state, inquiry.closed_at, inquiry.result = InquiryState.CLOSED, work.now, result
    await _give_back(work, inquiry, SignalState.CONFIRMED if confirmed else SignalState.DISMISSED)
    await record(
        work, "risk.inquiry_closed", stream=stream_of(inquiry.lot_id), rule="B-55", inquiry=str(inquiry.id),
        confirmed=confirmed, result=result,
    )  # fmt: skip
    return inquiry


async def _give_back(work: Work, inquiry: RiskInquiry, state: SignalState) -> None:
    signals = await work.session.exec(
        select(RiskSignal).where(RiskSignal.inquiry_id == inquiry.id).with_for_update()
    )
    for signal in signals:
        signal.state = state
        if state is SignalState.OPEN:
            signal.inquiry_id = None
