"""Another court disposes of the asset: the parties' compromise binds on, and that court watches over it (T-05)."""

from sqlmodel import col, select

from auction.compromise import rules
from auction.compromise.models import Compromise
from core.database import Work
from disposal_teams.assets.follow_court import Followed, on_court_changed
from disposal_teams.assets.models import Asset


@on_court_changed
async def hand_compromise_over(work: Work, asset: Asset, _before: str, _followed: Followed) -> None:
    """The open compromise goes with the asset; its clocks have moved already."""
    found = await work.session.exec(
        select(Compromise)
        .where(
            Compromise.asset_id == asset.id,
            col(Compromise.state).in_(rules.OPEN),
        )
        .with_for_update()
    )
    for each in found:
        each.court_code = asset.court_code
