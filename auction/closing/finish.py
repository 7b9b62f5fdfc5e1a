"""After the end: each next step is a task of its own, so that a crash between two of them loses nothing."""

from uuid import UUID

from auction.in_kind.workers import ask_creditors
from auction.listing.models import Lot, LotState, Round
from auction.listing.parts import advance_lot_assets
from auction.listing.workers import plan_next_round
from auction.payments.refunds import release_deposits
from auction.risk_signals.assess_lot import assess_lot, assessment_key
from auction.settlement.confirm import confirm_sale
from auction.settlement.papers import issue_failed_notice
from auction.unsold.workers import ask_what_follows, tell_debtor_choices
from core.database import Work
from core.deadlines import meet_deadline
from core.outbox import task
from disposal_teams.assets.models import AssetState


@task(queue="closing")
async def finish_lot(work: Work, *, lot_id: UUID) -> None:
    """Set the finalisation of an ended lot in motion (architecture: how a lot closes)."""
    lot = await work.session.get(Lot, lot_id)
    assert lot is not None
    await release_deposits.later(work, key=f"{lot_id}:{lot.state}", lot_id=lot_id)
    await assess_lot.later(work, key=assessment_key(lot), lot_id=lot_id)
    if lot.state == LotState.SOLD:
        await advance_lot_assets(work, lot, AssetState.SOLD_PENDING_PAYMENT, reason="拍卖成交", rule="B-43")
        await confirm_sale.later(work, key=str(lot_id), lot_id=lot_id)
    elif lot.state in (LotState.FAILED, LotState.SELLOFF_FAILED):
        await issue_failed_notice.later(work, key=str(lot_id), lot_id=lot_id)
        await ask_creditors.later(work, key=str(lot_id), lot_id=lot_id)
        if lot.state == LotState.FAILED:
            await plan_next_round.later(work, key=str(lot_id), lot_id=lot_id)
        else:
            await ask_what_follows.later(work, key=str(lot_id), lot_id=lot_id)
        if lot.round == Round.SECOND:
            await tell_debtor_choices.later(work, key=str(lot_id), lot_id=lot_id)
    if lot.round == Round.SELL_OFF:
        await meet_deadline(work, "L-24", subject_kind="lot", subject_id=lot.id, done_event="sell_off.ended")
