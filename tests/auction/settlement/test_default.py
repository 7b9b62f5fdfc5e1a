"""A buyer who does not pay: proposal, decision, what is kept and what goes back, and the same round again."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from auction.bidding.place_bid import place_bid
from auction.bidding.sequencer import BiddingDesk
from auction.forfeiture.models import ForfeitedDeposit, ForfeitState
from auction.forfeiture.use_deposit import use_deposit
from auction.listing.models import Lot, LotState, Round
from auction.payments.models import PaymentOrder
from auction.registration.models import DepositState
from auction.settlement.default import declare_default
from auction.settlement.models import Settlement, SettlementState
from auction.settlement.rules import booked_parts
from core.database import Database
from core.deadlines.models import Deadline, DeadlineState
from core.errors import InvalidInput, NotPermitted, RuleViolation
from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from core.ledger import trial_balance
from core.notices.models import Notice
from core.settings import get_settings
from disposal_teams.assets.models import Asset, AssetState
from tests.auction.listing.workshop import PANEL, STRANGER, YUAN
from tests.auction.market import pay, published_sell_off, qualified, registered, reloaded, signed_up
from tests.auction.settlement.test_whole_sale import lot_now, paper_text, settlement_now, sold_lot
from tests.conftest import CourtClock
from tests.working_off import sweep, work_off


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[BiddingDesk]:
    """The bidding desk of a web process."""
    desk = BiddingDesk(database, get_settings().encryption_key())
    yield desk
    await desk.close()


async def test_B34_B35_overdue_is_proposed_then_declared_and_the_round_is_prepared_again(
    database: Database, clock: CourtClock, desk: BiddingDesk
) -> None:
    lot, winner, _ = await sold_lot(database, clock, desk)
    async with database.begin(SYSTEM) as work:
        panel = await open_account(
            work,
            login="panel",
            password_hash="-",
            display_name="审判长",
            roles={Role.PANEL_MEMBER},
            court_code="0583",
        )
    sale = await settlement_now(database, lot.id)
    await pay(database, sale.virtual_account_no, 500_000 * YUAN, "某银行（代付）")
    await pay(database, sale.virtual_account_no, 100_000 * YUAN, winner.name)
    await clock.travel_to(sale.balance_due_at)
    await sweep(database, "sweep_deadlines")
    await sweep(database, "sweep_deadlines")
    async with database.read(SYSTEM) as work:
        told = list(await work.session.exec(select(Notice.link).where(Notice.account_id == panel.id)))
    assert told == [f"/team/settlements/{lot.lot_no}"], "L-18: the panel is asked, once"
    assert (await settlement_now(database, lot.id)).state == SettlementState.AWAIT_BALANCE, (
        "a machine decides nothing"
    )

    async with database.begin(PANEL) as work:
        await declare_default(work, lot.id, reason="price_regret")
    await work_off(database)
    async with database.read(SYSTEM) as work:
        orders = await work.session.exec(
            select(PaymentOrder.amount_fen).where(col(PaymentOrder.key).startswith("price-return:"))
        )
        assert sorted(orders) == [100_000 * YUAN, 500_000 * YUAN], "the balance goes back to who paid it"
        totals = await trial_balance(work)
        clock_18 = (await work.session.exec(select(Deadline).where(Deadline.rule == "L-18"))).one()
        again = (await work.session.exec(select(Lot).where(Lot.previous_lot_id == lot.id))).one()
        clock_35 = (await work.session.exec(select(Deadline).where(Deadline.rule == "B-35"))).one()
        asset = await work.session.get(Asset, lot.asset_id)
    assert totals["deposit_forfeited"] == -70_000 * YUAN
    assert totals["bank"] == 70_000 * YUAN
    assert totals.get("price_balance", 0) == totals.get("unclaimed", 0) == 0
    assert clock_18.state == DeadlineState.BREACHED
    assert clock_18.done_at is not None
    assert (again.round, again.rerun, again.state) == (Round.FIRST, 1, LotState.DRAFT)
    assert (again.starting_price_fen, again.deposit_fen) == (700_000 * YUAN, 140_000 * YUAN)
    assert clock_35.state == DeadlineState.RUNNING
    assert asset is not None
    assert asset.state == AssetState.READY_TO_LIST
    ruling = await paper_text(database, lot.id, "default_ruling")
    for figure in ("70,000.00", "600,000.00", "重新拍卖"):
        assert figure in ruling
    with pytest.raises(RuleViolation):
        async with database.begin(PANEL) as work:
            await declare_default(work, lot.id, reason="price_regret")


async def used(database: Database, lot: Lot, **changes: Any) -> ForfeitedDeposit:
    """The panel's decision on the use."""
    values: dict[str, Any] = {
        "costs_fen": 5_000 * YUAN,
        "case_debt_fen": 900_000 * YUAN,
        "linked_debt_fen": 0,
        "note": "公告费、看样费",
        "members": ["审判长", "审判员甲", "审判员乙"],
        "decided_on": date(2026, 1, 1),
        **changes,
    }
    async with database.begin(PANEL) as work:
        return await use_deposit(work, lot.id, **values)


async def test_B34_the_deposit_waits_for_the_result_and_is_used_in_order(
    database: Database, clock: CourtClock, desk: BiddingDesk
) -> None:
    lot, _, _ = await sold_lot(database, clock, desk)
    sale = await settlement_now(database, lot.id)
    await clock.travel_to(sale.balance_due_at)
    async with database.begin(PANEL) as work:
        await declare_default(work, lot.id, reason="no_loan", claim_shortfall=True)
    await work_off(database)
    await sweep(database, "propose_uses_of_deposits")
    with pytest.raises(RuleViolation, match="B-34"):
        await used(database, lot)
    async with database.begin(SYSTEM) as work:  # the round again, sold for less and paid
        again = (await work.session.exec(select(Lot).where(Lot.previous_lot_id == lot.id))).one()
        again.state, again.final_price_fen = LotState.SOLD, 600_000 * YUAN
        work.session.add(
            Settlement(
                lot_id=again.id,
                registration_id=sale.registration_id,
                state=SettlementState.PAID_FULL,
                buyer_name="另一人",
                buyer_code="B0002",
                price_fen=600_000 * YUAN,
                deposit_applied_fen=0,
                balance_fen=600_000 * YUAN,
                virtual_account_no="9000000000000001",
                balance_due_at=work.now,
                created_at=work.now,
            )
        )
    await sweep(database, "propose_uses_of_deposits")
    async with database.read(SYSTEM) as work:
        held = await work.session.get_one(ForfeitedDeposit, lot.id)
        assert held.state == ForfeitState.PROPOSED
    for wrong, field in (
        ({"members": ["甲"]}, "members"),
        ({"costs_fen": -1}, "costs"),
        ({"note": ""}, "note"),
    ):
        with pytest.raises(InvalidInput) as refused:
            await used(database, lot, **wrong)
        assert field in refused.value.fields
    with pytest.raises(NotPermitted):
        async with database.begin(STRANGER) as work:
            await use_deposit(
                work,
                lot.id,
                costs_fen=0,
                case_debt_fen=0,
                linked_debt_fen=0,
                note="x",
                members=[],
                decided_on=work.now.date(),
            )
    forfeited = await used(database, lot)
    assert (forfeited.used_costs_fen, forfeited.used_shortfall_fen) == (5_000 * YUAN, 65_000 * YUAN)
    assert (forfeited.used_case_fen, forfeited.left_fen) == (0, 0)
    assert forfeited.unpaid_shortfall_fen == 38_000 * YUAN, "703,000 - 600,000 - 65,000"
    with pytest.raises(RuleViolation, match="B-34"):
        await used(database, lot)
    async with database.read(SYSTEM) as work:
        totals = await trial_balance(work)
    assert totals.get("deposit_forfeited", 0) == 0
    assert totals["cost_payable"] == -5_000 * YUAN
    assert totals["price_balance"] == -65_000 * YUAN
    assert (await reloaded(database, sale.registration_id)).deposit_state == DepositState.USED


async def sell_off_sale(
    database: Database, clock: CourtClock, desk: BiddingDesk, amount: int
) -> tuple[Lot, object]:
    """A sell-off won by its only participant at this price in yuan, after the 24 hours of the first bid."""
    lot = await published_sell_off(database, clock)
    buyer = await signed_up(database)
    entry = await registered(database, lot.id, buyer)
    assert entry.deposit_due_fen == 560_000 * YUAN, "X-05: the whole price beforehand"
    await qualified(database, lot, buyer)
    assert lot.starts_at is not None
    await clock.travel_to(lot.starts_at + timedelta(days=20))
    await sweep(database, "open_lots")
    await place_bid(desk, buyer.actor, lot.id, amount * YUAN, "key-00000001", await clock.now())
    await sweep(database, "open_lots")
    assert (await lot_now(database, lot.id)).state == LotState.SELLOFF_BIDDING
    await clock.pass_time(timedelta(hours=24, seconds=1))
    await sweep(database, "close_lots")
    return await lot_now(database, lot.id), entry


async def test_X05_X06_a_sell_off_at_its_price_is_paid_at_once(
    database: Database, clock: CourtClock, desk: BiddingDesk
) -> None:
    lot, _ = await sell_off_sale(database, clock, desk, 560_000)
    sale = await settlement_now(database, lot.id)
    assert (lot.state, sale.state, sale.balance_fen) == (LotState.SOLD, SettlementState.PAID_FULL, 0)


async def test_X07_a_default_in_the_sell_off_keeps_only_the_named_deposit(
    database: Database, clock: CourtClock, desk: BiddingDesk
) -> None:
    lot, entry = await sell_off_sale(database, clock, desk, 590_000)
    sale = await settlement_now(database, lot.id)
    assert (sale.deposit_applied_fen, sale.balance_fen) == (560_000 * YUAN, 30_000 * YUAN)
    await clock.travel_to(sale.balance_due_at)
    async with database.begin(PANEL) as work:
        await declare_default(work, lot.id, reason="other")
    await work_off(database)
    async with database.read(SYSTEM) as work:
        totals = await trial_balance(work)
        again = (await work.session.exec(select(Lot).where(Lot.previous_lot_id == lot.id))).one()
    assert totals["deposit_forfeited"] == -56_000 * YUAN
    assert totals["bank"] == 56_000 * YUAN
    assert (await reloaded(database, entry.id)).deposit_state == DepositState.FORFEITED  # type: ignore[attr-defined]
    assert (again.round, again.rerun, again.starting_price_fen) == (Round.SELL_OFF, 1, 560_000 * YUAN)
    assert "504,000.00" in await paper_text(database, lot.id, "default_ruling")


def test_the_booked_part_of_each_credit() -> None:
    assert booked_parts([30, 50, 40], 100) == [30, 50, 20]
    assert booked_parts([], 0) == []
