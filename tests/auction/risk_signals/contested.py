"""A contested lot in which two bidders share everything, for the tests of the risk desk."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from sqlmodel import select

from auction.bidding.place_bid import place_bid
from auction.bidding.sequencer import BiddingDesk
from auction.listing.models import Lot
from auction.risk_signals.look import open_look, risk_lot
from auction.risk_signals.models import RiskSignal
from auction.risk_signals.traces import Footprint
from core.database import Database, Work
from core.identity import SYSTEM, Actor, Role
from core.identity.accounts import as_actor, open_account
from tests.auction.listing.workshop import YUAN
from tests.auction.market import Person
from tests.conftest import CourtClock
from tests.disposal_teams.city import KUNSHAN
from tests.working_off import sweep

DEVICE = "d" * 32
HOME = Footprint(DEVICE, "1.2.3.4")
ACCOUNT = "6222 0000 1111"


@dataclass(slots=True)
class Case:
    """A contested lot: two who share device, network and account; a third who jumps and wins."""

    database: Database
    clock: CourtClock
    lot: Lot
    people: list[Person]
    officer: Actor
    leader: Actor
    desk: BiddingDesk

    async def bid(self, person: Person, amount: int) -> None:
        """A bid in yuan."""
        now = await self.clock.now()
        receipt = await place_bid(self.desk, person.actor, self.lot.id, amount * YUAN, f"key-{uuid4()}", now)
        assert receipt.accepted

    async def end(self) -> None:
        """Let bidding end and what follows happen."""
        assert self.lot.scheduled_end_at is not None
        await self.clock.travel_to(self.lot.scheduled_end_at + timedelta(seconds=1))
        await sweep(self.database, "close_lots")

    async def looked_at(self, work: Work) -> Lot:
        """The lot, with a look of the officer."""
        lot = await risk_lot(work, self.lot.lot_no)
        await open_look(work, lot, reason="例行核查，抽查本月成交。")
        return lot

    async def signals(self) -> dict[str, RiskSignal]:
        """The signals by kind."""
        async with self.database.read(SYSTEM) as work:
            rows = await work.session.exec(select(RiskSignal).where(RiskSignal.lot_id == self.lot.id))
            return {signal.kind: signal for signal in rows}


async def post_holder(database: Database, role: Role, court: str = KUNSHAN) -> Actor:
    """Somebody of a court."""
    async with database.begin(SYSTEM) as work:
        return as_actor(
            await open_account(
                work,
                login=f"{role}-{court}",
                password_hash="-",
                display_name=f"{role}",
                roles={role},
                court_code=court,
            )
        )
