"""Clocks as rows (C-08): opened once, paused and resumed, met, waived, moved, and never forgotten by the sweep."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlmodel import select
from structlog.testing import capture_logs

from core.audit import AuditEvent, history
from core.calendar import official_calendar
from core.database import Database, Work
from core.deadlines import (
    Deadline,
    DeadlineState,
    meet_deadline,
    move_deadlines,
    on_breach,
    open_deadline,
    pause_deadlines,
    resume_deadlines,
    waive_deadline,
)
from core.deadlines.breaches import ACTIONS
from core.deadlines.queries import MissingYear, breaches_by_court, deadlines_of, due_deadlines, missing_years
from core.deadlines.rules import day_in_court, period_end, start_of_day
from core.deadlines.workers import answer_breach, sweep_deadlines, warn_of_missing_years
from core.identity import SYSTEM
from core.ids import new_id
from core.outbox.models import OutboxMessage
from tests.conftest import CourtClock

RULE = "L-33"


@pytest.fixture(autouse=True)
def _actions() -> Iterator[None]:
    """The actions that tests register are taken back."""
    before = dict(ACTIONS)
    yield
    ACTIONS.clear()
    ACTIONS.update(before)


async def opened(work: Work, rule: str = RULE, **more: object) -> Deadline:
    """A clock of the finance of court 0508 on a new lot."""
    lot = new_id()
    return await open_deadline(
        work,
        rule,
        **{  # type: ignore[arg-type]
            "subject_kind": "lot",
            "subject_id": lot,
            "lot_id": lot,
            "owner_role": "finance",
            "owner_court": "0508",
            **more,
        },
    )


async def test_C08_a_clock_runs_as_long_as_the_law_says(work: Work) -> None:
    deadline = await opened(work)
    assert deadline.state == DeadlineState.RUNNING
    assert deadline.started_at == work.now
    assert deadline.due_at == period_end(work.now, days=30)


async def test_B33_the_clock_of_refunds_runs_from_the_moment(work: Work) -> None:
    deadline = await opened(work, "L-16")
    assert deadline.due_at == work.now + timedelta(hours=24)


async def test_C08_a_clock_is_started_once_however_often_it_is_asked_for(work: Work) -> None:
    first = await opened(work)
    again = await opened(work, subject_id=first.subject_id, days=3)
    assert again.id == first.id
    assert again.due_at == first.due_at


async def test_C08_two_starts_at_the_same_moment_make_one_clock(database: Database) -> None:
    lot = new_id()

    async def start() -> UUID:
        async with database.begin(SYSTEM) as work:
            return (await opened(work, subject_id=lot, lot_id=lot)).id

    assert len(set(await asyncio.gather(*(start() for _ in range(8))))) == 1


async def test_a_rule_that_is_no_clock_cannot_be_opened(work: Work) -> None:
    with pytest.raises(ValueError, match="auction/bidding"):
        await opened(work, "L-15")
    with pytest.raises(ValueError, match="not in the catalogue"):
        await opened(work, "X-99", days=3)
    with pytest.raises(ValueError, match="say due_at or days"):
        await opened(work, "T-06")


async def test_C08_a_met_clock_is_closed_and_the_next_may_start(work: Work) -> None:
    deadline = await opened(work)
    same = {"subject_kind": "lot", "subject_id": deadline.subject_id}
    assert await meet_deadline(work, RULE, **same, done_event="payout.done")  # type: ignore[arg-type]
    assert deadline.state == DeadlineState.MET
    assert (deadline.done_at, deadline.done_event) == (work.now, "payout.done")
    assert not await meet_deadline(work, RULE, **same)  # type: ignore[arg-type]
    assert (await opened(work, subject_id=deadline.subject_id)).id != deadline.id


async def test_C08_a_waived_clock_says_why_in_the_audit_chain(work: Work) -> None:
    deadline = await opened(work)
    assert await waive_deadline(
        work, RULE, subject_kind="lot", subject_id=deadline.subject_id, reason="已和解"
    )
    assert deadline.state == DeadlineState.WAIVED
    event = (await history(work, lot_id=deadline.lot_id))[0]
    assert (event.event, event.rule, event.details["reason"]) == ("deadline.waived", RULE, "已和解")


async def test_C06_a_paused_clock_stands_still_and_ends_later_by_the_stop(
    database: Database, clock: CourtClock
) -> None:
    async with database.begin(SYSTEM) as work:
        deadline = await opened(work)
        due = deadline.due_at
        assert await pause_deadlines(work, lot_id=deadline.lot_id) == 1
        assert await pause_deadlines(work, lot_id=deadline.lot_id) == 0
    await clock.pass_time(timedelta(days=100))
    async with database.begin(SYSTEM) as work:
        await sweep_deadlines(work)
        assert (await work.session.get_one(Deadline, deadline.id)).state == DeadlineState.PAUSED
        assert await resume_deadlines(work, lot_id=deadline.lot_id) == 1
    async with database.read() as work:
        resumed = await work.session.get_one(Deadline, deadline.id)
        assert resumed.state == DeadlineState.RUNNING
        assert timedelta(days=100) <= resumed.due_at - due < timedelta(days=115)
        assert len(resumed.stops) == 1


async def test_C08_the_sweep_marks_what_ran_out_and_nothing_else(
    database: Database, clock: CourtClock
) -> None:
    async with database.begin(SYSTEM) as work:
        late = await opened(work, days=2)
        early = await opened(work, days=60)
    await clock.travel_to(late.due_at)
    async with database.begin(SYSTEM) as work:
        await sweep_deadlines(work)
    async with database.begin(SYSTEM) as work:
        await sweep_deadlines(work)
    async with database.read() as work:
        assert (await work.session.get_one(Deadline, late.id)).state == DeadlineState.BREACHED
        assert (await work.session.get_one(Deadline, early.id)).state == DeadlineState.RUNNING
        events = list(
            await work.session.exec(select(AuditEvent).where(AuditEvent.event == "deadline.breached"))
        )
        assert [event.lot_id for event in events] == [late.lot_id]
        assert await breaches_by_court(work) == {"0508": 1}


async def test_C08_a_breached_clock_may_still_be_met_late(database: Database, clock: CourtClock) -> None:
    async with database.begin(SYSTEM) as work:
        deadline = await opened(work, days=1)
    await clock.travel_to(deadline.due_at)
    async with database.begin(SYSTEM) as work:
        await sweep_deadlines(work)
    async with database.begin(SYSTEM) as work:
        assert await meet_deadline(work, RULE, subject_kind="lot", subject_id=deadline.subject_id)
    async with database.read() as work:
        row = await work.session.get_one(Deadline, deadline.id)
        assert row.state == DeadlineState.BREACHED
        assert row.done_at is not None
        assert await breaches_by_court(work) == {}


async def test_a_breach_runs_the_action_of_its_rule_once(database: Database, clock: CourtClock) -> None:
    seen: list[UUID] = []

    @on_breach(RULE)
    async def act(work: Work, deadline: Deadline) -> None:
        seen.append(deadline.id)

    async with database.begin(SYSTEM) as work:
        deadline = await opened(work, days=1)
    await clock.travel_to(deadline.due_at)
    for _ in range(2):
        async with database.begin(SYSTEM) as work:
            await sweep_deadlines(work)
    assert seen == [deadline.id]


async def test_an_action_that_fails_holds_up_no_other_and_is_tried_again(
    database: Database, clock: CourtClock
) -> None:
    seen: list[UUID] = []
    broken = True

    @on_breach("L-33")
    async def fails(work: Work, deadline: Deadline) -> None:
        await open_deadline(
            work, "L-34", subject_kind="lot", subject_id=deadline.subject_id, owner_role="finance"
        )
        if broken:
            raise RuntimeError("not today")

    @on_breach("L-19")
    async def works(work: Work, deadline: Deadline) -> None:
        seen.append(deadline.id)

    async with database.begin(SYSTEM) as work:
        first = await opened(work, "L-33", days=1)
        second = await opened(work, "L-19", due_at=first.due_at + timedelta(hours=1))
    await clock.travel_to(second.due_at)
    async with database.begin(SYSTEM) as work:
        await sweep_deadlines(work)
    assert seen == [second.id]
    async with database.begin(SYSTEM) as work:
        assert (await work.session.get_one(Deadline, first.id)).state == DeadlineState.BREACHED
        assert not [row for row in await deadlines_of(work) if row.rule == "L-34"], (
            "its half-done work is undone"
        )
        message = (await work.session.exec(select(OutboxMessage))).one()
        assert message.task == answer_breach.name
        broken = False
        await answer_breach.perform(work, message.arguments)
    async with database.read() as work:
        assert [row.subject_id for row in await deadlines_of(work) if row.rule == "L-34"] == [
            first.subject_id
        ]


async def test_an_action_may_settle_another_clock_of_the_same_sweep(
    database: Database, clock: CourtClock
) -> None:
    async with database.begin(SYSTEM) as work:
        first = await opened(work, "L-33", days=1)
        second = await opened(work, "L-19", due_at=first.due_at + timedelta(hours=1))

    @on_breach("L-33")
    async def act(work: Work, deadline: Deadline) -> None:
        await waive_deadline(work, "L-19", subject_kind="lot", subject_id=second.subject_id, reason="test")

    await clock.travel_to(second.due_at)
    async with database.begin(SYSTEM) as work:
        await sweep_deadlines(work)
    async with database.read() as work:
        assert (await work.session.get_one(Deadline, second.id)).state == DeadlineState.WAIVED


async def test_two_sweeps_at_once_breach_each_clock_once(database: Database, clock: CourtClock) -> None:
    async with database.begin(SYSTEM) as work:
        due = [(await opened(work, days=1)).due_at for _ in range(20)]
    await clock.travel_to(max(due))

    async def sweep() -> None:
        async with database.begin(SYSTEM) as work:
            await sweep_deadlines(work)

    await asyncio.gather(*(sweep() for _ in range(4)))
    async with database.read() as work:
        events = list(
            await work.session.exec(select(AuditEvent).where(AuditEvent.event == "deadline.breached"))
        )
    assert len(events) == len({event.lot_id for event in events}) == 20


async def test_T05_open_clocks_follow_the_disposal_right_to_the_other_court(work: Work) -> None:
    asset = new_id()
    running = await opened(work, asset_id=asset)
    met = await opened(work, asset_id=asset)
    await meet_deadline(work, RULE, subject_kind="lot", subject_id=met.subject_id)
    assert await move_deadlines(work, asset_id=asset, from_court="0508", to_court="0505") == 1
    await work.session.refresh(running)
    await work.session.refresh(met)
    assert (running.owner_court, met.owner_court) == ("0505", "0508")


async def test_what_is_due_is_listed_by_court_and_role_soonest_first(work: Work) -> None:
    later = await opened(work, days=20)
    sooner = await opened(work, days=3)
    await opened(work, days=3, owner_court="0505")
    await opened(work, days=3, owner_role="case_officer")
    listed = await due_deadlines(work, court_code="0508", owner_roles=("finance",))
    assert [each.id for each in listed] == [sooner.id, later.id]
    within = await due_deadlines(work, court_code="0508", owner_roles=("finance",), within=timedelta(days=10))
    assert [each.id for each in within] == [sooner.id]
    assert day_in_court(within[0].due_at) > day_in_court(work.now)


async def test_C02_a_year_without_its_holidays_is_told_of_loudly_with_the_clocks_it_concerns(
    work: Work,
) -> None:
    last = official_calendar().last_year
    inside = Work(work.session, work.actor, start_of_day(date(last, 11, 26)), work.request_id)
    before = {each.year: each.clocks for each in await missing_years(inside)}
    assert list(before) == [last + 1]
    await opened(inside, due_at=start_of_day(date(last + 1, 1, 8)))
    assert (await missing_years(inside))[0] == MissingYear(last + 1, before[last + 1] + 1)
    with capture_logs() as said:
        await warn_of_missing_years(inside)
    assert [(line["log_level"], line["year"]) for line in said] == [("warning", last + 1)]
    early = Work(work.session, work.actor, start_of_day(date(last - 1, 6, 1)), work.request_id)
    assert last not in {each.year for each in await missing_years(early)}
