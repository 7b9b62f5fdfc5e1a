"""A ceiling for play money, and the receipts of a round: the use cases of real sales, with the practice key."""

from datetime import datetime

from auction.bidding.receipt_file import ReceiptFile, receipt_of
from auction.ceilings.own_receipt import with_opening
from auction.ceilings.set_ceiling import CeilingReceipt, set_for_entry, withdraw_for_entry
from auction.practice import rules
from auction.practice.rounds import PracticeRound
from auction.registration.models import Registration
from core.crypto import SigningKey
from core.database import Work
from core.errors import RuleViolation
from core.i18n import msg


def check_not_used_up(practice: PracticeRound) -> None:
    """Raises `RuleViolation` when a round holds as many bids and ceilings as it may (B-47)."""
    if len(practice.bids) >= rules.MOST_BIDS:
        raise RuleViolation("B-47", msg("这一场练习的出价次数已经用完，请等它结束后再开始一场。"))


async def set_practice_ceiling(
    work: Work,
    practice: PracticeRound,
    limit_fen: int,
    *,
    idempotency_key: str,
    received_at: datetime,
    key: SigningKey,
) -> CeilingReceipt:
    """Let the system raise for the person up to `limit_fen` (B-40, B-44). Raises as `set_ceiling`."""
    check_not_used_up(practice)
    entry = await _entry(work, practice)
    return await set_for_entry(
        work, entry, limit_fen, idempotency_key=idempotency_key, received_at=received_at, key=key
    )


async def withdraw_practice_ceiling(
    work: Work, practice: PracticeRound, *, idempotency_key: str, received_at: datetime, key: SigningKey
) -> None:
    """Take the person's ceiling back. Raises as `withdraw_ceiling`."""
    check_not_used_up(practice)
    entry = await _entry(work, practice)
    await withdraw_for_entry(work, entry, idempotency_key=idempotency_key, received_at=received_at, key=key)


async def practice_receipt(work: Work, practice: PracticeRound, seq: int, key: SigningKey) -> ReceiptFile:
    """The receipt of a record of the person's own in the round (B-47). Raises `NotFound`."""
    return await with_opening(work, await receipt_of(work, practice.lot, practice.visitor_id, seq, key))


async def _entry(work: Work, practice: PracticeRound) -> Registration:
    return await work.session.get_one(Registration, practice.visitor_id)
