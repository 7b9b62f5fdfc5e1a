"""Another court disposes of the asset: an own sale that was asked for or runs ends, the new court takes a new one (T-05)."""

from sqlmodel import col, select

from auction.self_sale.end import end_window
from auction.self_sale.models import SelfSale, SelfSaleState
from core.database import Work
from disposal_teams.assets.follow_court import Followed, on_court_changed
from disposal_teams.assets.models import Asset


@on_court_changed
async def end_own_sale(work: Work, asset: Asset, _before: str, _followed: Followed) -> None:
    """The old court's account takes no more money; what came goes back to who paid it."""
    await work.session.flush()
    sale = await work.session.exec(
        select(SelfSale)
        .where(
            SelfSale.asset_id == asset.id,
            col(SelfSale.state).in_([SelfSaleState.FILED, SelfSaleState.ALLOWED]),
        )
        .with_for_update()
    )
    for each in sale:
        await end_window(work, each, SelfSaleState.WITHDRAWN, event="self_sale.transferred")
