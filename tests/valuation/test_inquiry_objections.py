"""Objections to the reports of an online inquiry: which of them still carry the mean (V-13, V-31)."""

import pytest

from core.database import Work
from core.errors import InvalidInput, RuleViolation
from disposal_teams.objections.models import Outcome
from tests.auction.listing.workshop import VALUE, Surveyed, later
from tests.valuation.test_before_appraisal import asked, reported
from tests.valuation.test_report_objections import G, object_as, receive, rule
from valuation.appraisal.serve import serve_results
from valuation.fix_price import fix_due_prices
from valuation.models import Valuation, ValuationState
from valuation.online_inquiry.deliver import deliver_report
from valuation.online_inquiry.models import PlatformInquiry
from valuation.online_inquiry.review import end_due_corrections, finish_review, review_report


async def inquired(work: Work) -> tuple[Work, Surveyed, Valuation, list[PlatformInquiry]]:
    """An online inquiry with three clean reports of 90, 100 and 110, received by both parties."""
    team, made, valuation, inquiries = await asked(work)
    for inquiry, percent in zip(inquiries, (90, 100, 110), strict=True):
        await deliver_report(team, inquiry.id, reported(team, VALUE * percent // 100))
    for inquiry in inquiries:
        await review_report(team, inquiry.id, fault=None)
    await finish_review(team, valuation.id)
    await receive(team, valuation)
    return team, made, valuation, inquiries


async def test_V13_objected_reports_leave_the_mean_and_come_back_when_all_are_dismissed(work: Work) -> None:
    team, made, valuation, inquiries = await inquired(work)
    codes = [each.platform_code for each in inquiries]
    with pytest.raises(RuleViolation, match="V-31"):
        await object_as(team, valuation, made.debtor, G.RESULT, platforms=codes[:1])
    with pytest.raises(InvalidInput):
        await object_as(team, valuation, made.debtor, G.WRONG_BASICS, platforms=["??"])
    first = await object_as(team, valuation, made.debtor, G.WRONG_BASICS, platforms=codes[:1])
    assert valuation.price_fen == VALUE * 105 // 100
    second = await object_as(team, valuation, made.applicant, G.WRONG_BASICS, platforms=codes[1:])
    await rule(team, first, Outcome.DISMISSED)
    assert valuation.price_fen == VALUE * 105 // 100  # undecided: the mean stands as it was
    await rule(team, second, Outcome.FOUNDED)
    assert valuation.price_fen == VALUE * 90 // 100
    assert await fix_due_prices(later(team, days=60)) == 1


async def test_V13_when_every_report_is_found_wrong_they_correct_or_an_appraisal_follows(work: Work) -> None:
    team, made, valuation, inquiries = await inquired(work)
    codes = [each.platform_code for each in inquiries]
    objection = await object_as(team, valuation, made.debtor, G.WRONG_BASICS, platforms=codes)
    await rule(team, objection, Outcome.FOUNDED)
    assert (valuation.state, valuation.price_fen) == (ValuationState.COURT_REVIEW, None)
    with pytest.raises(RuleViolation, match="V-24"):
        await serve_results(team, valuation.id)
    await deliver_report(team, inquiries[0].id, reported(team, VALUE, "更1"))
    await review_report(team, inquiries[0].id, fault=None)
    for other in inquiries[1:]:
        await review_report(team, other.id, fault=other.fault)  # type: ignore[arg-type]
    await finish_review(team, valuation.id)
    assert valuation.price_fen == VALUE
    await serve_results(team, valuation.id)
    assert await fix_due_prices(later(team, days=60)) == 1


async def test_V13_nobody_corrects_and_an_appraisal_follows(work: Work) -> None:
    team, made, valuation, inquiries = await inquired(work)
    codes = [each.platform_code for each in inquiries]
    objection = await object_as(team, valuation, made.debtor, G.EXCESS_OR_OMISSION, platforms=codes)
    await rule(team, objection, Outcome.FOUNDED)
    assert await end_due_corrections(later(team, days=9)) == 1
    assert (valuation.method, valuation.state) == ("appraisal", ValuationState.APPRAISER_SELECTION)


async def test_V31_grave_procedure_in_every_platform_report_leads_to_an_appraisal(work: Work) -> None:
    team, made, valuation, inquiries = await inquired(work)
    codes = [each.platform_code for each in inquiries]
    objection = await object_as(team, valuation, made.debtor, G.GRAVE_PROCEDURE, platforms=codes)
    await rule(team, objection, Outcome.FOUNDED)
    assert (valuation.method, valuation.state) == ("appraisal", ValuationState.APPRAISER_SELECTION)
    assert valuation.price_fen is None
