"""Remind those who have entered and those who follow, before bidding starts (§11.3). Whom, nobody else learns (P-01)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from auction.listing.models import Lot, LotBidding
from auction.listing.rules import shown
from auction.registration.identity import open_seal
from auction.registration.models import Registration, RegistrationState
from auction.registration.rules import LEFT
from auction.registration.tell import tell_account, tell_bidder
from auction.reminders.follow import open_follower
from auction.reminders.models import LotFollow
from auction.reminders.rules import bands
from core.database import Work
from core.i18n import Message, msg
from core.legal_settings import legal
from core.notices import Topic
from core.outbox import task

BATCH = 500
TITLE = msg("开拍提醒")

_PLAN = text(
    """
    INSERT INTO lot_reminder (lot_id, starts_at, hours, planned_at)
    SELECT bidding.lot_id, bidding.starts_at, :hours, :now
      FROM lot_bidding AS bidding JOIN lot ON lot.id = bidding.lot_id
     WHERE bidding.phase = 'waiting' AND bidding.starts_at > :after AND bidding.starts_at <= :until
       AND NOT lot.is_practice
       AND NOT EXISTS (
           SELECT FROM lot_reminder AS sent
            WHERE sent.lot_id = bidding.lot_id AND sent.starts_at = bidding.starts_at AND sent.hours = :hours)
     ORDER BY bidding.starts_at LIMIT :batch
    ON CONFLICT DO NOTHING
    RETURNING lot_id, starts_at
    """
)


async def plan_reminders(work: Work) -> int:
    """Find the lots whose next reminder has come, and have each sent by a task. Returns how many."""
    count = 0
    for hours, after, until in bands(work.now, legal().reminder_hours):
        rows = await work.session.execute(
            _PLAN, {"hours": hours, "now": work.now, "after": after, "until": until, "batch": BATCH}
        )
        due = rows.all()
        await remind_people.later_many(
            work,
            [
                (
                    f"{row.lot_id}:{row.starts_at.isoformat()}:{hours}",
                    {"lot_id": row.lot_id, "starts_at": row.starts_at, "hours": hours},
                )
                for row in due
            ],
        )
        count += len(due)
    return count


@task(queue="notices")
async def remind_people(work: Work, *, lot_id: UUID, starts_at: datetime, hours: int) -> None:
    """Tell everybody once. Nothing where the start has moved or come meanwhile."""
    bidding = await work.session.get(LotBidding, lot_id)
    if bidding is None or bidding.phase != "waiting" or bidding.starts_at != starts_at:
        return
    lot = await work.session.get_one(Lot, lot_id)
    occasion = f"{starts_at.isoformat()}:{hours}"
    told: set[UUID] = set()
    entries = await work.session.exec(
        select(Registration).where(Registration.lot_id == lot_id, col(Registration.state).not_in(LEFT))
    )
    for entry in list(entries):
        told.add(open_seal(entry).account_id)
        await tell_bidder(
            work,
            entry,
            key=f"starts:{entry.id}:{occasion}",
            title=TITLE,
            body=words_for(lot, starts_at, qualified=entry.state == RegistrationState.QUALIFIED),
            topic=Topic.TIMES,
        )
    follows = await work.session.exec(select(LotFollow).where(LotFollow.lot_id == lot_id))
    for follow in list(follows):
        account_id = open_follower(follow)
        if account_id in told:
            continue
        await tell_account(
            work,
            account_id,
            lot_id,
            key=f"starts:{follow.id}:{occasion}",
            title=TITLE,
            body=msg(
                "您关注的“{title}”定于 {start} 开拍，竞价结束前都可以报名。",
                title=lot.title,
                start=shown(starts_at),
            ),
            topic=Topic.TIMES,
        )


def words_for(lot: Lot, starts_at: datetime, *, qualified: bool) -> Message:
    """What somebody who has entered is reminded of."""
    if qualified:
        return msg("“{title}”定于 {start} 开拍，您已取得竞买资格。", title=lot.title, start=shown(starts_at))
    return msg(
        "“{title}”定于 {start} 开拍，您尚未取得竞买资格，请在报名页面办理未完成的事项。",
        title=lot.title,
        start=shown(starts_at),
    )
