"""What the pages of the risk role list, and the price warnings that the court of a lot may read."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import case, func
from sqlmodel import col, select

from auction.listing.models import LIVE_STATES, Lot
from auction.risk_signals.models import PRICE_SIGNALS, RiskInquiry, RiskSignal, SignalState, Strength
from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.identity import Permission, Role, may, require


@dataclass(frozen=True, slots=True)
class LotWithSignals:
    """A line of the work list: that there is something to look at, not what."""

    lot: Lot
    open: int
    total: int
    strong: int


async def lots_with_signals(work: Work, *, only_open: bool = True, limit: int = 100) -> list[LotWithSignals]:
    """Ended lots with signals, of the own court (or of all, for the intermediate court), the newest end first (P-03)."""
    require(work.actor, Permission.SEE_SIGNALS)
    is_open = col(RiskSignal.state) == SignalState.OPEN
    query = (
        select(
            Lot,
            func.sum(case((is_open, 1), else_=0)),
            func.count(),
            func.sum(case((col(RiskSignal.strength) == Strength.STRONG, 1), else_=0)),
        )
        .join(RiskSignal, col(RiskSignal.lot_id) == col(Lot.id))
        .group_by(col(Lot.id))
        .order_by(col(Lot.ended_at).desc())
        .limit(limit)
    )
    if only_open:
        query = query.having(func.sum(case((is_open, 1), else_=0)) > 0)
    if Role.INTERMEDIATE_COURT not in work.actor.roles:
        query = query.where(RiskSignal.court_code == work.actor.court_code)
    return [LotWithSignals(*row) for row in (await work.session.exec(query)).all()]


async def inquiries(work: Work, *, limit: int = 100) -> list[tuple[RiskInquiry, Lot]]:
    """The inquiries of the own court: for who asks and for who approves."""
    if not may(work.actor, Permission.SEE_SIGNALS):
        require(work.actor, Permission.APPROVE_INQUIRY)
    query = (
        select(RiskInquiry, Lot)
        .join(Lot, col(Lot.id) == col(RiskInquiry.lot_id))
        .order_by(col(RiskInquiry.decided_at).is_not(None), col(RiskInquiry.asked_at).desc())
        .limit(limit)
    )
    if Role.INTERMEDIATE_COURT not in work.actor.roles:
        query = query.where(RiskInquiry.court_code == work.actor.court_code)
    return [(inquiry, lot) for inquiry, lot in (await work.session.exec(query)).all()]


async def inquiry_file(work: Work, inquiry_id: UUID) -> tuple[RiskInquiry, Lot]:
    """One inquiry for its two persons. Another court's is as unknown as a missing one (P-03)."""
    inquiry = await work.session.get(RiskInquiry, inquiry_id)
    allowed = inquiry is not None and any(
        may(work.actor, permission, court_code=inquiry.court_code)
        for permission in (Permission.SEE_SIGNALS, Permission.APPROVE_INQUIRY)
    )
    if inquiry is None or not allowed:
        raise NotFound(msg("没有找到该调查申请。"))
    lot = await work.session.get(Lot, inquiry.lot_id)
    assert lot is not None
    return inquiry, lot


async def price_warnings(work: Work, lot: Lot) -> list[RiskSignal]:
    """Warnings about the price alone, which name nobody: for the court of an ended lot (§13 no. 6)."""
    require(work.actor, Permission.SEE_COURT_FILES, court_code=lot.court_code)
    if lot.state in LIVE_STATES:
        return []
    rows = await work.session.exec(
        select(RiskSignal).where(
            RiskSignal.lot_id == lot.id, col(RiskSignal.kind).in_(sorted(map(str, PRICE_SIGNALS)))
        )
    )
    return list(rows)
