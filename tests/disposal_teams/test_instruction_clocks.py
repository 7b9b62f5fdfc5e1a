"""What happens to instructions by itself, and what happens when two act at one moment (§11.7)."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from core.audit import history
from core.calendar import official_calendar
from core.database import Database
from core.deadlines.queries import deadlines_about
from core.deadlines.recount import count_again
from core.deadlines.rules import end_of_day
from core.errors import RuleViolation
from core.identity import SYSTEM
from core.notices.notify import notices_of
from core.outbox.timetable import PERIODIC, run_periodic
from disposal_teams.instructions.carry_out import (
    accept_result,
)
from disposal_teams.instructions.models import (
    Acceptance,
    Escalation,
    Instruction,
    InstructionState,
    ReturnReason,
)
from disposal_teams.instructions.receive import (
    return_instruction,
    sign_in,
)
from disposal_teams.instructions.send import (
    submit_instruction,
)
from disposal_teams.instructions.workers import find_due_instructions
from tests.conftest import CourtClock
from tests.disposal_teams.city import acting
from tests.disposal_teams.instruction_city import (
    People,
    drafted,
    reported,
    sent,
    settle,
)
from tests.disposal_teams.messages import deliver_all

S = InstructionState
SWEEP = PERIODIC[f"{find_due_instructions.__module__}.find_due_instructions"]


@pytest.fixture
async def people(database: Database) -> People:
    async with database.begin(SYSTEM) as work:
        return await settle(work)


async def sweep(database: Database) -> None:
    await run_periodic(database, SWEEP)
    await deliver_all(database)


async def fresh(database: Database, instruction: Instruction) -> Instruction:
    async with database.read(SYSTEM) as work:
        found = await work.session.get(Instruction, instruction.id)
        assert found is not None
        return found


async def test_nobody_signs_in_reminder_director_bureau_bulletin(
    database: Database, clock: CourtClock, people: People
) -> None:
    async with database.begin(SYSTEM) as work:
        instruction = await sent(work, people)
    assert instruction.next_check_at is not None
    titles = []
    for expected in (None, Escalation.DIRECTOR, Escalation.BUREAU, Escalation.BULLETIN):
        state = await fresh(database, instruction)
        assert state.next_check_at is not None
        await clock.travel_to(state.next_check_at + timedelta(seconds=1))
        await sweep(database)
        await sweep(database)
        after = await fresh(database, instruction)
        assert after.escalation == expected
        async with database.read(SYSTEM) as work:
            for who in (people.centre, people.their_director, people.bureau):
                assert who.account_id is not None
                titles += [(who.name, each.title.msgid) for each in await notices_of(work, who.account_id)]
    assert after.next_check_at is None
    assert (after.times_overdue, after.state) == (1, S.SENT)
    assert {
        ("吴中指挥中心", "有指令尚未签收"),
        ("吴中局长", "指令逾期"),
        ("中院执行局", "下级法院指令逾期"),
    } <= set(titles)
    async with database.begin(SYSTEM) as work:
        await sign_in(acting(work, people.centre), instruction.id)
    after = await fresh(database, instruction)
    assert (after.overdue_since, after.escalation, after.times_overdue) == (None, None, 1)


async def test_two_days_of_silence_accept_the_result(
    database: Database, clock: CourtClock, people: People
) -> None:
    async with database.begin(SYSTEM) as work:
        instruction = await reported(work, people)
    assert instruction.due_at is not None
    await clock.travel_to(instruction.due_at - timedelta(minutes=1))
    await sweep(database)
    assert (await fresh(database, instruction)).state == S.FEEDBACK
    await clock.travel_to(instruction.due_at)
    await sweep(database)
    after = await fresh(database, instruction)
    assert (after.state, after.acceptance) == (S.CLOSED, Acceptance.BY_SILENCE)


async def test_a_return_that_nobody_answers_withdraws_the_instruction(
    database: Database, clock: CourtClock, people: People
) -> None:
    async with database.begin(SYSTEM) as work:
        instruction = await sent(work, people)
        centre = acting(work, people.centre)
        await sign_in(centre, instruction.id)
        await return_instruction(
            centre, instruction.id, reason=ReturnReason.WRONG_COURT, note_text="应送昆山"
        )
    assert instruction.due_at is not None
    await clock.travel_to(instruction.due_at)
    await sweep(database)
    assert (await fresh(database, instruction)).state == S.WITHDRAWN


async def test_numbers_given_at_one_moment_have_no_gap_and_no_double(
    database: Database, people: People
) -> None:
    async with database.begin(SYSTEM) as work:
        made = [await drafted(work, people) for _ in range(6)]

    async def send(instruction: Instruction) -> None:
        async with database.begin(people.officer) as work:
            await submit_instruction(work, instruction.id)

    await asyncio.gather(*(send(each) for each in made))
    numbers = {(await fresh(database, each)).number for each in made}
    assert sorted(number.rsplit("指", 1)[1] for number in numbers if number) == [
        f"{n}号" for n in range(1, 7)
    ]


async def test_acceptance_and_its_silence_at_one_moment_close_once(
    database: Database, clock: CourtClock, people: People
) -> None:
    async with database.begin(SYSTEM) as work:
        instruction = await reported(work, people)
    assert instruction.due_at is not None
    await clock.travel_to(instruction.due_at)

    async def accept() -> None:
        async with database.begin(people.officer) as work:
            await accept_result(work, instruction.id)

    answers = await asyncio.gather(accept(), sweep(database), return_exceptions=True)
    assert not [
        each for each in answers if isinstance(each, Exception) and not isinstance(each, RuleViolation)
    ]
    async with database.read(SYSTEM) as work:
        events = await history(work, stream=f"instruction:{instruction.id}")
    assert [each.event for each in events].count("instruction.accepted") == 1


async def test_C02_a_new_holiday_year_moves_the_step_of_both_courts_with_its_clock(
    database: Database, people: People, clock: CourtClock
) -> None:
    year = official_calendar().last_year + 1
    await clock.travel_to(datetime(year, 9, 30, 2, tzinfo=UTC))
    async with database.begin(SYSTEM) as work:
        instruction = await sent(work, people)
    assert instruction.due_at == end_of_day(date(year, 10, 1)), "the next working day, by weekends alone"
    national_day = dict.fromkeys((date(year, 10, day) for day in range(1, 8)), "国庆节")
    async with database.begin(SYSTEM) as work:
        await count_again(work, replace(official_calendar(), holidays=national_day, last_year=year))
    moved = await fresh(database, instruction)
    assert moved.due_at == end_of_day(date(year, 10, 8))
    async with database.read(SYSTEM) as work:
        (running,) = [
            each for each in await deadlines_about(work, "instruction", moved.id) if each.state == "running"
        ]
    assert running.due_at == moved.due_at
    await clock.travel_to(end_of_day(date(year, 10, 2)))
    await sweep(database)
    assert (await fresh(database, instruction)).overdue_since is None, "nobody is late in the holidays"
