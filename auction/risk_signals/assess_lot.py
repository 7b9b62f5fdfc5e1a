"""Assess a lot after its end: open its traces, find the signals, keep them for the risk officer (§12.2 worker 13)."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from auction.listing.models import LIVE_STATES, Lot
from auction.registration.models import Registration
from auction.risk_signals.facts import Finding, Thresholds
from auction.risk_signals.gather import gather_facts
from auction.risk_signals.models import RiskSignal
from auction.risk_signals.rules import assess, check_ended
from core.database import Work
from core.errors import NotFound
from core.i18n import msg
from core.ids import new_id
from core.legal_settings import legal
from core.outbox import task


def thresholds() -> Thresholds:
    """The limits in force."""
    law = legal()
    return Thresholds(
        price_percent=law.risk_price_percent,
        similar_percent=law.risk_similar_percent,
        similar_least=law.risk_similar_least,
        jump_steps=law.risk_jump_steps,
        jump_percent=law.risk_jump_percent,
        pair_lots=law.risk_pair_lots,
        withdrawal_hours=law.risk_withdrawal_hours,
    )


def assessment_key(lot: Lot, settlement_state: str = "-") -> str:
    """The occasion of an assessment: each turn of the sale brings new facts."""
    return f"{lot.id}:{lot.state}:{settlement_state}"


@task(queue="risk")
async def assess_lot(work: Work, *, lot_id: UUID) -> None:
    """Find the signals of an ended lot. Assessing again adds what has come since (a payment, a default) and changes nothing else.

    Neither the audit chain of the lot nor any notice tells of it: that there is a signal is itself for one role only.
    """
    lot = await work.session.get(Lot, lot_id)
    if lot is None:
        raise NotFound(msg("没有找到该拍品。"))
    check_ended(has_ended=lot.state not in LIVE_STATES)
    findings = assess(await gather_facts(work, lot), thresholds())
    if not findings:
        return
    codes = await _codes(work, lot.id)
    for finding in findings:
        await work.session.execute(
            insert(RiskSignal)
            .values(_row(work, lot, finding, codes))
            .on_conflict_do_nothing(constraint="risk_signal_once")
        )


async def _codes(work: Work, lot_id: UUID) -> dict[UUID, str]:
    rows = await work.session.exec(
        select(Registration.id, Registration.code).where(
            Registration.lot_id == lot_id, col(Registration.code).is_not(None)
        )
    )
    return {entry: code for entry, code in rows.all() if code}


def _row(work: Work, lot: Lot, finding: Finding, codes: dict[UUID, str]) -> dict[str, object]:
    return {
        "id": new_id(),
        "lot_id": lot.id,
        "court_code": lot.court_code,
        "kind": finding.kind,
        "about": finding.about,
        "strength": finding.strength,
        "registrations": list(finding.registrations),
        "codes": [codes.get(each, "") for each in finding.registrations],
        "figures": finding.figures,
        "state": "open",
        "found_at": work.now,
    }
