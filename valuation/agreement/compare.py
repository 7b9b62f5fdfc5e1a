"""Compare the sealed prices when all are in or the period is over (V-02)."""

from uuid import UUID

from sqlmodel import select

from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines import meet_deadline
from core.errors import RuleViolation
from core.i18n import msg
from core.identity import Permission, require
from disposal_teams.assets.models import Asset
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.queries import parties_of
from valuation.agreement.invite import negotiating_parties
from valuation.agreement.models import AgreementEntry
from valuation.agreement.rules import agreed_validity, compare
from valuation.agreement.sealing import opened
from valuation.fix_price import fix_now
from valuation.models import Valuation, ValuationState
from valuation.note import note_valuation
from valuation.queries import valuation_for_update
from valuation.ways.enter import due_ways, end_step, fail_way, open_step
from valuation.ways.models import StepOutcome

OTHERS = frozenset({PartyRole.PRIORITY_CREDITOR, PartyRole.WAITING_SEAL_CREDITOR, PartyRole.CO_OWNER})
"""Persons whom an agreed price could harm: with any of them in the case somebody has to look before it counts."""


async def settle_agreement(work: Work, valuation: Valuation, asset: Asset) -> None:
    """End the agreement when nothing more is to be waited for. The caller holds the valuation's lock."""
    step = await open_step(work, valuation.id)
    if step is None or valuation.state != ValuationState.NEGOTIATING:
        return
    entries = {
        entry.party_id: opened(entry)
        for entry in await work.session.exec(
            select(AgreementEntry).where(AgreementEntry.valuation_id == valuation.id)
        )
    }
    parties = [party.id for party in await negotiating_parties(work, asset.case_id)]
    is_due = step.due_at is not None and work.now >= step.due_at
    result = compare(parties, entries, is_due=is_due)
    if result is None:
        return
    await meet_deadline(
        work, "V-02", subject_kind="valuation", subject_id=valuation.id, done_event="valuation.compared"
    )
    await note_valuation(
        work,
        asset,
        valuation.id,
        "valuation.prices_compared",
        "V-02",
        outcome=str(result.outcome),
        price_fen=result.price_fen,
    )
    if result.price_fen is None:
        await fail_way(work, valuation, asset, result.outcome)
        return
    valuation.price_fen = result.price_fen
    valuation.valid_until = agreed_validity(list(entries.values()), work.now.astimezone(COURT_ZONE).date())
    await end_step(work, valuation, asset, StepOutcome.PRICED)
    others = [party for party in await parties_of(work, asset.case_id) if party.role in OTHERS]
    if not others:
        await fix_now(work, valuation, asset)


async def confirm_agreed_price(work: Work, valuation_id: UUID, *, harms_nobody: bool) -> Valuation:
    """The court has looked whether the agreed price harms others (V-02): fix it, or go the next way.

    Raises `RuleViolation` when no agreed price waits for confirmation.
    """
    valuation, asset = await valuation_for_update(work, valuation_id)
    require(work.actor, Permission.ENTER_VALUATION, court_code=asset.court_code)
    if valuation.state != ValuationState.NEGOTIATING or valuation.price_fen is None:
        raise RuleViolation("V-02", msg("没有等待确认的议价结果。"))
    if harms_nobody:
        await fix_now(work, valuation, asset)
        return valuation
    valuation.price_fen = valuation.valid_until = None
    await fail_way(work, valuation, asset, StepOutcome.REFUSED, note="议价结果损害他人合法权益")
    return valuation


async def end_due_agreements(work: Work, *, limit: int = 100) -> int:
    """Settle agreements whose period is over; returns how many. For the sweep."""
    found = await due_ways(work, ValuationState.NEGOTIATING, limit=limit)
    for valuation, asset in found:
        await settle_agreement(work, valuation, asset)
    return len(found)
