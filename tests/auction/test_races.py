"""Two transactions at once where only one may have its way: entries, money, closing and stops (B-30 to B-53)."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlmodel import select

from auction.bidding.models import BidOutcome
from auction.bidding.sequencer import BiddingDesk
from auction.closing.close_lots import close_due_lots
from auction.closing.open_lots import open_due_lots
from auction.listing.models import Lot, LotBidding, LotState
from auction.payments.models import BankLine
from auction.payments.record_line import StatementLine, record_bank_line
from auction.registration.models import DepositState, Registration
from auction.registration.register import register_for_lot
from auction.settlement.default import declare_default
from auction.suspension.models import StayKind
from auction.suspension.pause import pause_lots
from auction.withdrawal.withdraw_lot import withdraw_lot
from benchmarks.market import START_FEN, STEP_FEN, open_market
from core.database import Database, Work
from core.errors import Conflict, DisposalError
from core.identity import SYSTEM, Actor
from core.ledger import trial_balance
from tests.auction.listing.workshop import PANEL, TEAM, YUAN
from tests.auction.market import FINANCE, published_lot, qualified, registered, reloaded, signed_up
from tests.auction.revocation.conftest import Sale, sold
from tests.auction.suspension.standing import sealed_market
from tests.conftest import CourtClock, Snapshot
from tests.working_off import work_off

__all__ = ["sold"]

MASTER = bytes(range(32))


@pytest.fixture
def template(published: Snapshot[Lot]) -> str:
    """A fresh database is a copy of the city with a published lot."""
    return published.template


async def at_once(database: Database, *acts: tuple[Actor, Callable[[Work], Awaitable[Any]]]) -> list[Any]:
    """Each act in a transaction of its own, all open before the first goes on; what each returned or raised."""
    ready = asyncio.Barrier(len(acts))

    async def one(actor: Actor, act: Callable[[Work], Awaitable[Any]]) -> Any:
        async with database.begin(actor) as work:
            await ready.wait()
            return await act(work)

    return await asyncio.gather(*(one(*each) for each in acts), return_exceptions=True)


def split(results: list[Any]) -> tuple[list[Any], list[DisposalError]]:
    """What succeeded, and the refusals. Anything else is a fault."""
    refused = [each for each in results if isinstance(each, DisposalError)]
    done = [each for each in results if not isinstance(each, BaseException)]
    assert len(done) + len(refused) == len(results), results
    return done, refused


async def count(database: Database, statement: str, **values: Any) -> int:
    async with database.read() as work:
        return cast("int", (await work.session.execute(text(statement), values)).scalar_one())


async def test_B44_of_equal_bids_at_once_the_best_order_leads_whoever_came_first(database: Database) -> None:
    """Each equal bid is accepted only when its order is better than the leader's, so at most one of each rank is."""
    async with database.begin(SYSTEM) as work:
        market = await open_market(work, MASTER, bidders=30, orders=[3, 2, 1, 2, 1, 3])
    lot_id = market.lots[0].id
    now = market.lots[0].created_at
    for step, arrival in enumerate(([29, *range(29)], list(reversed(range(30))))):
        desk, amount = BiddingDesk(database, MASTER), START_FEN + step * STEP_FEN
        receipts = await asyncio.gather(
            *(desk.submit(lot_id, market.registration(0, by), amount, uuid4().hex, now) for by in arrival)
        )
        await desk.close()
        orders = {f"J{n:04}": order for n, order in enumerate([3, 2, 1, 2, 1, 3])}
        accepted = sorted((r for r in receipts if r.accepted), key=lambda r: r.seq)
        ranks = [orders.get(r.code, 99) for r in accepted]
        assert ranks == sorted(set(ranks), reverse=True)
        assert ranks[-1] == 1
        refused = {r.outcome for r in receipts if not r.accepted}
        assert refused == {BidOutcome.EQUAL_WITHOUT_BETTER_RANK}
        async with database.read() as work:
            bidding = await work.session.get_one(LotBidding, lot_id)
            assert (bidding.leader_priority, bidding.leader_code) == (1, accepted[-1].code)


async def test_B32_a_person_who_registers_twice_at_once_has_one_entry(
    database: Database, clock: CourtClock
) -> None:
    lot, person = await published_lot(database, clock), await signed_up(database)
    enter = (person.actor, lambda work: register_for_lot(work, lot.id, accepts_rules=True))
    done, refused = split(await at_once(database, enter, enter, enter))
    assert len({entry.id for entry in done}) == 1
    assert refused == []
    assert await count(database, "SELECT count(*) FROM registration") == 1
    assert await count(database, "SELECT count(*) FROM audit_event WHERE event = 'registration.made'") == 1


async def test_M01_a_bank_reference_that_comes_twice_at_once_is_one_payment(
    database: Database, clock: CourtClock
) -> None:
    lot, person = await published_lot(database, clock), await signed_up(database)
    entry = await registered(database, lot.id, person)

    async def record(work: Work) -> BankLine:
        line = StatementLine("one-reference", entry.virtual_account_no, 70_000 * YUAN, person.name, work.now)
        return await record_bank_line(work, FINANCE.court_code or "", line)

    async def record_otherwise(work: Work) -> BankLine:
        line = StatementLine("one-reference", entry.virtual_account_no, 1 * YUAN, person.name, work.now)
        return await record_bank_line(work, FINANCE.court_code or "", line)

    done, refused = split(await at_once(database, (FINANCE, record), (FINANCE, record), (FINANCE, record)))
    assert len({line.id for line in done}) == 1
    assert refused == []
    _, refused = split(await at_once(database, (FINANCE, record_otherwise), (FINANCE, record)))
    assert [type(each) for each in refused] == [Conflict]
    await work_off(database, twice=True)
    assert (await reloaded(database, entry.id)).deposit_state == DepositState.RECEIVED
    async with database.read() as work:
        books = await trial_balance(work)
    assert books == {"bank": 70_000 * YUAN, "deposit_held": -70_000 * YUAN}


async def ended(database: Database, lots: int = 3) -> list[UUID]:
    """Lots whose end has just passed."""
    async with database.begin(SYSTEM) as work:
        market = await sealed_market(work, lots=lots, seconds=0.01)
    await asyncio.sleep(0.05)
    return [lot.id for lot in market.lots]


async def test_B49_two_workers_that_close_at_once_decide_each_lot_once(database: Database) -> None:
    lots = await ended(database)
    closed = await at_once(database, *[(SYSTEM, close_due_lots)] * 4)
    assert sum(closed) == len(lots)
    events = "SELECT count(*) FROM audit_event WHERE event = 'lot.failed' AND lot_id = ANY(:lots)"
    assert await count(database, events, lots=lots) == len(lots)


async def test_B50_closing_against_a_stop_of_the_court_leaves_one_of_them(database: Database) -> None:
    """The end has passed: whichever comes first, the lot is closed and never stopped."""
    lots = await ended(database)
    stop = (
        SYSTEM,
        lambda work: pause_lots(
            work, lots, kind=StayKind.PLATFORM_STOP, ground="platform_fault", reason="机房断电"
        ),
    )
    _, stopped = await at_once(database, (SYSTEM, close_due_lots), stop)
    assert isinstance(stopped, DisposalError)
    async with database.begin(SYSTEM) as work:
        await close_due_lots(work)
        rows = (await work.session.exec(select(Lot.state))).all()
        assert Counter(rows)[LotState.FAILED] == len(lots)
    assert await count(database, "SELECT count(*) FROM lot_stay") == 0


async def test_B50_closing_against_a_stop_that_counts_from_a_fault_closes_or_stops_each_lot(
    database: Database,
) -> None:
    """A fault that began before the end: what is stopped first is not closed, what is closed first is not reopened."""
    lots = await ended(database, lots=6)
    since = await count(database, "SELECT court_now() - interval '1 second'")  # before every end
    stop = (
        SYSTEM,
        lambda work: pause_lots(
            work,
            lots,
            kind=StayKind.PLATFORM_STOP,
            ground="platform_fault",
            reason="机房断电",
            since=since,  # type: ignore[arg-type]
            skip_ended=True,
        ),
    )
    closed, stays = await at_once(database, (SYSTEM, close_due_lots), stop)
    assert closed + len(stays) == len(lots)
    for lot_id in lots:
        async with database.read() as work:
            lot = await work.session.get_one(Lot, lot_id)
            bidding = await work.session.get_one(LotBidding, lot_id)
        stopped = lot_id in {stay.lot_id for stay in stays}
        assert (lot.state, bidding.phase) == (
            (LotState.PAUSED, "paused") if stopped else (LotState.FAILED, "closed")
        )


async def test_B51_of_withdrawing_and_stopping_at_once_both_or_one_but_never_a_lot_that_is_gone_and_stands(
    database: Database, clock: CourtClock
) -> None:
    lot = await published_lot(database, clock)
    entry = await qualified(database, lot, await signed_up(database))
    withdraw = (TEAM, lambda work: withdraw_lot(work, lot.id, ground="facts_changed", reason="公告事实变化"))
    stop = (
        TEAM,
        lambda work: pause_lots(
            work,
            [lot.id],
            kind=StayKind.SUSPENSION,
            ground="settlement",
            reason="和解",
            approver="局长",
            panel=("甲", "乙", "丙"),
        ),
    )
    results = await at_once(database, withdraw, stop, withdraw)
    _, refused = split(results)
    assert len(refused) in (1, 2)
    await work_off(database, twice=True)
    async with database.read() as work:
        now = await work.session.get_one(Lot, lot.id)
        books = {kind: total for kind, total in (await trial_balance(work)).items() if total}
    assert now.state == LotState.WITHDRAWN
    assert await count(database, "SELECT count(*) FROM lot_stay WHERE ended_at IS NULL") == 0
    assert await count(database, "SELECT count(*) FROM audit_event WHERE event = 'lot.withdrawn'") == 1
    assert (await reloaded(database, entry.id)).deposit_state == DepositState.REFUNDED
    assert books == {}


async def test_B41_opening_twice_at_once_opens_each_lot_once(database: Database, clock: CourtClock) -> None:
    lot = await published_lot(database, clock)
    assert lot.starts_at is not None
    await clock.travel_to(lot.starts_at)
    assert sum(await at_once(database, *[(SYSTEM, open_due_lots)] * 3)) == 1
    assert await count(database, "SELECT count(*) FROM audit_event WHERE event = 'lot.bidding_opened'") == 1


class TestAfterTheSale:
    """Races about the price of a sold lot."""

    @pytest.fixture
    def template(self, sold: Snapshot[Sale]) -> str:
        """A fresh database is a copy of the city with a sold lot."""
        return sold.template

    async def test_B34_a_payment_at_the_moment_of_the_default_counts_or_goes_to_finance_whole(
        self, database: Database, clock: CourtClock, sold: Snapshot[Sale]
    ) -> None:
        lot_id = sold.made.lot.id
        async with database.read() as work:
            row = await work.session.execute(
                text(
                    "SELECT virtual_account_no, balance_fen, balance_due_at FROM settlement WHERE lot_id = :lot"
                ),
                {"lot": lot_id},
            )
            account, balance, due_at = row.one()
        await clock.travel_to(due_at + timedelta(seconds=1))

        async def pay(work: Work) -> None:
            line = StatementLine("at-the-last-moment", account, balance, sold.made.winner.name, work.now)
            await record_bank_line(work, FINANCE.court_code or "", line)

        declare = (PANEL, lambda work: declare_default(work, lot_id, reason="price_regret"))
        results, _ = await asyncio.gather(
            at_once(database, (FINANCE, pay), declare, declare), work_off(database)
        )
        split(results)
        await work_off(database, twice=True)
        async with database.read() as work:
            lot = await work.session.get_one(Lot, lot_id)
            books = {kind: total for kind, total in (await trial_balance(work)).items() if total}
        assert sum(books.values()) == 0
        if lot.state == LotState.DEFAULTED:
            assert (books["deposit_forfeited"], books["unclaimed"]) == (-70_000 * YUAN, -balance)
            assert (
                await count(database, "SELECT count(*) FROM audit_event WHERE event = 'sale.defaulted'") == 1
            )
        else:
            assert books["price_balance"] == -703_000 * YUAN

    async def test_B33_two_workers_that_release_deposits_at_once_pay_each_once(
        self, database: Database, sold: Snapshot[Sale]
    ) -> None:
        await asyncio.gather(*(work_off(database) for _ in range(3)))
        orders = "SELECT count(*) FROM payment_order WHERE kind = 'deposit_refund'"
        assert await count(database, orders) == 1
        async with database.read() as work:
            entries = (await work.session.exec(select(Registration.deposit_state))).all()
        assert Counter(entries) == {DepositState.REFUNDED: 1, DepositState.APPLIED_TO_PRICE: 1}
