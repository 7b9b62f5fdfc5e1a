"""Withdraw a lot before its start (撤回: B-51, B-52, B-16)."""

from uuid import UUID

from auction.listing.models import Lot, LotState
from auction.listing.queries import lot_for_update
from auction.withdrawal import rules
from auction.withdrawal.finish import close_run, lock_run
from core.database import Work
from core.errors import InvalidInput
from core.i18n import Message, msg
from core.identity import Permission, require
from disposal_teams.plain_text import clean_text


async def withdraw_lot(work: Work, lot_id: UUID, *, ground: str, reason: str, costs_fen: int = 0) -> Lot:
    """Withdraw a draft, or a published lot whose bidding has not begun, also one that stands still.

    `ground` is a key of `WITHDRAWAL_GROUNDS`; `costs_fen` what the sale has cost so far: the debtor who pays all before
    the auction day bears it (B-52). Deposits go back within 24 hours. Raises `RuleViolation` (B-51: begun; unknown
    ground), `InvalidInput`, `NotPermitted`.
    """
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=500)
    if costs_fen < 0 or (costs_fen and ground != "paid"):
        fields["costs"] = msg("只有债务清偿后撤回的，费用由被执行人负担。")
    if fields:
        raise InvalidInput(msg("请写明撤回理由。"), fields=fields, rule="B-51")
    work, bidding = await lock_run(work, lot_id)
    lot = await lot_for_update(work, lot_id)
    require(work.actor, Permission.STOP_LISTING, court_code=lot.court_code)
    has_begun = bidding is not None and bidding.has_begun(work.now)
    rules.check_withdrawal(LotState(lot.state), ground, has_begun=has_begun)
    await close_run(
        work,
        lot,
        bidding,
        event="lot.withdrawn",
        rule="B-52" if ground == "paid" else "B-51",
        ground=ground,
        reason=reason,
        costs_fen=costs_fen,
    )
    return lot
