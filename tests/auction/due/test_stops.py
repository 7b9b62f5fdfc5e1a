"""Each kind of stop (C-06, C-08): what stands still, what does not, and that nobody loses time by it."""

from datetime import timedelta

import pytest
from sqlmodel import select

from auction.suspension.end_stay import end_stays
from auction.suspension.models import StayKind
from auction.suspension.resume import resume_due_lots, resume_lots
from core.database import Work
from core.deadlines import Deadline, DeadlineState, Stop, open_deadline, pause_deadlines, resume_deadlines
from core.deadlines.catalogue import CLOCKS
from core.deadlines.row import STOP_LABELS
from core.deadlines.rules import end_of_day
from core.deadlines.workers import sweep_deadlines
from core.ids import new_id
from tests.auction.listing.workshop import TEAM, by, surveyed_asset
from tests.auction.suspension.standing import PANEL, at, sealed_market, standing, stop
from valuation.agreement.invite import begin_agreement
from valuation.stay import resume_valuation, stay_valuation
from valuation.ways.rules import WayFacts

DAY = timedelta(days=1)
GROUNDS: dict[str, dict[str, object]] = {
    "settlement": {"kind": StayKind.SUSPENSION, "ground": "settlement", "approver": "局长", "panel": PANEL},
    "objection": {"kind": StayKind.DEFERRAL, "ground": "objection", "approver": "审查部门"},
    "platform_fault": {},
}


def at_moment(work: Work, days: int) -> Work:
    return Work(work.session, work.actor, work.now + days * DAY, work.request_id)


@pytest.mark.parametrize("kind", Stop)
async def test_C06_a_stop_holds_the_clocks_that_name_it_and_no_other(work: Work, kind: Stop) -> None:
    asset = new_id()
    due = {}
    for row in CLOCKS.values():
        if row.opened_in:
            clock = await open_deadline(
                work, row.id, subject_kind="asset", subject_id=asset, owner_role=row.owner, owner_court="0505",
                asset_id=asset, due_at=end_of_day(work.now.date() + 10 * DAY),
            )  # fmt: skip
            due[row.id] = clock.due_at
    holds = {row.id for row in CLOCKS.values() if kind in row.stops and row.opened_in}
    assert holds, f"{kind} stops nothing"
    assert kind in STOP_LABELS
    assert await pause_deadlines(work, asset_id=asset, stop=kind) == len(holds)
    after = at_moment(work, 30)
    await sweep_deadlines(after)
    clocks = {
        each.rule: each
        for each in await work.session.exec(select(Deadline).where(Deadline.asset_id == asset))
    }
    assert {rule for rule, each in clocks.items() if each.state == DeadlineState.PAUSED} == holds
    assert {
        rule for rule, each in clocks.items() if each.state == DeadlineState.BREACHED
    } == clocks.keys() - holds
    assert await resume_deadlines(after, asset_id=asset, stop=kind) == len(holds)
    for rule in holds:
        clock = clocks[rule]
        assert clock.state == DeadlineState.RUNNING
        assert clock.due_at - due[rule] >= 30 * DAY, "nobody loses a day by the stop"
        assert clock.due_at - due[rule] < 41 * DAY
        assert [len(each) for each in clock.stops] == [2]
        assert clock.alarm_at is None or after.now < clock.alarm_at < clock.due_at


@pytest.mark.parametrize("ground", ["settlement", "objection", "platform_fault"])
async def test_B50_L24_the_sell_off_period_stands_still_with_the_sale_whatever_the_ground(
    work: Work, ground: str
) -> None:
    lot = (await sealed_market(work, seconds=3600)).lots[0]
    lot, bidding = await standing(work, lot.id)
    due = bidding.ends_at + 50 * DAY
    bidding.ends_at = lot.scheduled_end_at = due
    clock = await open_deadline(
        work, "L-24", subject_kind="lot", subject_id=lot.id, owner_role="disposal_team", owner_court=lot.court_code,
        due_at=due, asset_id=lot.asset_id, lot_id=lot.id,
    )  # fmt: skip
    refund = await open_deadline(
        work, "L-16", subject_kind="registration", subject_id=new_id(), owner_role="finance",
        owner_court=lot.court_code, asset_id=lot.asset_id, lot_id=lot.id,
    )  # fmt: skip
    await stop(work, lot, **GROUNDS[ground])
    assert (clock.state, refund.state) == (DeadlineState.PAUSED, DeadlineState.RUNNING), (
        "money goes back in time all the same"
    )
    system = await at(work, work.now + 60 * DAY)
    await end_stays(system, [lot.id], note="事由消失")
    (bidding,) = await resume_lots(system, [lot.id], reason="事由消失")
    assert bidding.resumes_at is not None
    await resume_due_lots(await at(work, bidding.resumes_at))
    await work.session.refresh(clock)
    assert clock.state == DeadlineState.RUNNING
    assert clock.due_at >= due + 60 * DAY


async def test_V35_a_stay_of_the_price_leaves_the_courts_letters_running(work: Work) -> None:
    """A request for transfer is answered in its own time, whether or not the search for the price stands still."""
    made = await surveyed_asset(work)
    team = by(work, TEAM)
    valuation = await begin_agreement(team, made.asset.id, facts=WayFacts())
    letter = await open_deadline(
        work, "L-29", subject_kind="transfer", subject_id=new_id(), owner_role="command_centre",
        owner_court=made.asset.court_code, asset_id=made.asset.id,
    )  # fmt: skip
    await stay_valuation(team, valuation.id, ground="case_stayed", reason="案件暂缓")
    search = (await work.session.exec(select(Deadline).where(Deadline.rule == "V-02"))).one()
    assert (search.state, letter.state) == (DeadlineState.PAUSED, DeadlineState.RUNNING)
    await resume_valuation(team, valuation.id)
    assert search.state == DeadlineState.RUNNING
