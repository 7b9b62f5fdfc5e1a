"""What platforms and firms are paid, who advances and who bears it (V-14, V-25), and their records."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from core.database import Work
from core.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleViolation
from core.identity import Actor, Role
from core.identity.accounts import open_account
from core.ids import new_id
from core.legal_settings import LegalSettings
from disposal_teams.assets.models import AssetState
from tests.auction.listing.workshop import (
    KEEPER,
    STRANGER,
    TEAM,
    VALUE,
    YUAN,
    Surveyed,
    appraised,
    by,
    later,
    surveyed_asset,
    valued_asset,
)
from tests.disposal_teams.city import make_asset
from valuation.appraisal.demands import demand_correction
from valuation.appraisal.enter_report import Figures, enter_appraisal_report
from valuation.appraisal.entrust import engagements_of
from valuation.appraisal.firm_steps import decline_engagement
from valuation.appraisal.models import DemandCause
from valuation.appraisal.serve import record_receipt, serve_results
from valuation.appraisers.models import AppraisalFirm
from valuation.expiry import expire_prices, reissue_price
from valuation.fees.count import count_unsold, sale_known
from valuation.fees.models import AdvanceWay, ValuationFee
from valuation.fees.pay import claim_expense, fix_expense, record_advance, record_fee_payment
from valuation.fees.queries import fee_sheet
from valuation.fees.rules import (
    FeeBasis,
    FeeState,
    fee_basis,
    inquiry_fees,
    normal_fee_fen,
    reissue_fee_fen,
    state_of,
)
from valuation.fix_price import fix_due_prices
from valuation.models import Valuation, ValuationState
from valuation.objections.progress import services_of
from valuation.online_inquiry.deliver import deliver_report
from valuation.online_inquiry.entrust import begin_online_inquiry, inquiries_of
from valuation.online_inquiry.exchange import PlatformReport
from valuation.online_inquiry.platforms import list_platform
from valuation.online_inquiry.review import end_due_platforms, finish_review, review_report
from valuation.performance.queries import firm_records, own_record, platform_records
from valuation.stay import withdraw_valuation
from valuation.ways.rules import WayFacts

prices = st.integers(1, 10**13)
BANDS = LegalSettings().appraisal_fee_bands
ONLINE = WayFacts(party_refuses_agreement=True)


# --- rules ------------------------------------------------------------------------------------------------------


@given(st.lists(prices, min_size=1, max_size=6), prices, st.integers(0, 10**9))
def test_V14_the_fee_is_paid_once_to_the_nearest(amounts: list[int], price_fen: int, fee: int) -> None:
    facts = {"fee_fen": fee, "is_withdrawn": False, "is_replaced": False}
    shares = inquiry_fees(amounts, price_fen=price_fen, **facts)  # type: ignore[arg-type]
    assert sum(shares) == fee
    nearest = min(abs(amount - price_fen) for amount in amounts)
    tied = [
        share for amount, share in zip(amounts, shares, strict=True) if abs(amount - price_fen) == nearest
    ]
    assert sum(tied) == fee
    assert max(tied) - min(tied) <= 1
    for nothing in ({"price_fen": None}, {"is_withdrawn": True}, {"is_replaced": True}):
        assert not any(inquiry_fees(amounts, **{"price_fen": price_fen, **facts, **nothing}))  # type: ignore[arg-type]


@given(prices, st.none() | prices, st.booleans(), st.booleans())
def test_V25_the_fee_is_counted_on_the_smaller_of_price_and_appraisal(
    appraised_fen: int, price_fen: int | None, is_withdrawn: bool, is_replaced: bool
) -> None:
    basis, amount = fee_basis(
        appraised_fen=appraised_fen, price_fen=price_fen, is_withdrawn=is_withdrawn, is_replaced=is_replaced
    )
    if is_replaced:
        assert (basis, amount) == (FeeBasis.NOTHING, None)
    elif is_withdrawn or price_fen is None:
        assert (basis, amount) == (FeeBasis.ACTUAL_EXPENSE, None)
    else:
        assert amount == min(appraised_fen, price_fen)
    assert reissue_fee_fen(100_001) == 30_000


def test_V25_each_rate_counts_on_its_slice() -> None:
    assert normal_fee_fen(1_000_000_00, bands=BANDS) == 5_000_00
    assert normal_fee_fen(3_000_000_00, bands=BANDS) == 5_000_00 + 5_000_00
    assert normal_fee_fen(1, bands=((100, 500_000),)) == 1  # half a fen is rounded up
    assert normal_fee_fen(300, bands=((100, 10_000), (200, 20_000))) == 1 + 2 + 2


@given(prices, prices)
def test_V25_more_is_never_paid_less(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert 0 <= normal_fee_fen(low, bands=BANDS) <= normal_fee_fen(high, bands=BANDS) <= high


def test_V25_a_fee_waits_is_due_or_is_none() -> None:
    assert [state_of(amount) for amount in (None, 0, 1)] == [FeeState.OPEN, FeeState.NOTHING, FeeState.FIXED]


# --- firms ------------------------------------------------------------------------------------------------------


async def fees_of(work: Work, valuation_id: UUID) -> list[ValuationFee]:
    """The fees of a valuation, by payee."""
    rows = await work.session.exec(
        select(ValuationFee).where(ValuationFee.valuation_id == valuation_id).order_by(ValuationFee.payee)
    )
    return list(rows)


async def test_V25_a_sale_below_the_appraisal_is_the_basis_and_is_paid_once(work: Work) -> None:
    team, made, valuation = await valued_asset(work)
    await sale_known(team, valuation.id, price_fen=800_000 * YUAN, sold_on=team.now.date())
    (fee,) = await fees_of(team, valuation.id)
    assert (fee.basis, fee.base_fen, fee.amount_fen, fee.state) == ("price", 80_000_000, 400_000, "fixed")
    await sale_known(team, valuation.id, price_fen=800_000 * YUAN, sold_on=team.now.date())
    assert len(await fees_of(team, valuation.id)) == 1
    with pytest.raises(RuleViolation, match="V-25"):
        await claim_expense(team, fee.id, amount_fen=1, reason="另计")
    with pytest.raises(NotPermitted):
        await record_fee_payment(by(team, STRANGER), fee.id, paid_on=team.now.date(), paid_ref="凭证1")
    with pytest.raises(InvalidInput) as refused:
        await record_fee_payment(team, fee.id, paid_on=team.now.date() + timedelta(days=2), paid_ref="")
    assert set(refused.value.fields) == {"paid_on", "paid_ref"}
    await record_fee_payment(team, fee.id, paid_on=team.now.date(), paid_ref="凭证1")
    with pytest.raises(RuleViolation, match="V-25"):
        await record_fee_payment(team, fee.id, paid_on=team.now.date(), paid_ref="凭证2")
    await sale_known(team, valuation.id, price_fen=None, sold_on=None)  # revoked: what is paid stays paid
    assert (await fees_of(team, valuation.id))[0].state == "paid"
    sheet = await fee_sheet(team, made.asset.id)
    assert sheet.borne_fen == 400_000


async def test_V25_an_undone_sale_is_counted_anew_until_paid(work: Work) -> None:
    team, _, valuation = await valued_asset(work)
    await sale_known(team, valuation.id, price_fen=2 * VALUE, sold_on=team.now.date())
    (fee,) = await fees_of(team, valuation.id)
    assert (fee.basis, fee.base_fen) == ("appraisal", VALUE)
    await sale_known(team, valuation.id, price_fen=None, sold_on=None)
    assert (fee.basis, fee.amount_fen, fee.state) == ("actual_expense", None, "open")


async def test_V25_unsold_means_the_reasonable_actual_expense(work: Work) -> None:
    team, made, valuation = await valued_asset(work)
    assert await count_unsold(team) == 0
    made.asset.state = AssetState.UNSOLD_RELEASED
    assert await count_unsold(team) == 1
    assert await count_unsold(team) == 0
    (fee,) = await fees_of(team, valuation.id)
    with pytest.raises(RuleViolation, match="V-25"):
        await fix_expense(team, fee.id, amount_fen=100)
    with pytest.raises(NotPermitted):
        await claim_expense(by(team, STRANGER), fee.id, amount_fen=100, reason="差旅")
    with pytest.raises(InvalidInput):
        await claim_expense(team, fee.id, amount_fen=0, reason="")
    await claim_expense(team, fee.id, amount_fen=3_000 * YUAN, reason="差旅、查档")
    with pytest.raises(InvalidInput, match="V-25"):
        await fix_expense(team, fee.id, amount_fen=3_001 * YUAN)
    await fix_expense(team, fee.id, amount_fen=2_500 * YUAN)
    assert (fee.state, fee.amount_fen) == ("fixed", 2_500 * YUAN)


async def test_V25_a_replaced_firm_gets_nothing_and_a_withdrawal_the_expense(work: Work) -> None:
    made = await surveyed_asset(work)
    valuation = await appraised(work, made)
    team = by(work, TEAM)
    (first, *_) = await engagements_of(team, valuation.id)
    await decline_engagement(team, first.id, reason="利害关系")
    await withdraw_valuation(team, valuation.id, ground="debt_paid", reason="已清偿")
    assert [(fee.basis, fee.state) for fee in await fees_of(team, valuation.id)] == [
        ("actual_expense", "open"),
        ("nothing", "nothing"),
    ]


async def test_V25_a_report_issued_anew_is_paid_thirty_percent(work: Work) -> None:
    team, made, valuation = await valued_asset(work)
    late = later(team, days=400)
    await expire_prices(late)
    anew = await reissue_price(late, valuation.id)
    await reported(late, made, anew, number="新1")
    await served(late, anew)
    fixed = later(late, days=40)
    await fix_due_prices(fixed)
    await sale_known(fixed, anew.id, price_fen=VALUE, sold_on=fixed.now.date())
    (old_fee,), (new_fee,) = await fees_of(fixed, valuation.id), await fees_of(fixed, anew.id)
    assert old_fee.amount_fen is not None
    assert (new_fee.percent, new_fee.amount_fen) == (30, old_fee.amount_fen * 30 // 100)


async def test_V25_the_applicant_advances_once_in_money_or_by_guarantee(work: Work) -> None:
    team, made, valuation = await valued_asset(work)
    with pytest.raises(InvalidInput):
        await record_advance(team, valuation.id, way=AdvanceWay.MONEY, amount_fen=0, paper_ref="")
    advance = await record_advance(
        team, valuation.id, way=AdvanceWay.GUARANTEE, amount_fen=5_000 * YUAN, paper_ref="保函1"
    )
    assert advance.party_id == made.applicant.id
    with pytest.raises(Conflict):
        await record_advance(team, valuation.id, way=AdvanceWay.MONEY, amount_fen=1, paper_ref="收据1")


# --- platforms --------------------------------------------------------------------------------------------------


async def inquired(work: Work, amounts: list[int]) -> tuple[Work, Surveyed, Valuation]:
    """An online inquiry whose price is fixed; a platform without an amount is late."""
    made = await surveyed_asset(work)
    keeper, team = by(work, KEEPER), by(work, TEAM)
    for number in range(len(amounts)):
        await list_platform(keeper, code=f"p{number}", name=f"平台{number}")
    valuation = await begin_online_inquiry(team, made.asset.id, facts=ONLINE)
    until = team.now.date() + timedelta(days=100)
    for inquiry, amount in zip(await inquiries_of(team, valuation.id), amounts, strict=True):
        if amount:
            await deliver_report(team, inquiry.id, PlatformReport("1", amount, until, "市场比较法"))
    team = later(team, days=20)
    await end_due_platforms(team)
    for inquiry in await inquiries_of(team, valuation.id):
        if inquiry.state == "delivered":
            await review_report(team, inquiry.id, fault=None)
    await finish_review(team, valuation.id)
    await served(team, valuation)
    team = later(team, days=40)
    await fix_due_prices(team)
    assert valuation.state == ValuationState.FIXED
    return team, made, valuation


async def served(work: Work, valuation: Valuation) -> None:
    """Serve everybody and record the receipts."""
    await serve_results(work, valuation.id)
    for service in await services_of(work, valuation.id):
        if service.received_at is None:
            await record_receipt(work, service.id, received_at=work.now, proof="回证")


async def reported(work: Work, made: Surveyed, valuation: Valuation, *, number: str) -> None:
    """The firm at work hands in a report of `VALUE`."""
    (at_work,) = [each for each in await engagements_of(work, valuation.id) if each.state == "entrusted"]
    firm = await work.session.get_one(AppraisalFirm, at_work.firm_id)
    figures = Figures(
        firm=firm.name,
        report_no=number,
        price_fen=VALUE,
        price_again_fen=VALUE,
        appraised_on=work.now.date(),
        valid_until=work.now.date() + timedelta(days=300),
    )
    await enter_appraisal_report(work, valuation.id, figures)


async def test_V14_the_platform_nearest_to_the_sale_is_paid_and_records_are_counted(work: Work) -> None:
    team, _, valuation = await inquired(work, [VALUE, VALUE * 12 // 10, 0])
    await sale_known(team, valuation.id, price_fen=VALUE * 11 // 10 + 1, sold_on=team.now.date())
    assert [(fee.payee, fee.amount_fen) for fee in await fees_of(team, valuation.id)] == [
        ("平台0", 0),
        ("平台1", LegalSettings().inquiry_fee_fen),
    ]
    records = await platform_records(by(team, KEEPER))
    assert (records["p0"].asked, records["p0"].punctual_percent, records["p0"].median_off_percent) == (
        1, 100.0, 10.0,
    )  # fmt: skip
    assert (records["p1"].median_off_percent, records["p1"].mean_off_percent) == (-8.3, 8.3)
    assert (records["p2"].late, records["p2"].punctual_percent, records["p2"].sold) == (1, 0.0, 0)
    with pytest.raises(NotPermitted):
        await platform_records(team)


async def test_V14_two_at_the_same_distance_share_and_a_withdrawal_pays_nobody(work: Work) -> None:
    team, _, valuation = await inquired(work, [VALUE, VALUE * 12 // 10])
    await sale_known(team, valuation.id, price_fen=VALUE * 11 // 10, sold_on=team.now.date())
    half = LegalSettings().inquiry_fee_fen // 2
    assert [fee.amount_fen for fee in await fees_of(team, valuation.id)] == [half, half]


async def test_V20_the_record_of_a_firm_is_counted_from_its_work(work: Work) -> None:
    team, made, valuation = await valued_asset(work)
    await sale_known(team, valuation.id, price_fen=VALUE * 9 // 10, sold_on=team.now.date())
    records = await firm_records(by(team, KEEPER))
    (engagement, *_) = await engagements_of(team, valuation.id)
    mine = records[str(engagement.firm_id)]
    assert (mine.asked, mine.due, mine.on_time, mine.sold, mine.median_off_percent) == (1, 1, 1, 1, -10.0)
    assert (mine.corrections, mine.objections, mine.punctual_percent) == (0, 0, 100.0)
    with pytest.raises(NotPermitted):
        await firm_records(team)
    other = await surveyed_asset_again(team, made)
    second = await appraised(team, other)
    await reported(team, other, second, number="二")
    await demand_correction(team, second.id, cause=DemandCause.WRONG_BASICS, wanted="面积有误")
    assert (await firm_records(by(team, KEEPER)))[str(engagement.firm_id)].corrections == 1


async def surveyed_asset_again(work: Work, made: Surveyed) -> Surveyed:
    """Another asset of the same city."""
    asset = await make_asset(work, made.case)
    asset.state = AssetState.VALUATION
    await work.session.flush()
    return Surveyed(made.case, asset, made.applicant, made.debtor)


async def test_V20_a_firm_sees_its_own_record_only(work: Work) -> None:
    team, _, valuation = await valued_asset(work)
    (engagement, *_) = await engagements_of(team, valuation.id)
    account = await open_account(
        work, login="firm", password_hash="x", display_name="某评估公司", roles={Role.APPRAISER}
    )
    firm = await work.session.get_one(AppraisalFirm, engagement.firm_id)
    firm.account_id = account.id
    await work.session.flush()
    own = await own_record(by(team, Actor(account.id, "某", frozenset({Role.APPRAISER}), None)))
    assert (own.key, own.on_time) == (str(firm.id), 1)
    with pytest.raises(NotFound):
        await own_record(by(team, Actor(new_id(), "他", frozenset({Role.APPRAISER}), None)))
