"""Tell the people who must act before a clock ends, and those above when it has run out (§12.1)."""

from datetime import datetime, timedelta

from sqlmodel import col, select

from auction.due.places import places_of
from auction.due.rules import told
from core.database import Work
from core.deadlines.alarms import alarms_of, next_alarm
from core.deadlines.catalogue import CLOCKS
from core.deadlines.models import Deadline, DeadlineState
from core.deadlines.rules import COURT_ZONE
from core.i18n import Message, msg
from disposal_teams.courts.tell import tell_court

BATCH = 200


async def raise_alarms(work: Work) -> int:
    """Tell of every clock whose alarm has come, each alarm once; of several that were missed, the last. Returns how many."""
    due = list(
        await work.session.exec(
            select(Deadline)
            .where(Deadline.state == DeadlineState.RUNNING, col(Deadline.alarm_at) <= work.now)
            .order_by(col(Deadline.alarm_at))
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
    )
    places = await places_of(work, due)
    count = 0
    for clock in due:
        moments = alarms_of(clock.rule, clock.started_at, clock.due_at)
        come = [moment for moment in moments if moment <= work.now]
        clock.alarm_at = next_alarm(clock.rule, clock.started_at, clock.due_at, now=work.now)
        if not come or clock.owner_court is None or clock.due_at <= work.now:
            continue
        is_last = come[-1] == moments[-1]
        place = places[clock.id]
        count += await tell_court(
            work,
            clock.owner_court,
            *told(clock.owner_role, is_last=is_last),
            key=f"due:{clock.id}:{come[-1].isoformat()}",
            title=_title(clock),
            body=msg("{what}：期限于 {end} 届满，请按期办理。", what=place.what, end=_end(clock)),
            link=place.link,
        )
    return count


async def flag_breach(work: Work, clock: Deadline) -> None:
    """What a breach brings where its room has nothing else to do: who must act and the director are told."""
    if clock.owner_court is None:
        return
    place = (await places_of(work, [clock]))[clock.id]
    await tell_court(
        work,
        clock.owner_court,
        *told(clock.owner_role, is_last=True),
        key=f"late:{clock.id}",
        title=msg("期限逾期：{title}", title=_title(clock)),
        body=msg("{what}：期限已于 {end} 届满，请说明原因并尽快办理。", what=place.what, end=_end(clock)),
        link=place.link,
    )


async def tell_of_move(work: Work, clock: Deadline, before: datetime) -> None:
    """Who must act learns that the holidays have moved the end of a clock (C-02)."""
    if clock.owner_court is None:
        return
    place = (await places_of(work, [clock]))[clock.id]
    await tell_court(
        work,
        clock.owner_court,
        *told(clock.owner_role, is_last=False),
        key=f"moved:{clock.id}:{clock.due_at.isoformat()}",
        title=msg("期限因节假日调整：{title}", title=_title(clock)),
        body=msg(
            "{what}：按已公布的节假日安排重新计算，期限由 {before} 改为 {end}。",
            what=place.what,
            before=_last_minute(before),
            end=_end(clock),
        ),
        link=place.link,
    )


def _title(clock: Deadline) -> Message:
    return msg(CLOCKS[clock.rule].title)


def _end(clock: Deadline) -> str:
    """The last minute of the clock, in court time."""
    return _last_minute(clock.due_at)


def _last_minute(due_at: datetime) -> str:
    return f"{(due_at - timedelta(microseconds=1)).astimezone(COURT_ZONE):%Y-%m-%d %H:%M}"
