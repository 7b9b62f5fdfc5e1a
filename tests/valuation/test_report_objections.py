"""Objections to reports: to the panel, to the firm, to the association; late, second and withdrawn ones (V-13, V-31, V-32)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from core.database import Work
from core.deadlines.models import Deadline, DeadlineState
from core.documents import Document
from core.errors import InvalidInput, NotPermitted, RuleViolation
from core.identity import Actor, Role
from disposal_teams.objections.followers import Occasion
from disposal_teams.objections.models import Objection, ObjectionState, Outcome
from tests.auction.listing.workshop import (
    FIRMS,
    STRANGER,
    TEAM,
    VALUE,
    YUAN,
    Surveyed,
    at,
    by,
    firm_at_work,
    later,
)
from tests.valuation.test_before_appraisal import agreeing, say
from tests.valuation.test_reports import at_work, figures, pdf
from valuation.appraisal.demands import open_demand
from valuation.appraisal.enter_report import upload_report
from valuation.appraisal.entrust import engagements_of
from valuation.appraisal.models import AppraisalEngagement
from valuation.appraisal.papers import issue_result_notice
from valuation.appraisal.serve import record_receipt, serve_results
from valuation.basis import basis_of
from valuation.fix_price import fix_due_prices, fix_price
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.objections import rules
from valuation.objections.answer import (
    accept_answer,
    answer_objection,
    contest_answer,
    end_due_answers,
    send_to_firm,
)
from valuation.objections.effects import apply_final_rulings, apply_ruling, record_technical_review
from valuation.objections.models import (
    ObjectionGround,
    ReportObjection,
    ReportObjectionOutcome,
    ReportObjectionState,
    ReviewVerdict,
)
from valuation.objections.object import object_to_report, withdraw_report_objection
from valuation.objections.papers import issue_review_letter
from valuation.stay import resume_valuation, stay_valuation, withdraw_valuation

G = ObjectionGround
S = ReportObjectionState


async def served(work: Work) -> tuple[Work, Work, Surveyed, Valuation, AppraisalEngagement]:
    """A report that both parties have received: the court's and the firm's work, and what it is about."""
    firm, made, valuation, engagement = await at_work(work)
    await upload_report(firm, engagement.id, figures(work), pdf())
    team = by(work, TEAM)
    await receive(team, valuation)
    return team, firm, made, valuation, engagement


async def receive(team: Work, valuation: Valuation) -> None:
    """Serve the result on everybody, who receive it at once."""
    for service in await serve_results(team, valuation.id):
        await record_receipt(team, service.id, received_at=team.now, proof="回证")


async def object_as(
    team: Work, valuation: Valuation, party: Any, *grounds: ObjectionGround, **options: Any
) -> ReportObjection:
    """The court enters a person's objection."""
    return await object_to_report(
        team, valuation.id, party.id, grounds=grounds, reasons="理由", paper_ref="卷3", **options
    )


async def rule(work: Work, objection: ReportObjection, outcome: Outcome) -> None:
    """The panel's ruling has become final (how it does: tests/auction/objections)."""
    ruled = await work.session.get_one(Objection, objection.objection_id)
    ruled.state, ruled.outcome, ruled.remedy = ObjectionState.FINAL, outcome, None
    if outcome is Outcome.FOUNDED:
        ruled.remedy = "correct_act"
    await work.session.flush()
    await apply_ruling(work, ruled, Occasion.FINAL)
    await apply_ruling(work, ruled, Occasion.FINAL)  # repeating changes nothing


def test_V31_the_two_kinds_do_not_overlap_and_qualification_comes_first() -> None:
    assert set(G) == rules.TO_PANEL | rules.TO_FIRM
    assert set() == rules.TO_PANEL & rules.TO_FIRM
    assert rules.first_state({G.METHOD}) is S.SENDING
    assert rules.first_state({G.METHOD, G.NO_QUALIFICATION}) is S.RULING
    states = rules.state_of_valuation
    assert states([], all_received=False) is ValuationState.SERVING
    assert states([], all_received=True) is ValuationState.OBJECTION_WINDOW
    assert states([S.ANSWERED, S.REVIEW], all_received=True) is ValuationState.EXPERT_REVIEW
    assert states([S.REVIEW, S.RULING], all_received=True) is ValuationState.OBJECTION_T1
    assert states([S.SENDING], all_received=False) is ValuationState.OBJECTION_T2


async def test_V31_the_firm_explains_and_silence_of_the_objector_settles_it(work: Work) -> None:
    team, firm, made, valuation, _ = await served(work)
    objection = await object_as(team, valuation, made.debtor, G.RESULT)
    assert (objection.state, valuation.state) == (S.ANSWERING, ValuationState.OBJECTION_T2)
    clock = (await work.session.exec(select(Deadline).where(Deadline.rule == "L-07"))).one()
    assert (clock.state, clock.due_at) == (DeadlineState.RUNNING, objection.answer_due_at)
    with pytest.raises(RuleViolation, match="V-31"):
        await fix_price(later(team, days=60), valuation.id)
    assert await fix_due_prices(later(team, days=60)) == 0
    with pytest.raises(NotPermitted):
        await answer_objection(by(work, STRANGER), objection.id, answer="说明")
    with pytest.raises(InvalidInput):
        await answer_objection(firm, objection.id, answer=" ")
    await answer_objection(firm, objection.id, answer="参照三宗成交案例")
    with pytest.raises(RuleViolation, match="V-31"):
        await answer_objection(firm, objection.id, answer="再次")
    assert objection.contest_due_at is not None
    assert await end_due_answers(team) == 0
    after = at(team, objection.contest_due_at)
    with pytest.raises(RuleViolation, match="V-31"):
        await contest_answer(after, objection.id, reason="迟")
    assert await end_due_answers(after) == 1
    assert objection.outcome == ReportObjectionOutcome.EXPLAINED
    assert valuation.state == ValuationState.OBJECTION_WINDOW
    assert await fix_due_prices(later(after, days=1)) == 1
    assert (valuation.state, valuation.price_fen) == (ValuationState.FIXED, VALUE)


async def test_V31_the_firm_corrects_and_the_objector_accepts(work: Work) -> None:
    team, firm, made, valuation, _ = await served(work)
    objection = await object_as(team, valuation, made.debtor, G.METHOD)
    price = VALUE + 9 * YUAN
    new = figures(work, firm=FIRMS[0], report_no="更1", price_fen=price, price_again_fen=price)
    await answer_objection(firm, objection.id, answer="更正", corrected=(new, pdf(b"%PDF-2")))
    assert (valuation.price_fen, valuation.state) == (price, ValuationState.OBJECTION_T2)
    await accept_answer(team, objection.id)
    assert objection.outcome == ReportObjectionOutcome.CORRECTED
    assert await fix_due_prices(later(team, days=60)) == 1
    assert valuation.price_fen == price


async def test_L07_no_answer_in_five_days_leads_to_the_review_by_itself(work: Work) -> None:
    team, firm, made, valuation, _ = await served(work)
    objection = await object_as(team, valuation, made.applicant, G.STANDARD)
    assert objection.answer_due_at is not None
    due = at(team, objection.answer_due_at)
    with pytest.raises(RuleViolation, match="V-31"):
        await answer_objection(at(firm, objection.answer_due_at, firm.actor), objection.id, answer="迟")
    assert await end_due_answers(due) == 1
    assert await end_due_answers(due) == 0
    assert (objection.state, valuation.state) == (S.REVIEW, ValuationState.EXPERT_REVIEW)
    await issue_review_letter(due, objection_id=objection.id)
    letter = (
        await work.session.exec(select(Document).where(Document.kind == "technical_review_letter"))
    ).one()
    assert letter.content.startswith(b"%PDF")
    await record_technical_review(due, objection.id, verdict=ReviewVerdict.UPHELD, conclusion="方法得当")
    assert objection.outcome == ReportObjectionOutcome.DISMISSED
    assert await fix_due_prices(later(due, days=30)) == 1
    assert valuation.price_fen == VALUE


async def test_V31_the_conclusion_of_the_review_binds_or_the_firm_corrects(work: Work) -> None:
    team, firm, made, valuation, engagement = await served(work)
    first = await object_as(team, valuation, made.applicant, G.RESULT)
    second = await object_as(team, valuation, made.debtor, G.RESULT)
    for each in (first, second):
        await answer_objection(firm, each.id, answer="说明")
        await contest_answer(team, each.id, reason="仍不同意")
    for verdict, price in (
        (ReviewVerdict.OTHER_PRICE, None),
        (ReviewVerdict.UPHELD, 1),
        (ReviewVerdict.OTHER_PRICE, 0),
    ):
        with pytest.raises(InvalidInput):
            await record_technical_review(team, first.id, verdict=verdict, conclusion="x", price_fen=price)
    price = VALUE - 50_000 * YUAN
    await record_technical_review(
        team, first.id, verdict=ReviewVerdict.OTHER_PRICE, conclusion="比较案例有误", price_fen=price
    )
    assert (valuation.price_fen, valuation.state) == (price, ValuationState.EXPERT_REVIEW)
    assert "经专业技术评审" in (await basis_of(work, valuation)).source
    await record_technical_review(
        team, second.id, verdict=ReviewVerdict.FIRM_CORRECTS, conclusion="修正面积后重算"
    )
    assert valuation.state == ValuationState.COURT_REVIEW
    assert await open_demand(work, valuation.id) is not None
    assert await fix_due_prices(later(team, days=60)) == 0
    new = figures(work, report_no="更2", price_fen=price + YUAN, price_again_fen=price + YUAN)
    await upload_report(firm, engagement.id, new, pdf(b"%PDF-3"))
    assert (
        await serve_results(team, valuation.id) == []
    )  # the correction is told, without another window (V-32)
    await issue_result_notice(team, valuation_id=valuation.id)
    assert valuation.state == ValuationState.OBJECTION_WINDOW
    with pytest.raises(RuleViolation, match="V-32"):
        await object_as(team, valuation, made.debtor, G.RESULT)
    assert await fix_due_prices(later(team, days=60)) == 1
    assert valuation.price_fen == price + YUAN


async def test_V31_a_founded_objection_to_qualification_leads_to_the_next_firm_and_new_windows(
    work: Work,
) -> None:
    team, _, made, valuation, engagement = await served(work)
    other = await object_as(team, valuation, made.applicant, G.RESULT)
    objection = await object_as(team, valuation, made.debtor, G.NO_QUALIFICATION, G.METHOD)
    assert (objection.state, valuation.state) == (S.RULING, ValuationState.OBJECTION_T1)
    await rule(team, objection, Outcome.FOUNDED)
    assert objection.outcome == ReportObjectionOutcome.FOUNDED
    assert other.outcome == ReportObjectionOutcome.SUPERSEDED
    assert engagement.state == "replaced"
    assert (valuation.state, valuation.price_fen) == (ValuationState.APPRAISING, None)
    assert await firm_at_work(work, valuation) == FIRMS[1]
    with pytest.raises(RuleViolation):
        await answer_objection(team, other.id, answer="迟")
    following = (await engagements_of(work, valuation.id))[1]
    await upload_report(by(work, TEAM), following.id, figures(work, report_no="丙1"), pdf(b"%PDF-9"))
    await receive(team, valuation)
    again = await object_as(team, valuation, made.debtor, G.RESULT)  # another report: another right
    assert again.state == S.SENDING  # this firm has no portal: the court sends it
    await send_to_firm(team, again.id)
    assert again.state == S.ANSWERING


async def test_V31_the_last_firm_gone_the_parties_choose_again(work: Work) -> None:
    team, _, made, valuation, _ = await served(work)
    for each in (await engagements_of(work, valuation.id))[1:]:
        each.state, each.ended_at = "declined", team.now
    objection = await object_as(team, valuation, made.debtor, G.GRAVE_PROCEDURE)
    await rule(team, objection, Outcome.FOUNDED)
    assert valuation.state == ValuationState.APPRAISER_SELECTION


async def test_V31_founded_basics_are_corrected_and_then_the_firm_answers_the_rest(work: Work) -> None:
    team, firm, made, valuation, engagement = await served(work)
    objection = await object_as(team, valuation, made.debtor, G.WRONG_BASICS, G.RESULT)
    await rule(team, objection, Outcome.FOUNDED)
    assert (objection.state, valuation.state) == (S.ANSWERING, ValuationState.COURT_REVIEW)
    await answer_objection(firm, objection.id, answer="一并更正")
    new = figures(work, report_no="更1", price_fen=VALUE - YUAN, price_again_fen=VALUE - YUAN)
    await upload_report(firm, engagement.id, new, pdf(b"%PDF-2"))
    await serve_results(team, valuation.id)
    assert valuation.state == ValuationState.OBJECTION_T2
    await accept_answer(team, objection.id)
    assert await fix_due_prices(later(team, days=60)) == 1
    assert valuation.price_fen == VALUE - YUAN


@pytest.mark.parametrize("outcome", [Outcome.DISMISSED, Outcome.NOT_ACCEPTED])
async def test_V31_a_dismissed_objection_leaves_the_price(work: Work, outcome: Outcome) -> None:
    team, _, made, valuation, _ = await served(work)
    objection = await object_as(team, valuation, made.debtor, G.WRONG_BASICS)
    ruled = await work.session.get_one(Objection, objection.objection_id)
    assert (ruled.valuation_id, ruled.kind, ruled.filer_name) == (valuation.id, "conduct", "王小明")
    await rule(team, objection, outcome)
    assert valuation.state == ValuationState.OBJECTION_WINDOW
    assert await fix_due_prices(later(team, days=60)) == 1
    assert valuation.price_fen == VALUE


async def test_V32_late_second_and_withdrawn_objections_are_not_accepted(work: Work) -> None:
    team, _, made, valuation, _ = await served(work)
    ends_at = valuation.objection_window_ends_at
    assert ends_at is not None
    with pytest.raises(RuleViolation, match="V-32"):
        await object_as(at(team, ends_at), valuation, made.debtor, G.RESULT)
    last = at(team, ends_at - timedelta(microseconds=1))
    first = await object_as(last, valuation, made.debtor, G.RESULT)  # both in the last instant: both count
    second = await object_as(last, valuation, made.applicant, G.WRONG_BASICS)
    for party in (made.debtor, made.applicant):
        with pytest.raises(RuleViolation, match="V-32"):
            await object_as(last, valuation, party, G.METHOD)
    await withdraw_report_objection(last, first.id)
    with pytest.raises(RuleViolation, match="V-31"):
        await withdraw_report_objection(last, first.id)
    with pytest.raises(RuleViolation, match="V-32"):
        await object_as(last, valuation, made.debtor, G.RESULT)
    assert valuation.state == ValuationState.OBJECTION_T1
    await rule(last, second, Outcome.WITHDRAWN)
    assert await fix_due_prices(at(team, ends_at)) == 1
    with pytest.raises(RuleViolation, match="V-32"):
        await object_as(at(team, ends_at), valuation, made.debtor, G.RESULT)


async def test_V31_what_was_not_served_and_empty_objections_are_refused(work: Work) -> None:
    firm, made, valuation, engagement = await at_work(work)
    team = by(work, TEAM)
    await upload_report(firm, engagement.id, figures(work), pdf())
    with pytest.raises(RuleViolation, match="V-31"):
        await object_as(team, valuation, made.debtor, G.RESULT)
    await receive(team, valuation)
    with pytest.raises(InvalidInput) as refused:
        await object_to_report(team, valuation.id, made.debtor.id, grounds=[], reasons="", paper_ref="")
    assert set(refused.value.fields) == {"grounds", "reasons", "paper_ref"}
    for nobody in (by(work, STRANGER), by(work, Actor(None, "他人", frozenset({Role.DEBTOR})))):
        with pytest.raises(NotPermitted):
            await object_as(nobody, valuation, made.debtor, G.RESULT)


async def test_V32_agreed_prices_and_directed_inquiries_are_not_open_to_objection(work: Work) -> None:
    team, made, valuation = await agreeing(work)
    for party in (made.applicant, made.debtor):
        await say(team, valuation, party, VALUE)
    with pytest.raises(RuleViolation, match="V-32") as refused:
        await object_as(team, valuation, made.debtor, G.RESULT)
    assert "执行监督" in str(refused.value.remedy)
    with pytest.raises(RuleViolation, match="V-32"):
        rules.check_method(ValuationMethod.DIRECTED_INQUIRY)


async def test_V35_a_stay_moves_the_windows_and_a_ruling_waits_for_its_end(work: Work) -> None:
    team, firm, made, valuation, _ = await served(work)
    ruling = await object_as(team, valuation, made.debtor, G.WRONG_BASICS)
    answering = await object_as(team, valuation, made.applicant, G.RESULT)
    due = answering.answer_due_at
    await stay_valuation(team, valuation.id, ground="case_stayed", reason="案件暂缓")
    await rule(team, ruling, Outcome.DISMISSED)
    assert ruling.state == S.RULING
    assert await end_due_answers(later(team, days=40)) == 0
    with pytest.raises(RuleViolation, match="V-35"):
        await answer_objection(firm, answering.id, answer="说明")
    after = later(team, days=20)
    await resume_valuation(after, valuation.id)
    assert due is not None
    assert answering.answer_due_at is not None
    assert answering.answer_due_at >= due + timedelta(days=20)
    assert await apply_final_rulings(after) == 1
    assert await apply_final_rulings(after) == 0
    assert valuation.state == ValuationState.OBJECTION_T2
    await withdraw_valuation(after, valuation.id, ground="debt_paid", reason="已清偿")
    assert answering.outcome == ReportObjectionOutcome.SUPERSEDED
    assert valuation.price_fen is None
