"""From a final plan to the last payment: two persons, files for the bank, delays, deposits, and the way back."""

import csv
import io
from datetime import timedelta

import pytest
from sqlmodel import select

from auction.conclusions.facts import standing_of
from auction.payments.models import BankLine
from auction.payments.record_line import StatementLine, record_bank_line
from auction.proceeds.accounts import PayeeAccount
from auction.proceeds.claims.models import DistributionClaim
from auction.proceeds.models import Proceeds, ProceedsState
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
from auction.proceeds.payout.models import DelayGround, Payout, PayoutKind, PayoutState
from auction.proceeds.payout.queries import payouts_of
from auction.proceeds.unwind import note_recovery
from auction.reconciliation.gather import gather
from auction.revocation.revoke_sale import revoke_sale
from core.database import Database
from core.deadlines.models import Deadline, DeadlineState
from core.errors import Conflict, InvalidInput, NotPermitted, RuleViolation
from core.identity import SYSTEM, Actor
from disposal_teams.cases.queries import case_of
from tests.auction.proceeds.conftest import Money
from tests.auction.proceeds.test_objections import PRICE, served_plan
from tests.auction.proceeds.test_plan import by_kind, standing
from tests.conftest import CourtClock
from tests.working_off import sweep, work_off


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
        standing_now = await standing_of(work, await case_of(work, proceeds.case_id))
        paid = await work.session.exec(select(Payout.amount_fen).where(Payout.kind == PayoutKind.CREDITOR))
        assert 0 < standing_now.sales_fen <= sum(paid) < proceeds.gross_fen, (
            "what creditors got, not the price (K-26)"
        )
        assert standing_now.open.money_fen == 0


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
