"""The ruling that passes ownership, its service, and the notice to the registry (B-71, B-73)."""

from uuid import UUID

from auction.approvals.models import TransferApproval
from auction.approvals.rules import ruling_hindrance
from auction.listing.models import Lot
from auction.listing.note import note_lot
from auction.listing.parts import advance_lot_assets, refuse_while_objected
from auction.purchase_limits.proofs import ruling_gap
from auction.registration.models import Registration
from auction.settlement.models import Settlement, SettlementState
from auction.settlement.papers import issue_paper, sale_data
from auction.settlement.rules import check_registry_notice, check_transition
from auction.settlement.tell_buyer import tell_buyer
from core.database import Work
from core.deadlines import meet_deadline, open_deadline
from core.errors import NotFound, RuleViolation
from core.i18n import msg
from core.identity import Permission, Role, require
from core.legal_settings import legal
from disposal_teams.assets.models import AssetState

S = SettlementState


async def settlement_for_update(work: Work, lot_id: UUID) -> tuple[Settlement, Lot]:
    """Settlement and lot, locked. Raises `NotFound`."""
    settlement = await work.session.get(Settlement, lot_id, with_for_update=True, populate_existing=True)
    lot = await work.session.get(Lot, lot_id)
    if settlement is None or lot is None:
        raise NotFound(msg("该标的物没有成交结算。"))
    return settlement, lot


async def issue_ruling(work: Work, lot_id: UUID) -> Settlement:
    """Make the sale ruling within 10 days of full payment (B-71, L-19). Raises `NotPermitted`, `RuleViolation`."""
    settlement, lot = await settlement_for_update(work, lot_id)
    require(work.actor, Permission.ISSUE_RULING, court_code=lot.court_code)
    check_transition(S(settlement.state), S.RULING_ISSUED)
    await refuse_while_objected(work, lot)
    approval = await work.session.get(TransferApproval, lot_id)
    if hindrance := ruling_hindrance(approval.state if approval else None):
        raise RuleViolation("B-75", hindrance)
    registration = await work.session.get_one(Registration, settlement.registration_id)
    if gap := await ruling_gap(work, registration, lot):
        raise RuleViolation("B-17", gap, remedy=msg("请登记购房资格证明后再作出裁定。"))
    data = {**await sale_data(work, lot, settlement), "officer": work.actor.name}
    settlement.ruling_document_id = (await issue_paper(work, lot, "sale_ruling", "sale_ruling", data)).id
    settlement.state = S.RULING_ISSUED
    settlement.ruling_issued_at = work.now
    await note_lot(work, lot, "sale.ruling_issued", "B-71")
    return settlement


async def serve_ruling(work: Work, lot_id: UUID) -> Settlement:
    """Serve the ruling on the buyer: ownership passes, every seal ends (B-71, A-03). Starts the clocks of B-72 and B-73."""
    settlement, lot = await settlement_for_update(work, lot_id)
    require(work.actor, Permission.ISSUE_RULING, court_code=lot.court_code)
    check_transition(S(settlement.state), S.RULING_SERVED)
    await refuse_while_objected(work, lot)
    settlement.state = S.RULING_SERVED
    settlement.ruling_served_at = work.now
    await meet_deadline(work, "L-19", subject_kind="lot", subject_id=lot.id, done_event="sale.ruling_served")
    for rule, days in (("L-20", legal().registry_notice_days), ("L-21", None)):
        await open_deadline(
            work,
            rule,
            subject_kind="lot",
            subject_id=lot.id,
            days=days,
            owner_role=Role.CASE_OFFICER,
            owner_court=lot.court_code,
            asset_id=lot.asset_id,
            case_id=lot.case_id,
            lot_id=lot.id,
            trigger_event="sale.ruling_served",
        )
    await advance_sold_asset(work, lot, AssetState.RULED, "成交裁定送达", "B-71")
    await note_lot(work, lot, "sale.ruling_served", "B-71")
    await tell_buyer(
        work,
        settlement,
        lot,
        "ruling",
        msg("成交裁定已送达"),
        msg("“{title}”的成交裁定已送达，所有权自送达时转移。", title=lot.title),
    )
    return settlement


async def send_registry_notice(work: Work, lot_id: UUID) -> Settlement:
    """Ask the registry to transfer the asset and to lift every seal and mortgage (B-73, L-20)."""
    settlement, lot = await settlement_for_update(work, lot_id)
    require(work.actor, Permission.ISSUE_RULING, court_code=lot.court_code)
    check_registry_notice(S(settlement.state), sent_at=settlement.transfer_notice_sent_at)
    data = {**await sale_data(work, lot, settlement), "officer": work.actor.name}
    await issue_paper(work, lot, "assistance_notice", "assistance_notice", data)
    if settlement.state != S.DELIVERED:
        settlement.state = S.TRANSFER_NOTICE_SENT
    settlement.transfer_notice_sent_at = work.now
    await meet_deadline(
        work, "L-20", subject_kind="lot", subject_id=lot.id, done_event="sale.registry_notified"
    )
    await note_lot(work, lot, "sale.registry_notified", "B-73")
    return settlement


async def advance_sold_asset(work: Work, lot: Lot, state: AssetState, reason: str, rule: str) -> None:
    """Bring the assets of a sale to their next state."""
    await advance_lot_assets(work, lot, state, reason=reason, rule=rule)
