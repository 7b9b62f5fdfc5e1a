"""A compromise with instalments stops the disposal, and a breach lets it go on (A-29)."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

import auction.compromise.workers  # noqa: F401 - it answers a missed day and follows a change of court
from auction.compromise.agree import decide_compromise, file_compromise
from auction.compromise.models import Compromise, CompromiseState
from auction.compromise.perform import instalment_missed, note_payment, resume_on_request
from auction.compromise.queries import instalments_of, own_compromises
from auction.compromise.report import answer_report, report_breach, report_payment
from auction.compromise.rules import PlanLine, check_decider, plan_problem
from auction.listing.models import LotState
from auction.listing.publish_lot import publish_lot
from auction.suspension.models import Stay
from auction.suspension.resume import resume_due_lots, resume_lots
from benchmarks.market import COURT
from core.database import Work
from core.deadlines import Deadline, DeadlineState
from core.deadlines.rules import day_in_court, end_of_day
from core.deadlines.workers import sweep_deadlines
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import Actor, Role
from core.identity.accounts import open_account
from core.ids import new_id
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.transfers.hand_over import move_disposal
from tests.auction.listing.workshop import (
    PANEL,
    STRANGER,
    YUAN,
    Surveyed,
    at,
    by,
    ready_lot,
    valued_asset,
)
from tests.auction.suspension.standing import at as moment
from tests.auction.suspension.standing import sealed_market, standing
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


async def test_A29_the_sweep_finds_the_missed_day_and_the_sale_goes_on_with_the_time_that_was_left(
    work: Work,
) -> None:
    (lot,) = (await sealed_market(work, seconds=3600)).lots
    asset = await work.session.get_one(Asset, lot.asset_id)
    judge = Actor(None, "承办法官", frozenset({Role.CASE_OFFICER}), COURT)
    panel = Actor(None, "审判长", frozenset({Role.PANEL_MEMBER}), COURT)
    court = await moment(work, work.now + timedelta(minutes=20), judge)
    plan = [PlanLine(day_in_court(court.now) + timedelta(days=5), 100 * YUAN)]
    made = await file_compromise(court, asset.id, terms="五日内付清", plan=plan, asked_ahead=True)
    await decide_compromise(by(court, panel), made.id, stops=True, **ruling(court))
    lot, bidding = await standing(work, lot.id)
    left = bidding.remaining_ms
    assert (lot.state, asset.state) == (LotState.PAUSED, AssetState.SUSPENDED)
    assert left is not None

    await sweep_deadlines(await moment(work, end_of_day(plan[0].due_on) - timedelta(seconds=1)))
    assert made.state == S.IN_FORCE
    over = await moment(work, end_of_day(plan[0].due_on))
    await sweep_deadlines(over)
    await sweep_deadlines(over)
    await work.session.refresh(made)
    assert made.state == S.RESUMED
    (clock,) = list(await work.session.exec(select(Deadline).where(Deadline.rule == "A-29")))
    assert (clock.state, clock.answered_at) == (DeadlineState.BREACHED, over.now)

    officer = await moment(work, over.now, judge)
    (bidding,) = await resume_lots(officer, [lot.id], reason="和解未履行", approver="局长")
    assert bidding.resumes_at is not None
    goes_on = await moment(work, bidding.resumes_at)
    assert await resume_due_lots(goes_on) == 1
    lot, bidding = await standing(work, lot.id)
    assert (lot.state, bidding.phase, asset.state) == (LotState.BIDDING, "open", AssetState.LISTED)
    assert bidding.ends_at - goes_on.now >= timedelta(milliseconds=left), "all the time that was left"


async def on_line(work: Work, made: Surveyed) -> dict[str, Work]:
    """The two parties with their accounts, and a bystander."""
    people: dict[str, Work] = {"nobody": by(work, Actor(new_id(), "路人", frozenset({Role.BIDDER})))}
    for name, party in (("applicant", made.applicant), ("debtor", made.debtor)):
        account = await open_account(
            work, login=name, password_hash="x", display_name=name, roles={Role.DEBTOR}, court_code=None
        )
        party.account_id = account.id
        people[name] = by(work, Actor(account.id, name, frozenset({Role.DEBTOR})))
    await work.session.flush()
    return people


async def test_A29_the_parties_tell_on_line_and_the_court_answers(work: Work) -> None:
    team, made, _ = await valued_asset(work)
    people = await on_line(team, made)
    debtor, applicant, nobody = people["debtor"], people["applicant"], people["nobody"]
    compromise = await agreed(team, made.asset, asked_ahead=False)
    first, second = await instalments_of(work, compromise.id)
    assert [own.role for own in await own_compromises(debtor)] == ["debtor"]
    assert await own_compromises(nobody) == []
    for stranger in (nobody, applicant):
        with pytest.raises(NotFound):
            await report_payment(stranger, compromise.id, first.id, note="已付")
    with pytest.raises(NotFound):
        await report_breach(debtor, compromise.id, note="未付")
    with pytest.raises(InvalidInput):
        await report_payment(debtor, compromise.id, new_id(), note="已付")
    paid = await report_payment(debtor, compromise.id, first.id, note="3 月 1 日转账，回单 7 号")
    with pytest.raises(Conflict):
        await report_payment(debtor, compromise.id, second.id, note="又付")
    with pytest.raises(InvalidInput):
        await answer_report(team, paid.id, founded=True, answer="属实")
    await note_payment(team, first.id, paid_on=day_in_court(team.now), proof="回单7号")
    assert (paid.founded, paid.answer) == (True, "回单7号"), "noting the payment answers"

    breach = await report_breach(applicant, compromise.id, note="未交付约定的担保")
    with pytest.raises(NotPermitted):
        await answer_report(by(team, STRANGER), breach.id, founded=False, answer="x")
    await answer_report(team, breach.id, founded=False, answer="担保已交付")
    with pytest.raises(Conflict):
        await answer_report(team, breach.id, founded=True, answer="属实")
    again = await report_breach(applicant, compromise.id, note="第二期明确表示不付")
    unpaid = await report_payment(debtor, compromise.id, second.id, note="已付")
    await answer_report(team, again.id, founded=True, answer="债务人书面表示不再履行")
    assert (compromise.state, made.asset.state) == (S.RESUMED, AssetState.READY_TO_LIST)
    await work.session.refresh(unpaid)
    assert unpaid.founded is False, "what was not answered is answered by the end"
    with pytest.raises(RuleViolation):
        await report_breach(applicant, compromise.id, note="又一次")
