"""One writer for each lot among several desks: order, answers, and what happens when the writer goes (B-47)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.bidding.models import BidOutcome
from auction.bidding.neighbours import Neighbours
from auction.bidding.receipt_proof import verify_receipt
from auction.bidding.receipts import BidReceipt, TryAgain
from auction.bidding.sequencer import BiddingDesk
from benchmarks.market import START_FEN, STEP_FEN, Market, open_market
from core.database import Database
from core.errors import Conflict, NotFound
from core.identity import SYSTEM

MASTER = bytes(range(32))


@dataclass(slots=True)
class Office:
    """A desk among its neighbours, as in a web process."""

    desk: BiddingDesk
    neighbours: Neighbours


@asynccontextmanager
async def office(
    url: str, folder: Path, seats: int = 2, *, longest_queue: int = 2_000
) -> AsyncIterator[Office]:
    database = Database(url)
    desk = BiddingDesk(database, MASTER, longest_queue=longest_queue)
    neighbours = Neighbours(desk, folder, seats)
    await neighbours.start()
    yield Office(desk, neighbours)
    await neighbours.close()
    await desk.close()
    await database.close()


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where desks meet. Not pytest's own: the address of a socket has room for a hundred letters."""
    with TemporaryDirectory(prefix="disposal-") as name:
        yield Path(name)


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something has happened."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - processes and connections change it
            await asyncio.sleep(0.01)


@dataclass(slots=True)
class Two:
    """Two desks that know each other; the first writes the lot of the market."""

    writer: Office
    other: Office
    market: Market

    @property
    def lot_id(self) -> UUID:
        return self.market.lots[0].id

    def bid(self, at: Office, by: int, amount: int, key: str | None = None) -> "asyncio.Task[BidReceipt]":
        """A bid that arrives at a desk now."""
        entry = self.market.registration(0, by)
        return asyncio.create_task(
            at.desk.submit(self.lot_id, entry, amount, key or uuid4().hex, datetime.now(UTC))
        )


@pytest.fixture
async def two(database: Database, folder: Path) -> AsyncIterator[Two]:
    async with database.begin(SYSTEM) as work:
        market = await open_market(work, MASTER, bidders=40)
    async with AsyncExitStack() as stack:
        offices = [await stack.enter_async_context(office(database.url, folder)) for _ in range(2)]
        lot_id = market.lots[0].id
        await until(
            lambda: all(any(each.neighbours.writer_of(UUID(int=n)) for n in (0, 1)) for each in offices)
        )
        (writer,) = (each for each in offices if each.neighbours.writer_of(lot_id) is None)
        (other,) = (each for each in offices if each is not writer)
        yield Two(writer, other, market)


@asynccontextmanager
async def held(database: Database, lot_id: UUID) -> AsyncIterator[None]:
    """The lot's row is locked by somebody else meanwhile."""
    blocker = await asyncpg.connect(database.plain_url)
    async with blocker.transaction():
        await blocker.execute("SELECT 1 FROM lot_bidding WHERE lot_id = $1 FOR UPDATE", lot_id)
        yield
    await blocker.close()


async def test_B47_bids_that_reach_two_processes_are_decided_in_the_order_of_their_arrival(
    two: Two, database: Database
) -> None:
    """While the lot is locked 40 rising bids arrive, every other one elsewhere. In the order of arrival all are good; with a
    writer in each process, one would decide its twenty first and refuse the other's as too low."""
    async with held(database, two.lot_id):
        bids = []
        for by in range(40):
            bids.append(two.bid((two.writer, two.other)[by % 2], by, START_FEN + by * STEP_FEN))
            await asyncio.sleep(0.002)
    receipts = await asyncio.gather(*bids)
    assert [r.outcome for r in receipts] == [BidOutcome.ACCEPTED] * 40
    assert [r.seq for r in receipts] == list(range(1, 41))
    for receipt in receipts:
        assert receipt.proof is not None
        assert verify_receipt(
            two.other.desk.key.public_bytes, receipt.proof, two.lot_id, receipt.seq, receipt.hash
        )


async def test_B47_refusals_and_repetitions_are_the_same_by_way_of_another_process(two: Two) -> None:
    first = await two.bid(two.other, 0, START_FEN, "key-0001")
    again = await two.bid(two.writer, 0, START_FEN, "key-0001")
    assert (first.accepted, again.repeated, again.hash) == (True, True, first.hash)
    low = await two.bid(two.other, 1, START_FEN - 1)
    assert low.outcome is BidOutcome.BELOW_START
    with pytest.raises(Conflict) as conflict:
        await two.bid(two.other, 0, START_FEN + STEP_FEN, "key-0001")
    with pytest.raises(Conflict) as here:
        await two.bid(two.writer, 0, START_FEN + STEP_FEN, "key-0001")
    assert str(conflict.value) == str(here.value)
    nowhere = UUID(int=two.lot_id.int ^ 1)  # a lot of the other seat
    assert two.writer.neighbours.writer_of(nowhere) is not None
    with pytest.raises(NotFound):
        await two.writer.desk.submit(nowhere, uuid4(), START_FEN, "key-0002", datetime.now(UTC))


async def test_B47_a_full_queue_at_the_writer_is_told_to_whoever_bids_elsewhere(
    database: Database, folder: Path
) -> None:
    async with database.begin(SYSTEM) as work:
        market = await open_market(work, MASTER, bidders=2)
    lot_id = market.lots[0].id
    async with (
        office(database.url, folder, longest_queue=0) as one,
        office(database.url, folder, longest_queue=0) as two,
    ):
        await until(lambda: bool(one.neighbours.writer_of(lot_id) or two.neighbours.writer_of(lot_id)))
        for each in (one, two):
            with pytest.raises(TryAgain):
                await each.desk.submit(
                    lot_id, market.registration(0, 0), START_FEN, "key-0001", datetime.now(UTC)
                )


async def test_B47_bids_on_their_way_to_a_writer_that_is_gone_are_decided_where_they_arrived(
    two: Two, database: Database
) -> None:
    async with held(database, two.lot_id):
        bids = [two.bid(two.other, by, START_FEN + by * STEP_FEN) for by in range(10)]
        link = two.other.neighbours.writer_of(two.lot_id)
        assert link is not None
        await until(lambda: two.writer.desk.condition().oldest_waiting is not None)
        link.hang_up()  # what the kernel does when the writer is killed; here it even decides them too
    receipts = await asyncio.gather(*bids)
    assert [r.outcome for r in receipts] == [BidOutcome.ACCEPTED] * 10
    assert sorted(r.seq for r in receipts) == list(range(1, 11))


async def test_B47_bids_do_not_wait_for_a_writer_that_hangs(
    two: Two, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auction.bidding.neighbours.PATIENCE_S", 0.3)
    # A hung process takes bids, since the kernel does, and never answers: this guest's turn never comes.
    for guest in two.writer.neighbours._guests:
        monkeypatch.setattr(guest, "frame_received", lambda frame: None)
    waiting = two.bid(two.other, 0, START_FEN)
    await until(lambda: two.other.desk.condition().oldest_waiting is not None)
    receipt = await asyncio.wait_for(waiting, 5)
    assert receipt.accepted


async def test_B47_a_seat_that_falls_free_is_taken_and_its_lots_are_led_there(
    database: Database, folder: Path
) -> None:
    lots = [uuid4() for _ in range(50)]
    async with office(database.url, folder) as one:
        async with office(database.url, folder) as two, office(database.url, folder) as spare:
            assert (one.neighbours.seat, two.neighbours.seat, spare.neighbours.seat) == (0, 1, None)
            await until(lambda: all(spare.neighbours.writer_of(lot) for lot in lots))
            await two.neighbours.close()
            await until(lambda: spare.neighbours.seat == 1)
            await until(lambda: any(one.neighbours.writer_of(lot) for lot in lots))
            for lot in lots:
                here, there = one.neighbours.writer_of(lot), spare.neighbours.writer_of(lot)
                assert (here is None) != (there is None)
        await until(lambda: not any(one.neighbours.writer_of(lot) for lot in lots))


async def test_B47_without_a_place_to_meet_every_bid_is_decided_here(
    database: Database, folder: Path
) -> None:
    async with database.begin(SYSTEM) as work:
        market = await open_market(work, MASTER)
    async with office(database.url, folder / "missing") as alone:
        receipt = await alone.desk.submit(
            market.lots[0].id, market.registration(0, 0), START_FEN, "key-0001", datetime.now(UTC)
        )
    assert receipt.accepted


@given(lot_id=st.uuids(), seats=st.integers(1, 16), seat=st.integers(0, 15))
def test_B47_a_process_alone_writes_every_lot(lot_id: UUID, seats: int, seat: int) -> None:
    desk = BiddingDesk(Database("postgresql://nowhere"), MASTER)
    neighbours = Neighbours(desk, Path("/nowhere"), seats)
    neighbours.seat = seat % seats
    assert neighbours.writer_of(lot_id) is None
