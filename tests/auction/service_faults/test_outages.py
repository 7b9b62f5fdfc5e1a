"""An end that falls into an outage does not count: the lot stands still and gets back exactly what was left (B-41, B-50)."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from auction.closing.close_lots import close_due_lots
from auction.listing.models import Lot, LotState
from auction.service_faults import bidding_clock, declare
from auction.service_faults.declare import touch_more_lots
from auction.service_faults.models import Effect, FaultKind, Review, ServiceFault, TouchedLot
from auction.service_faults.queries import fault_file, faults_of_lot, newest_faults, uptime
from auction.service_faults.report import report_fault, tell_of_closed_lot
from auction.service_faults.review import review_fault
from auction.service_faults.watch import watch_service
from auction.suspension.models import StayKind
from auction.suspension.pause import pause_lots
from auction.suspension.resume import resume_due_lots
from benchmarks.market import COURT
from core.audit import verify_stream
from core.database import Work
from core.errors import Conflict, InvalidInput, NotPermitted, RuleViolation
from core.identity import Actor, Role
from core.identity.accounts import open_account
from core.ids import new_id
from core.notices import notices_of
from tests.auction.service_faults.history import served
from tests.auction.suspension.standing import OFFICER, SUPERIOR, at, sealed_market, standing, stop

SECOND, MINUTE, HOUR, DAY = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)
INTERMEDIATE = Actor(new_id(), "中院法官", frozenset({Role.INTERMEDIATE_COURT}), "05")


async def lots_ending(work: Work, *after: timedelta) -> list[Lot]:
    """Lots in bidding whose ends lie `after` now."""
    market = await sealed_market(work, lots=len(after), bidders=2, seconds=3600)
    for lot, ends_in in zip(market.lots, after, strict=True):
        lot, bidding = await standing(work, lot.id)
        lot.scheduled_end_at = bidding.ends_at = work.now + ends_in
    await work.session.flush()
    return market.lots


async def the_fault(work: Work) -> ServiceFault:
    """The only one."""
    return (await work.session.exec(select(ServiceFault))).one()


async def touched(work: Work) -> dict[UUID, str]:
    """The lots of all faults and what became of them."""
    return {row.lot_id: row.effect for row in await work.session.exec(select(TouchedLot))}


async def phases(work: Work, lots: Sequence[Lot]) -> list[str]:
    """How the lots stand."""
    return [(await standing(work, lot.id))[1].phase for lot in lots]


async def test_B50_an_end_inside_an_outage_does_not_close_the_lot_and_the_exact_time_is_restored(
    work: Work,
) -> None:
    start = work.now
    before, inside, soon, later = lots = await lots_ending(work, MINUTE, 3 * MINUTE, 10 * MINUTE, HOUR)
    await served(work, start - DAY, start + 2 * MINUTE, real_ago_s=180)
    await served(work, start + 4 * MINUTE, start + 5 * MINUTE, real_ago_s=0)
    now = await at(work, start + 5 * MINUTE)
    assert await close_due_lots(now) == 1, "what ended before the outage has ended"
    assert await phases(work, lots) == ["closed", "paused", "paused", "open"]

    fault = await the_fault(work)
    assert (fault.kind, fault.scope) == (FaultKind.OUTAGE, "ending_soon")
    assert (fault.began_at, fault.over_at) == (start + 2 * MINUTE, start + 4 * MINUTE)
    assert await touched(work) == {inside.id: Effect.PAUSED, soon.id: Effect.PAUSED}
    _, bidding = await standing(work, inside.id)
    assert bidding.remaining_ms == 60_000, "one minute was left when the service went away"
    assert bidding.resumes_at == fault.resumes_at
    assert fault.resumes_at is not None
    assert 30 * MINUTE <= fault.resumes_at - now.now <= 31 * MINUTE

    await watch_service(now)
    assert await close_due_lots(now) == 0
    assert len(await newest_faults(work)) == 1, "judged again, nothing is added"
    going_on = await at(work, fault.resumes_at)
    assert await resume_due_lots(going_on) == 2
    lot, bidding = await standing(work, inside.id)
    assert lot.state == LotState.BIDDING
    assert MINUTE <= bidding.ends_at - fault.resumes_at < MINUTE + SECOND
    _, bidding = await standing(work, soon.id)
    assert 8 * MINUTE <= bidding.ends_at - fault.resumes_at < 8 * MINUTE + SECOND
    assert await verify_stream(work, "service") is None
    assert await verify_stream(work, f"lot:{inside.id}") is None
    assert (await standing(work, later.id))[0].state == LotState.BIDDING
    assert (await standing(work, before.id))[0].state == LotState.FAILED


async def test_B50_while_the_outage_lasts_its_lots_stand_still_and_go_on_after_it(work: Work) -> None:
    start = work.now
    (lot,) = await lots_ending(work, 3 * MINUTE)
    await served(work, start - DAY, start + 2 * MINUTE, real_ago_s=60)
    now = await at(work, start + 3 * MINUTE)
    assert await close_due_lots(now) == 0
    fault = await the_fault(work)
    assert (fault.over_at, fault.resumes_at) == (None, None)
    assert await phases(work, [lot]) == ["paused"]

    now = await at(work, start + HOUR)
    await watch_service(now)
    assert (await standing(work, lot.id))[1].resumes_at is None, "nobody can bid yet"
    await served(work, start + HOUR, start + HOUR + SECOND, real_ago_s=0)
    now = await at(work, start + HOUR + 2 * SECOND)
    await watch_service(now)
    await work.session.refresh(fault)
    assert fault.over_at == start + HOUR
    assert (await standing(work, lot.id))[1].resumes_at == fault.resumes_at


async def test_B50_a_second_outage_follows_the_first_before_anybody_has_judged_that_it_is_over(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bidding_clock, "BATCH", 1)
    start = work.now
    first, second, third = lots = await lots_ending(work, 3 * MINUTE, 50 * MINUTE, 51 * MINUTE)
    await served(work, start - DAY, start + 2 * MINUTE, real_ago_s=30)
    assert await close_due_lots(await at(work, start + 3 * MINUTE)) == 0
    await work.session.execute(
        text("UPDATE service_interval SET lasted_until = now() - interval '1890 seconds'")
    )
    await served(work, start + 20 * MINUTE, start + 49 * MINUTE, real_ago_s=120)
    now = await at(work, start + 51 * MINUTE)
    for _ in range(2):
        assert await close_due_lots(now) == 0, "what could not be stopped in one go is not closed either"
    assert await phases(work, lots) == ["paused"] * 3
    faults = {line.fault.over_at: line.stopped for line in await newest_faults(work)}
    assert faults == {start + 20 * MINUTE: 1, None: 2}
    assert (await standing(work, second.id))[1].remaining_ms == 60_000
    assert (await standing(work, third.id))[1].remaining_ms == 120_000
    assert (await standing(work, first.id))[1].resumes_at is not None


async def test_B50_a_long_outage_touches_every_open_lot_and_one_that_should_have_begun(work: Work) -> None:
    start = work.now
    far, beginning, coming = lots = await lots_ending(work, 20 * HOUR, 30 * HOUR, 90 * HOUR)
    for lot, starts_in in ((beginning, 3 * MINUTE), (coming, 60 * HOUR)):
        lot, bidding = await standing(work, lot.id)
        lot.state, bidding.phase = LotState.PUBLISHED, "waiting"
        lot.starts_at = bidding.starts_at = start + starts_in
    await served(work, start - DAY, start + 2 * MINUTE, real_ago_s=600)
    await served(work, start + 10 * MINUTE, start + 10 * MINUTE, real_ago_s=0)
    await watch_service(await at(work, start + 10 * MINUTE))
    assert set(await touched(work)) == {far.id, beginning.id}
    _, bidding = await standing(work, far.id)
    assert bidding.remaining_ms == 71_880_000, "20 hours less the two minutes before the outage"
    fault = await the_fault(work)
    assert fault.resumes_at is not None
    await resume_due_lots(await at(work, fault.resumes_at))
    _, bidding = await standing(work, beginning.id)
    assert bidding.ends_at - bidding.starts_at == 30 * HOUR - 3 * MINUTE, (
        "it gets the whole of its time (B-41)"
    )
    assert (await phases(work, lots))[2] == "waiting"


async def test_B41_an_end_that_no_proof_has_reached_waits_for_it_and_then_closes(work: Work) -> None:
    start = work.now
    (lot,) = await lots_ending(work, 3 * MINUTE)
    interval = await served(work, start - DAY, start + 3 * MINUTE - SECOND, real_ago_s=1)
    now = await at(work, start + 3 * MINUTE)
    assert await close_due_lots(now) == 0
    assert await phases(work, [lot]) == ["open"]
    interval.court_lasted_until = start + 3 * MINUTE
    await work.session.flush()
    assert await close_due_lots(now) == 1
    assert list(await work.session.exec(select(ServiceFault))) == []


async def test_B50_another_database_server_is_a_failover_even_when_it_was_quick(work: Work) -> None:
    start = work.now
    (lot,) = await lots_ending(work, 20 * HOUR)
    await served(work, start - DAY, start, real_ago_s=3, by="7712168288674502718/1/1764093107.5")
    await served(work, start + 2 * SECOND, start + 3 * SECOND, real_ago_s=0)
    await watch_service(await at(work, start + 3 * SECOND))
    fault = await the_fault(work)
    assert (fault.kind, fault.scope) == (FaultKind.FAILOVER, "all_open")
    assert await touched(work) == {lot.id: Effect.PAUSED}


async def test_B55_a_lot_closed_in_a_fault_is_never_reopened_and_winner_and_losers_learn_the_remedy(
    work: Work,
) -> None:
    start = work.now
    (lot,) = await lots_ending(work, 3 * MINUTE)
    interval = await served(work, start - DAY, start + 3 * MINUTE, real_ago_s=0)
    now = await at(work, start + 3 * MINUTE)
    assert await close_due_lots(now) == 1
    # The proof after which it was closed turns out to be the last of a server that failed over.
    interval.court_lasted_until = start + 3 * MINUTE - SECOND
    interval.server = "7712168288674502718/1/1764093107.5"
    await served(work, start + 4 * MINUTE, start + 4 * MINUTE, real_ago_s=0)
    now = await at(work, start + 4 * MINUTE)
    await watch_service(now)
    assert await touched(work) == {lot.id: Effect.CLOSED}
    ended, bidding = await standing(work, lot.id)
    assert (ended.state, bidding.phase) == (LotState.FAILED, "closed")
    fault = await the_fault(work)
    for _ in range(2):
        await tell_of_closed_lot(now, fault_id=fault.id, lot_id=lot.id)
    accounts = (
        await work.session.execute(text("SELECT account_id FROM notice WHERE sealed IS NOT NULL"))
    ).scalars()
    told = [await notices_of(work, account_id) for account_id in accounts]
    assert len(told) == 2, "both bidders, once"
    assert all("异议" in str(notice.body) for (notice,) in told)
    assert [(each.kind, lot_touched.effect) for each, lot_touched in await faults_of_lot(work, lot.id)] == [
        ("failover", "closed")
    ]


async def test_B50_the_fault_is_reported_to_the_intermediate_court_and_the_command_centre(work: Work) -> None:
    start = work.now
    await lots_ending(work, 3 * MINUTE)
    people = [
        await open_account(
            work, login=f"{role}{code}", password_hash="-", display_name="某", roles={role}, court_code=code
        )
        for role, code in (
            (Role.INTERMEDIATE_COURT, "05"),
            (Role.COMMAND_CENTRE, COURT),
            (Role.COMMAND_CENTRE, "0581"),
        )
    ]
    await served(work, start - DAY, start + 2 * MINUTE, real_ago_s=60)
    now = await at(work, start + 3 * MINUTE)
    await close_due_lots(now)
    fault = await the_fault(work)
    for _ in range(2):
        await report_fault(now, fault_id=fault.id)
    counts = [len(await notices_of(work, person.id)) for person in people]
    assert counts == [1, 1, 0], "at once, once, and only the courts concerned"


async def test_B47_the_evidence_decides_the_same_again_and_cannot_be_changed(work: Work) -> None:
    start = work.now
    await served(work, start - DAY, start, real_ago_s=60)
    await watch_service(await at(work, start + MINUTE))
    fault = await the_fault(work)
    shown = await fault_file(Work(work.session, INTERMEDIATE, work.now), fault.id)
    assert (shown.is_intact, shown.is_same_verdict) == (True, True)
    assert shown.policy.version == fault.policy_version
    with pytest.raises(NotPermitted):
        await fault_file(Work(work.session, OFFICER, work.now), fault.id)
    for change in (
        "UPDATE service_fault SET evidence = '{}'",
        "UPDATE service_fault SET began_at = began_at + interval '1 second'",
        "DELETE FROM service_fault",
    ):
        with pytest.raises(DBAPIError):
            async with work.session.begin_nested():
                await work.session.execute(text(change))


async def test_B50_a_court_s_own_stop_outlasts_the_fault(work: Work) -> None:
    start = work.now
    (lot,) = await lots_ending(work, 3 * MINUTE)
    await served(work, start - DAY, start + 2 * MINUTE, real_ago_s=60)
    now = await at(work, start + 3 * MINUTE)
    await close_due_lots(now)
    await stop(now, lot, ground="danger", reason="发现异常登录")
    await served(work, start + 4 * MINUTE, start + 4 * MINUTE, real_ago_s=0)
    await watch_service(await at(work, start + 4 * MINUTE))
    _, bidding = await standing(work, lot.id)
    assert (bidding.phase, bidding.resumes_at) == ("paused", None)


async def test_B50_more_lots_than_one_transaction_takes_are_all_stopped_and_all_go_on(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(declare, "BATCH", 2)
    start = work.now
    lots = await lots_ending(work, *(HOUR + place * MINUTE for place in range(5)))
    await served(work, start - DAY, start, real_ago_s=600)
    await served(work, start + 10 * MINUTE, start + 10 * MINUTE, real_ago_s=0)
    now = await at(work, start + 10 * MINUTE)
    await watch_service(now)
    assert await phases(work, lots) == ["paused", "paused", "open", "open", "open"]
    for _ in range(2):
        (arguments,) = (
            await work.session.execute(
                text("DELETE FROM outbox_message WHERE task LIKE '%touch_more_lots' RETURNING arguments")
            )
        ).scalars()
        await touch_more_lots.perform(now, arguments)
    assert await phases(work, lots) == ["paused"] * 5
    fault = await the_fault(work)
    assert [(await standing(work, lot.id))[1].resumes_at for lot in lots] == [fault.resumes_at] * 5


async def test_B50_an_officer_overrules_a_fault_and_its_lots_go_on_soon(work: Work) -> None:
    start = work.now
    stopped, later = lots = await lots_ending(work, 3 * MINUTE, 30 * MINUTE)
    await served(work, start - DAY, start + 2 * MINUTE, real_ago_s=60)
    now = await at(work, start + 3 * MINUTE)
    await close_due_lots(now)
    fault = await the_fault(work)
    with pytest.raises(NotPermitted):
        await review_fault(await at(work, now.now, OFFICER), fault.id, Review.OVERRULED, reason="误报")
    court = await at(work, now.now, INTERMEDIATE)
    with pytest.raises(InvalidInput):
        await review_fault(court, fault.id, Review.OVERRULED, reason="")
    await review_fault(court, fault.id, Review.CONFIRMED, reason="先行确认")
    await review_fault(court, fault.id, Review.OVERRULED, reason="测量进程停止，出价正常")
    _, bidding = await standing(work, stopped.id)
    assert bidding.resumes_at == now.now + 30 * MINUTE
    with pytest.raises(Conflict):
        await review_fault(court, fault.id, Review.CONFIRMED, reason="再看")

    now = await at(work, start + 30 * MINUTE)
    await watch_service(now)
    assert await close_due_lots(now) == 1, "it stops no further lot and no closing"
    assert await phases(work, lots) == ["paused", "closed"]
    with pytest.raises(DBAPIError):
        async with work.session.begin_nested():
            await work.session.execute(text("UPDATE service_fault_review SET reason = 'x'"))
    assert (await standing(work, later.id))[0].state == LotState.FAILED


async def test_L25_an_officer_postpones_the_resumption_within_five_days(work: Work) -> None:
    start = work.now
    (lot,) = await lots_ending(work, 3 * MINUTE)
    await served(work, start - DAY, start + 2 * MINUTE, real_ago_s=60)
    now = await at(work, start + 3 * MINUTE)
    await close_due_lots(now)
    fault = await the_fault(work)
    court = await at(work, now.now, INTERMEDIATE)
    tomorrow = now.now + DAY
    with pytest.raises(Conflict):
        await review_fault(court, fault.id, Review.POSTPONED, reason="查清原因", resumes_at=tomorrow)
    await served(work, start + 4 * MINUTE, start + 4 * MINUTE, real_ago_s=0)
    await watch_service(await at(work, start + 4 * MINUTE))
    court = await at(work, start + 5 * MINUTE, INTERMEDIATE)
    for wrong in (court.now - MINUTE, court.now + 6 * DAY):
        with pytest.raises(RuleViolation):
            await review_fault(court, fault.id, Review.POSTPONED, reason="查清原因", resumes_at=wrong)
    with pytest.raises(InvalidInput):
        await review_fault(court, fault.id, Review.POSTPONED, reason="查清原因")
    await review_fault(court, fault.id, Review.POSTPONED, reason="查清原因", resumes_at=tomorrow)
    _, bidding = await standing(work, lot.id)
    assert (bidding.resumes_at, bidding.remaining_ms) == (tomorrow, 60_000)


async def test_B50_only_the_platform_may_count_a_stop_from_an_earlier_moment(work: Work) -> None:
    (lot,) = await lots_ending(work, HOUR)
    with pytest.raises(NotPermitted):
        await pause_lots(
            await at(work, work.now, SUPERIOR),
            [lot.id],
            kind=StayKind.DEFERRAL,
            ground="platform_fault",
            reason="故障",
            approver="局长",
            until=work.now + DAY,
            since=work.now - HOUR,
        )


async def test_B47_uptime_counts_proven_service(work: Work) -> None:
    assert (await uptime(work, 30)).percent == "—"
    start = work.now
    await served(work, start - 2 * HOUR, start - HOUR, real_ago_s=3600)
    await served(work, start - HOUR + 36 * SECOND, start, real_ago_s=0)
    assert (await uptime(work, 30)).percent in ("99.49", "99.50")
