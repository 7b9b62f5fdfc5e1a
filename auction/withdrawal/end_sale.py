"""End a run that has begun, without a sale (终结: B-53)."""

from collections.abc import Sequence
from uuid import UUID

from auction.listing.models import Lot, LotState
from auction.listing.queries import lot_for_update
from auction.withdrawal import rules
from auction.withdrawal.finish import ENDED_EVENT, close_run, lock_run
from core.database import Work
from core.errors import InvalidInput
from core.i18n import Message, msg
from core.identity import Permission, Role, require
from disposal_teams.plain_text import clean_text


async def end_sale(
    work: Work,
    lot_id: UUID,
    *,
    ground: str,
    reason: str,
    approver: str = "",
    panel: Sequence[str] = (),
    minutes: str = "",
) -> Lot:
    """End a lot that is being bid for or stands still since. No bid is taken any more and nobody has won.

    `ground` is a key of `END_GROUNDS`. Deposits go back within 24 hours. Raises `RuleViolation` (B-53: not begun, over),
    `InvalidInput` by field (P-05), `NotPermitted`.
    """
    work, bidding = await lock_run(work, lot_id)
    lot = await lot_for_update(work, lot_id)
    require(work.actor, Permission.STOP_LISTING, court_code=lot.court_code)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=500)
    minutes = clean_text(minutes, "minutes", fields, longest=2000, required=False)
    fields |= rules.ruling_problems(
        approver=approver.strip(), panel=list(panel), is_automatic=work.actor.has(Role.SYSTEM)
    )
    if fields:
        raise InvalidInput(msg("终结裁定有误，请按提示修改。"), fields=fields, rule="B-53")
    rules.check_end(
        LotState(lot.state),
        ground,
        has_begun=bidding is not None and bidding.has_begun(work.now),
        is_over=bidding is None or bidding.is_over(work.now),
    )
    await close_run(
        work,
        lot,
        bidding,
        event=ENDED_EVENT,
        rule="B-53",
        ground=ground,
        reason=reason,
        approver=approver.strip(),
        panel=list(panel),
        minutes=minutes,
    )
    return lot
