"""Follow objections: stay the live sale at once, let it go on, apply the final result. Each occasion once, repeatable."""

from auction.listing.models import LIVE_STATES, ON_SHOW_STATES, Lot, LotBidding, LotState
from auction.listing.queries import lots_of_asset
from auction.revocation.revoke_sale import revoke_sale
from auction.settlement.models import Settlement, SettlementState
from auction.suspension.end_stay import end_stays
from auction.suspension.grounds import OBJECTION
from auction.suspension.models import StayKind
from auction.suspension.pause import pause_lots
from auction.withdrawal.end_sale import end_sale
from auction.withdrawal.withdraw_lot import withdraw_lot
from core.database import Work
from core.errors import Conflict
from core.i18n import msg
from disposal_teams.assets.advance import advance_asset
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.assets.rules import PREPARATION_STATES
from disposal_teams.objections.followers import Occasion, on_objection
from disposal_teams.objections.models import Objection, ObjectionKind, Outcome, Remedy
from disposal_teams.objections.rules import OUTCOME_LABELS

NOT_YET_THE_BUYERS = frozenset(
    {
        SettlementState.AWAIT_BALANCE,
        SettlementState.QUALIFICATION_RECHECK,
        SettlementState.PAID_FULL,
        SettlementState.RULING_ISSUED,
    }
)
"""The asset is sold but has not passed to the buyer: stopping its disposal undoes the sale (B-61)."""


@on_objection
async def follow_objection(work: Work, objection: Objection, occasion: Occasion) -> None:
    """Do to the sale what the objection asks for."""
    if occasion is Occasion.STAYED:
        await _stay(work, objection)
    elif occasion is Occasion.CONTINUES:
        await _let_go(work, objection, "申请执行人提供担保，依法继续处置")
    else:
        await _apply(work, objection)


def source_of(objection: Objection) -> str:
    """How the stays of an objection are known."""
    return f"objection:{objection.id}"


async def _runs(work: Work, objection: Objection) -> list[Lot]:
    """The runs of the asset, alone or together with others, oldest first."""
    return await lots_of_asset(work, objection.asset_id)


async def _stay(work: Work, objection: Objection) -> None:
    if not objection.stays_sale:  # decided otherwise before this was delivered
        return
    on_show = [lot.id for lot in await _runs(work, objection) if LotState(lot.state) in ON_SHOW_STATES]
    await pause_lots(
        work,
        on_show,
        kind=StayKind.DEFERRAL,
        ground=OBJECTION,
        reason=objection.stay_reason,
        source=source_of(objection),
        skip_ended=True,
    )


async def _let_go(work: Work, objection: Objection, note: str) -> None:
    lots = [lot.id for lot in await _runs(work, objection) if lot.state == LotState.PAUSED]
    await end_stays(work, lots, note=note, source=source_of(objection))


async def _apply(work: Work, objection: Objection) -> None:
    outcome = Outcome(objection.outcome or Outcome.DISMISSED)
    if outcome is Outcome.FOUNDED and objection.remedy == Remedy.REVOKE_SALE:
        await _revoke(work, objection, objection.revocation_ground or "other_grave")
    elif outcome is Outcome.FOUNDED and objection.remedy == Remedy.STOP_SALE:
        await _stop_for_good(work, objection)
    else:
        await _let_go(work, objection, f"异议程序终结：{OUTCOME_LABELS[outcome]}")


async def _stop_for_good(work: Work, objection: Objection) -> None:
    is_claim = objection.kind == ObjectionKind.THIRD_PARTY
    ground = "third_party_founded" if is_claim else "other"
    reason = f"{objection.number or '执行异议'}：异议成立，停止处置该标的物。"
    runs = await _runs(work, objection)
    for lot in runs:
        if LotState(lot.state) not in LIVE_STATES:
            continue
        bidding = await work.session.get(LotBidding, lot.id)
        if bidding is not None and bidding.is_over(work.now):
            raise Conflict(msg("竞价刚刚结束，正在确认结果，稍后自动再试。"), rule="B-41")
        if bidding is not None and bidding.has_begun(work.now):
            await end_sale(work, lot.id, ground=ground, reason=reason)
        else:
            await withdraw_lot(work, lot.id, ground=ground, reason=reason)
    asset = await work.session.get(Asset, objection.asset_id)
    assert asset is not None
    if AssetState(asset.state) in PREPARATION_STATES | {AssetState.OFFERED_IN_KIND}:
        await advance_asset(work, asset, AssetState.WITHDRAWN, reason="执行异议成立", rule="B-61")
    if runs and runs[-1].state == LotState.SOLD:
        settlement = await work.session.get(Settlement, runs[-1].id)
        if settlement is not None and SettlementState(settlement.state) in NOT_YET_THE_BUYERS:
            await _revoke(work, objection, "third_party_founded" if is_claim else "other_grave")


async def _revoke(work: Work, objection: Objection, ground: str) -> None:
    runs = await _runs(work, objection)
    wanted = [lot for lot in runs if lot.id == objection.lot_id] or runs[-1:]
    sold = [lot for lot in wanted if lot.state in (LotState.SOLD, LotState.DEFAULTED)]
    for lot in sold:
        await revoke_sale(
            work,
            lot.id,
            ground=ground,
            reason=objection.review_finding or objection.finding,
            basis=f"{objection.number or '执行异议'}执行异议裁定",
            objection_id=objection.id,
            panel=objection.panel,
        )
