"""A contested plan: objections, views, suit and judgment, the undisputed part; a reserve that is decided."""

from datetime import timedelta

import pytest
from sqlmodel import select

from auction.proceeds.claims.enter import correct_claim, enter_claim
from auction.proceeds.claims.queries import claims_of
from auction.proceeds.claims.rules import Figures
from auction.proceeds.costs import settle_costs
from auction.proceeds.models import ProceedsState
from auction.proceeds.objections.advance import note_judgment, prove_suit
from auction.proceeds.objections.models import Demand, PlanObjection, PlanObjectionState
from auction.proceeds.objections.raise_objection import note_others_told, object_to_plan, speak_against
from auction.proceeds.payout.queries import payouts_of
from auction.proceeds.plan.approve import approve_plan
from auction.proceeds.plan.divide import Rank, Sharing
from auction.proceeds.plan.draft import draft_plan
from auction.proceeds.plan.models import DistributionPlan
from auction.proceeds.plan.serve import record_receipt, services_of
from auction.proceeds.reckon import enforcement_fee_fen
from auction.proceeds.release import decide_reserve
from core.database import Database, Work
from core.errors import Conflict, InvalidInput, RuleViolation
from core.identity import SYSTEM
from core.ledger import trial_balance
from tests.auction.listing.workshop import YUAN
from tests.auction.proceeds.conftest import Money
from tests.auction.proceeds.test_plan import PANEL, by_kind, standing
from tests.conftest import CourtClock
from tests.working_off import sweep

PRICE = 703_000 * YUAN
NET = PRICE - enforcement_fee_fen(PRICE)
LI = Figures(principal_fen=300_000 * YUAN, title_ref="（2025）苏0583民初1号")


async def served_plan(database: Database, money: Money) -> dict[str, object]:
    """The bank claims 600,000, 李某 300,000: two thirds and one third; everybody has received the plan. Ids by name."""
    async with database.begin(money.officer) as work:
        (own,) = await claims_of(work, money.proceeds.id)
        await correct_claim(
            work, own.id, Figures(principal_fen=600_000 * YUAN, title_ref="（2025）苏0583民初9号")
        )
        li = await enter_claim(
            work, money.proceeds.id, LI, creditor="李某", case_no="（2026）苏0505执9号", facts="函"
        )
        await settle_costs(work, money.proceeds.id)
        plan = await draft_plan(work, money.proceeds.id, sharing=Sharing.PRO_RATA, reason="")
    async with database.begin(money.panel) as work:
        await approve_plan(work, money.proceeds.id, members=PANEL, minutes="同意", decided_on=work.now.date())
    async with database.begin(money.officer) as work:
        people = {each.name: each.id for each in await services_of(work, plan.id)}
        for each in people.values():
            await record_receipt(work, each, received_on=work.now.date(), proof="回执")
    return {**people, "claim 某银行": own.id, "claim 李某": li.id}


async def objection_now(database: Database) -> PlanObjection:
    """The one objection."""
    async with database.read(SYSTEM) as work:
        return (await work.session.exec(select(PlanObjection))).one()


async def object_(database: Database, money: Money, ids: dict[str, object]) -> PlanObjection:
    """The bank says that 李某's claim is 100,000 only."""
    async with database.begin(money.applicant) as work:
        with pytest.raises(InvalidInput):
            await object_to_plan(
                work, ids["某银行"], target_claim_id=ids["claim 李某"], demand=Demand.AMOUNT, demanded_fen=None,  # type: ignore[arg-type]
                demanded_rank=None, reasons="已部分清偿",
            )  # fmt: skip
        made = await object_to_plan(
            work, ids["某银行"], target_claim_id=ids["claim 李某"], demand=Demand.AMOUNT, demanded_fen=100_000 * YUAN,  # type: ignore[arg-type]
            demanded_rank=None, reasons="已部分清偿",
        )  # fmt: skip
    with pytest.raises(Conflict):
        async with database.begin(money.applicant) as work:
            await object_to_plan(
                work, ids["某银行"], target_claim_id=ids["claim 李某"], demand=Demand.EXCLUDE, demanded_fen=None,  # type: ignore[arg-type]
                demanded_rank=None, reasons="x",
            )  # fmt: skip
    async with database.begin(money.officer) as work:
        await note_others_told(work, made.id, told_on=work.now.date())
    return made


async def owed(work: Work, money: Money) -> dict[str, int]:
    """What has been ordered to be paid to each creditor in all."""
    sums: dict[str, int] = {}
    for each in await payouts_of(work, money.proceeds.id):
        if each.kind == "creditor":
            sums[each.payee] = sums.get(each.payee, 0) + each.amount_fen
    return sums


async def test_D23_nobody_speaks_against_it_so_the_plan_is_amended(
    database: Database, money: Money, clock: CourtClock
) -> None:
    ids = await served_plan(database, money)
    await object_(database, money, ids)
    await clock.pass_time(timedelta(days=19))
    for _ in range(2):
        await sweep(database, "run_plans")
    assert (await objection_now(database)).state == PlanObjectionState.UPHELD
    assert (await standing(database)).state == ProceedsState.PLAN_FINAL
    async with database.read(SYSTEM) as work:
        paid = await owed(work, money)
        assert abs(paid["某银行"] * 7 - NET * 6) <= 7
        assert sum(paid.values()) == NET
        versions = list(await work.session.exec(select(DistributionPlan.state)))
        assert sorted(versions) == ["final", "replaced"]


async def test_D23_M07_views_a_suit_the_undisputed_part_and_the_judgment(
    database: Database, money: Money, clock: CourtClock
) -> None:
    ids = await served_plan(database, money)
    made = await object_(database, money, ids)
    async with database.begin(money.debtor) as work:
        with pytest.raises(InvalidInput):
            await speak_against(work, made.id, ids["王小明"], reasons="")  # type: ignore[arg-type]
        await speak_against(work, made.id, ids["王小明"], reasons="债权数额有判决")  # type: ignore[arg-type]
    with pytest.raises(Exception, match="没有找到"):
        async with database.begin(money.joiner) as work:
            await speak_against(work, made.id, ids["李某"], reasons="x")  # type: ignore[arg-type]
    await clock.pass_time(timedelta(days=19))
    await sweep(database, "run_plans")
    assert (await objection_now(database)).state == PlanObjectionState.CONTESTED
    async with database.read(SYSTEM) as work:
        sure = await owed(work, money)
        assert sure["某银行"] == NET * 2 // 3, "the worst outcome of each"
        assert sure["李某"] == sum(sure.values()) - sure["某银行"] < NET // 5
        assert (await by_kind(work, money.proceeds))["price_balance"] == -(NET - sum(sure.values()))
    async with database.begin(money.applicant) as work:
        await prove_suit(work, made.id, case_no="（2026）苏0583民初88号", filed_on=work.now.date())
    for _ in range(2):
        await sweep(database, "run_plans")
    async with database.read(SYSTEM) as work:
        balances = await by_kind(work, money.proceeds)
        assert (balances["price_balance"], balances["escrow_disputed"]) == (0, -(NET - sum(sure.values())))
    async with database.begin(money.officer) as work:
        await note_judgment(work, made.id, founded=True, fen=200_000 * YUAN, ref="（2026）苏0583民初88号判决")
    await sweep(database, "run_plans")
    async with database.read(SYSTEM) as work:
        paid, balances = await owed(work, money), await by_kind(work, money.proceeds)
        assert sum(paid.values()) == NET
        assert abs(paid["李某"] * 3 - paid["某银行"]) <= 3
        assert (balances["escrow_disputed"], balances["price_balance"]) == (0, 0)
        assert sum((await trial_balance(work)).values()) == 0
    assert (await standing(database)).state == ProceedsState.PLAN_FINAL


async def test_D23_without_a_suit_the_plan_stays(database: Database, money: Money, clock: CourtClock) -> None:
    ids = await served_plan(database, money)
    made = await object_(database, money, ids)
    async with database.begin(money.officer) as work:
        await speak_against(work, made.id, ids["李某"], reasons="不同意")  # type: ignore[arg-type]
    await clock.pass_time(timedelta(days=19))
    await sweep(database, "run_plans")
    await clock.pass_time(timedelta(days=19))
    await sweep(database, "run_plans")
    assert (await objection_now(database)).state == PlanObjectionState.FAILED
    with pytest.raises(RuleViolation):
        async with database.begin(money.applicant) as work:
            await prove_suit(work, made.id, case_no="x", filed_on=work.now.date())
    async with database.read(SYSTEM) as work:
        paid = await owed(work, money)
        assert (paid["某银行"], sum(paid.values())) == (NET * 2 // 3, NET)


async def test_D11_a_reserve_is_decided_and_the_rest_goes_to_the_others(
    database: Database, money: Money, clock: CourtClock
) -> None:
    async with database.begin(money.officer) as work:
        (own,) = await claims_of(work, money.proceeds.id)
        await correct_claim(work, own.id, Figures(principal_fen=600_000 * YUAN, title_ref="9号"))
        open_claim = await enter_claim(
            work, money.proceeds.id,
            Figures(rank=Rank.SECURED, part_asset_id=money.proceeds.asset_id, since=work.now.date(),
                    principal_fen=200_000 * YUAN, is_confirmed=False, title_ref="抵押合同"),
            creditor="张某", case_no="（2026）苏0505执保9号", facts="诉讼中",
        )  # fmt: skip
        await settle_costs(work, money.proceeds.id)
        plan = await draft_plan(work, money.proceeds.id, sharing=Sharing.PRO_RATA, reason="")
    async with database.begin(money.panel) as work:
        await approve_plan(work, money.proceeds.id, members=PANEL, minutes="同意", decided_on=work.now.date())
    async with database.begin(money.officer) as work:
        for each in await services_of(work, plan.id):
            await record_receipt(work, each.id, received_on=work.now.date(), proof="回执")
    await clock.pass_time(timedelta(days=19))
    await sweep(database, "run_plans")
    async with database.read(SYSTEM) as work:
        assert (await by_kind(work, money.proceeds))["reserved_first_seal"] == -200_000 * YUAN
        assert await owed(work, money) == {"某银行": NET - 200_000 * YUAN}
    async with database.begin(money.officer) as work:
        await decide_reserve(work, open_claim.id, title_fen=50_000 * YUAN, ref="（2026）苏0505民初3号")
        assert (await by_kind(work, money.proceeds))["reserved_first_seal"] == 0
        assert await owed(work, money) == {"张某": 50_000 * YUAN, "某银行": 600_000 * YUAN}
        with pytest.raises(RuleViolation):
            await decide_reserve(work, open_claim.id, title_fen=1, ref="x")
        surplus = [each for each in await payouts_of(work, money.proceeds.id) if each.kind == "surplus"]
        assert sum(each.amount_fen for each in surplus) == NET - 650_000 * YUAN, "M-08"
