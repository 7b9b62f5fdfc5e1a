"""What stays due to each creditor (D-06): after the payments of a distribution, after a correction, in the next distribution."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from auction.proceeds.claims.collect import collect_claims
from auction.proceeds.claims.models import DistributionClaim
from auction.proceeds.models import Proceeds, ProceedsSource
from auction.proceeds.outstanding import Outstanding, Received, outstanding_of, own_outstanding, stands
from auction.proceeds.payout.bank_file import BankResult, make_payout_file, take_results
from core.database import Database
from core.identity import SYSTEM
from core.ids import new_id
from disposal_teams.cases.correct_claim import correct_claim
from disposal_teams.cases.queries import case_of, parties_of
from tests.auction.proceeds.conftest import Money
from tests.auction.proceeds.test_objections import NET
from tests.auction.proceeds.test_payout import approved_payouts, final_plan, references
from tests.conftest import CourtClock

YUAN = 100
DAY = timedelta(days=1)
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
amounts = st.integers(0, 10**12)


async def lines_of(database: Database, money: Money) -> dict[str, Outstanding]:
    async with database.read(SYSTEM) as work:
        case = await case_of(work, money.proceeds.case_id)
        return {each.creditor: each for each in await outstanding_of(work, case)}


async def test_D06_what_was_not_paid_stays_due_and_goes_into_the_next_distribution(
    database: Database, money: Money, clock: CourtClock
) -> None:
    await final_plan(database, money, clock)
    before = await lines_of(database, money)
    assert (before["某银行"].due_fen, before["李某"].due_fen) == (600_000 * YUAN, 300_000 * YUAN)
    await approved_payouts(database, money)
    async with database.begin(money.finance) as work:
        await make_payout_file(work, money.proceeds.court_code)
    sent = await references(database)
    async with database.begin(money.finance) as work:
        await take_results(
            work, money.proceeds.court_code, [BankResult(each, True, "B1") for each in sent.values()]
        )
    after = await lines_of(database, money)
    assert sum(each.received_fen for each in after.values()) == NET
    assert sum(each.due_fen for each in after.values()) == 900_000 * YUAN - NET
    assert abs(after["某银行"].due_fen - 2 * after["李某"].due_fen) <= 2, "the fen of the division"
    async with database.begin(SYSTEM) as work:
        parties = await parties_of(work, money.proceeds.case_id)
        first = await work.session.get_one(Proceeds, money.proceeds.id)
        second = Proceeds(
            **first.model_dump(exclude={"id", "source", "source_id"}), id=new_id(), source=ProceedsSource.SELF_SALE,
            source_id=new_id(),
        )  # fmt: skip
        work.session.add(second)
        await work.session.flush()
        await collect_claims(work, second, parties)
        own = await work.session.exec(
            select(DistributionClaim).where(DistributionClaim.proceeds_id == second.id)
        )
        assert {each.creditor: each.principal_fen for each in own}["某银行"] == after["某银行"].due_fen
    async with database.read(money.applicant) as work:
        ((_, mine),) = await own_outstanding(work)
        assert mine.due_fen == after["某银行"].due_fen
    async with database.read(money.joiner) as work:
        assert await own_outstanding(work) == []


async def test_D06_a_corrected_claim_counts_from_its_correction(
    database: Database, money: Money, clock: CourtClock
) -> None:
    await final_plan(database, money, clock)
    await clock.pass_time(DAY)
    async with database.begin(money.officer) as work:
        (bank,) = [each for each in await parties_of(work, money.proceeds.case_id) if each.name == "某银行"]
        await correct_claim(work, bank.id, claim_fen=50_000 * YUAN, reason="庭外还款")
    line = (await lines_of(database, money))["某银行"]
    assert (line.claimed_fen, line.received_fen, line.due_fen) == (50_000 * YUAN, 0, 50_000 * YUAN)
    assert line.since is not None


@given(amounts, amounts, st.lists(amounts, max_size=4))
def test_D05_D06_payments_meet_the_title_first_and_nothing_is_owed_twice(
    title: int, doubled: int, paid: list[int]
) -> None:
    line = stands(
        "甲", "案号", None, file_fen=1, corrected_at=None, claims=[(NOON - DAY, 5, 5), (NOON, title, doubled)],
        received=[Received(NOON - timedelta(hours=1), 7), *(Received(NOON + DAY, each) for each in paid)],
    )  # fmt: skip
    assert line.received_fen == sum(paid), "what came before is in the newest claim already"
    assert line.due_fen == max(0, title + doubled - sum(paid))
    assert line.title_due_fen + line.doubled_due_fen == line.due_fen
    assert 0 <= line.doubled_due_fen <= doubled
    assert line.title_due_fen == 0 or line.doubled_due_fen == doubled
