"""End ceilings that can have no force any more: their entry has left, or got another code (B-32)."""

from uuid import UUID

from sqlalchemy import text

from auction.ceilings.lot_desk import LotDesk
from auction.ceilings.set_ceiling import end_ceiling
from auction.registration.models import Registration, RegistrationState
from auction.registration.tell import tell_bidder
from core.database import Work
from core.i18n import msg
from core.notices import Topic

BATCH = 100

_VOID = """
SELECT ceiling.lot_id, ceiling.seq, ceiling.registration_id
  FROM ceiling JOIN registration AS entry ON entry.id = ceiling.registration_id
  JOIN lot_bidding AS bidding ON bidding.lot_id = ceiling.lot_id
 WHERE ceiling.state = 'standing' AND bidding.phase <> 'closed'
   AND (entry.code IS DISTINCT FROM ceiling.code OR entry.state IN ('withdrawn', 'rejected'))
 ORDER BY ceiling.lot_id LIMIT :most
"""


async def end_void_ceilings(work: Work) -> int:
    """Record the end of each; returns how many. Until then they have no force either: each deciding asks the entry."""
    ended = 0
    for row in (await work.session.execute(text(_VOID), {"most": BATCH})).all():
        lot_id, entry_id = UUID(int=row.lot_id.int), UUID(int=row.registration_id.int)
        desk = await LotDesk.lock(work, lot_id, wait=False)
        if desk is None or desk.state.phase == "closed":
            continue
        await end_ceiling(work, desk, entry_id, key=f"~void:{row.seq}", received_at=desk.at)
        entry = await work.session.get_one(Registration, entry_id)
        if entry.state == RegistrationState.QUALIFIED:
            await tell_bidder(
                work,
                entry,
                key=f"ceiling-void:{lot_id}:{row.seq}",
                title=msg("委托限价已失效"),
                body=msg(
                    "您的竞买代码已变更为 {code}，原委托限价随之失效。需要的，请重新设置。", code=entry.code
                ),
                topic=Topic.TIMES,
            )
        ended += 1
    return ended
