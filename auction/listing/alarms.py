"""Alarms of the round planner: which clock between two rounds has run how long, and who is told (L-13, L-23, B-35)."""

from datetime import datetime

from sqlmodel import col, select

from auction.listing.models import Lot
from core.database import Work
from core.deadlines import Deadline, DeadlineState, on_breach
from core.deadlines.rules import day_in_court
from core.i18n import msg
from core.identity import Role
from disposal_teams.courts.tell import tell_court

ALARM_DAYS: dict[str, tuple[int, ...]] = {"L-13": (20, 25, 30), "L-23": (8, 11, 14), "B-35": (20, 25, 30)}
"""Days after the start of the clock; those of L-13 stand in §11.3, the others are set in proportion."""

TITLES = {
    "L-13": msg("一拍流拍后再次拍卖的期限"),
    "L-23": msg("发布变卖公告的期限"),
    "B-35": msg("悔拍后重新拍卖的期限"),
}


def alarm_reached(rule: str, *, started_at: datetime, now: datetime) -> int | None:
    """The last day of alarm that has been reached, or None. Pure."""
    elapsed = (day_in_court(now) - day_in_court(started_at)).days
    return max((day for day in ALARM_DAYS[rule] if day <= elapsed), default=None)


async def raise_alarms(work: Work) -> None:
    """Tell the team, and the director on the last day, of each clock whose next day of alarm has come; each once."""
    rows = await work.session.exec(
        select(Deadline, Lot)
        .join(Lot, col(Lot.id) == col(Deadline.lot_id))
        .where(col(Deadline.rule).in_(ALARM_DAYS), Deadline.state == DeadlineState.RUNNING)
    )
    for deadline, lot in rows.all():
        day = alarm_reached(deadline.rule, started_at=deadline.started_at, now=work.now)
        if day is None:
            continue
        await tell_court(
            work,
            lot.court_code,
            Role.DISPOSAL_TEAM,
            *((Role.BUREAU_DIRECTOR,) if day == ALARM_DAYS[deadline.rule][-1] else ()),
            key=f"alarm:{deadline.id}:{day}",
            title=TITLES[deadline.rule],
            body=msg(
                "“{title}”已过 {day} 天，最迟 {due} 前发布下一拍次的公告。",
                title=lot.title,
                day=day,
                due=day_in_court(deadline.due_at).isoformat(),
            ),
            link=f"/team/lots/{lot.lot_no}",
        )


async def flag_late_round(work: Work, deadline: Deadline) -> None:
    """The clock has run out: the bureau's director is told (§12.1)."""
    lot = await work.session.get(Lot, deadline.lot_id)
    if lot is None:
        return
    await tell_court(
        work,
        lot.court_code,
        Role.BUREAU_DIRECTOR,
        Role.DISPOSAL_TEAM,
        key=f"late:{deadline.id}",
        title=TITLES[deadline.rule],
        body=msg("“{title}”的下一拍次逾期未发布公告，请说明原因并尽快办理。", title=lot.title),
        link=f"/team/lots/{lot.lot_no}",
    )


for _rule in ALARM_DAYS:
    on_breach(_rule)(flag_late_round)
