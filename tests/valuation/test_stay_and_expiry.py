"""Stays, withdrawals, expired prices and their re-issue (V-34, V-35)."""

from datetime import timedelta

import pytest
from sqlmodel import select

from core.database import Work
from core.deadlines.models import Deadline, DeadlineState
from core.errors import InvalidInput, RuleViolation
from disposal_teams.assets.models import AssetState
from tests.auction.listing.workshop import (
    BOTH_ASK,
    TEAM,
    appraised,
    by,
    firm_at_work,
    later,
    surveyed_asset,
    valued_asset,
)
from valuation.agreement.compare import end_due_agreements
from valuation.agreement.invite import begin_agreement
from valuation.appraisal.begin import begin_appraisal
from valuation.appraisal.entrust import end_overdue_engagements, engagements_of
from valuation.expiry import expire_prices, reissue_price
from valuation.models import ValuationState
from valuation.queries import current_valuation
from valuation.stay import resume_valuation, stay_valuation, withdraw_valuation
from valuation.ways.enter import steps_of
from valuation.ways.rules import WayFacts


async def test_V35_a_stay_stops_the_clocks_and_gives_back_the_time(work: Work) -> None:
    made = await surveyed_asset(work)
    team = by(work, TEAM)
    valuation = await begin_agreement(team, made.asset.id, facts=WayFacts())
    (step,) = await steps_of(team, valuation.id)
    assert step.due_at is not None
    due = step.due_at
    await stay_valuation(team, valuation.id, ground="case_stayed", reason="案件暂缓")
    with pytest.raises(RuleViolation):
        await stay_valuation(team, valuation.id, ground="case_stayed", reason="再次")
    assert await end_due_agreements(later(team, days=40)) == 0
    after = later(team, days=20)
    await resume_valuation(after, valuation.id)
    assert valuation.state == ValuationState.NEGOTIATING
    assert step.due_at >= due + timedelta(days=20)
    clock = (await team.session.exec(select(Deadline).where(Deadline.rule == "V-02"))).one()
    assert (clock.state, clock.due_at) == (DeadlineState.RUNNING, step.due_at)
    with pytest.raises(RuleViolation, match="V-35"):
        await resume_valuation(after, valuation.id)


async def test_V23_V35_a_firm_loses_no_time_by_a_stay(work: Work) -> None:
    made = await surveyed_asset(work)
    valuation = await appraised(work, made)
    team = by(work, TEAM)
    (engagement, *_) = await engagements_of(team, valuation.id)
    assert engagement.due_at is not None
    due = engagement.due_at
    await stay_valuation(team, valuation.id, ground="material_contradicts", reason="面积不符")
    assert await end_overdue_engagements(later(team, days=60)) == 0
    await resume_valuation(later(team, days=10), valuation.id)
    assert engagement.due_at >= due + timedelta(days=10)
    clocks = (await team.session.exec(select(Deadline).where(Deadline.rule == "L-03"))).all()
    assert [each.due_at for each in clocks] == [engagement.due_at]


async def test_V35_a_withdrawal_releases_everybody_and_a_new_search_may_begin(work: Work) -> None:
    made = await surveyed_asset(work)
    valuation = await appraised(work, made)
    team = by(work, TEAM)
    with pytest.raises(InvalidInput) as refused:
        await withdraw_valuation(team, valuation.id, ground="whim", reason="")
    assert set(refused.value.fields) == {"ground", "stay_reason"}
    await withdraw_valuation(team, valuation.id, ground="price_agreed", reason="双方另行议价")
    assert {each.state for each in await engagements_of(team, valuation.id)} == {"withdrawn"}
    running = await team.session.exec(
        select(Deadline.rule).where(
            Deadline.state == DeadlineState.RUNNING, Deadline.asset_id == made.asset.id
        )
    )
    assert not {"L-03", "V-20", "V-02"} & set(running)
    assert (await begin_agreement(team, made.asset.id, facts=WayFacts())).is_current


async def test_V34_an_unused_price_expires_and_is_issued_anew_by_the_same_firm(work: Work) -> None:
    team, made, valuation = await valued_asset(work)
    assert await expire_prices(team) == 0
    with pytest.raises(RuleViolation, match="V-34"):
        await reissue_price(team, valuation.id)
    with pytest.raises(RuleViolation, match="V-35"):
        await withdraw_valuation(team, valuation.id, ground="debt_paid", reason="已清偿")
    late = later(team, days=400)
    assert await expire_prices(late) == 1
    assert (valuation.state, made.asset.state) == (ValuationState.EXPIRED, AssetState.VALUATION)
    anew = await reissue_price(late, valuation.id)
    assert (anew.reissue_of, anew.state) == (valuation.id, ValuationState.APPRAISING)
    assert await firm_at_work(late, anew) == "某评估公司"
    (engagement,) = await engagements_of(late, anew.id)
    assert engagement.due_at is not None
    assert timedelta(days=15) <= engagement.due_at - late.now <= timedelta(days=24)
    found = await current_valuation(late, made.asset.id)
    assert found is not None
    assert found.id == anew.id


async def test_V34_after_a_notice_in_time_the_price_serves_six_months_more(work: Work) -> None:
    team, made, valuation = await valued_asset(work)
    made.asset.first_listed_at = team.now
    assert valuation.valid_until is not None
    assert await expire_prices(later(team, days=400)) == 0
    assert await expire_prices(later(team, days=365 + 200)) == 1


async def test_V34_an_agreed_price_is_not_reissued_but_agreed_again(work: Work) -> None:
    team, made, valuation = await valued_asset(work)
    valuation.method, valuation.state = "agreement", ValuationState.EXPIRED
    with pytest.raises(RuleViolation, match="V-34"):
        await reissue_price(team, valuation.id)
    made.asset.state = AssetState.VALUATION
    await begin_appraisal(team, made.asset.id, facts=BOTH_ASK)
