"""The use case of bidding. Unlike others it opens its own transaction, in the lot's sequencer, shared by many bids."""

import re
from datetime import datetime
from uuid import UUID

from auction.bidding.receipts import BidReceipt
from auction.bidding.sequencer import BiddingDesk
from core.errors import InvalidInput, NotPermitted
from core.i18n import msg
from core.identity import Actor, Permission, require

LARGEST_AMOUNT_FEN = 2**62
_KEY = re.compile(r"[A-Za-z0-9_.:-]{8,64}")


async def place_bid(
    desk: BiddingDesk,
    actor: Actor,
    lot_id: UUID,
    amount_fen: int,
    idempotency_key: str,
    received_at: datetime,
) -> BidReceipt:
    """Bid `amount_fen` for a lot (B-40 to B-47) and return the decision, which is committed.

    The same key gives the same receipt however often it is sent. Raises `NotPermitted` without a registration,
    `InvalidInput` for a malformed key or amount, `Conflict` for a key used with another amount, `TryAgain` when the
    bid could not be taken now.
    """
    require(actor, Permission.PLACE_BID)
    if actor.account_id is None or actor.is_staff:
        raise NotPermitted(msg("法院工作人员不得参与竞买。"), rule="B-80")
    check_request(amount_fen, idempotency_key)
    registration_id = await desk.entries.find(actor.account_id, lot_id)
    if registration_id is None:
        raise NotPermitted(msg("您尚未报名本标的。请先报名并交纳保证金，再出价。"), rule="B-32")
    return await desk.submit(lot_id, registration_id, amount_fen, idempotency_key, received_at)


def check_request(amount_fen: int, idempotency_key: str) -> None:
    """Raise `InvalidInput` for a malformed key or an amount that is no amount (B-40, B-47)."""
    check_key(idempotency_key)
    if not -LARGEST_AMOUNT_FEN < amount_fen < LARGEST_AMOUNT_FEN:
        raise InvalidInput(msg("金额明显有误，请核对位数后重新出价。"), rule="B-40")


def check_key(idempotency_key: str) -> None:
    """Raise `InvalidInput` for a key that no client makes (B-47)."""
    if not _KEY.fullmatch(idempotency_key):
        raise InvalidInput(
            msg("提交编号格式不正确，请刷新页面后重试。"),
            fields={"idempotency_key": msg("应为 8 到 64 个字母、数字或 _ . : -。")},
            rule="B-47",
        )
