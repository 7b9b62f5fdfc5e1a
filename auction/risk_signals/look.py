"""Look at the signals of a lot: only the risk role, only after the end, only with a reason, and every look is on record."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from auction.listing.models import LIVE_STATES, Lot
from auction.listing.queries import lot_by_number
from auction.risk_signals.models import RiskInquiry, RiskLook, RiskSignal
from auction.risk_signals.rules import check_ended
from core.audit import record
from core.database import Work
from core.errors import InvalidInput, NotFound, NotPermitted
from core.i18n import msg
from core.identity import Permission, may, require
from core.ids import new_id
from core.legal_settings import legal

SHORTEST_REASON = 6


def stream_of(lot_id: UUID) -> str:
    """The audit chain of a lot's signals. It is apart from the lot's own chain, which the whole court reads."""
    return f"risk:{lot_id}"


async def risk_lot(work: Work, lot_no: str) -> Lot:
    """An ended lot for the risk officer. Others', missing and running lots are equally unknown (P-01, P-03)."""
    require(work.actor, Permission.SEE_SIGNALS)
    lot = await lot_by_number(work, lot_no)
    if (
        lot is None
        or lot.state in LIVE_STATES
        or not may(work.actor, Permission.SEE_SIGNALS, court_code=lot.court_code)
    ):
        raise NotFound(msg("没有找到该标的，或其竞价尚未结束。"), rule="P-01")
    return lot


async def open_look(work: Work, lot: Lot, *, reason: str) -> RiskLook:
    """Begin to look, for `reason`; the look lasts `risk_look_minutes`. Raises `InvalidInput` without a real reason."""
    require(work.actor, Permission.SEE_SIGNALS, court_code=lot.court_code)
    check_ended(has_ended=lot.state not in LIVE_STATES)
    reason = " ".join(reason.split())
    if len(reason) < SHORTEST_REASON:
        fault = msg("请写明查看的事由，至少 {least} 个字。", least=SHORTEST_REASON)
        raise InvalidInput(fault, fields={"reason": fault}, rule="P-01")
    assert work.actor.account_id is not None
    look = RiskLook(
        id=new_id(),
        lot_id=lot.id,
        account_id=work.actor.account_id,
        reason=reason[:300],
        opened_at=work.now,
        ends_at=work.now + timedelta(minutes=legal().risk_look_minutes),
    )
    work.session.add(look)
    await record(
        work, "risk.looked_at", stream=stream_of(lot.id), rule="P-01", lot_no=lot.lot_no, reason=look.reason
    )
    return look


async def current_look(work: Work, lot: Lot) -> RiskLook | None:
    """The actor's own look at the lot that still lasts."""
    require(work.actor, Permission.SEE_SIGNALS, court_code=lot.court_code)
    rows = await work.session.exec(
        select(RiskLook)
        .where(
            RiskLook.lot_id == lot.id,
            RiskLook.account_id == work.actor.account_id,
            col(RiskLook.ends_at) > work.now,
        )
        .order_by(col(RiskLook.ends_at).desc())
    )
    return rows.first()


@dataclass(frozen=True, slots=True)
class RiskFile:
    """What a look shows: the signals, the inquiries, and who looked before."""

    signals: list[RiskSignal]
    inquiries: list[RiskInquiry]
    looks: list[RiskLook]


async def risk_file(work: Work, lot: Lot) -> RiskFile:
    """The signals of a lot. Raises `NotPermitted` without a look that lasts (`open_look`)."""
    if await current_look(work, lot) is None:
        raise NotPermitted(msg("请先填写查看事由。"), rule="P-01")
    signals = await work.session.exec(
        select(RiskSignal)
        .where(RiskSignal.lot_id == lot.id)
        .order_by(col(RiskSignal.found_at), col(RiskSignal.id))
    )
    inquiries = await work.session.exec(
        select(RiskInquiry).where(RiskInquiry.lot_id == lot.id).order_by(col(RiskInquiry.asked_at).desc())
    )
    looks = await work.session.exec(
        select(RiskLook).where(RiskLook.lot_id == lot.id).order_by(col(RiskLook.opened_at).desc()).limit(20)
    )
    return RiskFile(list(signals), list(inquiries), list(looks))
