"""§11.5 has one end of the money, SETTLED, and one machine that reaches it: the file of the proceeds (M-01)."""

from sqlmodel import select

from auction.payments.models import BankLine
from auction.payments.record_line import StatementLine, record_bank_line
from auction.proceeds.models import ProceedsState
from auction.proceeds.payout.bank_file import BankResult, make_payout_file, take_results
from auction.proceeds.payout.models import PayoutState
from auction.proceeds.payout.queries import payouts_of
from auction.proceeds.unwind import note_recovery
from auction.revocation.revoke_sale import revoke_sale
from auction.settlement.models import Settlement, SettlementState
from core.database import Database
from core.identity import SYSTEM
from tests.auction.proceeds.conftest import Money
from tests.auction.proceeds.test_payout import approved_payouts, final_plan, references
from tests.auction.proceeds.test_plan import standing
from tests.conftest import CourtClock
from tests.working_off import work_off

TITLE = (
    "await_balance", "qualification_recheck", "paid_full", "ruling_issued", "ruling_served", "transfer_notice_sent", "delivered",
    "defaulted",
)  # fmt: skip
MONEY = ("money_arrived", "costed", "plan_draft", "plan_served", "plan_final", "paid_out", "settled")


def test_every_state_of_11_5_belongs_to_one_machine() -> None:
    assert {str(state) for state in SettlementState} == {*TITLE, "revoked"}
    assert {str(state) for state in ProceedsState} == {*MONEY, "revoked"}


async def test_M01_B55_the_last_payment_settles_the_money_and_leaves_title_and_revocation_as_they_are(
    database: Database, money: Money, clock: CourtClock
) -> None:
    lot_id, court = money.proceeds.lot_id, money.proceeds.court_code
    assert lot_id is not None
    await final_plan(database, money, clock)
    await approved_payouts(database, money)
    async with database.begin(money.finance) as work:
        before = (await work.session.get_one(Settlement, lot_id)).state
        await make_payout_file(work, court)
    sent = await references(database)
    async with database.begin(money.finance) as work:
        await take_results(work, court, [BankResult(each, True, "B") for each in sent.values()])
    assert (await standing(database)).state == ProceedsState.SETTLED
    async with database.read(SYSTEM) as work:
        assert (await work.session.get_one(Settlement, lot_id)).state == before, "delivery goes its own way"
        paid = [each for each in await payouts_of(work, money.proceeds.id) if each.state == PayoutState.PAID]
    for number, payout in enumerate(paid):
        async with database.begin(money.finance) as work:
            came = StatementLine(f"back{number}", "0000", payout.amount_fen, payout.payee, work.now)
            await record_bank_line(work, court, came)
        await work_off(database)
        async with database.begin(money.finance) as work:
            rows = await work.session.exec(select(BankLine).where(BankLine.bank_reference == came.reference))
            await note_recovery(work, payout.id, rows.one().id)
    async with database.begin(SYSTEM) as work:
        await revoke_sale(
            work, lot_id, ground="other_grave", reason="异议成立", basis="（2026）苏0583执异1号"
        )
    assert (await standing(database)).state == ProceedsState.REVOKED
