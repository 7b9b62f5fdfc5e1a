"""Background work of suspension: thin, the use cases stand beside."""

from auction.listing.models import Lot
from auction.suspension.end_stay import end_expired_stays
from auction.suspension.publish import (
    publish_resumption,
    publish_stay,
    tell_bidders_of_resumption,
    tell_bidders_of_stay,
)
from auction.suspension.resume import BATCH, resume_due_lots
from core.database import Work
from core.deadlines import Deadline, on_breach
from core.i18n import msg
from core.identity import Role
from core.outbox import every
from disposal_teams.courts.tell import tell_court

__all__ = [
    "alarm_late_resumption",
    "end_stays_by_date",
    "publish_resumption",
    "publish_stay",
    "resume_lots_on_time",
    "tell_bidders_of_resumption",
    "tell_bidders_of_stay",
]


@every(seconds=0.5)
async def resume_lots_on_time(work: Work) -> bool:
    """Let go on what was announced (B-50)."""
    return await resume_due_lots(work) == BATCH


@every(seconds=10)
async def end_stays_by_date(work: Work) -> None:
    """End deferrals at their last moment (B-50, B-54)."""
    await end_expired_stays(work)


@on_breach("L-25")
async def alarm_late_resumption(work: Work, deadline: Deadline) -> None:
    """Five days have passed and the sale stands still: the director is told (L-25)."""
    lot = await work.session.get(Lot, deadline.subject_id)
    assert lot is not None
    await tell_court(
        work,
        lot.court_code,
        Role.BUREAU_DIRECTOR,
        Role.CASE_OFFICER,
        key=f"late-resumption:{deadline.id}",
        title=msg("停拍事由消失后超过五日未恢复"),
        body=msg("“{title}”应当在五日内恢复拍卖，现已超期。请立即办理恢复或说明理由。", title=lot.title),
        link=f"/team/lots/{lot.lot_no}",
    )
