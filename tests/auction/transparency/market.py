"""Open lots with bids, and what the log's workers do, for the tests of this room."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlmodel import col, select

from auction.bidding.receipts import BidReceipt
from auction.bidding.sequencer import BiddingDesk
from auction.closing.close_lots import close_due_lots
from auction.transparency.models import Checkpoint
from auction.transparency.publish import publish_checkpoint
from auction.transparency.workers import publish_closings
from benchmarks.market import START_FEN, STEP_FEN, Market, open_market
from core.database import Database
from core.identity import SYSTEM
from core.outbox import OutboxMessage
from core.outbox.tasks import run_message
from core.settings import get_settings
from tests.conftest import CourtClock


async def a_market(database: Database, **options: object) -> Market:
    """Open lots with two bidders each."""
    async with database.begin(SYSTEM) as work:
        return await open_market(work, get_settings().encryption_key(), **options)  # type: ignore[arg-type]


async def bid_up(database: Database, market: Market, *steps: int, lot: int = 0) -> list[BidReceipt]:
    """Bids by turns, so many increments above the starting price."""
    desk = BiddingDesk(database, get_settings().encryption_key())
    receipts = [
        await desk.submit(
            market.lots[lot].id,
            market.registration(lot, number % len(market.accounts)),
            START_FEN + step * STEP_FEN,
            uuid4().hex,
            datetime.now(UTC),
        )
        for number, step in enumerate(steps)
    ]
    await desk.close()
    return receipts


async def publish(database: Database) -> Checkpoint | None:
    """What the worker does each minute."""
    async with database.begin(SYSTEM) as work:
        return await publish_checkpoint(work)


async def end_all(database: Database, clock: CourtClock) -> int:
    """A day later bidding is over, and the clock closes every lot."""
    await clock.pass_time(timedelta(hours=25))
    async with database.begin(SYSTEM) as work:
        return await close_due_lots(work)


async def publish_closings_now(database: Database) -> None:
    """Deliver the messages that closings leave for the log, each twice as a broker may; the others wait."""
    async with database.read() as work:
        messages = list(
            await work.session.exec(
                select(OutboxMessage.id).where(
                    OutboxMessage.task == publish_closings.name, col(OutboxMessage.done_at).is_(None)
                )
            )
        )
    assert messages
    for message_id in messages:
        assert await run_message(database, message_id)
        assert not await run_message(database, message_id)
