"""A compromise with instalments stops the disposal, and a breach lets it go on (A-29)."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

import auction.compromise.follow_disposal  # noqa: F401 - it follows a change of court
from auction.compromise.agree import decide_compromise, file_compromise
from auction.compromise.models import Compromise, CompromiseState
from auction.compromise.perform import instalment_missed, note_payment, resume_on_request
from auction.compromise.queries import instalments_of
from auction.compromise.rules import PlanLine, check_decider, plan_problem
from auction.listing.models import LotState
from auction.listing.publish_lot import publish_lot
from auction.suspension.models import Stay
from core.database import Work
from core.deadlines import Deadline, DeadlineState
from core.deadlines.rules import day_in_court, end_of_day
from core.errors import Conflict, InvalidInput, NotPermitted, RuleViolation
from core.ids import new_id
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.transfers.hand_over import move_disposal
from tests.auction.listing.workshop import PANEL, STRANGER, YUAN, at, by, ready_lot, valued_asset
from tests.disposal_teams.city import HUQIU

S = CompromiseState
TODAY = date(2026, 3, 2)


@given(st.lists(st.tuples(st.integers(-3, 90), st.integers(-1, 10**6)), max_size=8))
def test_A29_a_plan_has_rising_days_and_positive_amounts(lines: list[tuple[int, int]]) -> None:
    plan = [PlanLine(TODAY + timedelta(days=day), fen) for day, fen in lines]
    days = [day for day, _ in lines]
    good = bool(lines) and days == sorted(set(days)) and days[0] > 0 and all(fen > 0 for _, fen in lines)
    assert (plan_problem(plan, today=TODAY, most_fen=10**12) is None) == good


def test_P05_who_entered_the_agreement_does_not_rule() -> None:
    person = new_id()
    with pytest.raises(RuleViolation, match="P-05"):
        check_decider(person, person)


async def agreed(team: Work, asset: Asset, *, asked_ahead: bool = True, stops: bool = True) -> Compromise:
    """Two instalments, in 10 and 40 days, ruled on."""
    today = day_in_court(team.now)
    plan = [PlanLine(today + timedelta(days=days), 500_000 * YUAN) for days in (10, 40)]
    made = await file_compromise(team, asset.id, terms="分两期付清", plan=plan, asked_ahead=asked_ahead)
    return await decide_compromise(by(team, PANEL), made.id, stops=stops, **ruling(team))


def ruling(team: Work) -> dict[str, Any]:
    return {
        "members": ["审判长", "审判员甲", "审判员乙"],
        "minutes": "一致同意",
        "decided_on": day_in_court(team.now),
    }


async def clocks(work: Work) -> list[str]:
    rows = await work.session.exec(
        select(Deadline.state).where(Deadline.rule == "A-29").order_by(col(Deadline.due_at))
    )
    return list(rows)


async def test_A29_a_sale_stands_still_and_goes_on_by_the_clock_when_asked_ahead(work: Work) -> None:
    team, made, lot = await ready_lot(work)
    await publish_lot(team, lot.id)
    compromise = await agreed(team, made.asset)
    assert (lot.state, made.asset.state) == (LotState.PAUSED, AssetState.SUSPENDED)
    first, _ = await instalments_of(work, compromise.id)
    assert await clocks(work) == [DeadlineState.RUNNING, DeadlineState.RUNNING]
    with pytest.raises(RuleViolation):
        await file_compromise(
            team,
            made.asset.id,
            terms="又一份",
            plan=[PlanLine(day_in_court(team.now) + timedelta(days=1), 1)],
            asked_ahead=False,
        )
    over = at(work, end_of_day(first.due_on))
    await instalment_missed(over, first.id)
    await instalment_missed(over, first.id)
    assert compromise.state == S.RESUMED
    (stay,) = list(await work.session.exec(select(Stay)))
    assert stay.ended_at == over.now
    (five_days,) = list(await work.session.exec(select(Deadline).where(Deadline.rule == "L-25")))
    assert five_days.state == DeadlineState.RUNNING, "the sale goes on within five days"
    assert DeadlineState.RUNNING not in (await clocks(work))[1:]


async def test_A29_without_a_request_the_applicant_is_told_and_asks(work: Work) -> None:
    team, made, _ = await valued_asset(work)
    compromise = await agreed(team, made.asset, asked_ahead=False)
    assert made.asset.state == AssetState.SUSPENDED
    first, second = await instalments_of(work, compromise.id)
    with pytest.raises(RuleViolation):
        await resume_on_request(team, compromise.id, note="申请恢复")
    over = at(work, end_of_day(first.due_on), team.actor)
    await instalment_missed(over, first.id)
    assert (compromise.state, made.asset.state) == (S.LATE, AssetState.SUSPENDED)
    await note_payment(over, first.id, paid_on=first.due_on, proof="收据1号")
    assert compromise.state == S.IN_FORCE, "paid before anybody asked"
    late = at(work, end_of_day(second.due_on), team.actor)
    await instalment_missed(late, second.id)
    with pytest.raises(NotPermitted):
        await resume_on_request(by(late, STRANGER), compromise.id, note="申请恢复")
    await resume_on_request(late, compromise.id, note="申请执行人 4 月 12 日书面申请")
    assert (compromise.state, made.asset.state) == (S.RESUMED, AssetState.READY_TO_LIST)


async def test_A29_kept_to_the_end_and_refused(work: Work) -> None:
    team, made, _ = await valued_asset(work)
    refused = await agreed(team, made.asset, stops=False)
    assert (refused.state, made.asset.state) == (S.REFUSED, AssetState.READY_TO_LIST)
    compromise = await agreed(team, made.asset)
    for each in await instalments_of(work, compromise.id):
        with pytest.raises(InvalidInput):
            await note_payment(team, each.id, paid_on=day_in_court(team.now), proof="")
        await note_payment(team, each.id, paid_on=day_in_court(team.now), proof="收据")
    assert (compromise.state, made.asset.state) == (S.KEPT, AssetState.SUSPENDED)
    with pytest.raises((Conflict, RuleViolation)):
        await note_payment(team, each.id, paid_on=day_in_court(team.now), proof="收据")
    assert await clocks(work) == [DeadlineState.MET, DeadlineState.MET]


async def test_T05_a_compromise_goes_with_the_disposal_right(work: Work) -> None:
    team, made, _ = await valued_asset(work)
    compromise = await agreed(team, made.asset)
    await move_disposal(team, made.asset, to_court=HUQIU, rule="T-05")
    assert (compromise.court_code, compromise.state) == (HUQIU, S.IN_FORCE)
    owners = await work.session.exec(select(Deadline.owner_court).where(Deadline.rule == "A-29"))
    assert set(owners) == {HUQIU}
