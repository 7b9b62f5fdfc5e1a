"""Who enters or follows is told before the start, once, and nobody else learns of it (§11.3, P-01)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import select

from auction.reminders.follow import follow_lot, followed_lots, follows, unfollow_lot
from auction.reminders.models import LotFollow, LotReminder
from auction.reminders.remind import plan_reminders, remind_people
from auction.reminders.rules import bands
from core.audit import AuditEvent
from core.clock import COURT_ZONE
from core.errors import NotFound, NotPermitted
from core.identity import ANONYMOUS
from core.ids import new_id
from core.notices import notices_of
from tests.auction.registration.desk import Bidder, Town

_hours = st.lists(st.integers(1, 100), min_size=1, max_size=5)


@given(_hours, st.floats(0.01, 120))
def test_a_start_is_in_at_most_one_band_and_it_is_the_nearest(hours: list[int], ahead: float) -> None:
    now = datetime(2026, 3, 2, tzinfo=COURT_ZONE)
    start = now + timedelta(hours=ahead)
    found = [each for each, after, until in bands(now, hours) if after < start <= until]
    wanted = [each for each in sorted(hours) if start <= now + timedelta(hours=each)]
    assert found == wanted[:1]


async def told(place: Town, bidder: Bidder) -> list[str]:
    """The reminders in somebody's inbox."""
    assert bidder.actor.account_id is not None
    notices = await notices_of(place.work, bidder.actor.account_id)
    return [str(each.body) for each in notices if str(each.title) == "开拍提醒"]


async def run(place: Town) -> int:
    """Plan, and do what was planned, as the workers do."""
    planned = await plan_reminders(place.work)
    rows = await place.work.session.execute(
        text("SELECT arguments FROM outbox_message WHERE task LIKE '%remind_people' ORDER BY id")
    )
    for row in rows.all():
        arguments: dict[str, Any] = row.arguments
        await remind_people.perform(place.work, arguments)
    return planned


async def test_entrants_and_followers_are_reminded_a_day_and_an_hour_before_and_each_once(
    place: Town,
) -> None:
    ready, waiting, follower, both = [await place.bidder() for _ in range(4)]
    entry = await place.enter(ready)
    await place.pay(entry, ready.name)
    await place.enter(waiting)
    await place.enter(both)
    for each in (follower, both):
        await follow_lot(place.by(each), place.lot.id)
        await follow_lot(place.by(each), place.lot.id)
    assert await run(place.at(place.starts_at - timedelta(hours=24, seconds=1))) == 0
    day_before = place.at(place.starts_at - timedelta(hours=24))
    assert await run(day_before) == 1
    assert await run(day_before.later(hours=2)) == 0, "planned once"
    (said,) = await told(place, ready)
    assert "已取得竞买资格" in said
    (said,) = await told(place, waiting)
    assert "尚未取得竞买资格" in said
    (said,) = await told(place, follower)
    assert "您关注的" in said
    assert len(await told(place, both)) == 1, "who does both is told once"
    assert await run(place.at(place.starts_at - timedelta(minutes=30))) == 1
    assert len(await told(place, ready)) == 2
    assert await run(place.at(place.starts_at)) == 0


async def test_a_start_that_moved_is_reminded_of_anew_and_the_old_reminder_says_nothing(place: Town) -> None:
    follower = await place.bidder()
    await follow_lot(place.by(follower), place.lot.id)
    at = place.at(place.starts_at - timedelta(hours=20))
    assert await plan_reminders(at.work) == 1
    bidding = await place.bidding()
    bidding.starts_at += timedelta(hours=2)
    bidding.ends_at += timedelta(hours=2)
    await place.work.session.flush()
    assert await run(at) == 1
    (said,) = await told(place, follower)
    assert bidding.starts_at.astimezone(COURT_ZONE).strftime("%H:%M") in said
    hours = (await place.work.session.exec(select(LotReminder.hours))).all()
    assert sorted(hours) == [24, 24]


async def test_a_lot_that_stands_still_is_not_announced(place: Town) -> None:
    follower = await place.bidder()
    await follow_lot(place.by(follower), place.lot.id)
    at = place.at(place.starts_at - timedelta(hours=20))
    assert await plan_reminders(at.work) == 1
    bidding = await place.bidding()
    bidding.phase, bidding.paused_at, bidding.remaining_ms = "paused", at.work.now, 1
    await place.work.session.flush()
    assert await run(at) == 0
    assert await told(place, follower) == []


async def test_P01_whom_a_lot_interests_stands_sealed_and_in_no_audit_event(place: Town) -> None:
    follower, other = await place.bidder(), await place.bidder()
    await follow_lot(place.by(follower), place.lot.id)
    assert await follows(place.by(follower), place.lot.id)
    assert not await follows(place.by(other), place.lot.id)
    assert [lot.id for lot in await followed_lots(place.by(follower))] == [place.lot.id]
    (row,) = (await place.work.session.exec(select(LotFollow))).all()
    account = follower.actor.account_id
    assert account is not None
    assert account.bytes not in row.follower_sealed
    assert account.bytes not in row.follower_match
    events = await place.work.session.exec(
        select(AuditEvent.event).where(AuditEvent.actor_account_id == account)
    )
    assert not [event for event in events if "follow" in event]
    await unfollow_lot(place.by(follower), place.lot.id)
    assert await followed_lots(place.by(follower)) == []


async def test_only_somebody_may_follow_and_only_what_is_public(place: Town) -> None:
    with pytest.raises(NotPermitted):
        await follow_lot(place.by(ANONYMOUS), place.lot.id)
    with pytest.raises(NotFound):
        await follow_lot(place.by(await place.bidder()), new_id())
    place.lot.published_at = None
    with pytest.raises(NotFound):
        await follow_lot(place.by(await place.bidder()), place.lot.id)
