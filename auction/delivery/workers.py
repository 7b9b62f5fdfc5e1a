"""What happens when the occupants stay past their day, and when the court hands over late (B-72, L-21)."""

from auction.delivery.clear import CLOCK
from auction.delivery.models import Clearing, ClearingState
from auction.delivery.tell import page_of, tell_buyer
from auction.listing.models import Lot
from auction.listing.note import note_lot
from auction.settlement.models import Settlement, SettlementState
from core.database import Work
from core.deadlines import Deadline, on_breach
from core.i18n import Message, msg
from core.identity import Role
from disposal_teams.courts.tell import tell_court


@on_breach(CLOCK)
async def ask_for_plan(work: Work, deadline: Deadline) -> None:
    """The set day is over and nobody recorded that they left: the officer is asked for the plan of force."""
    lot = await work.session.get(Lot, deadline.lot_id)
    clearing = await work.session.get(Clearing, deadline.lot_id, with_for_update=True)
    if lot is None or clearing is None or clearing.state != ClearingState.NOTIFIED:
        return
    clearing.overdue_at = work.now
    await note_lot(work, lot, "clearing.overdue", deadline.rule)
    await tell_court(
        work,
        lot.court_code,
        Role.CASE_OFFICER,
        Role.DISPOSAL_TEAM,
        Role.BUREAU_DIRECTOR,
        key=f"overstayed:{deadline.id}",
        title=msg("占用人逾期未迁出"),
        body=msg(
            "“{title}”的占用人没有在指定日期前迁出，请核实；未迁出的，请制定强制腾退方案。", title=lot.title
        ),
        link=page_of(lot),
    )


@on_breach("L-21")
async def flag_late_delivery(work: Work, deadline: Deadline) -> None:
    """Fifteen days have passed: the director and the officers are told, and the buyer that the director knows."""
    lot = await work.session.get(Lot, deadline.lot_id)
    if lot is None:
        return
    await note_lot(work, lot, "sale.delivery_overdue", "L-21")
    settlement = await work.session.get(Settlement, lot.id)
    is_sale = settlement is not None and settlement.state != SettlementState.DEFAULTED
    await tell_court(
        work,
        lot.court_code,
        Role.BUREAU_DIRECTOR,
        Role.CASE_OFFICER,
        Role.DISPOSAL_TEAM,
        key=f"late:{deadline.id}",
        title=LATE,
        body=msg("“{title}”的期限已经届满，请说明原因并尽快办理。", title=lot.title),
        link=page_of(lot) if is_sale else f"/team/lots/{lot.lot_no}/in-kind",
    )
    if is_sale and settlement is not None:
        await tell_buyer(
            work,
            settlement,
            lot,
            "delivery-late",
            msg("交付已逾期"),
            msg("“{title}”未在十五日内交付，已报告执行局局长督办。", title=lot.title),
        )


LATE: Message = msg("标的物逾期未交付，请制定腾退方案")
