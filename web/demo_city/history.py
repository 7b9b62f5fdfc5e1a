"""The demo's history is not written into tables: it happens. The court's clock is set back, and the people of the city list,
register, bid, pay and rule through the product's own use cases and workers, until it is now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from auction.bidding.place_bid import place_bid
from auction.bidding.sequencer import BiddingDesk
from auction.delivery.hand_over import record_delivery
from auction.listing.draft_lot import edit_draft
from auction.listing.import_formats import ImportedLot
from auction.listing.import_lots import ImportStage, import_lots
from auction.listing.models import Lot, LotBidding, Round
from auction.listing.publish_lot import publish_lot
from auction.payments.record_line import StatementLine, record_bank_line
from auction.registration.register import own_registration, register_for_lot
from auction.risk_signals.traces import note_footprint
from auction.settlement.models import Settlement
from auction.settlement.ruling import issue_ruling, send_registry_notice, serve_ruling
from core.clock import set_clock
from core.database import Database
from core.errors import DisposalError
from core.identity import SYSTEM
from core.outbox.run_due import run_due, run_jobs
from core.settings import get_settings
from web.demo_city.cast import Bidder, person_at
from web.demo_city.handing_over import handed_over

Progress = Callable[..., None]


@dataclass(slots=True)
class City:
    """The city while its history runs."""

    database: Database
    now: datetime
    bidders: list[Bidder]
    random: Random
    progress: Progress
    refused: list[str] = field(default_factory=list)

    async def travel(self, moment: datetime) -> None:
        """Let it be that moment."""
        async with self.database.begin(SYSTEM) as work:
            await set_clock(work.session, court_time=moment)

    async def bring(self, lots: Sequence[ImportedLot], stage: ImportStage) -> list[str]:
        """Import lots up to a stage; their numbers."""
        async with self.database.begin(SYSTEM) as work:
            return list((await import_lots(work, lots, stage=stage, is_demo=True)).created)

    async def publish(
        self, numbers: Sequence[str], times: Callable[[int, Lot], tuple[datetime, datetime]]
    ) -> list[Lot]:
        """Publish imported drafts; what the checklist refuses stays a draft, as it would."""
        published: list[Lot] = []
        for at, number in enumerate(numbers):
            try:
                async with self.database.begin(SYSTEM) as work:
                    lot = (await work.session.exec(select(Lot).where(Lot.lot_no == number))).one()
                    starts_at, ends_at = times(at, lot)
                    await edit_draft(work, lot.id, starts_at=starts_at, ends_at=ends_at)
                    published.append(await publish_lot(work, lot.id))
            except DisposalError as refusal:
                self.refused.append(f"{number}: {refusal}")
        await run_due(self.database)
        return published

    async def enter(self, lot: Lot, bidder: Bidder, *, helped_by: Bidder | None = None) -> bool:
        """Register and pay the deposit; whether it worked. `helped_by`: from whose device and account it is done."""
        hand = helped_by or bidder
        try:
            async with self.database.begin(bidder.actor) as work:
                entry = await register_for_lot(work, lot.id, accepts_rules=True)
                await note_footprint(work, entry.id, hand.home)
        except DisposalError as refusal:
            self.refused.append(f"{lot.lot_no}: {refusal}")
            return False
        await self.pay(
            lot.court_code, entry.virtual_account_no, entry.deposit_due_fen, bidder.name, hand.bank_account_no
        )
        return True

    async def pay(
        self, court_code: str, account_no: str, amount_fen: int, payer: str, payer_account: str = ""
    ) -> None:
        """Money arrives at the court's bank."""
        if amount_fen <= 0:
            return
        async with self.database.begin(SYSTEM) as work:
            reference = f"demo-{self.random.randrange(10**12):012d}"
            line = StatementLine(
                reference, account_no, amount_fen, payer, work.now, payer_account=payer_account
            )
            await record_bank_line(work, court_code, line, is_demo=True)

    async def bid_up(
        self,
        lot: Lot,
        bidders: Sequence[Bidder],
        bids: int,
        *,
        last_at: datetime | None = None,
        last_fen: int | None = None,
    ) -> None:
        """Bids in turn, each one to six steps higher; the last of them at `last_at`, and as high as `last_fen` or just above."""
        desk = BiddingDesk(self.database, get_settings().encryption_key())
        price: int | None = None
        for number in range(bids):
            bidder = bidders[number % len(bidders)]
            if last_at is not None and number == bids - 1:
                await self.travel(last_at)
            steps = self.random.choice((1, 1, 1, 2, 3, 6))
            price = lot.starting_price_fen if price is None else price + steps * lot.increment_fen
            if last_fen is not None and number == bids - 1:
                price += max(0, -(-(last_fen - price) // lot.increment_fen)) * lot.increment_fen
            async with self.database.read(SYSTEM) as work:
                now = work.now
            await place_bid(desk, bidder.actor, lot.id, price, f"demo-{lot.lot_no}-{number}", now)
        await desk.close()

    async def settle(self, lot: Lot, *, steps: int) -> None:
        """Pay the balance (1), rule (2), serve (3), tell the registry (4), deliver (5)."""
        async with self.database.read(SYSTEM) as work:
            settlement = await work.session.get(Settlement, lot.id)
            officer = await person_at(work, "officer", lot.court_code)
            team = await person_at(work, "team", lot.court_code)
        if settlement is None or steps < 1:
            return
        await self.pay(
            lot.court_code, settlement.virtual_account_no, settlement.balance_fen, settlement.buyer_name
        )
        await run_due(self.database)
        for act in (issue_ruling, serve_ruling, send_registry_notice)[: steps - 1]:
            async with self.database.begin(officer) as work:
                await act(work, lot.id)
        if steps >= 5:
            async with self.database.begin(team) as work:
                await record_delivery(work, lot.id, handed_over(work, lot, settlement.buyer_name))

    async def clock_work(self) -> None:
        """What the workers' clock does."""
        await run_jobs(self.database, ("open_lots", "close_lots", "publish_changes"))

    async def end(self) -> None:
        """Court time is real time again."""
        async with self.database.begin(SYSTEM) as work:
            await work.session.execute(text("DELETE FROM clock_setting"))


async def entered(database: Database, lot: Lot, bidder: Bidder) -> bool:
    """Whether the bidder is in."""
    async with database.read(bidder.actor) as work:
        return await own_registration(work, lot.id) is not None


async def open_lots_ending_soon(database: Database, limit: int) -> list[UUID]:
    """Lots that are being bid for, by their end."""
    async with database.read(SYSTEM) as work:
        rows = await work.session.exec(
            select(LotBidding.lot_id)
            .where(LotBidding.phase == "open")
            .order_by(col(LotBidding.ends_at))
            .limit(limit)
        )
        return list(rows)


def day_of_bidding(starts_at: datetime, round_: str) -> tuple[datetime, datetime]:
    """Start and end: 24 hours, or the 60 days of a sell-off (B-41, X-03)."""
    return starts_at, starts_at + (timedelta(days=60) if round_ == Round.SELL_OFF else timedelta(hours=24))
