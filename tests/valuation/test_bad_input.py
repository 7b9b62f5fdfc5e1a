"""Prices and reports as people get them wrong: withdrawn, zero, a thousand times too dear, at the very end,
for an inquiry that is over (V-02, V-11, V-12, V-20, V-31)."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from core.database import Database, Work
from core.errors import DisposalError, InvalidInput, RuleViolation
from core.identity import SYSTEM
from tests.auction.listing.workshop import TEAM, VALUE, Surveyed, at, by, later, surveyed_asset
from tests.conftest import CourtClock, Snapshot, snapshot
from tests.valuation.test_before_appraisal import asked, reported
from tests.valuation.test_report_objections import object_as, served
from valuation.agreement.invite import begin_agreement
from valuation.agreement.submit_price import submit_price
from valuation.directed_inquiry.ask import begin_directed_inquiry
from valuation.directed_inquiry.reply import record_reply
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.objections.models import ObjectionGround
from valuation.online_inquiry.deliver import deliver_report, record_platform_refusal
from valuation.online_inquiry.exchange import read_report
from valuation.online_inquiry.review import finish_review, review_report
from valuation.selection.begin import begin_waiting_selections, selections_of
from valuation.selection.choose import name_firms
from valuation.unvalued.models import UnvaluedGround
from valuation.unvalued.set_price import use_market_price
from valuation.ways.enter import steps_of
from valuation.ways.rules import WayFacts


async def test_V11_a_withdrawn_report_counts_no_more_and_cannot_come_back(work: Work) -> None:
    team, _, valuation, inquiries = await asked(work)
    for inquiry in inquiries:
        await deliver_report(team, inquiry.id, reported(team, VALUE))
    await record_platform_refusal(team, inquiries[0].id, withdrew=True)
    assert (inquiries[0].state, inquiries[0].price_fen) == ("withdrawn", None)
    for step in (
        record_platform_refusal(team, inquiries[0].id, withdrew=True),
        deliver_report(team, inquiries[0].id, reported(team, VALUE)),
    ):
        with pytest.raises(RuleViolation, match="V-11"):
            await step
    for inquiry in inquiries[1:]:
        await review_report(team, inquiry.id, fault=None)
    await finish_review(team, valuation.id)
    assert valuation.price_fen == VALUE


async def test_V02_when_every_report_is_withdrawn_an_appraisal_follows(work: Work) -> None:
    team, _, valuation, inquiries = await asked(work)
    for inquiry in inquiries:
        await deliver_report(team, inquiry.id, reported(team, VALUE))
    for inquiry in inquiries:
        await record_platform_refusal(team, inquiry.id, withdrew=True)
    assert (valuation.method, valuation.state) == (
        ValuationMethod.APPRAISAL,
        ValuationState.APPRAISER_SELECTION,
    )


async def test_V13_reports_of_a_failed_inquiry_never_make_the_price_of_the_appraisal(work: Work) -> None:
    team, _, valuation, inquiries = await asked(work)
    await deliver_report(team, inquiries[0].id, reported(team, VALUE))
    valuation.method, valuation.state = ValuationMethod.APPRAISAL, ValuationState.COURT_REVIEW
    await team.session.flush()
    for refused in (
        review_report(team, inquiries[0].id, fault=None),
        finish_review(team, valuation.id),
        deliver_report(team, inquiries[1].id, reported(team, VALUE)),
        record_platform_refusal(team, inquiries[0].id, withdrew=True),
    ):
        with pytest.raises(RuleViolation):
            await refused
    assert (valuation.state, valuation.price_fen) == (ValuationState.COURT_REVIEW, None)


@pytest.mark.parametrize(
    "price", [b"0", b"-1", b"1.5", b"1e30", b'"1000000"', b"null", b"100000000000000001"]
)
def test_V11_zero_negative_broken_and_endless_amounts_are_refused(price: bytes) -> None:
    content = b'{"report_no":"1","price_fen":%s,"valid_until":"2027-01-01","method":"m"}' % price
    with pytest.raises(InvalidInput, match="V-11"):
        read_report(content)


@pytest.mark.parametrize("factor", [0, 1000, 10**9])
async def test_V02_a_directed_reply_of_nothing_or_a_thousandfold_is_looked_at_again(
    work: Work, factor: int
) -> None:
    made = await surveyed_asset(work)
    made.asset.area_m2 = Decimal(100)
    team = by(work, TEAM)
    known = WayFacts(party_missing=True, base_price_exists=True)
    valuation = await begin_directed_inquiry(team, made.asset.id, facts=known, agency="税务局")
    facts: dict[str, Any] = {"price_fen": 5 * VALUE * factor, "reply_no": "复1", "basis": "计税基准价"}
    with pytest.raises(InvalidInput) as refused:
        await record_reply(team, valuation.id, **facts)
    assert "price" in refused.value.fields
    if factor == 1000:
        await record_reply(team, valuation.id, **facts, is_confirmed=True)
        assert valuation.price_fen == 5 * VALUE * factor
    else:
        with pytest.raises(InvalidInput):
            await record_reply(team, valuation.id, **facts, is_confirmed=True)


async def test_V04_a_market_price_a_thousand_times_too_dear_is_looked_at_again(work: Work) -> None:
    made = await surveyed_asset(work)
    made.asset.area_m2 = Decimal(100)
    facts: dict[str, Any] = {
        "ground": UnvaluedGround.EASILY_PRICED,
        "price_fen": 5_000 * VALUE,
        "source": "报价",
        "opinions": "无异议",
    }
    with pytest.raises(InvalidInput, match="V-04"):
        await use_market_price(by(work, TEAM), made.asset.id, **facts)
    assert (await use_market_price(by(work, TEAM), made.asset.id, **facts, is_confirmed=True)).price_fen


# --- at the very end of a period ----------------------------------------------------------------------------------


async def test_V20_at_the_end_of_the_period_neither_party_can_choose_any_more(work: Work) -> None:
    team, made, valuation, _ = await asked(work)
    valuation.method, valuation.state = ValuationMethod.APPRAISAL, ValuationState.APPRAISER_SELECTION
    await team.session.flush()
    await begin_waiting_selections(team)
    (selection,) = await selections_of(team, valuation.id)
    for party in (made.applicant, made.debtor):
        with pytest.raises(RuleViolation, match="V-20"):
            await name_firms(at(team, selection.due_at), selection.id, party.id, firms=[], paper_ref="卷")


async def test_V31_both_parties_object_in_the_last_moment_and_neither_at_the_end(work: Work) -> None:
    team, _, made, valuation, _ = await served(work)
    ends_at = valuation.objection_window_ends_at
    assert ends_at is not None
    last = at(team, ends_at - timedelta(microseconds=1))
    await object_as(last, valuation, made.applicant, ObjectionGround.RESULT)
    with pytest.raises(RuleViolation, match="V-32"):
        await object_as(at(team, ends_at), valuation, made.debtor, ObjectionGround.RESULT)
    assert later(team, days=1).now < ends_at


async def _negotiating(database: Database, _clock: CourtClock) -> tuple[Surveyed, UUID]:
    async with database.begin(SYSTEM) as work:
        made = await surveyed_asset(work)
        valuation = await begin_agreement(by(work, TEAM), made.asset.id, facts=WayFacts())
    return made, valuation.id


@pytest.fixture(scope="module")
async def negotiating(server_url: str) -> AsyncIterator[Snapshot[tuple[Surveyed, UUID]]]:
    """An agreement that waits for both parties."""
    async with snapshot(server_url, _negotiating) as city:
        yield city


@pytest.fixture
def template(negotiating: Snapshot[tuple[Surveyed, UUID]]) -> str:
    """Each test has a city of its own with it."""
    return negotiating.template


@pytest.mark.parametrize(("before_us", "fixed"), [(1, True), (0, False)])
async def test_V02_two_parties_at_the_same_instant(
    database: Database, negotiating: Snapshot[tuple[Surveyed, UUID]], before_us: int, fixed: bool
) -> None:
    """A microsecond before the end both count and make one price; at the end both are late. Whoever gets the lock first."""
    made, valuation_id = negotiating.made

    async def name(party: UUID) -> str:
        try:
            async with database.begin(TEAM) as work:
                step = (await steps_of(work, valuation_id))[0]
                assert step.due_at is not None
                moment = at(work, step.due_at - timedelta(microseconds=before_us))
                await submit_price(moment, valuation_id, party, price_fen=VALUE, paper_ref="卷")
        except DisposalError as refused:
            return type(refused).__name__
        return "taken"

    answers = Counter(await asyncio.gather(*(name(party.id) for party in (made.applicant, made.debtor))))
    assert answers == ({"taken": 2} if fixed else {"RuleViolation": 2})
    async with database.read(SYSTEM) as work:
        valuation = (await work.session.exec(select(Valuation))).one()
    assert (valuation.state == ValuationState.FIXED, valuation.price_fen == VALUE) == (fixed, fixed)
