"""Decide about a hit that holds the confirmation of a sale up (B-82, B-55)."""

from uuid import UUID

from auction.barred.models import BarredHit, HitState
from auction.settlement.confirm import confirm_sale
from core.audit import record
from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import Message, msg
from core.identity import Permission, may, require
from disposal_teams.plain_text import clean_text


async def decide_hit(work: Work, hit_id: UUID, *, stands: bool, reason: str) -> BarredHit:
    """Decide about a hit that holds a confirmation up: it stands (the sale goes to revocation, B-55), or it is cleared and
    the sale is confirmed. Raises `NotFound`, `Conflict`, `InvalidInput` without a reason."""
    require(work.actor, Permission.SEE_SIGNALS)
    hit = await work.session.get(BarredHit, hit_id, with_for_update=True, populate_existing=True)
    if hit is None or not may(work.actor, Permission.SEE_SIGNALS, court_code=hit.court_code):
        raise NotFound(msg("没有找到该命中记录。"), rule="P-03")
    if hit.state != HitState.OPEN:
        raise Conflict(msg("该命中记录无需处理或已经处理。"), rule="B-82")
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=500)
    if fields:
        raise InvalidInput(msg("请写明核查结论。"), fields=fields, rule="B-82")
    hit.state = HitState.UPHELD if stands else HitState.CLEARED
    hit.decided_by, hit.decided_at, hit.reason = work.actor.account_id, work.now, reason
    await work.session.flush()
    await record(
        work, "barred.hit_upheld" if stands else "barred.hit_cleared", stream=f"lot:{hit.lot_id}", rule="B-82",
        lot_id=hit.lot_id, kind=hit.kind,
    )  # fmt: skip
    if not stands:
        await confirm_sale.later(work, key=f"{hit.lot_id}:cleared:{hit.id}", lot_id=hit.lot_id)
    return hit
