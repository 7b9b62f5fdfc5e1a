"""Withdraw a lot before its start (B-51, B-16)."""

from uuid import UUID

from sqlmodel import select

from auction.listing import rules
from auction.listing.advance import advance_lot
from auction.listing.models import Lot, LotBidding, LotState
from auction.listing.papers import issue_withdrawal_notice
from auction.listing.queries import lot_for_update
from core.database import Work
from core.errors import InvalidInput
from core.i18n import Message, msg
from core.identity import Permission, require
from disposal_teams.assets.advance import advance_asset
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.plain_text import clean_text


async def withdraw_lot(work: Work, lot_id: UUID, *, ground: str, reason: str) -> Lot:
    """Withdraw a lot: a draft or a published one whose bidding has not begun. `ground` is a key of `WITHDRAWAL_GROUNDS`.

    Deposits already paid are refunded by settlement, which finds them by the lot's state. Raises `RuleViolation`
    (B-51: begun; unknown ground), `InvalidInput` (no reason), `NotPermitted`.
    """
    lot = await lot_for_update(work, lot_id)
    require(work.actor, Permission.STOP_LISTING, court_code=lot.court_code)
    fields: dict[str, Message] = {}
    reason = clean_text(reason, "reason", fields, longest=500)
    if fields:
        raise InvalidInput(msg("请写明撤回理由。"), fields=fields, rule="B-51")
    rules.check_withdrawal(LotState(lot.state), ground, starts_at=lot.starts_at, now=work.now)
    was_published = lot.published_at is not None
    bidding = (
        await work.session.exec(select(LotBidding).where(LotBidding.lot_id == lot.id).with_for_update())
    ).first()
    if bidding is not None:
        bidding.phase = "closed"
    lot.ended_at = work.now
    lot.ended_reason = ground
    await advance_lot(
        work, lot, LotState.WITHDRAWN, event="lot.withdrawn", rule="B-51", ground=ground, reason=reason
    )
    if was_published:
        await _return_asset(work, lot, ground)
        await issue_withdrawal_notice.later(work, key=f"{lot.id}", lot_id=lot.id, reason=reason)
    return lot


async def _return_asset(work: Work, lot: Lot, ground: str) -> None:
    asset = await work.session.get(Asset, lot.asset_id)
    assert asset is not None
    if asset.state != AssetState.LISTED:
        return
    back = AssetState.READY_TO_LIST if ground in rules.RELISTING_GROUNDS else AssetState.WITHDRAWN
    await advance_asset(
        work, asset, back, reason=f"撤回拍卖：{rules.WITHDRAWAL_GROUNDS[ground]}", rule="B-51"
    )
