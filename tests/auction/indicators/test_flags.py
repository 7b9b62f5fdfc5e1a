"""A red flag is raised, ordered upon with a clock, cleared; the figure before and after stays (K-21, T-20)."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from auction.indicators.flags import (
    flag_of,
    flags,
    look_for_flags,
    measure_effects,
    order_on_flag,
    orders_of_flags,
)
from auction.indicators.interventions import Standing, interventions
from auction.indicators.models import FlagState, RedFlag
from auction.indicators.refresh import refresh_all
from auction.indicators.rules import month_of
from core.audit import verify_stream
from core.clock import COURT_ZONE
from core.database import Work
from core.deadlines.models import Deadline
from core.errors import NotFound, NotPermitted, RuleViolation
from core.identity import Role
from core.ids import new_id
from disposal_teams.cases.queries import case_of
from disposal_teams.instructions.models import InstructionState
from disposal_teams.orders.queries import order_of
from tests.auction.indicators.raw_history import Historian
from tests.disposal_teams.city import acting, person, superior

DAY = timedelta(days=1)


async def overdue(work: Work) -> tuple[RedFlag, UUID, UUID]:
    """A court that let one clock pass: the flag, the case behind it, the clock."""
    history = Historian(work, 11)
    await history.begin()
    (asset_id,) = await history.live(1)
    await work.session.execute(text("DELETE FROM deadline"))
    await work.session.execute(text("UPDATE asset SET state = 'valuation'"))
    row = (await work.session.execute(text("SELECT court_code, case_id FROM asset"))).one()
    await work.session.execute(
        text("UPDATE enforcement_case SET court_code = :court"), {"court": row.court_code}
    )
    clock = Deadline(
        id=new_id(), rule="L-08", subject_kind="asset", subject_id=asset_id, asset_id=asset_id,
        started_at=work.now - 20 * DAY, due_at=work.now - DAY, owner_role="disposal_team", owner_court=row.court_code,
        state="breached", breached_at=work.now - timedelta(minutes=1),
    )  # fmt: skip
    work.session.add(clock)
    await work.session.flush()
    await refresh_all(work)
    (flag,) = [each for each in await look_for_flags(work) if each.indicator == "K-21"]
    return flag, row.case_id, clock.id


async def test_K21_a_breached_clock_raises_one_flag_and_its_end_clears_it(work: Work) -> None:
    flag, _, clock_id = await overdue(work)
    assert (flag.numerator, flag.month, flag.comparison, flag.threshold) == (1, month_of(work.now), ">", "0")
    assert await look_for_flags(work) == []
    own = acting(work, person(flag.court_code, Role.BUREAU_DIRECTOR))
    assert [each.id for each in await flags(own, court_code=flag.court_code)] == [flag.id]
    assert (await flag_of(own, flag.id)).id == flag.id
    other = acting(work, person("0505" if flag.court_code != "0505" else "0506", Role.BUREAU_DIRECTOR))
    with pytest.raises(NotFound):
        await flag_of(other, flag.id)
    with pytest.raises(NotPermitted):
        await flags(other)
    next_month = Work(work.session, work.actor, work.now + 32 * DAY, None)
    clock = await work.session.get_one(Deadline, clock_id)
    clock.done_at = next_month.now - 31 * DAY
    await work.session.flush()
    await refresh_all(next_month)
    await look_for_flags(next_month)
    await work.session.refresh(flag)
    assert flag.state == FlagState.CLEARED
    assert await verify_stream(work, f"red_flag:{flag.id}") is None


async def test_K21_T20_an_order_on_a_flag_has_a_clock_and_its_effect_is_measured(work: Work) -> None:
    flag, case_id, clock_id = await overdue(work)
    due_on = work.now.astimezone(COURT_ZONE).date() + 20 * DAY
    own = acting(work, person(flag.court_code, Role.BUREAU_DIRECTOR))
    with pytest.raises(NotPermitted):
        await order_on_flag(own, flag.id, case_id=case_id, reason="x", due_on=due_on)
    above = acting(work, superior())
    made = await order_on_flag(
        above, flag.id, case_id=case_id, reason="请在二十日内启动拍卖。", due_on=due_on
    )
    assert (made.numerator_before, made.month_before) == (1, flag.month)
    await work.session.refresh(flag)
    assert flag.state == FlagState.ORDERED
    order = await order_of(above, made.instruction_id)
    assert (order.kind, order.due_on, order.chosen_court) == ("urge", due_on, flag.court_code)
    ((mine, instruction),) = (await orders_of_flags(above, [flag.id]))[flag.id]
    assert (mine.instruction_id, instruction.state) == (made.instruction_id, InstructionState.SENT)
    assert instruction.due_at is not None
    assert await measure_effects(work) == [], "nothing is over yet"
    (running,) = await interventions(own, court_code=flag.court_code)
    assert (running.standing, running.effect, running.due_on) == (Standing.RUNNING, None, due_on)
    with pytest.raises(NotPermitted):
        await interventions(own)
    clock = await work.session.get_one(Deadline, clock_id)
    clock.done_at = work.now
    await work.session.flush()
    later = Work(work.session, work.actor, work.now + 40 * DAY, None)
    await refresh_all(later)
    (measured,) = await measure_effects(later)
    assert (measured.numerator_after, measured.month_after) == (0, month_of(later.now))
    assert await measure_effects(later) == []
    (over,) = await interventions(Work(work.session, superior(), later.now, None))
    assert over.effect == 1, "from one overdue asset to none"
    assert over.figures[0].numerator == 1
    assert [month for month, _ in over.course][:1] == [flag.month]
    await look_for_flags(later)
    with pytest.raises(RuleViolation):
        await order_on_flag(above, flag.id, case_id=case_id, reason="x", due_on=due_on)


async def test_K21_an_order_goes_only_to_a_case_of_the_flags_court(work: Work) -> None:
    flag, case_id, _ = await overdue(work)
    case = await case_of(work, case_id)
    case.court_code = "0505" if flag.court_code != "0505" else "0506"
    await work.session.flush()
    with pytest.raises(RuleViolation):
        await order_on_flag(
            acting(work, superior()), flag.id, case_id=case_id, reason="x",
            due_on=work.now.astimezone(COURT_ZONE).date() + 20 * DAY,
        )  # fmt: skip
