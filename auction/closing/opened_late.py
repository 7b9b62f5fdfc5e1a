"""A lot that nothing opened before its end, though bidders had left it to the system to bid for them (B-40, B-50)."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select

from auction.listing.models import LotBidding
from auction.service_faults.policy import fault_policy
from auction.service_faults.rules import resumption
from auction.suspension.end_stay import end_stays
from auction.suspension.models import StayKind
from auction.suspension.pause import pause_lots
from auction.suspension.resume import resume_lots
from core.database import Work

REASON = "平台未能按时开始竞价，已设定的自动出价未能参加；竞价时间全部返还，按公告的时间重新进行。"
OVER = "平台已恢复竞价。"


async def give_back_the_time(work: Work, lot_ids: Sequence[UUID]) -> None:
    """Stop these lots as of their start and announce when they go on, with the whole time for bidding: to close them would decide
    a sale in which those who set a ceiling could take no part. Bids by hand that were decided meanwhile stand."""
    rows = await work.session.exec(
        select(LotBidding)
        .where(col(LotBidding.lot_id).in_(lot_ids))
        .execution_options(populate_existing=True)
    )
    for bidding in rows.all():
        source = f"opened-late:{bidding.lot_id}"
        began_at = bidding.starts_at
        await pause_lots(
            work,
            [bidding.lot_id],
            kind=StayKind.PLATFORM_STOP,
            ground="platform_fault",
            reason=REASON,
            source=source,
            since=began_at,
        )
        goes_on = resumption(fault_policy(), began_at=began_at, over_at=work.now, now=work.now)
        await end_stays(work, [bidding.lot_id], note=OVER, source=source)
        await resume_lots(
            work,
            [bidding.lot_id],
            reason=OVER,
            resumes_at=goes_on,
            notice=max(goes_on - work.now, timedelta()),
        )
