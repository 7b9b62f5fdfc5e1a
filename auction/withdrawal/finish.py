"""What both ends have in common: close the run under its lock, let the asset go, give the money back, tell everybody."""

from typing import Any
from uuid import UUID

from auction.listing.advance import advance_lot
from auction.listing.lock_bidding import lock_bidding
from auction.listing.models import Lot, LotBidding, LotState
from auction.listing.parts import assets_of
from auction.listing.rounds import ROUND_CLOCKS
from auction.payments.refunds import release_deposits
from auction.suspension.end_stay import close_stays
from auction.withdrawal.grounds import (
    DISPOSAL_ENDS,
    ENDED,
    RELISTING_GROUNDS,
    WITHDRAWAL_GROUND_LABELS,
)
from auction.withdrawal.publish import publish_end
from core.database import Work
from core.deadlines import waive_deadline
from disposal_teams.assets.advance import advance_asset
from disposal_teams.assets.models import AssetState
from disposal_teams.assets.rules import is_on_sale
from disposal_teams.assets.seal import lift_seals

ENDED_EVENT = "lot.ended_without_sale"


async def lock_run(work: Work, lot_id: UUID) -> tuple[Work, LotBidding | None]:
    """The run's contested row, locked before the lot itself, with the time inside the lock; None for a draft."""
    work, rows = await lock_bidding(work, [lot_id])
    return work, rows[0][0] if rows else None


async def close_run(
    work: Work,
    lot: Lot,
    bidding: LotBidding | None,
    *,
    event: str,
    rule: str,
    ground: str,
    reason: str,
    **details: Any,
) -> None:
    """Bring a locked run to its end without a result."""
    if bidding is not None:
        bidding.phase = "closed"
        bidding.paused_at = bidding.remaining_ms = bidding.resumes_at = None
    has_begun = event == ENDED_EVENT
    lot.ended_at, lot.ended_reason = work.now, f"{ENDED}{ground}" if has_begun else ground
    await advance_lot(
        work, lot, LotState.WITHDRAWN, event=event, rule=rule, ground=ground, reason=reason, **details
    )
    await close_stays(work, lot, event)
    if lot.published_at is None:
        if ground in DISPOSAL_ENDS:
            await _let_asset_go(work, lot, ground, rule, reason=WITHDRAWAL_GROUND_LABELS[ground])
        return
    await _let_asset_go(work, lot, ground, rule, reason=WITHDRAWAL_GROUND_LABELS[lot.ended_reason])
    await release_deposits.later(work, key=f"{lot.id}:{lot.state}", lot_id=lot.id)
    await publish_end.later(
        work,
        key=str(lot.id),
        lot_id=lot.id,
        reason=reason,
        has_begun=has_begun,
        costs_fen=details.get("costs_fen", 0),
        panel=details.get("panel", []),
        approver=details.get("approver", ""),
    )


async def _let_asset_go(work: Work, lot: Lot, ground: str, rule: str, *, reason: str) -> None:
    assets = await assets_of(work, lot)
    # A third party's right to one asset of several leaves the others for sale; the one is taken out with the objection (B-61).
    stays = ground in RELISTING_GROUNDS or (ground == "third_party_founded" and len(assets) > 1)
    back = AssetState.READY_TO_LIST if stays else AssetState.WITHDRAWN
    waiting = {AssetState.LISTED}
    if lot.published_at is None:
        if stays:
            return
        waiting |= {AssetState.READY_TO_LIST, AssetState.OFFERED_IN_KIND}
    for asset in sorted(assets, key=lambda each: each.id):
        if asset.state not in waiting and not is_on_sale(asset):
            continue
        await advance_asset(work, asset, back, reason=f"拍卖终止：{reason}", rule=rule)
        if back == AssetState.WITHDRAWN:
            for clock in ("L-08", *ROUND_CLOCKS):
                await waive_deadline(
                    work, clock, subject_kind="asset", subject_id=asset.id, reason="lot.withdrawn"
                )
        if ground == "bankruptcy":
            await lift_seals(work, asset, reason="被执行人破产，依法解除查封", rule="B-53")
