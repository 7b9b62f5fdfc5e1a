"""A contested plan to its last payment: objections, the undisputed part, files for the bank, delays, the way back."""

import csv
import io
from datetime import timedelta

import pytest
from sqlmodel import select

from auction.payments.models import BankLine
from auction.payments.record_line import StatementLine, record_bank_line
from auction.proceeds.accounts import PayeeAccount
from auction.proceeds.claims.enter import correct_claim, enter_claim
from auction.proceeds.claims.models import DistributionClaim
from auction.proceeds.claims.queries import claims_of
from auction.proceeds.claims.rules import Figures
from auction.proceeds.costs import settle_costs
from auction.proceeds.models import Proceeds, ProceedsState
from auction.proceeds.objections.advance import note_judgment, prove_suit
from auction.proceeds.objections.models import Demand, PlanObjection, PlanObjectionState
from auction.proceeds.objections.raise_objection import note_others_told, object_to_plan, speak_against
from auction.proceeds.payout.approve import decide_sheet, propose_sheet, set_payee
from auction.proceeds.payout.bank_file import (
    BankResult,
    file_content,
    make_payout_file,
    read_results,
    take_results,
    try_again,
)
from auction.proceeds.payout.delay import ask_delay, decide_delay, end_delay
from auction.proceeds.payout.deposit import deposit_payout, release_deposited
from auction.proceeds.payout.models import DelayGround, Payout, PayoutState
from auction.proceeds.payout.queries import payouts_of
from auction.proceeds.plan.approve import approve_plan
from auction.proceeds.plan.divide import Rank, Sharing
from auction.proceeds.plan.draft import draft_plan
from auction.proceeds.plan.models import DistributionPlan
from auction.proceeds.plan.serve import record_receipt, services_of
from auction.proceeds.reckon import enforcement_fee_fen
from auction.proceeds.release import decide_reserve
from auction.proceeds.unwind import note_recovery
from auction.reconciliation.gather import gather
from auction.revocation.revoke_sale import revoke_sale
from core.database import Database, Work
from core.deadlines.models import Deadline, DeadlineState
from core.errors import Conflict, InvalidInput, NotPermitted, RuleViolation
from core.identity import SYSTEM, Actor
from core.ledger import trial_balance
from tests.auction.listing.workshop import YUAN
from tests.auction.proceeds.conftest import Money
from tests.auction.proceeds.test_plan import PANEL, by_kind, standing
from tests.conftest import CourtClock
from tests.working_off import sweep, work_off

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


async def approved_payouts(
    database: Database, money: Money, *, approver: Actor | None = None
) -> list[Payout]:
    """Everything that is ready gets an account and is approved by the director."""
    async with database.begin(money.finance) as work:
        ready = [
            each for each in await payouts_of(work, money.proceeds.id) if each.state == PayoutState.READY
        ]
        for each in ready:
            await set_payee(work, each.id, PayeeAccount(each.payee, "某银行", "6222020000001234"))
        sheet = await propose_sheet(work, money.proceeds.id, [each.id for each in ready], note="")
    async with database.begin(approver or money.director) as work:
        await decide_sheet(work, sheet.id, approve=True)
    return ready


async def final_plan(database: Database, money: Money, clock: CourtClock) -> None:
    """A plan that nobody objected to."""
    await served_plan(database, money)
    await clock.pass_time(timedelta(days=19))
    await sweep(database, "run_plans")


async def references(database: Database) -> dict[str, str]:
    """The bank's reference of each payment that is with it, by kind and payee."""
    async with database.read(SYSTEM) as work:
        rows = await work.session.exec(select(Payout).where(Payout.state == PayoutState.SENT))
        return {f"{each.kind} {each.payee}": each.reference or "" for each in rows}


async def test_M03_M04_M06_two_persons_a_file_for_the_bank_and_every_payment_once(
    database: Database, money: Money, clock: CourtClock
) -> None:
    await final_plan(database, money, clock)
    async with database.begin(money.finance) as work:
        ready = await payouts_of(work, money.proceeds.id)
        with pytest.raises(RuleViolation, match="M-03"):
            await propose_sheet(work, money.proceeds.id, [each.id for each in ready], note="")
        with pytest.raises(InvalidInput):
            await set_payee(work, ready[0].id, PayeeAccount("别人", "某银行", "6222020000001234"))
        for each in ready:
            await set_payee(work, each.id, PayeeAccount(each.payee, "某银行", "6222020000001234"))
        sheet = await propose_sheet(work, money.proceeds.id, [each.id for each in ready], note="")
        assert sheet.tier == "director"
    for wrong in (money.finance, money.cashier, money.officer):
        with pytest.raises(NotPermitted, match="M-06"):
            async with database.begin(wrong) as work:
                await decide_sheet(work, sheet.id, approve=True)
    async with database.begin(money.director) as work:
        await decide_sheet(work, sheet.id, approve=True)
        with pytest.raises(Conflict):
            await decide_sheet(work, sheet.id, approve=True)
    async with database.begin(money.finance) as work:
        file = await make_payout_file(work, money.proceeds.court_code)
        assert (file.count, file.total_fen) == (3, PRICE)
        with pytest.raises(RuleViolation):
            await make_payout_file(work, money.proceeds.court_code)
        _, content = await file_content(work, file.id, "csv")
        assert (await file_content(work, file.id, "csv"))[1] == content
        assert (await file_content(work, file.id, "xlsx"))[1].startswith(b"PK")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:]
    assert sum(int(row[4].replace(".", "")) for row in rows) == PRICE
    sent = await references(database)
    answers = "付款编号,结果,银行流水号或退回原因\n" + "".join(
        f"{reference},{'退回' if '李某' in who else '成功'},{'账号不存在' if '李某' in who else 'B1'}\n"
        for who, reference in sent.items()
    )
    results, faults = read_results(answers)
    assert (len(results), faults) == (3, [])
    assert read_results("P1,也许,x\n")[1] == [(1, "P1,也许,x")]
    for expected in ((2, 1, 0), (0, 0, 3)):
        async with database.begin(money.finance) as work:
            taken = await take_results(
                work, money.proceeds.court_code, [*results, BankResult("P-none", True, "")]
            )
        assert (taken.paid, taken.bounced, taken.known, taken.unknown) == (*expected, ("P-none",))
    assert (await standing(database)).state == ProceedsState.PLAN_FINAL
    async with database.begin(money.finance) as work:
        (bounced,) = [
            each for each in await payouts_of(work, money.proceeds.id) if each.state == PayoutState.BOUNCED
        ]
        await try_again(work, bounced.id)
        await make_payout_file(work, money.proceeds.court_code)
    again = await references(database)
    assert not set(again.values()) & set(sent.values()), (
        "an answer to the first attempt says nothing of the second"
    )
    async with database.begin(money.finance) as work:
        await take_results(
            work, money.proceeds.court_code, [BankResult(each, True, "B2") for each in again.values()]
        )
    proceeds = await standing(database)
    assert (proceeds.state, proceeds.paid_out_at is not None) == (ProceedsState.SETTLED, True)
    async with database.read(SYSTEM) as work:
        clock_row = (await work.session.exec(select(Deadline).where(Deadline.rule == "L-33"))).one()
        assert clock_row.state == DeadlineState.MET
        balances = await by_kind(work, proceeds)
        assert not any(amount for kind, amount in balances.items() if kind != "bank")
        both = await gather(work, proceeds.court_code)
        assert both.statement_fen == both.ledger_fen, "the reconciliation knows every payment"


async def test_M05_L34_a_delay_needs_a_leader_and_ten_days_follow_it(
    database: Database, money: Money, clock: CourtClock
) -> None:
    await final_plan(database, money, clock)
    async with database.begin(money.finance) as work:
        soon = work.now.date() + timedelta(days=20)
        with pytest.raises(InvalidInput):
            await ask_delay(
                work, money.proceeds.id, ground=DelayGround.OTHER, reason="x", review_on=work.now.date()
            )
        delay = await ask_delay(
            work, money.proceeds.id, ground=DelayGround.FROZEN_ELSEWHERE, reason="另案冻结", review_on=soon
        )
        with pytest.raises(NotPermitted):
            await decide_delay(work, delay.id, allow=True)
    async with database.begin(money.director) as work:
        await decide_delay(work, delay.id, allow=True)
    async with database.begin(money.finance) as work:
        payout = (await payouts_of(work, money.proceeds.id))[0]
        await set_payee(work, payout.id, PayeeAccount(payout.payee, "某银行", "6222020000001234"))
        with pytest.raises(RuleViolation, match="M-05"):
            await propose_sheet(work, money.proceeds.id, [payout.id], note="")
        await end_delay(work, delay.id, note="冻结解除")
        states = {
            each.rule: each.state
            for each in await work.session.exec(select(Deadline))
            if each.subject_kind == "proceeds"
        }
        assert states == {"L-33": DeadlineState.WAIVED, "L-34": DeadlineState.RUNNING}
        await propose_sheet(work, money.proceeds.id, [payout.id], note="")


async def test_M07_what_cannot_be_paid_is_deposited_and_paid_later(
    database: Database, money: Money, clock: CourtClock
) -> None:
    await final_plan(database, money, clock)
    async with database.begin(money.director) as work:
        (li,) = [each for each in await payouts_of(work, money.proceeds.id) if each.payee == "李某"]
        await deposit_payout(work, li.id, because="债权人下落不明")
        assert (await by_kind(work, money.proceeds))["unclaimed"] == -li.amount_fen
    await approved_payouts(database, money)
    async with database.begin(money.finance) as work:
        await make_payout_file(work, money.proceeds.court_code)
    sent = await references(database)
    async with database.begin(money.finance) as work:
        await take_results(
            work, money.proceeds.court_code, [BankResult(each, True, "B") for each in sent.values()]
        )
    assert (await standing(database)).state == ProceedsState.PAID_OUT, "not settled: something is kept"
    async with database.begin(money.finance) as work:
        await release_deposited(work, li.id)
    await approved_payouts(database, money)
    async with database.begin(money.finance) as work:
        await make_payout_file(work, money.proceeds.court_code)
    sent = await references(database)
    async with database.begin(money.finance) as work:
        await take_results(
            work, money.proceeds.court_code, [BankResult(each, True, "B") for each in sent.values()]
        )
    assert (await standing(database)).state == ProceedsState.SETTLED


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


async def test_B56_what_was_paid_comes_back_before_the_sale_is_revoked(
    database: Database, money: Money, clock: CourtClock
) -> None:
    await final_plan(database, money, clock)
    await approved_payouts(database, money)
    async with database.begin(money.finance) as work:
        await make_payout_file(work, money.proceeds.court_code)
    sent = await references(database)
    lot_id = money.proceeds.lot_id
    assert lot_id is not None

    async def revoke() -> None:
        async with database.begin(SYSTEM) as work:
            await revoke_sale(
                work, lot_id, ground="other_grave", reason="异议成立", basis="（2026）苏0583执异1号"
            )

    with pytest.raises(RuleViolation, match="B-56"):
        await revoke()
    async with database.begin(money.finance) as work:
        await take_results(
            work,
            money.proceeds.court_code,
            [BankResult(reference, "李某" in who, "") for who, reference in sent.items()],
        )
    with pytest.raises(RuleViolation, match="B-56"):
        await revoke()
    async with database.read(SYSTEM) as work:
        (paid,) = [
            each for each in await payouts_of(work, money.proceeds.id) if each.state == PayoutState.PAID
        ]
    async with database.begin(money.finance) as work:
        await record_bank_line(
            work, money.proceeds.court_code, StatementLine("back1", "0000", paid.amount_fen, "李某", work.now)
        )
    await work_off(database)
    async with database.begin(money.finance) as work:
        line = (await work.session.exec(select(BankLine).where(BankLine.bank_reference == "back1"))).one()
        await note_recovery(work, paid.id, line.id)
        with pytest.raises(Conflict):
            await note_recovery(work, paid.id, line.id)
    await revoke()
    assert (await standing(database)).state == ProceedsState.REVOKED
    async with database.read(SYSTEM) as work:
        both = await gather(work, money.proceeds.court_code)
        assert both.statement_fen == both.ledger_fen
        assert (await by_kind(work, money.proceeds)).get("creditor_payable", 0) == 0
        assert (await work.session.exec(select(Proceeds))).one().state == ProceedsState.REVOKED
        assert len(list(await work.session.exec(select(DistributionClaim)))) == 2
