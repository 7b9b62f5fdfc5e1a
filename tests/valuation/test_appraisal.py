"""An appraisal from its start to the fixed price, on a real database."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from core.audit import verify_stream
from core.database import Work
from core.deadlines.models import Deadline, DeadlineState
from core.documents import Document
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.ids import new_id
from disposal_teams.assets.models import AssetState
from tests.auction.listing.workshop import (
    BOTH_ASK,
    FIRMS,
    STRANGER,
    TEAM,
    VALUE,
    YUAN,
    appraised,
    by,
    firm_at_work,
    later,
    surveyed_asset,
    valued_asset,
)
from tests.disposal_teams.city import KUNSHAN, make_asset, make_case
from valuation.appraisal.begin import begin_appraisal
from valuation.appraisal.demands import demand_correction, explain_report
from valuation.appraisal.enter_report import Figures, enter_appraisal_report
from valuation.appraisal.entrust import engagements_of
from valuation.appraisal.models import DemandCause, ResultService
from valuation.appraisal.papers import issue_result_notice
from valuation.appraisal.serve import record_receipt, serve_results
from valuation.appraisers.models import AppraisalFirm
from valuation.fix_price import fix_due_prices, fix_price
from valuation.models import Valuation, ValuationState
from valuation.reference_price import reference_price_of


async def enter(team: Work, valuation: Valuation, **changes: object) -> None:
    """A right report unless told otherwise."""
    today = team.now.date()
    values = {
        "firm": FIRMS[0] if valuation.state != "appraising" else await firm_at_work(team, valuation),
        "report_no": "评1号",
        "price_fen": VALUE,
        "price_again_fen": VALUE,
        "appraised_on": today,
        "valid_until": today + timedelta(days=300),
        **changes,
    }
    await enter_appraisal_report(team, valuation.id, Figures(**values))  # type: ignore[arg-type]


async def services(team: Work, valuation: Valuation) -> list[ResultService]:
    """All services of the result."""
    return list(
        await team.session.exec(select(ResultService).where(ResultService.valuation_id == valuation.id))
    )


async def test_from_survey_to_fixed_price(work: Work) -> None:
    team, made, valuation = await valued_asset(work)
    assert valuation.state == ValuationState.FIXED
    assert made.asset.state == AssetState.READY_TO_LIST
    price = await reference_price_of(team, made.asset.id)
    assert price is not None
    assert price.price_fen == VALUE
    today = team.now.date()
    assert price.usable_for(first_notice=True, published_on=today, sale_on=today)
    assert not price.usable_for(
        first_notice=True, published_on=price.valid_until + timedelta(days=1), sale_on=today
    )
    assert price.usable_for(first_notice=False, published_on=today, sale_on=price.reuse_until)
    assert not price.usable_for(
        first_notice=False, published_on=today, sale_on=price.reuse_until + timedelta(days=1)
    )
    assert await verify_stream(team, f"asset:{made.asset.id}") is None


async def test_A11_a_valuation_needs_the_complete_survey(work: Work) -> None:
    from disposal_teams.courts.establish import establish_courts

    await establish_courts(work)
    asset = await make_asset(work, await make_case(work, KUNSHAN, 7))
    with pytest.raises(RuleViolation, match="A-11"):
        await begin_appraisal(by(work, TEAM), asset.id, facts=BOTH_ASK)


async def test_a_second_valuation_and_another_courts_are_refused(work: Work) -> None:
    made = await surveyed_asset(work)
    team = by(work, TEAM)
    valuation = await appraised(team, made)
    with pytest.raises(Conflict):
        await begin_appraisal(team, made.asset.id, facts=BOTH_ASK)
    with pytest.raises(NotPermitted):
        await enter(by(work, STRANGER), valuation)
    with pytest.raises(NotFound):
        await fix_price(team, new_id())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"price_again_fen": VALUE * 1000}, "price_again"),
        ({"price_fen": VALUE * 10**8, "price_again_fen": VALUE * 10**8}, "price"),
        ({"price_fen": 0, "price_again_fen": 0}, "price"),
        ({"price_fen": 100 * YUAN, "price_again_fen": 100 * YUAN}, "unusual_reason"),
        ({"firm": ""}, "firm"),
        ({"firm": "名" * 81}, "firm"),
        ({"report_no": "a\x07b"}, "report_no"),
    ],
)
async def test_bad_reports_are_refused_by_field(work: Work, changes: dict[str, object], field: str) -> None:
    made = await surveyed_asset(work)
    team = by(work, TEAM)
    valuation = await appraised(team, made)
    with pytest.raises(InvalidInput) as refused:
        await enter(team, valuation, **changes)
    assert field in refused.value.fields
    assert valuation.price_fen is None


async def test_V33_validity_beyond_a_year_and_future_dates_are_refused(work: Work) -> None:
    made = await surveyed_asset(work)
    team = by(work, TEAM)
    valuation = await appraised(team, made)
    today = team.now.date()
    with pytest.raises(InvalidInput) as refused:
        await enter(team, valuation, valid_until=today + timedelta(days=400))
    assert refused.value.rule == "V-33"
    with pytest.raises(InvalidInput):
        await enter(team, valuation, appraised_on=today + timedelta(days=2))


async def test_a_report_number_is_entered_once(work: Work) -> None:
    team, _, first = await valued_asset(work)
    made = await surveyed_asset(team, number=2)
    second = await appraised(team, made)
    number = "评1号"
    await enter(team, second, report_no=number)
    with pytest.raises(Conflict):
        await enter(team, second, report_no=number)
    assert first.id != second.id


async def test_V31_the_price_waits_for_the_last_window(work: Work) -> None:
    # L-06: as rulebook §12.1 has it.
    made = await surveyed_asset(work)
    team = by(work, TEAM)
    valuation = await appraised(team, made)
    with pytest.raises(RuleViolation):
        await serve_results(team, valuation.id)
    await enter(team, valuation)
    first, second = await serve_results(team, valuation.id)
    assert await serve_results(team, valuation.id) == []
    await record_receipt(team, first.id, received_at=team.now, proof="回证")
    with pytest.raises(RuleViolation, match="V-31"):
        await fix_price(later(team, days=30), valuation.id)
    team = later(team, days=2)
    await record_receipt(team, second.id, received_at=team.now, proof="回证")
    assert valuation.objection_window_ends_at == second.window_ends_at
    assert second.window_ends_at is not None
    assert second.window_ends_at >= team.now + timedelta(days=5)
    with pytest.raises(RuleViolation, match="V-31"):
        await fix_price(later(team, days=4), valuation.id)
    assert await fix_due_prices(later(team, days=4)) == 0
    assert await fix_due_prices(later(team, days=15)) == 1
    assert await fix_due_prices(later(team, days=15)) == 0


async def test_V30_the_notice_of_the_result_is_written(work: Work) -> None:
    team, made, valuation = await valued_asset(work)
    await issue_result_notice(team, valuation_id=valuation.id)
    paper = (await team.session.exec(select(Document).where(Document.asset_id == made.asset.id))).one()
    assert (paper.kind, paper.is_public) == ("valuation_result_notice", False)
    assert paper.content.startswith(b"%PDF")


async def test_V30_an_unreachable_person_is_posted_for_fifteen_days(work: Work) -> None:
    # L-05: as rulebook §12.1 has it.
    made = await surveyed_asset(work, debtor_reachable=False)
    team = by(work, TEAM)
    valuation = await appraised(team, made)
    await enter(team, valuation)
    posted = next(each for each in await serve_results(team, valuation.id) if each.way == "public_posting")
    assert posted.received_at is not None
    assert timedelta(days=15) <= posted.received_at - team.now <= timedelta(days=16)
    for service in await services(team, valuation):
        if service.received_at is None:
            await record_receipt(team, service.id, received_at=team.now, proof="回证")
    assert valuation.objection_window_ends_at == posted.window_ends_at
    with pytest.raises(Conflict):
        await record_receipt(team, posted.id, received_at=team.now, proof="x")


async def test_receipts_need_proof_and_a_possible_time(work: Work) -> None:
    made = await surveyed_asset(work)
    team = by(work, TEAM)
    valuation = await appraised(team, made)
    await enter(team, valuation)
    service = (await serve_results(team, valuation.id))[0]
    for received_at, proof in (
        (team.now + timedelta(seconds=1), "x"),
        (team.now - timedelta(days=1), "x"),
        (team.now, " "),
    ):
        with pytest.raises(InvalidInput):
            await record_receipt(team, service.id, received_at=received_at, proof=proof)


async def test_V24_reports_of_another_firm_or_asset_or_an_expired_licence_are_refused(work: Work) -> None:
    made = await surveyed_asset(work)
    team = by(work, TEAM)
    valuation = await appraised(team, made)
    made.asset.registry_no = "苏（2026）昆山第1号"
    for wrong, field in (
        ({"firm": FIRMS[1]}, "firm"),
        ({"registry_no": "苏（2026）昆山第2号"}, "registry_no"),
    ):
        with pytest.raises(InvalidInput) as refused:
            await enter(team, valuation, **wrong)
        assert set(refused.value.fields) == {field}
    (engagement, *_) = await engagements_of(team, valuation.id)
    firm = await team.session.get_one(AppraisalFirm, engagement.firm_id)
    firm.licence_until = team.now.date() - timedelta(days=2)
    with pytest.raises(InvalidInput) as refused:
        await enter(team, valuation)
    assert set(refused.value.fields) == {"firm"}


async def test_L04_a_report_is_sent_in_three_days_counted_anew_after_a_correction(work: Work) -> None:
    async def clocks() -> list[tuple[str, bool]]:
        found = await work.session.exec(
            select(Deadline)
            .where(Deadline.rule == "L-04")
            .order_by(col(Deadline.started_at), col(Deadline.id))
        )
        return [(each.state, each.done_at is not None) for each in found.all()]

    made = await surveyed_asset(work)
    valuation = await appraised(work, made)
    team = by(work, TEAM)
    await enter(team, valuation)
    assert await clocks() == [(DeadlineState.RUNNING, False)]
    await demand_correction(team, valuation.id, cause=DemandCause.OTHER, wanted="说明依据")
    assert [state for state, _ in await clocks()] == [DeadlineState.WAIVED]
    (engagement,) = [each for each in await engagements_of(team, valuation.id) if each.state == "reported"]
    await explain_report(later(team, hours=5), engagement.id, explanation="依据如下")
    await serve_results(later(team, days=1), valuation.id)
    assert [state for state, _ in await clocks()] == [DeadlineState.WAIVED, DeadlineState.MET]
