"""Background work of withdrawal: thin, the use cases stand beside."""

from auction.listing.models import Lot
from auction.withdrawal.publish import publish_end, tell_bidders_of_end
from core.database import Work
from core.deadlines import Deadline, on_breach
from core.i18n import msg
from core.identity import Role
from disposal_teams.courts.tell import tell_court

__all__ = ["chase_bankruptcy_court", "publish_end", "tell_bidders_of_end"]


@on_breach("L-44")
async def chase_bankruptcy_court(work: Work, deadline: Deadline) -> None:
    """Thirty days have passed without the bankruptcy court's answer: the officers are told to ask (L-44)."""
    lot = await work.session.get(Lot, deadline.lot_id)
    assert lot is not None
    await tell_court(
        work,
        lot.court_code,
        Role.CASE_OFFICER,
        Role.BUREAU_DIRECTOR,
        key=f"chase-bankruptcy:{deadline.id}",
        title=msg("破产法院逾期未答复"),
        body=msg("“{title}”移送破产审查已满三十日，请向破产法院催办。", title=lot.title),
        link=f"/team/lots/{lot.lot_no}",
    )
