"""The disposal of an asset stands still for a compromise and goes on: by stays when it is on sale, else by its state."""

from auction.compromise.models import Compromise
from auction.listing.models import ON_SHOW_STATES, LotState
from auction.listing.queries import lots_of_asset
from auction.suspension.end_stay import end_stays
from auction.suspension.models import StayKind
from auction.suspension.pause import pause_lots
from core.database import Work
from core.deadlines import pause_deadlines, resume_deadlines
from core.identity import SYSTEM
from disposal_teams.assets.advance import advance_asset, lock_asset, resume_asset
from disposal_teams.assets.models import Asset, AssetState


def source_of(made: Compromise) -> str:
    """How the stays of a compromise are known."""
    return f"compromise:{made.id}"


async def stop_disposal(work: Work, made: Compromise, asset: Asset) -> None:
    """Stop what is on show by 中止 (B-53), and suspend the asset. The panel has ruled: the stop follows by itself."""
    by_itself = Work(work.session, SYSTEM, work.now)
    runs = await lots_of_asset(work, asset.id)
    on_show = [lot.id for lot in runs if LotState(lot.state) in ON_SHOW_STATES]
    if on_show:
        await pause_lots(
            by_itself,
            on_show,
            kind=StayKind.SUSPENSION,
            ground="settlement",
            reason="当事人达成执行和解，在履行期间中止拍卖。",
            approver=made.members[0],
            panel=made.members,
            minutes=made.minutes,
            source=source_of(made),
        )
    asset = await lock_asset(work, asset)
    if asset.state != AssetState.SUSPENDED:
        await advance_asset(work, asset, AssetState.SUSPENDED, reason="执行和解，中止处置", rule="A-29")
    await pause_deadlines(work, asset_id=asset.id, subject_kind="asset")


async def let_go_on(work: Work, made: Compromise, *, note: str) -> None:
    """End the stop: a sale gets its five days to go on in (L-25), an asset in preparation is back where it was at once."""
    by_itself = Work(work.session, SYSTEM, work.now)
    runs = await lots_of_asset(work, made.asset_id)
    paused = [lot.id for lot in runs if lot.state == LotState.PAUSED]
    if paused:
        await end_stays(by_itself, paused, note=note, source=source_of(made))
    asset = await lock_asset(work, await work.session.get_one(Asset, made.asset_id))
    if not paused and asset.state == AssetState.SUSPENDED:
        await resume_asset(work, asset, reason=note, rule="A-29")
    await resume_deadlines(work, asset_id=made.asset_id, subject_kind="asset")
