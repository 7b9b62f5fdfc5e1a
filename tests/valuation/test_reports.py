"""Reports that firms upload, what the court wants corrected, and inspections on the site (V-22, V-23, V-24)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from core.database import Work
from core.deadlines.models import Deadline, DeadlineState
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import Actor, Role
from core.identity.accounts import open_account
from core.pdf_check import CheckedPdf
from tests.auction.listing.workshop import (
    FIRMS,
    STRANGER,
    TEAM,
    VALUE,
    YUAN,
    Surveyed,
    appraised,
    at,
    by,
    later,
    surveyed_asset,
)
from tests.core.pdfs import report_pdf
from valuation.appraisal.demands import (
    demand_correction,
    demands_of,
    explain_report,
    open_demand,
    replace_firm,
)
from valuation.appraisal.desk import own_desk
from valuation.appraisal.enter_report import Figures, read_report_file, upload_report
from valuation.appraisal.entrust import end_overdue_engagements, engagements_of
from valuation.appraisal.firm_steps import ask_more_time
from valuation.appraisal.inspection import (
    call_inspection,
    cancel_inspection,
    inspections_of,
    record_inspection,
)
from valuation.appraisal.models import (
    AppraisalEngagement,
    DemandCause,
    EngagementState,
    ResultService,
    SiteInspection,
)
from valuation.appraisal.serve import serve_results
from valuation.appraisal.take_report import mentioned
from valuation.appraisers.models import AppraisalFirm
from valuation.models import Valuation, ValuationState

REGISTRY = "苏（2026）昆山不动产权第0000001号"


def pdf(content: bytes = b"%PDF-1", text: str = "") -> CheckedPdf:
    """A file that has been looked through (`tests/core/test_pdf_check.py` does that)."""
    return CheckedPdf("报告.pdf", content, sha256(content).digest(), 3, text)


def figures(work: Work, **changes: object) -> Figures:
    """A right report unless told otherwise."""
    today = work.now.date()
    right = Figures(
        firm="",
        report_no="苏评报1号",
        price_fen=VALUE,
        price_again_fen=VALUE,
        appraised_on=today,
        valid_until=today + timedelta(days=300),
        registry_no=REGISTRY,
        signers="甲（证1）、乙（证2）",
    )
    return replace(right, **changes)  # type: ignore[arg-type]


async def firm_of(work: Work, name: str = FIRMS[0], login: str = "firm") -> Actor:
    """The firm's own account."""
    account = await open_account(
        work, login=login, password_hash="x", display_name=name, roles={Role.APPRAISER}
    )
    firm = (await work.session.exec(select(AppraisalFirm).where(AppraisalFirm.name == name))).one()
    firm.account_id = account.id
    await work.session.flush()
    return Actor(account.id, name, frozenset({Role.APPRAISER}))


async def at_work(work: Work) -> tuple[Work, Surveyed, Valuation, AppraisalEngagement]:
    """A firm that is to report; the work returned is the firm's own."""
    made = await surveyed_asset(work)
    made.asset.registry_no, made.asset.area_m2 = REGISTRY, Decimal(100)
    valuation = await appraised(work, made)
    engagement = (await engagements_of(work, valuation.id))[0]
    return by(work, await firm_of(work)), made, valuation, engagement


async def test_V24_a_firm_uploads_its_report_which_is_kept_with_hash_and_version(work: Work) -> None:
    firm, made, valuation, engagement = await at_work(work)
    content = report_pdf()
    report = await upload_report(firm, engagement.id, figures(work), pdf(content))
    assert (report.version, report.firm, report.file_sha256) == (1, FIRMS[0], sha256(content).digest())
    assert (valuation.state, valuation.price_fen) == (ValuationState.COURT_REVIEW, VALUE)
    assert engagement.state == EngagementState.REPORTED
    assert (await read_report_file(firm, report.id)).content == content
    assert (await read_report_file(by(work, TEAM), report.id)).media_type == "application/pdf"
    party = await open_account(
        work, login="party", password_hash="x", display_name="王小明", roles={Role.DEBTOR}
    )
    made.debtor.account_id = party.id
    debtor = by(work, Actor(party.id, "王小明", frozenset({Role.DEBTOR})))
    for nobody in (by(work, STRANGER), debtor):
        with pytest.raises(NotFound):
            await read_report_file(nobody, report.id)
    await serve_results(by(work, TEAM), valuation.id)
    assert (await read_report_file(debtor, report.id)).content == content


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"registry_no": "苏（2026）昆山不动产权第9999999号"}, "registry_no"),
        ({"registry_no": " "}, "registry_no"),
        ({"signers": ""}, "signers"),
        ({"price_fen": VALUE * 1000, "price_again_fen": VALUE * 1000}, "unusual_reason"),
        ({"price_fen": VALUE // 10_000, "price_again_fen": VALUE // 10_000}, "unusual_reason"),
        ({"price_again_fen": VALUE + 1}, "price_again"),
        ({"price_fen": 0, "price_again_fen": 0}, "price"),
        ({"price_fen": 10**17, "price_again_fen": 10**17}, "price"),
        ({"report_no": "号\x071"}, "report_no"),
    ],
)
async def test_V24_wrong_asset_unit_and_absurd_prices_are_refused_by_field(
    work: Work, changes: dict[str, object], field: str
) -> None:
    firm, _, valuation, engagement = await at_work(work)
    with pytest.raises(InvalidInput) as refused:
        await upload_report(firm, engagement.id, figures(work, **changes), pdf())
    assert field in refused.value.fields
    assert valuation.price_fen is None


async def test_V24_another_firm_and_an_expired_licence_are_refused(work: Work) -> None:
    firm, _, valuation, engagement = await at_work(work)
    other = by(work, await firm_of(work, FIRMS[1], "firm2"))
    with pytest.raises(NotPermitted):
        await upload_report(other, engagement.id, figures(work), pdf())
    with pytest.raises(NotFound):
        await own_desk(other, engagement.id)
    waiting = (await engagements_of(work, valuation.id))[1]
    with pytest.raises(RuleViolation, match="V-23"):
        await upload_report(other, waiting.id, figures(work), pdf())
    (await work.session.get_one(AppraisalFirm, engagement.firm_id)).licence_until = (
        work.now.date() - timedelta(days=2)
    )
    with pytest.raises(InvalidInput) as refused:
        await upload_report(firm, engagement.id, figures(work), pdf())
    assert set(refused.value.fields) == {"firm"}


async def test_V24_the_same_number_or_file_is_not_taken_twice(work: Work) -> None:
    firm, _, valuation, engagement = await at_work(work)
    await upload_report(firm, engagement.id, figures(work), pdf())
    with pytest.raises(RuleViolation, match="V-24"):  # nobody asked for another
        await upload_report(firm, engagement.id, figures(work, report_no="2"), pdf(b"%PDF-2"))
    await demand_correction(by(work, TEAM), valuation.id, cause=DemandCause.WRONG_BASICS, wanted="面积")
    with pytest.raises(Conflict):
        await upload_report(firm, engagement.id, figures(work), pdf(b"%PDF-2"))
    with pytest.raises(Conflict):
        await upload_report(firm, engagement.id, figures(work, report_no="2"), pdf())


async def test_V23_a_late_report_is_refused_but_an_undecided_request_is_no_silence(work: Work) -> None:
    firm, _, _, engagement = await at_work(work)
    assert engagement.due_at is not None
    actor = firm.actor
    with pytest.raises(RuleViolation, match="V-23"):
        await upload_report(at(work, engagement.due_at, actor), engagement.id, figures(work), pdf())
    await ask_more_time(firm, engagement.id, days=5, reason="复杂")
    late = at(work, engagement.due_at, actor)
    assert await end_overdue_engagements(late) == 0
    assert (await upload_report(late, engagement.id, figures(late), pdf())).version == 1


async def test_V24_the_firm_corrects_or_explains_within_three_days(work: Work) -> None:
    firm, _, valuation, engagement = await at_work(work)
    team = by(work, TEAM)
    with pytest.raises(RuleViolation, match="V-24"):
        await demand_correction(team, valuation.id, cause=DemandCause.OTHER, wanted="x")
    await upload_report(firm, engagement.id, figures(work), pdf())
    with pytest.raises(RuleViolation, match="V-24"):
        await explain_report(firm, engagement.id, explanation="x")
    for cause in (DemandCause.EXCESS_OR_OMISSION, DemandCause.SIGNERS_NOT_QUALIFIED):
        demand = await demand_correction(team, valuation.id, cause=cause, wanted="补正")
        with pytest.raises(Conflict):
            await demand_correction(team, valuation.id, cause=cause, wanted="再次")
        with pytest.raises(RuleViolation, match="V-24"):
            await serve_results(team, valuation.id)
        clock = (
            await work.session.exec(
                select(Deadline).where(Deadline.rule == "V-24", Deadline.state == DeadlineState.RUNNING)
            )
        ).one()
        assert clock.due_at == demand.due_at
        if cause is DemandCause.EXCESS_OR_OMISSION:
            corrected = await upload_report(
                firm,
                engagement.id,
                figures(work, report_no="更1", price_fen=VALUE - YUAN, price_again_fen=VALUE - YUAN),
                pdf(b"%PDF-2"),
            )
            assert (corrected.version, valuation.price_fen) == (2, VALUE - YUAN)
            assert demand.report_id == corrected.id
        else:
            await explain_report(firm, engagement.id, explanation="两名签字人员均在册")
        assert await open_demand(work, valuation.id) is None
    assert len(await demands_of(work, valuation.id)) == 2
    assert len(await serve_results(team, valuation.id)) == 2


async def test_V24_a_firm_that_does_not_answer_is_replaced_and_its_price_is_gone(work: Work) -> None:
    firm, _, valuation, engagement = await at_work(work)
    await upload_report(firm, engagement.id, figures(work), pdf())
    demand = await demand_correction(
        by(work, TEAM), valuation.id, cause=DemandCause.WRONG_BASICS, wanted="面积"
    )
    late = at(work, demand.due_at, firm.actor)
    with pytest.raises(RuleViolation, match="V-24"):
        await explain_report(late, engagement.id, explanation="迟到")
    team = at(work, demand.due_at)
    with pytest.raises(RuleViolation, match="V-24"):
        await serve_results(team, valuation.id)
    with pytest.raises(NotPermitted):
        await replace_firm(late, engagement.id, reason="自己")
    following = await replace_firm(team, engagement.id, reason="逾期未补正")
    assert following is not None
    assert (engagement.state, following.state) == (EngagementState.REPLACED, EngagementState.ENTRUSTED)
    assert (valuation.state, valuation.price_fen) == (ValuationState.APPRAISING, None)
    with pytest.raises(RuleViolation, match="V-24"):
        await serve_results(team, valuation.id)
    with pytest.raises(RuleViolation, match="V-23"):
        await upload_report(late, engagement.id, figures(work, report_no="2"), pdf(b"%PDF-2"))


async def test_V22_absence_needs_a_witness_and_a_refusal_is_met_with_force(work: Work) -> None:
    firm, made, _, engagement = await at_work(work)
    with pytest.raises(RuleViolation, match="V-22"):
        await record_inspection(firm, engagement.id, held_at=work.now, present=[])
    with pytest.raises(InvalidInput):
        await call_inspection(firm, engagement.id, planned_at=work.now, place="现场")
    await call_inspection(firm, engagement.id, planned_at=later(work, days=2).now, place="现场")
    with pytest.raises(Conflict):
        await call_inspection(firm, engagement.id, planned_at=later(work, days=3).now, place="现场")
    with pytest.raises(RuleViolation, match="V-22"):  # the report waits for what was called
        await upload_report(firm, engagement.id, figures(work), pdf())
    day = later(firm, days=2)
    for wrong, field in (
        ({"present": [made.applicant.id]}, "witness"),
        ({"present": [made.applicant.id, made.debtor.id], "was_refused": True}, "force_measure"),
        ({"present": [], "witness": "居委会", "held_at": later(day, days=1).now}, "held_at"),
    ):
        with pytest.raises(InvalidInput) as refused:
            await record_inspection(day, engagement.id, **{"held_at": day.now, **wrong})  # type: ignore[arg-type]
        assert set(refused.value.fields) == {field}
    held = await record_inspection(
        day,
        engagement.id,
        held_at=day.now,
        present=[made.applicant.id],
        witness="社区工作人员李某",
        was_refused=True,
        force_measure="法院依法强制开锁",
    )
    assert held.present == [made.applicant.id]
    assert (await upload_report(day, engagement.id, figures(work), pdf())).version == 1


async def test_V22_an_inspection_can_be_cancelled_and_called_again(work: Work) -> None:
    firm, _, _, engagement = await at_work(work)
    soon = later(work, days=2).now
    await call_inspection(firm, engagement.id, planned_at=soon, place="现场")
    await cancel_inspection(by(work, TEAM), engagement.id)
    with pytest.raises(RuleViolation, match="V-22"):
        await cancel_inspection(firm, engagement.id)
    await call_inspection(by(work, TEAM), engagement.id, planned_at=soon, place="现场")
    assert len(await inspections_of(work, engagement.id)) == 2
    unwitnessed = SiteInspection(
        id=engagement.id,
        engagement_id=engagement.id,
        planned_at=soon,
        place="x",
        called=[engagement.id],
        called_at=work.now,
        held_at=soon,
    )
    with pytest.raises(IntegrityError, match="absence_is_witnessed"):
        async with work.session.begin_nested():
            work.session.add(unwitnessed)


def test_V24_the_text_of_a_report_is_compared_with_what_was_typed() -> None:
    said = Figures(
        firm="某评估公司",
        report_no="1",
        price_fen=123_456_700,
        price_again_fen=123_456_700,
        appraised_on=None,  # type: ignore[arg-type]
        valid_until=None,  # type: ignore[arg-type]
        registry_no=REGISTRY,
    )
    assert mentioned("某 评估公司\n评估价 1,234,567.00 元", said) == ["firm", "price"]
    assert mentioned(REGISTRY, said) == ["registry_no"]
    assert mentioned("", said) == []


async def test_V30_nobody_is_served_before_a_report_stands(work: Work) -> None:
    _, _, valuation, _ = await at_work(work)
    with pytest.raises(RuleViolation, match="V-24"):
        await serve_results(by(work, TEAM), valuation.id)
    assert not (await work.session.exec(select(ResultService))).all()
