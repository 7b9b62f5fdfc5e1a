"""Background work of settlement: reminders before the balance is due, and the proposal of a default after (L-18)."""

from datetime import datetime, timedelta

from sqlmodel import col, select

from auction.grace.models import BalanceGrace
from auction.listing.models import Lot
from auction.listing.note import note_lot
from auction.registration.models import Registration
from auction.registration.tell import tell_bidder
from auction.settlement.confirm import confirm_sale
from auction.settlement.models import Settlement, SettlementState
from auction.settlement.papers import issue_failed_notice
from core.database import Work
from core.deadlines import Deadline, also_kept_in, on_breach, on_move
from core.deadlines.rules import COURT_ZONE
from core.i18n import msg
from core.identity import Role
from core.money import yuan
from core.notices import Topic
from core.outbox import every
from disposal_teams.courts.tell import tell_court

__all__ = ["confirm_sale", "issue_failed_notice", "propose_default", "remind_buyers"]

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
            key=f"balance:{lot.id}:{settlement.balance_due_at:%Y%m%d}:{days}",
            title=msg("尾款即将到期"),
            body=msg("“{title}”的尾款须在 {days} 日内付清，逾期保证金不予退还。", title=lot.title, days=days),
            topic=Topic.RESULT,
        )


also_kept_in("L-18", table=Settlement, end="balance_due_at", by="lot_id")


@on_move("L-18")
async def tell_buyer_of_move(work: Work, clock: Deadline, before: datetime) -> None:
    """The holidays have moved the end of the buyer's period (C-02)."""
    settlement = await work.session.get_one(Settlement, clock.subject_id)
    lot = await work.session.get_one(Lot, clock.subject_id)
    registration = await work.session.get_one(Registration, settlement.registration_id)
    last = clock.due_at - timedelta(microseconds=1)
    await tell_bidder(
        work,
        registration,
        key=f"balance-moved:{lot.id}:{clock.due_at:%Y%m%d}",
        title=msg("尾款期限因节假日顺延"),
        body=msg(
            "“{title}”的尾款期限改为 {day}。", title=lot.title, day=f"{last.astimezone(COURT_ZONE):%Y-%m-%d}"
        ),
        topic=Topic.RESULT,
    )


@on_breach("L-18")
async def propose_default(work: Work, deadline: Deadline) -> None:
    """The balance is overdue: the panel is asked to decide on the default, or the director on a grace (§11.5)."""
    lot = await work.session.get(Lot, deadline.lot_id)
    settlement = await work.session.get(Settlement, deadline.lot_id)
    if lot is None or settlement is None or settlement.state != SettlementState.AWAIT_BALANCE:
        return
    await note_lot(
        work,
        lot,
        "sale.default_proposed",
        "B-34",
        missing_fen=settlement.balance_fen - settlement.balance_paid_fen,
    )
    about = {"title": lot.title, "yuan": yuan(settlement.balance_fen - settlement.balance_paid_fen)}
    await tell_court(
        work,
        lot.court_code,
        Role.PANEL_MEMBER,
        Role.CASE_OFFICER,
        Role.DISPOSAL_TEAM,
        key=f"default:{deadline.id}",
        title=msg("尾款逾期，建议认定悔拍"),
        body=(
            msg("“{title}”的尾款逾期，尚欠 {yuan} 元。请合议庭认定悔拍；已经延期过，不再延期。", **about)
            if await work.session.get(BalanceGrace, lot.id)
            else msg(
                "“{title}”的尾款逾期，尚欠 {yuan} 元。请合议庭认定悔拍；确有理由的，可报局长批准宽限。",
                **about,
            )
        ),
        link=f"/team/settlements/{lot.lot_no}",
    )


LATE = {
    "L-19": msg("成交裁定逾期未作出或未送达"),
    "L-20": msg("协助执行通知书逾期未发出"),
}
"""What the director is told when a clock of the court itself runs out after a sale (§12.1)."""


async def flag_late_step(work: Work, deadline: Deadline) -> None:
    """The court is late with ruling or registry: its director and officers are told."""
    lot = await work.session.get(Lot, deadline.lot_id)
    if lot is None:
        return
    await tell_court(
        work,
        lot.court_code,
        Role.BUREAU_DIRECTOR,
        Role.CASE_OFFICER,
        key=f"late:{deadline.id}",
        title=LATE[deadline.rule],
        body=msg("“{title}”的期限已经届满，请说明原因并尽快办理。", title=lot.title),
        link=f"/team/lots/{lot.lot_no}",
    )


for _rule in LATE:
    on_breach(_rule)(flag_late_step)
