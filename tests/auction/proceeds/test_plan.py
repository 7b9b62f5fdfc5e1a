"""From the arrived money to a plan that is served and final."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from sqlmodel import col, select

from auction.proceeds.accounts import PayeeAccount
from auction.proceeds.claims.enter import correct_claim, decide_claim, enter_claim
from auction.proceeds.claims.join import ask_to_join
from auction.proceeds.claims.models import ClaimState
from auction.proceeds.claims.queries import claims_of
from auction.proceeds.claims.rules import Figures
from auction.proceeds.costs import add_cost, reopen_costs, settle_costs, strike_cost
from auction.proceeds.models import Proceeds, ProceedsState
from auction.proceeds.payout.models import Payout
from auction.proceeds.plan.approve import approve_plan, send_plan_back
from auction.proceeds.plan.divide import CostKind, Rank, Sharing
from auction.proceeds.plan.draft import draft_plan, take_draft_back
from auction.proceeds.plan.models import DistributionPlan, PlanState
from auction.proceeds.plan.serve import confirm_own_receipt, record_receipt, services_of
from auction.proceeds.queries import costs_of
from auction.proceeds.reckon import enforcement_fee_fen
from auction.settlement.models import Settlement
from core.database import Database, Work
from core.deadlines.models import Deadline
from core.documents.models import Document
from core.errors import Conflict, InvalidInput, NotPermitted, RuleViolation
from core.identity import SYSTEM, Actor
from core.ledger import trial_balance
from core.ledger.queries import account_balances
from disposal_teams.assets.models import Asset
from tests.auction.delivery.conftest import Served
from tests.auction.listing.workshop import PANEL as ANY_PANEL
from tests.auction.listing.workshop import YUAN
from tests.auction.proceeds.conftest import Money
from tests.conftest import CourtClock
from tests.working_off import sweep

PRICE = 703_000 * YUAN
PANEL = ["甲", "乙", "丙"]
JOINS = Figures(principal_fen=200_000 * YUAN, interest_fen=10_000 * YUAN, title_ref="（2025）苏0583民初1号")
ACCOUNT = PayeeAccount("李某", "某银行昆山支行", "6222020000001234")
TITLE = ("判决书.pdf", b"%PDF-1.4 title")


async def standing(database: Database) -> Proceeds:
    """The file as it stands."""
    async with database.read(SYSTEM) as work:
        return (await work.session.exec(select(Proceeds))).one()


async def by_kind(work: Work, proceeds: Proceeds) -> dict[str, int]:
    """The balances of the lot's accounts, by kind."""
    sums: dict[str, int] = {}
    for each in await account_balances(work, lot_id=proceeds.lot_id):
        sums[each.kind] = sums.get(each.kind, 0) + each.balance_fen
    return sums


async def set_claims(database: Database, money: Money, *, own_fen: int) -> None:
    """The applicant's claim as the officer finds it."""
    async with database.begin(money.officer) as work:
        (claim,) = [each for each in await claims_of(work, money.proceeds.id) if each.case_no]
        await correct_claim(work, claim.id, Figures(principal_fen=own_fen, title_ref="（2025）苏0583民初9号"))


async def joined(database: Database, money: Money) -> None:
    """Somebody asks to join in time and is admitted."""
    async with database.begin(money.joiner) as work:
        asset = await work.session.get_one(Asset, money.proceeds.asset_id)
        claim = await ask_to_join(
            work, asset.asset_no, JOINS, creditor="李某", case_no="", facts="被执行人的其他财产已全部查封。", account=ACCOUNT,
            file=TITLE,
        )  # fmt: skip
    async with database.begin(money.officer) as work:
        await decide_claim(work, claim.id, admit=True, note="")


async def approved(database: Database, money: Money) -> DistributionPlan:
    """Costs settled, plan drafted and approved."""
    async with database.begin(money.officer) as work:
        await settle_costs(work, money.proceeds.id)
        await draft_plan(work, money.proceeds.id, sharing=Sharing.PRO_RATA, reason="")
    async with database.begin(money.panel) as work:
        return await approve_plan(
            work, money.proceeds.id, members=PANEL, minutes="同意", decided_on=work.now.date()
        )


async def test_M04_L33_D01_money_opens_its_file_and_costs_go_first(
    database: Database, money: Money, served: Served
) -> None:
    proceeds = await standing(database)
    assert (proceeds.gross_fen, proceeds.state) == (PRICE, ProceedsState.MONEY_ARRIVED)
    async with database.read(SYSTEM) as work:
        clock = (await work.session.exec(select(Deadline).where(Deadline.rule == "L-33"))).one()
        assert (clock.subject_id, clock.owner_role) == (proceeds.id, "finance")
        fee = (await costs_of(work, proceeds.id))[0]
        assert (fee.kind, fee.amount_fen) == (CostKind.FEE, enforcement_fee_fen(PRICE))
    await sweep(database, "find_money_to_divide")
    assert (await standing(database)).id == proceeds.id, "once"
    tax: dict[str, Any] = {
        "kind": CostKind.TAX,
        "label": "增值税及附加",
        "payee": "某税务局",
        "asset_id": None,
        "evidence": "核税单1号",
    }
    async with database.begin(money.officer) as work:
        with pytest.raises(InvalidInput):
            await add_cost(work, proceeds.id, amount_fen=0, **tax)
        await add_cost(work, proceeds.id, amount_fen=30_000 * YUAN, **tax)
        wrong = await add_cost(work, proceeds.id, amount_fen=5 * YUAN, **tax)
        await strike_cost(work, proceeds.id, wrong.id, because="重复录入")
        await settle_costs(work, proceeds.id)
    for _ in range(2):  # open again, settle again: booked once in all
        async with database.read(SYSTEM) as work:
            balances = await by_kind(work, proceeds)
            assert balances["tax_payable"] == -30_000 * YUAN
            assert balances["fee_payable"] == -fee.amount_fen
            assert balances["price_balance"] == -(PRICE - 30_000 * YUAN - fee.amount_fen)
            assert sum((await trial_balance(work)).values()) == 0
        async with database.begin(money.officer) as work:
            await reopen_costs(work, proceeds.id, because="核对")
            await settle_costs(work, proceeds.id)
    with pytest.raises(NotPermitted):
        async with database.begin(money.finance) as work:
            await reopen_costs(work, proceeds.id, because="x")


async def test_D20_D21_D22_joining_by_the_cut_off(database: Database, money: Money, served: Served) -> None:
    async with database.begin(SYSTEM) as work:  # the ruling was not served yet
        settlement = (await work.session.exec(select(Settlement))).one()
        served_at, settlement.ruling_served_at = settlement.ruling_served_at, None
        asset = await work.session.get_one(Asset, money.proceeds.asset_id)
    good: dict[str, Any] = {
        "creditor": "李某",
        "case_no": "",
        "facts": "不足清偿",
        "account": ACCOUNT,
        "file": TITLE,
    }
    async with database.begin(money.joiner) as work:
        for change in (
            {"file": None},
            {"facts": ""},
            {"account": PayeeAccount("别人", "某银行", "62220200")},
        ):
            with pytest.raises(InvalidInput):
                await ask_to_join(work, asset.asset_no, JOINS, **{**good, **change})
        with pytest.raises(RuleViolation, match="D-20"):
            await ask_to_join(
                work, asset.asset_no, Figures(principal_fen=1, title_ref="x", has_title=False), **good
            )
        claim = await ask_to_join(work, asset.asset_no, JOINS, **good)
        assert (claim.state, claim.proceeds_id) == (ClaimState.SUBMITTED, money.proceeds.id)
        assert b"6222020000001234" not in (claim.payee_sealed or b"")
    async with database.begin(money.officer) as work:
        await settle_costs(work, money.proceeds.id)
        with pytest.raises(RuleViolation, match="D-20"):
            await draft_plan(work, money.proceeds.id, sharing=Sharing.PRO_RATA, reason="")
        with pytest.raises(InvalidInput):
            await decide_claim(work, claim.id, admit=False, note="")
        await decide_claim(work, claim.id, admit=True, note="")
        paper = (
            await work.session.exec(select(Document).where(Document.kind == "participation_answer"))
        ).one()
    assert "准予参与分配" in "".join(page.extract_text() for page in PdfReader(BytesIO(paper.content)).pages)
    async with database.begin(SYSTEM) as work:
        (await work.session.exec(select(Settlement))).one().ruling_served_at = served_at
    async with database.begin(money.debtor) as work:
        late = await ask_to_join(work, asset.asset_no, JOINS, **good)
        assert (late.state, late.proceeds_id) == (ClaimState.PARKED, None)


async def test_P05_D23_L32_a_plan_is_approved_by_another_served_and_final_after_everybodys_window(
    database: Database, money: Money, clock: CourtClock
) -> None:
    await set_claims(database, money, own_fen=600_000 * YUAN)
    async with database.begin(money.officer) as work:
        await enter_claim(
            work, money.proceeds.id, JOINS, creditor="李某", case_no="（2026）苏0505执9号", facts="参与分配函"
        )
    async with database.begin(money.officer) as work:
        await settle_costs(work, money.proceeds.id)
        plan = await draft_plan(work, money.proceeds.id, sharing=Sharing.PRO_RATA, reason="")
        with pytest.raises(RuleViolation):
            await settle_costs(work, money.proceeds.id)
    async with database.begin(money.panel) as work:
        with pytest.raises(InvalidInput):
            await approve_plan(
                work, money.proceeds.id, members=["甲"], minutes="x", decided_on=date(2020, 1, 1)
            )
        await send_plan_back(work, money.proceeds.id, because="请核对债权")
    async with database.begin(money.officer) as work:
        await draft_plan(work, money.proceeds.id, sharing=Sharing.PRO_RATA, reason="")
        await take_draft_back(work, money.proceeds.id)
        plan = await draft_plan(work, money.proceeds.id, sharing=Sharing.PRO_RATA, reason="")
    both = Actor(
        money.officer.account_id, "两职", money.officer.roles | ANY_PANEL.roles, money.officer.court_code
    )
    with pytest.raises(RuleViolation, match="P-05"):
        async with database.begin(both) as work:
            await approve_plan(
                work, money.proceeds.id, members=PANEL, minutes="同意", decided_on=work.now.date()
            )
    async with database.begin(money.panel) as work:
        await approve_plan(work, money.proceeds.id, members=PANEL, minutes="同意", decided_on=work.now.date())
    assert (await standing(database)).state == ProceedsState.PLAN_SERVED
    async with database.begin(money.applicant) as work:
        people = {each.name: each for each in await services_of(work, plan.id)}
        assert set(people) == {"某银行", "李某", "王小明"}
        await confirm_own_receipt(work, people["某银行"].id)
        with pytest.raises(Conflict):
            await confirm_own_receipt(work, people["某银行"].id)
    async with database.begin(money.debtor) as work:
        await confirm_own_receipt(work, people["王小明"].id)
    await clock.pass_time(timedelta(days=40))
    await sweep(database, "run_plans")
    assert (await standing(database)).state == ProceedsState.PLAN_SERVED, "one has not received it"
    async with database.begin(money.officer) as work:
        await record_receipt(work, people["李某"].id, received_on=work.now.date(), proof="邮寄回执")
    await clock.pass_time(timedelta(days=10))
    await sweep(database, "run_plans")
    assert (await standing(database)).state == ProceedsState.PLAN_SERVED
    await clock.pass_time(timedelta(days=9))
    for _ in range(2):
        await sweep(database, "run_plans")
    assert (await standing(database)).state == ProceedsState.PLAN_FINAL
    async with database.read(SYSTEM) as work:
        plan = await work.session.get_one(DistributionPlan, plan.id)
        paid = {
            each.payee: each.amount_fen
            for each in await work.session.exec(select(Payout).where(Payout.kind == "creditor"))
        }
        net = PRICE - enforcement_fee_fen(PRICE)
        assert sum(paid.values()) == net, "everything goes to the creditors, to the fen"
        assert abs(paid["某银行"] * 210 - paid["李某"] * 600) < 1000
        balances = await by_kind(work, money.proceeds)
        assert (balances["price_balance"], balances["creditor_payable"]) == (0, -net)
        paper = (
            await work.session.exec(
                select(Document)
                .where(Document.kind == "distribution_plan")
                .order_by(col(Document.version).desc())
            )
        ).first()
        assert paper is not None
        told = "".join(page.extract_text() for page in PdfReader(BytesIO(paper.content)).pages)
        assert "按债权比例" in told
        assert "李某" in told


async def test_M08_one_creditor_needs_no_plan_served_and_the_rest_goes_back(
    database: Database, money: Money
) -> None:
    await set_claims(database, money, own_fen=500_000 * YUAN)
    plan = await approved(database, money)
    assert (plan.is_simple, plan.state) == (True, PlanState.FINAL)
    async with database.read(SYSTEM) as work:
        payouts = {
            each.kind: (each.payee, each.amount_fen) for each in await work.session.exec(select(Payout))
        }
    fee = enforcement_fee_fen(PRICE)
    assert payouts["creditor"] == ("某银行", 500_000 * YUAN)
    assert payouts["surplus"] == ("王小明", PRICE - fee - 500_000 * YUAN)


async def test_D11_an_unconfirmed_claim_is_reserved_in_the_ledger(database: Database, money: Money) -> None:
    await set_claims(database, money, own_fen=600_000 * YUAN)
    async with database.begin(money.officer) as work:
        await enter_claim(
            work,
            money.proceeds.id,
            Figures(rank=Rank.SECURED, part_asset_id=money.proceeds.asset_id, since=date(2020, 1, 1),
                    principal_fen=100_000 * YUAN, is_confirmed=False, title_ref="抵押合同"),
            creditor="张某", case_no="（2026）苏0505执保9号", facts="诉讼中",
        )  # fmt: skip
    plan = await approved(database, money)
    assert not plan.is_simple
    assert plan.lines[1]["is_reserved"]
