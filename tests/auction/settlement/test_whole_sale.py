"""A sale from the first bid to the delivered asset, through real bids, messages, money and papers."""

from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlmodel import col, select

from auction.bidding.place_bid import place_bid
from auction.bidding.receipts import BidReceipt
from auction.bidding.sequencer import BiddingDesk
from auction.delivery.hand_over import record_delivery
from auction.listing.models import Lot, LotBidding, LotState
from auction.payments.models import PaymentOrder, PaymentOrderState
from auction.registration.models import DepositState
from auction.settlement.default import declare_default
from auction.settlement.models import Settlement, SettlementState
from auction.settlement.ruling import issue_ruling, send_registry_notice, serve_ruling
from core.audit import verify_stream
from core.clock import COURT_ZONE
from core.database import Database
from core.deadlines.models import Deadline, DeadlineState
from core.documents.models import Document
from core.errors import NotPermitted, RuleViolation
from core.identity import SYSTEM, Actor, Role
from core.ledger import trial_balance
from core.notices import notices_of
from core.settings import get_settings
from disposal_teams.assets.models import Asset, AssetState
from disposal_teams.assets.seal import record_seal, release_seal, seals_of
from tests.auction.listing.workshop import PANEL, STRANGER, YUAN
from tests.auction.market import (
    OFFICER,
    Person,
    hand_over,
    pay,
    published_lot,
    qualified,
    reloaded,
    signed_up,
)
from tests.conftest import CourtClock
from tests.working_off import sweep, work_off


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[BiddingDesk]:
    """The bidding desk of a web process."""
    desk = BiddingDesk(database, get_settings().encryption_key())
    yield desk
    await desk.close()


async def bid(desk: BiddingDesk, clock: CourtClock, person: Person, lot: Lot, amount: int) -> BidReceipt:
    """A bid in yuan, now."""
    return await place_bid(
        desk, person.actor, lot.id, amount * YUAN, f"key-{person.number}-{amount}", await clock.now()
    )


async def lot_now(database: Database, lot_id: UUID) -> Lot:
    """The lot as it stands."""
    async with database.read(SYSTEM) as work:
        return (await work.session.exec(select(Lot).where(Lot.id == lot_id))).one()


async def settlement_now(database: Database, lot_id: UUID) -> Settlement:
    """The settlement as it stands."""
    async with database.read(SYSTEM) as work:
        return (await work.session.exec(select(Settlement).where(Settlement.lot_id == lot_id))).one()


async def paper_text(database: Database, lot_id: UUID, kind: str) -> str:
    """The text of the newest paper of a kind."""
    async with database.read(SYSTEM) as work:
        papers = await work.session.exec(
            select(Document)
            .where(Document.lot_id == lot_id, Document.kind == kind)
            .order_by(col(Document.version).desc())
        )
        paper = papers.first()
    assert paper is not None, f"no {kind}"
    return "".join(page.extract_text() for page in PdfReader(BytesIO(paper.content)).pages).replace("\n", "")


async def sold_lot(database: Database, clock: CourtClock, desk: BiddingDesk) -> tuple[Lot, Person, Person]:
    """Two bidders, an extension, the end: (lot, winner, loser)."""
    lot = await published_lot(database, clock)
    winner, loser = await signed_up(database), await signed_up(database)
    await qualified(database, lot, winner)
    await qualified(database, lot, loser)
    assert lot.starts_at is not None
    assert lot.scheduled_end_at is not None
    await clock.travel_to(lot.starts_at)
    await sweep(database, "open_lots")
    assert (await bid(desk, clock, loser, lot, 700_000)).accepted
    await clock.travel_to(lot.scheduled_end_at - timedelta(minutes=1))
    assert (await bid(desk, clock, winner, lot, 703_000)).extended
    await clock.travel_to(lot.scheduled_end_at + timedelta(seconds=1))
    await sweep(database, "close_lots")
    assert (await lot_now(database, lot.id)).state == LotState.BIDDING, (
        "B-41: an extended lot is never closed early"
    )
    await clock.pass_time(timedelta(minutes=4))
    await sweep(database, "close_lots")
    return await lot_now(database, lot.id), winner, loser


async def test_B73_the_registry_lifts_every_seal_that_lived_until_the_ruling_and_the_mortgages(
    database: Database, clock: CourtClock, desk: BiddingDesk
) -> None:
    """The first seal and the waiting one; not the one that was released before."""
    asset_id = (await published_lot(database, clock)).asset_id
    waiting, released = "（2026）苏0505执77号", "（2026）苏0506执78号"
    for case_no, court in ((waiting, "0505"), (released, "0506")):
        clerk = Actor(None, "书记员", frozenset({Role.CASE_OFFICER}), court)
        async with database.begin(clerk) as work:
            asset = await work.session.get_one(Asset, asset_id)
            today = work.now.astimezone(COURT_ZONE).date()
            seal = await record_seal(work, asset, case_no=case_no, registered_on=today)
            if case_no == released:
                await release_seal(work, seal.id, reason="债务人已履行")
    async with database.read(SYSTEM) as work:
        first = (await seals_of(work, asset_id))[0].case_no
    lot, _, _ = await sold_lot(database, clock, desk)
    sale = await settlement_now(database, lot.id)
    await pay(database, sale.virtual_account_no, sale.balance_fen, "某银行（代付）")
    for step in (issue_ruling, serve_ruling, send_registry_notice):
        async with database.begin(OFFICER) as work:
            await step(work, lot.id)
    for kind in ("sale_ruling", "assistance_notice"):
        text = await paper_text(database, lot.id, kind)
        assert first in text, kind
        assert waiting in text, kind
        assert released not in text, kind
    assert "注销该标的物上原有的抵押登记" in text


async def test_a_sale_runs_from_the_first_bid_to_the_delivered_asset(
    database: Database, clock: CourtClock, desk: BiddingDesk
) -> None:
    lot, winner, loser = await sold_lot(database, clock, desk)
    assert (lot.state, lot.final_price_fen) == (LotState.SOLD, 703_000 * YUAN)

    settlement = await settlement_now(database, lot.id)
    assert settlement.buyer_name == winner.name
    assert (settlement.deposit_applied_fen, settlement.balance_fen) == (70_000 * YUAN, 633_000 * YUAN)
    confirmation = await paper_text(database, lot.id, "sale_confirmation")
    assert winner.name in confirmation
    assert "703,000.00" in confirmation
    async with database.read(SYSTEM) as work:
        orders = list(await work.session.exec(select(PaymentOrder).where(PaymentOrder.lot_id == lot.id)))
        assert loser.actor.account_id is not None
        told = [str(notice.title) for notice in await notices_of(work, loser.actor.account_id)]
    assert [(order.amount_fen, order.state) for order in orders] == [
        (70_000 * YUAN, PaymentOrderState.EXECUTED)
    ]
    assert "保证金退还中" in told

    await pay(database, settlement.virtual_account_no, 600_000 * YUAN, "某银行（代付）")
    assert (await settlement_now(database, lot.id)).state == SettlementState.AWAIT_BALANCE
    await pay(database, settlement.virtual_account_no, 33_000 * YUAN, winner.name)
    assert (await settlement_now(database, lot.id)).state == SettlementState.PAID_FULL

    for step in (issue_ruling, serve_ruling, send_registry_notice):
        async with database.begin(OFFICER) as work:
            await step(work, lot.id)
    async with database.begin(OFFICER) as work:
        await record_delivery(work, lot.id, hand_over(work.now))
    ruling = await paper_text(database, lot.id, "sale_ruling")
    for figure in ("703,000.00", "70,000.00", "633,000.00", winner.name):
        assert figure in ruling

    async with database.read(SYSTEM) as work:
        asset = await work.session.get(Asset, lot.asset_id)
        open_clocks = await work.session.exec(
            select(Deadline.rule).where(Deadline.lot_id == lot.id, Deadline.state == DeadlineState.RUNNING)
        )
        assert asset is not None
        assert asset.state == AssetState.DELIVERED
        assert set(open_clocks) <= {"L-08", "L-33"}, "the money waits to be paid out"
        assert await verify_stream(work, f"lot:{lot.id}") is None
        balances = await trial_balance(work)
    assert sum(balances.values()) == 0
    assert balances["price_balance"] == -703_000 * YUAN
    assert balances["bank"] == 703_000 * YUAN
    assert balances.get("deposit_held", 0) == 0


async def test_effects_happen_once_though_every_message_comes_twice(
    database: Database, clock: CourtClock, desk: BiddingDesk
) -> None:
    lot = await published_lot(database, clock)
    winner, loser = await signed_up(database), await signed_up(database)
    await qualified(database, lot, winner)
    second = await qualified(database, lot, loser)
    assert lot.starts_at is not None
    assert lot.scheduled_end_at is not None
    await clock.travel_to(lot.starts_at)
    await sweep(database, "open_lots")
    await bid(desk, clock, winner, lot, 700_000)
    await clock.travel_to(lot.scheduled_end_at)
    await sweep(database, "close_lots")
    await sweep(database, "close_lots", "find_money_left_behind", "find_unfinished")
    await work_off(database, twice=True)
    assert (await reloaded(database, second.id)).deposit_state == DepositState.REFUNDED
    async with database.read(SYSTEM) as work:
        orders = list(await work.session.exec(select(PaymentOrder).where(PaymentOrder.lot_id == lot.id)))
        papers = list(
            await work.session.exec(
                select(Document.version).where(
                    Document.lot_id == lot.id, Document.kind == "sale_confirmation"
                )
            )
        )
        assert sum((await trial_balance(work)).values()) == 0
    assert len(orders) == 1
    assert papers == [1]


async def test_B49_a_lot_without_bids_fails_and_the_second_round_is_prepared(
    database: Database, clock: CourtClock
) -> None:
    lot = await published_lot(database, clock)
    idle = await signed_up(database)
    entry = await qualified(database, lot, idle)
    assert lot.starts_at is not None
    assert lot.scheduled_end_at is not None
    await clock.travel_to(lot.starts_at)
    await sweep(database, "open_lots")
    await clock.travel_to(lot.scheduled_end_at)
    await sweep(database, "close_lots")
    assert (await lot_now(database, lot.id)).state == LotState.FAILED
    assert (await reloaded(database, entry.id)).deposit_state == DepositState.REFUNDED
    assert "流拍" in await paper_text(database, lot.id, "failed_notice")
    async with database.read(SYSTEM) as work:
        (second,) = list(await work.session.exec(select(Lot).where(Lot.previous_lot_id == lot.id)))
    assert second.round == "second"
    assert second.state == LotState.DRAFT
    assert second.starting_price_fen >= lot.starting_price_fen * 80 // 100


async def test_B34_an_unpaid_balance_forfeits_the_deposit_only_after_its_period(
    database: Database, clock: CourtClock, desk: BiddingDesk
) -> None:
    lot, winner, _ = await sold_lot(database, clock, desk)
    with pytest.raises(RuleViolation, match="B-34"):
        async with database.begin(PANEL) as work:
            await declare_default(work, lot.id, reason="price_regret")
    settlement = await settlement_now(database, lot.id)
    await clock.travel_to(settlement.balance_due_at)
    async with database.begin(PANEL) as work:
        await declare_default(work, lot.id, reason="price_regret")
    assert (await lot_now(database, lot.id)).state == LotState.DEFAULTED
    async with database.read(SYSTEM) as work:
        assert (await trial_balance(work))["deposit_forfeited"] == -70_000 * YUAN
    await pay(database, settlement.virtual_account_no, 633_000 * YUAN, winner.name)
    async with database.read(SYSTEM) as work:
        assert (await trial_balance(work))["unclaimed"] == -633_000 * YUAN


@pytest.mark.parametrize("actor", [STRANGER, PANEL])
async def test_P03_only_the_own_officer_makes_the_ruling(
    database: Database, clock: CourtClock, desk: BiddingDesk, actor: Actor
) -> None:
    lot, winner, _ = await sold_lot(database, clock, desk)
    settlement = await settlement_now(database, lot.id)
    await pay(database, settlement.virtual_account_no, settlement.balance_fen, winner.name)
    with pytest.raises(NotPermitted):
        async with database.begin(actor) as work:
            await issue_ruling(work, lot.id)


async def test_B71_no_ruling_before_full_payment(
    database: Database, clock: CourtClock, desk: BiddingDesk
) -> None:
    lot, _, _ = await sold_lot(database, clock, desk)
    with pytest.raises(RuleViolation, match=r"§11\.5"):
        async with database.begin(OFFICER) as work:
            await issue_ruling(work, lot.id)


async def test_the_closed_row_takes_no_bid(database: Database, clock: CourtClock, desk: BiddingDesk) -> None:
    lot, _, loser = await sold_lot(database, clock, desk)
    receipt = await bid(desk, clock, loser, lot, 800_000)
    assert not receipt.accepted
    async with database.read(SYSTEM) as work:
        bidding = await work.session.get(LotBidding, lot.id)
    assert bidding is not None
    assert bidding.current_price_fen == 703_000 * YUAN
