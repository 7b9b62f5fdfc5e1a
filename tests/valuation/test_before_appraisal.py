"""Agreement, directed inquiry and online inquiry from the first letter to the fixed price, on a real database."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from core.database import Work
from core.deadlines.models import Deadline, DeadlineState
from core.errors import Conflict, InvalidInput, NotPermitted, RuleViolation
from core.identity import Actor, Role
from core.ids import new_id
from disposal_teams.assets.models import AssetState
from disposal_teams.cases.models import PartyRole
from disposal_teams.cases.register import add_party
from tests.auction.listing.workshop import TEAM, VALUE, Surveyed, at, by, later, surveyed_asset
from valuation.agreement.compare import confirm_agreed_price, end_due_agreements
from valuation.agreement.invite import begin_agreement
from valuation.agreement.models import AgreementEntry
from valuation.agreement.submit_price import submit_price
from valuation.appraisal.models import ResultService
from valuation.appraisal.serve import record_receipt, serve_results
from valuation.directed_inquiry.ask import ask_agency, begin_directed_inquiry
from valuation.directed_inquiry.reply import end_due_inquiries, record_reply
from valuation.fix_price import fix_due_prices
from valuation.models import Valuation, ValuationMethod, ValuationState
from valuation.online_inquiry.deliver import ask_extension, deliver_report, record_platform_refusal
from valuation.online_inquiry.entrust import begin_online_inquiry, entrust_waiting, inquiries_of
from valuation.online_inquiry.exchange import PlatformReport, read_report
from valuation.online_inquiry.models import InquiryState, PlatformInquiry, ReportFault
from valuation.online_inquiry.platforms import (
    list_platform,
    new_delivery_key,
    platform_of_key,
    remove_platform,
)
from valuation.online_inquiry.review import (
    end_due_corrections,
    end_due_platforms,
    finish_review,
    review_report,
)
from valuation.reference_price import reference_price_of
from valuation.ways.rules import WayFacts

SUPERIOR = Actor(None, "中院", frozenset({Role.INTERMEDIATE_COURT}), "05")
MISSING = WayFacts(party_missing=True)
CODES = ("gp", "jd", "tb")


async def agreeing(work: Work) -> tuple[Work, Surveyed, Valuation]:
    """An agreement that waits for both parties."""
    made = await surveyed_asset(work)
    team = by(work, TEAM)
    return team, made, await begin_agreement(team, made.asset.id, facts=WayFacts())


async def say(team: Work, valuation: Valuation, party: object, price: int | None) -> None:
    """The court enters what a party wrote."""
    await submit_price(team, valuation.id, party.id, price_fen=price, paper_ref="卷2")  # type: ignore[attr-defined]


async def test_V02_equal_sealed_prices_fix_the_price_without_objections(work: Work) -> None:
    team, made, valuation = await agreeing(work)
    await say(team, valuation, made.applicant, VALUE)
    assert valuation.state == ValuationState.NEGOTIATING
    await say(team, valuation, made.applicant, VALUE - 1)  # may be changed while the other is silent
    await say(team, valuation, made.debtor, VALUE - 1)
    assert valuation.state == ValuationState.FIXED
    price = await reference_price_of(team, made.asset.id)
    assert price is not None
    assert (price.price_fen, price.source) == (VALUE - 1, "当事人议价一致")
    assert made.asset.state == AssetState.READY_TO_LIST
    sealed = (await team.session.exec(select(AgreementEntry.price_sealed))).all()
    assert all(each is not None and str(VALUE).encode() not in each for each in sealed)


async def test_V02_unequal_prices_lead_on_and_a_second_try_is_refused(work: Work) -> None:
    team, made, valuation = await agreeing(work)
    await say(team, valuation, made.applicant, VALUE)
    await say(team, valuation, made.debtor, 2 * VALUE)
    assert valuation.state == ValuationState.ONLINE_INQUIRY
    with pytest.raises(Conflict):
        await say(team, valuation, made.debtor, VALUE)


async def test_V02_silence_ends_with_the_period_and_late_prices_are_refused(work: Work) -> None:
    team, made, valuation = await agreeing(work)
    await say(team, valuation, made.applicant, VALUE)
    assert await end_due_agreements(team) == 0
    deadline = (await team.session.exec(select(Deadline).where(Deadline.rule == "V-02"))).one()
    due = at(team, deadline.due_at)
    with pytest.raises(RuleViolation, match="V-02"):
        await say(due, valuation, made.debtor, VALUE)
    assert await end_due_agreements(due) == 1
    assert valuation.state == ValuationState.ONLINE_INQUIRY
    assert deadline.state == DeadlineState.MET


async def test_V02_a_refusal_leads_on_at_once(work: Work) -> None:
    team, made, valuation = await agreeing(work)
    await say(team, valuation, made.debtor, None)
    assert valuation.method == ValuationMethod.ONLINE_INQUIRY


async def test_V02_only_the_party_or_its_court_may_name_a_price(work: Work) -> None:
    _, made, valuation = await agreeing(work)
    stranger = by(work, Actor(new_id(), "他人", frozenset({Role.DEBTOR})))
    with pytest.raises(NotPermitted):
        await submit_price(stranger, valuation.id, made.debtor.id, price_fen=1)
    with pytest.raises(InvalidInput) as refused:
        await submit_price(by(work, TEAM), valuation.id, made.debtor.id, price_fen=0, paper_ref="")
    assert set(refused.value.fields) == {"price", "paper_ref"}


async def test_V02_with_other_creditors_the_court_looks_at_an_agreed_price(work: Work) -> None:
    made = await surveyed_asset(work)
    team = by(work, TEAM)
    await add_party(
        team, made.case, role=PartyRole.PRIORITY_CREDITOR, name="抵押银行", is_natural_person=False
    )
    valuation = await begin_agreement(team, made.asset.id, facts=WayFacts())
    for party in (made.applicant, made.debtor):
        await say(team, valuation, party, VALUE)
    assert valuation.state == ValuationState.NEGOTIATING
    await confirm_agreed_price(team, valuation.id, harms_nobody=False)
    assert (valuation.state, valuation.price_fen) == (ValuationState.ONLINE_INQUIRY, None)


async def test_V02_a_missing_debtor_cannot_agree(work: Work) -> None:
    made = await surveyed_asset(work, debtor_reachable=False)
    with pytest.raises(RuleViolation, match="V-02"):
        await begin_agreement(by(work, TEAM), made.asset.id, facts=WayFacts())


async def test_V02_a_directed_reply_is_the_price_and_silence_leads_on(work: Work) -> None:
    made = await surveyed_asset(work)
    team = by(work, TEAM)
    known = WayFacts(party_missing=True, base_price_exists=True)
    valuation = await begin_directed_inquiry(team, made.asset.id, facts=known, agency="昆山市税务局")
    with pytest.raises(Conflict):
        await ask_agency(team, valuation.id, agency="另一机构")
    late = later(team, days=30)
    with pytest.raises(RuleViolation):
        await record_reply(late, valuation.id, price_fen=VALUE, reply_no="税1", basis="计税基准价")
    await record_reply(team, valuation.id, price_fen=VALUE, reply_no="税1", basis="计税基准价")
    assert valuation.state == ValuationState.FIXED
    price = await reference_price_of(team, made.asset.id)
    assert price is not None
    assert price.source == "昆山市税务局 税1"


async def test_V02_a_silent_body_leads_to_the_online_inquiry(work: Work) -> None:
    made = await surveyed_asset(work)
    team = by(work, TEAM)
    known = WayFacts(party_missing=True, base_price_exists=True)
    valuation = await begin_directed_inquiry(team, made.asset.id, facts=known, agency="昆山市税务局")
    assert await end_due_inquiries(later(team, days=30)) == 1
    assert valuation.state == ValuationState.ONLINE_INQUIRY


async def asked(work: Work) -> tuple[Work, Surveyed, Valuation, list[PlatformInquiry]]:
    """Three platforms, asked at one moment."""
    made = await surveyed_asset(work)
    for code in CODES:
        await list_platform(by(work, SUPERIOR), code=code, name=f"平台{code}")
    team = by(work, TEAM)
    valuation = await begin_online_inquiry(team, made.asset.id, facts=MISSING)
    return team, made, valuation, await inquiries_of(team, valuation.id)


def reported(team: Work, price: int, number: str = "询1") -> PlatformReport:
    """A report as a platform delivers it."""
    return PlatformReport(number, price, team.now.date() + timedelta(days=180), "市场比较法")


async def test_V10_V13_all_platforms_at_one_moment_and_the_mean(work: Work) -> None:
    team, made, valuation, inquiries = await asked(work)
    assert [each.platform_code for each in inquiries] == list(CODES)
    assert len({(each.sent_at, each.due_at) for each in inquiries}) == 1
    for inquiry, amount in zip(inquiries, (100_000_000, 102_000_000, 104_000_001), strict=True):
        await deliver_report(team, inquiry.id, reported(team, amount))
    assert valuation.state == ValuationState.COURT_REVIEW
    with pytest.raises(RuleViolation, match="V-12"):
        await finish_review(team, valuation.id)
    for inquiry in inquiries:
        await review_report(team, inquiry.id, fault=None)
    await finish_review(team, valuation.id)
    assert valuation.price_fen == 102_000_000
    await serve_results(team, valuation.id)
    for service in await team.session.exec(
        select(ResultService).where(col(ResultService.received_at).is_(None))
    ):
        await record_receipt(team, service.id, received_at=team.now, proof="回证")
    assert await fix_due_prices(later(team, days=20)) == 1
    price = await reference_price_of(team, made.asset.id)
    assert price is not None
    assert price.source == "网络询价平均值（平台gp、平台jd、平台tb）"


async def test_V11_late_duplicate_and_foreign_reports_are_refused(work: Work) -> None:
    team, _, valuation, inquiries = await asked(work)
    key = await new_delivery_key(by(work, SUPERIOR), "gp")
    platform = await platform_of_key(work, key)
    with pytest.raises(NotPermitted):
        await deliver_report(work, inquiries[1].id, reported(team, VALUE), platform=platform)
    with pytest.raises(NotPermitted):
        await platform_of_key(work, key + "x")
    await deliver_report(work, inquiries[0].id, reported(team, VALUE), platform=platform)
    with pytest.raises(Conflict):
        await deliver_report(team, inquiries[0].id, reported(team, VALUE))
    due = at(team, inquiries[1].due_at)
    with pytest.raises(RuleViolation, match="V-11"):
        await deliver_report(due, inquiries[1].id, reported(team, VALUE))
    await ask_extension(team, inquiries[2].id)
    assert await end_due_platforms(due) == 1
    # One has delivered, so nobody gets more time.
    assert [each.state for each in inquiries] == ["delivered", "late", "late"]
    assert valuation.state == ValuationState.COURT_REVIEW


async def test_V11_three_days_more_when_nobody_has_delivered(work: Work) -> None:
    # L-02: as rulebook §12.1 has it.
    team, _, valuation, inquiries = await asked(work)
    await ask_extension(team, inquiries[0].id)
    first_end = inquiries[0].due_at
    await end_due_platforms(at(team, first_end))
    assert [each.state for each in inquiries] == ["sent", "late", "late"]
    assert inquiries[0].due_at > first_end
    await deliver_report(at(team, first_end + timedelta(days=1)), inquiries[0].id, reported(team, VALUE))
    assert valuation.state == ValuationState.COURT_REVIEW


async def test_V02_all_platforms_silent_means_appraisal(work: Work) -> None:
    team, _, valuation, inquiries = await asked(work)
    await record_platform_refusal(team, inquiries[0].id, withdrew=False)
    await end_due_platforms(at(team, inquiries[1].due_at))
    assert valuation.method == ValuationMethod.APPRAISAL


async def test_V12_a_slip_of_the_unit_must_be_looked_at_and_all_wrong_must_correct(work: Work) -> None:
    team, _, valuation, inquiries = await asked(work)
    for inquiry, price in zip(inquiries, (VALUE, VALUE + 2, VALUE // 1000), strict=True):
        await deliver_report(team, inquiry.id, reported(team, price))
    assert [each.fault for each in inquiries] == [None, None, ReportFault.SUSPECT_UNIT]
    for inquiry in inquiries:
        await review_report(team, inquiry.id, fault=ReportFault.WRONG_BASICS)
    await finish_review(team, valuation.id)
    assert valuation.price_fen is None
    await deliver_report(later(team, days=1), inquiries[0].id, reported(team, VALUE, "询1更正"))
    await review_report(team, inquiries[0].id, fault=None)
    await finish_review(team, valuation.id)
    assert valuation.price_fen == VALUE


async def test_V12_nobody_corrects_and_an_appraisal_follows(work: Work) -> None:
    team, _, valuation, inquiries = await asked(work)
    for inquiry in inquiries:
        await deliver_report(team, inquiry.id, reported(team, VALUE))
    for inquiry in inquiries:
        await review_report(team, inquiry.id, fault=ReportFault.EXCESS_OR_OMISSION)
    await finish_review(team, valuation.id)
    assert await end_due_corrections(later(team, days=10)) == 1
    assert valuation.method == ValuationMethod.APPRAISAL


async def test_V15_a_removed_platform_is_not_asked_and_stays_barred(work: Work) -> None:
    superior = by(work, SUPERIOR)
    made = await surveyed_asset(work)
    for code in CODES:
        await list_platform(superior, code=code, name=code)
    await remove_platform(superior, "jd", reason="无正当理由拒绝询价")
    with pytest.raises(RuleViolation, match="V-15"):
        await list_platform(superior, code="jd", name="jd")
    with pytest.raises(NotPermitted):
        await list_platform(by(work, TEAM), code="x", name="x")
    valuation = await begin_online_inquiry(by(work, TEAM), made.asset.id, facts=MISSING)
    assert [each.platform_code for each in await inquiries_of(work, valuation.id)] == ["gp", "tb"]


async def test_V10_the_sweep_asks_where_the_law_led_by_itself(work: Work) -> None:
    team, made, valuation = await agreeing(work)
    await say(team, valuation, made.debtor, None)
    assert await entrust_waiting(team) == 0  # nobody stands on the list
    await list_platform(by(work, SUPERIOR), code="jd", name="jd")
    assert await entrust_waiting(team) == 1
    assert [each.state for each in await inquiries_of(team, valuation.id)] == [InquiryState.SENT]


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b'{"report_no":"1"}', b"x" * 300_000,
     b'{"report_no":"1","price_fen":0,"valid_until":"2027-01-01","method":"m"}',
     b'{"report_no":"1","price_fen":1e30,"valid_until":"2027-01-01","method":"m"}',
     b'{"report_no":"1","price_fen":5,"valid_until":"soon","method":"m"}',
     b'{"report_no":"1","price_fen":5,"valid_until":"2027-01-01","method":"m","more":1}'],
)  # fmt: skip
def test_V11_a_file_that_is_no_report_is_refused_with_the_reason(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_report(content)
