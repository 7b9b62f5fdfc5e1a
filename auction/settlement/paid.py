"""The price is paid in full: the buyer's clock stops, the court's clock for the ruling starts (B-70, B-71, L-19)."""

from auction.approvals.models import ApprovalState, TransferApproval
from auction.grace.models import BalanceGrace, GraceState
from auction.listing.models import Lot
from auction.listing.note import note_lot
from auction.listing.parts import advance_lot_assets
from auction.proceeds.models import ProceedsSource
from auction.proceeds.open_file import open_proceeds
from auction.settlement.models import Settlement, SettlementState
from auction.settlement.rules import check_transition
from core.database import Work
from core.deadlines import meet_deadline, open_deadline
from core.identity import Role
from disposal_teams.assets.models import AssetState


async def balance_paid(work: Work, settlement: Settlement, lot: Lot) -> None:
    """Note that a locked settlement is paid in full."""
    check_transition(SettlementState(settlement.state), SettlementState.PAID_FULL)
    settlement.state = SettlementState.PAID_FULL
    settlement.paid_full_at = work.now
    grace = await work.session.get(BalanceGrace, lot.id)
    if grace is not None and grace.state == GraceState.ASKED:
        grace.state = GraceState.LAPSED
    await meet_deadline(work, "L-18", subject_kind="lot", subject_id=lot.id, done_event="sale.paid_full")
    approval = await work.session.get(TransferApproval, lot.id)
    if approval is None or approval.state == ApprovalState.APPROVED:
        await start_ruling_clock(work, lot, trigger="sale.paid_full")
    await advance_lot_assets(work, lot, AssetState.PAID, reason="价款付清", rule="B-70")
    await note_lot(work, lot, "sale.paid_full", "B-70", price_fen=settlement.price_fen)
    await open_proceeds.later(
        work, key=f"{ProceedsSource.SALE}:{lot.id}", source=ProceedsSource.SALE, source_id=lot.id
    )


async def start_ruling_clock(work: Work, lot: Lot, *, trigger: str) -> None:
    """Ten days for the ruling (L-19): from full payment, or from the approval that the transfer needs (B-75)."""
    await open_deadline(
        work,
        "L-19",
        subject_kind="lot",
        subject_id=lot.id,
        owner_role=Role.CASE_OFFICER,
        owner_court=lot.court_code,
        asset_id=lot.asset_id,
        case_id=lot.case_id,
        lot_id=lot.id,
        trigger_event=trigger,
    )
