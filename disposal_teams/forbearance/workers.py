"""Background work of forbearance: a report that does not come ends the use; a live seal follows the disposal right."""

from sqlmodel import select

from core.database import Work
from core.deadlines import Deadline, on_breach
from disposal_teams.assets.follow_court import Followed, on_court_changed
from disposal_teams.assets.models import Asset
from disposal_teams.forbearance.live_seal import report_missing
from disposal_teams.forbearance.models import LiveSeal
from disposal_teams.forbearance.rules import LIVE

__all__ = ["end_unreported_use", "hand_live_seal_over"]


@on_breach(LIVE)
async def end_unreported_use(work: Work, deadline: Deadline) -> None:
    """The use of the sealed asset ends."""
    await report_missing(work, deadline.subject_id)


@on_court_changed
async def hand_live_seal_over(work: Work, asset: Asset, _before: str, _followed: Followed) -> None:
    """Another court disposes: it watches over the use on the same conditions (T-05)."""
    await work.session.flush()
    found = await work.session.exec(select(LiveSeal).where(LiveSeal.asset_id == asset.id).with_for_update())
    for live in found:
        if live.state in ("filed", "in_force"):
            live.court_code, live.case_id = asset.court_code, asset.case_id
