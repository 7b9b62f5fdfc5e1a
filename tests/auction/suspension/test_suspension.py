"""Lots stop and go on, on a real database: the clock, the closing, the deadlines, the public log."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from auction.bidding.models import BidOutcome
from auction.bidding.published_log import public_log
from auction.bidding.sequencer import BiddingDesk
from auction.bidding.verify_log import verify_log
from auction.closing.close_lots import close_due_lots
from auction.closing.open_lots import open_due_lots
from auction.listing.models import Lot, LotState
from auction.suspension.end_stay import end_expired_stays, end_stays, extend_stay
from auction.suspension.models import Stay, StayKind
from auction.suspension.pause import pause_lots
from auction.suspension.resume import resume_due_lots, resume_lots
from benchmarks.market import START_FEN, STEP_FEN
from core.audit import verify_stream
from core.crypto import SigningKey
from core.database import Database, Work
from core.deadlines import Deadline, DeadlineState
from core.deadlines.queries import deadlines_of
from core.errors import InvalidInput, NotPermitted, RuleViolation
from core.identity import SYSTEM, Actor, Role
from disposal_teams.assets.models import Asset, AssetState, Seal, SealState
from tests.auction.suspension.standing import (
    MASTER,
    OFFICER,
    PANEL,
    PRESIDENT,
    SUPERIOR,
    at,
    sealed_market,
    standing,
    stop,
)
from tests.conftest import CourtClock
from tests.working_off import sweep, work_off

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
SETTLED = {"kind": StayKind.SUSPENSION, "ground": "settlement", "approver": "局长", "panel": PANEL}


async def lot_under_way(work: Work, **options: object) -> Lot:
    """A lot with an hour of bidding left."""
    return (await sealed_market(work, seconds=3600, **options)).lots[0]


async def clock_of(work: Work, rule: str, lot: Lot) -> Deadline | None:
    """The newest clock of a rule."""
    clocks = [clock for clock in await deadlines_of(work, lot_id=lot.id) if clock.rule == rule]
    return clocks[-1] if clocks else None


async def test_B50_the_court_stops_a_lot_and_it_goes_on_with_the_time_that_was_left(work: Work) -> None:
    lot = await lot_under_way(work)
    asset = await work.session.get_one(Asset, lot.asset_id)
    officer = await at(work, work.now + 20 * MINUTE, OFFICER)
    (stay,) = await stop(officer, lot, **SETTLED)
    lot, bidding = await standing(work, lot.id)
    assert (lot.state, bidding.phase, asset.state) == (LotState.PAUSED, "paused", AssetState.SUSPENDED)
    assert 2_399_000 < stay.remaining_ms <= 2_400_000
    assert (stay.approver, tuple(stay.panel)) == ("局长", PANEL)

    later = await at(work, officer.now + 10 * DAY)
    assert await close_due_lots(later) == 0, "a lot that stands still never closes"
    with pytest.raises(RuleViolation, match="B-50"):
        await resume_lots(Work(work.session, OFFICER, later.now), [lot.id], reason="恢复", approver="局长")

    officer = await at(work, later.now, OFFICER)
    await end_stays(officer, [lot.id], note="和解协议未履行")
    clock = await clock_of(work, "L-25", lot)
    assert clock is not None
    assert (clock.state, clock.owner_role) == (DeadlineState.RUNNING, Role.CASE_OFFICER)
    (bidding,) = await resume_lots(officer, [lot.id], reason="申请恢复执行", approver="局长")
    assert bidding.phase == "paused", "registered bidders first have a day's notice"
    assert bidding.resumes_at is not None
    assert DAY <= bidding.resumes_at - officer.now <= DAY + MINUTE + timedelta(seconds=1)

    early = await at(work, bidding.resumes_at - MINUTE)
    assert await resume_due_lots(early) == 0
    late = await at(work, bidding.resumes_at + 10 * MINUTE)
    assert await resume_due_lots(late) == 1, "found by the sweep, however late"
    assert await resume_due_lots(late) == 0, "and once only"
    lot, bidding = await standing(work, lot.id)
    assert (lot.state, bidding.phase, asset.state) == (LotState.BIDDING, "open", AssetState.LISTED)
    assert bidding.ends_at - late.now >= timedelta(milliseconds=stay.remaining_ms), (
        "no time is lost by a late worker"
    )
    assert lot.scheduled_end_at == bidding.ends_at
    assert clock.state == DeadlineState.MET
    assert await close_due_lots(await at(work, bidding.ends_at - MINUTE)) == 0
    assert await close_due_lots(await at(work, bidding.ends_at)) == 1
    assert await verify_stream(work, f"lot:{lot.id}") is None


async def test_B50_a_lot_whose_time_is_over_is_never_stopped_or_reopened(work: Work) -> None:
    market = await sealed_market(work, lots=2, seconds=3600)
    over, running = market.lots
    late = await at(work, work.now + 59 * MINUTE)
    (_, bidding) = await standing(work, running.id)
    bidding.ends_at += HOUR
    late = await at(work, late.now + 2 * MINUTE)
    with pytest.raises(RuleViolation, match="B-50"):
        await stop(late, over, running)
    (stay,) = await stop(late, over, running, skip_ended=True)
    assert stay.lot_id == running.id
    assert await close_due_lots(late) == 1
    with pytest.raises(RuleViolation, match="B-50"):
        await resume_lots(late, [over.id], reason="恢复")


async def test_B50_a_second_ground_keeps_the_lot_standing_and_calls_off_an_announced_resumption(
    work: Work,
) -> None:
    lot = await lot_under_way(work)
    await stop(work, lot, source="fault:1")
    (again,) = await stop(work, lot, source="fault:1")
    assert len(list(await work.session.exec(select(Stay).where(Stay.lot_id == lot.id)))) == 1
    system = await at(work, work.now + HOUR)
    await end_stays(system, [lot.id], note="已修复", source="fault:1")
    await resume_lots(system, [lot.id], reason="故障排除")
    await stop(await at(work, system.now, OFFICER), lot, **SETTLED)
    lot, bidding = await standing(work, lot.id)
    assert (bidding.resumes_at, bidding.remaining_ms) == (None, again.remaining_ms)
    clock = await clock_of(work, "L-25", lot)
    assert clock is not None
    assert clock.state == DeadlineState.WAIVED
    assert await resume_due_lots(await at(work, system.now + 3 * DAY)) == 0


async def test_B50_a_stop_in_the_notice_period_keeps_the_start_or_sets_it_anew(work: Work) -> None:
    market = await sealed_market(work, lots=2, seconds=20 * 86400)
    start = work.now + 10 * DAY
    for lot in market.lots:
        lot, bidding = await standing(work, lot.id)
        lot.state, bidding.phase = LotState.PUBLISHED, "waiting"
        lot.starts_at = bidding.starts_at = start
        lot.scheduled_end_at = bidding.ends_at = start + DAY
    in_time, passed = market.lots
    await stop(work, in_time, passed)
    for lot, wait in ((in_time, 2 * DAY), (passed, 20 * DAY)):
        system = await at(work, work.now + wait)
        await open_due_lots(system)
        assert (await standing(work, lot.id))[0].state == LotState.PAUSED, "its start passes it by"
        await end_stays(system, [lot.id], note="已修复")
        await resume_lots(system, [lot.id], reason="故障排除")
        lot, bidding = await standing(work, lot.id)
        assert (lot.state, bidding.phase, bidding.remaining_ms) == (LotState.PUBLISHED, "waiting", None)
        assert bidding.ends_at - bidding.starts_at >= DAY
        assert bidding.starts_at - system.now >= DAY
        assert (bidding.starts_at == start) is (lot.id == in_time.id)
        assert (lot.starts_at, lot.scheduled_end_at) == (bidding.starts_at, bidding.ends_at)


async def test_B50_a_resumption_that_waited_for_the_lock_takes_no_bidding_time(work: Work) -> None:
    """Its moment passed meanwhile; the lot had been stopped as of a moment before its start, so it goes on at once."""
    market = await sealed_market(work, seconds=3600)
    lot, bidding = await standing(work, market.lots[0].id)
    lot.starts_at = bidding.starts_at = work.now - MINUTE
    await stop(work, lot, since=work.now - 2 * MINUTE)
    moment = work.now
    waited = await at(work, moment + 10 * MINUTE)
    await end_stays(waited, [lot.id], note="已修复")
    began_waiting = Work(work.session, SYSTEM, moment)
    await resume_lots(began_waiting, [lot.id], reason="故障排除", resumes_at=moment, notice=timedelta())
    lot, bidding = await standing(work, lot.id)
    assert bidding.starts_at >= waited.now
    assert bidding.ends_at - bidding.starts_at == timedelta(seconds=3600) + MINUTE


@pytest.mark.parametrize(("bids", "state"), [(0, LotState.SELLOFF_OPEN), (1, LotState.SELLOFF_BIDDING)])
async def test_B50_a_sell_off_keeps_its_window_or_its_day_of_bidding(
    work: Work, bids: int, state: LotState
) -> None:
    lot = await lot_under_way(work)
    lot, bidding = await standing(work, lot.id)
    lot.state, bidding.is_sell_off = state, True
    bidding.accepted_count, lot.scheduled_end_at = bids, bidding.ends_at + 50 * DAY
    bidding.ends_at += 50 * DAY
    await stop(work, lot)
    system = await at(work, work.now + 90 * DAY)
    await end_stays(system, [lot.id], note="已修复")
    (bidding,) = await resume_lots(system, [lot.id], reason="故障排除")
    assert bidding.resumes_at is not None
    await resume_due_lots(await at(work, bidding.resumes_at))
    lot, bidding = await standing(work, lot.id)
    assert (lot.state, bidding.phase) == (state, "open")
    assert bidding.ends_at - system.now > 50 * DAY


async def test_B54_a_superiors_stay_ends_by_the_superior_its_president_prolongs_it_or_its_silence_ends_it(
    work: Work,
) -> None:
    lot = await lot_under_way(work)
    superior = await at(work, work.now, SUPERIOR)
    order = {"kind": StayKind.DEFERRAL, "ground": "superior_order", "approver": "中院院长"}
    with pytest.raises(InvalidInput) as refused:
        await stop(superior, lot, until=work.now + 100 * DAY, **order)
    assert set(refused.value.fields) == {"until"}
    (stay,) = await stop(superior, lot, until=work.now + 60 * DAY, **order)
    assert stay.ordered_by_court == "05"
    with pytest.raises(RuleViolation, match="B-54"):
        await end_stays(await at(work, work.now, OFFICER), [lot.id], note="想恢复")
    for nobody in (OFFICER, SUPERIOR):
        with pytest.raises(NotPermitted):
            await extend_stay(
                Work(work.session, nobody, work.now), stay.id, until=work.now + 90 * DAY, reason="案情复杂"
            )
    president = await at(work, work.now + 50 * DAY, PRESIDENT)
    await extend_stay(president, stay.id, until=work.now + 100 * DAY, reason="案情复杂")
    clock = await clock_of(work, "L-41", lot)
    assert clock is not None
    assert (clock.state, clock.due_at) == (DeadlineState.RUNNING, stay.until)
    assert await end_expired_stays(await at(work, work.now + 60 * DAY)) == 0
    silent = await at(work, work.now + 100 * DAY)
    assert await end_expired_stays(silent) == 1
    assert await end_expired_stays(silent) == 0
    assert not stay.in_force
    five_days = await clock_of(work, "L-25", lot)
    assert five_days is not None
    assert five_days.state == DeadlineState.RUNNING, "the court may resume"


async def test_A01_a_sale_does_not_go_on_when_the_seal_has_ended(work: Work) -> None:
    lot = await lot_under_way(work)
    await stop(work, lot)
    await end_stays(work, [lot.id], note="已修复")
    (bidding,) = await resume_lots(work, [lot.id], reason="故障排除")
    seal = (await work.session.exec(select(Seal).where(Seal.asset_id == lot.asset_id))).one()
    seal.state = SealState.LAPSED
    await work.session.flush()
    assert bidding.resumes_at is not None
    await resume_due_lots(await at(work, bidding.resumes_at))
    lot, bidding = await standing(work, lot.id)
    assert (lot.state, bidding.phase, bidding.resumes_at) == (LotState.PAUSED, "paused", None)
    with pytest.raises(RuleViolation, match="A-01"):
        await resume_lots(await at(work, work.now + 2 * DAY), [lot.id], reason="故障排除")


async def test_P03_another_court_and_other_offices_may_not_stop_a_lot(work: Work) -> None:
    lot = await lot_under_way(work)
    stranger = Actor(None, "外院", frozenset({Role.CASE_OFFICER}), "0506")
    finance = Actor(None, "财务", frozenset({Role.FINANCE}), OFFICER.court_code)
    for nobody in (stranger, finance):
        with pytest.raises(NotPermitted):
            await stop(Work(work.session, nobody, work.now), lot, **SETTLED)
    with pytest.raises(NotPermitted):
        await stop(Work(work.session, OFFICER, work.now), lot, approver="局长")


async def test_B50_bids_during_a_stop_are_refused_on_record_and_the_public_log_holds(
    database: Database, clock: CourtClock
) -> None:
    async with database.begin(SYSTEM) as work:
        market = await sealed_market(work, seconds=7200, bidders=2)
    lot_id = market.lots[0].id
    desk = BiddingDesk(database, MASTER)

    async def bid(by: int, amount: int) -> BidOutcome:
        receipt = await desk.submit(
            lot_id, market.registration(0, by), amount, uuid4().hex, await clock.now()
        )
        return receipt.outcome

    try:
        assert await bid(0, START_FEN) is BidOutcome.ACCEPTED
        async with database.begin(SYSTEM) as work:
            await pause_lots(
                work, [lot_id], kind=StayKind.PLATFORM_STOP, ground="platform_fault", reason="机房断电"
            )
        assert await bid(1, START_FEN + STEP_FEN) is BidOutcome.PAUSED
        await clock.pass_time(DAY)
        await sweep(database, "close_lots", "resume_lots_on_time")
        assert await bid(1, START_FEN + STEP_FEN) is BidOutcome.PAUSED
        async with database.begin(SYSTEM) as work:
            await end_stays(work, [lot_id], note="电力恢复")
            await resume_lots(work, [lot_id], reason="电力恢复")
        await clock.pass_time(DAY + MINUTE)
        await sweep(database, "close_lots", "resume_lots_on_time")
        assert await bid(1, START_FEN + STEP_FEN) is BidOutcome.ACCEPTED
        await clock.pass_time(2 * HOUR - 4 * MINUTE)
        assert await bid(0, START_FEN + 2 * STEP_FEN) is BidOutcome.ACCEPTED
        async with database.read(SYSTEM) as work:
            log = await public_log(work, market.lots[0].lot_no, SigningKey(MASTER, "bid-receipts"))
    finally:
        await desk.close()
    assert [entry.outcome for entry in log.entries] == [
        "accepted",
        "paused",
        "paused",
        "accepted",
        "accepted",
    ]
    assert [entry.extended for entry in log.entries][-1], "the tail of the time left is a tail (B-41)"
    assert verify_log(log) == []
    await work_off(database, twice=True)
