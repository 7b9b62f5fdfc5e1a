"""Background work of settlement: reminders before the balance is due, and the proposal of a default after (L-18)."""

from datetime import timedelta

from sqlmodel import col, select

from auction.listing.models import Lot
from auction.registration.models import Registration
from auction.registration.register import tell_bidder
from auction.settlement.confirm import confirm_sale
from auction.settlement.models import Settlement, SettlementState
from auction.settlement.papers import issue_failed_notice
from core.database import Work
from core.i18n import msg
from core.outbox import every

__all__ = ["confirm_sale", "issue_failed_notice", "remind_buyers"]

REMIND_DAYS = (5, 3, 1)


@every(seconds=60)
async def remind_buyers(work: Work) -> None:
    """Remind buyers 5, 3 and 1 days before the balance is due; each reminder is sent once."""
    rows = await work.session.exec(
        select(Settlement, Lot, Registration)
        .join(Lot, col(Lot.id) == col(Settlement.lot_id))
        .join(Registration, col(Registration.id) == col(Settlement.registration_id))
        .where(
            Settlement.state == SettlementState.AWAIT_BALANCE,
            col(Settlement.balance_due_at) > work.now,
            col(Settlement.balance_due_at) <= work.now + timedelta(days=max(REMIND_DAYS)),
        )
        .limit(500)
    )
    for settlement, lot, registration in rows.all():
        left = settlement.balance_due_at - work.now
        days = min(day for day in REMIND_DAYS if left <= timedelta(days=day))
        await tell_bidder(
            work,
            registration,
            key=f"balance:{lot.id}:{days}",
            title=msg("尾款即将到期"),
            body=msg("“{title}”的尾款须在 {days} 日内付清，逾期保证金不予退还。", title=lot.title, days=days),
        )
