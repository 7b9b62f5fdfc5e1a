"""A lot that allows ceilings, with qualified bidders who bid by hand, by ceilings, or both, through the real use cases."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import text

from auction.bidding.log import PublicLog
from auction.bidding.published_log import public_log
from auction.bidding.receipts import BidReceipt
from auction.bidding.sequencer import BiddingDesk
from auction.bidding.verify_log import verify_log
from auction.ceilings.lot_desk import receipt_key
from auction.ceilings.set_ceiling import CeilingReceipt, set_ceiling, withdraw_ceiling
from benchmarks.market import START_FEN, STEP_FEN, Market
from core.database import Database
from core.identity import Actor, Role

Row = tuple[int, str, int, str, int | None]


def price(steps: int) -> int:
    return START_FEN + steps * STEP_FEN


@dataclass(slots=True)
class Floor:
    """The first lot of a market."""

    database: Database
    desk: BiddingDesk
    market: Market

    @property
    def lot_id(self) -> UUID:
        return self.market.lots[0].id

    def person(self, by: int) -> Actor:
        account = self.market.accounts[by]
        return Actor(account.id, account.display_name, frozenset({Role.BIDDER}))

    async def bid(self, by: int, steps: int, key: str | None = None) -> BidReceipt:
        return await self.desk.submit(
            self.lot_id,
            self.market.registration(0, by),
            price(steps),
            key or uuid4().hex,
            datetime.now(UTC),
        )

    async def ceiling(self, by: int, steps: int, key: str | None = None) -> CeilingReceipt:
        return await self.ceiling_fen(by, price(steps), key)

    async def ceiling_fen(self, by: int, limit_fen: int, key: str | None = None) -> CeilingReceipt:
        async with self.database.begin(self.person(by)) as work:
            return await set_ceiling(
                work,
                self.lot_id,
                limit_fen,
                idempotency_key=key or uuid4().hex,
                received_at=datetime.now(UTC),
            )

    async def withdraw(self, by: int, key: str | None = None) -> None:
        async with self.database.begin(self.person(by)) as work:
            await withdraw_ceiling(
                work, self.lot_id, idempotency_key=key or uuid4().hex, received_at=datetime.now(UTC)
            )

    async def rows(self) -> list[Row]:
        """The log: number, code, steps above the start, outcome, ceiling."""
        async with self.database.read() as work:
            found = await work.session.execute(
                text(
                    "SELECT seq, code, (amount_fen - :start) / :step, outcome, ceiling FROM bid "
                    "WHERE lot_id = :lot ORDER BY seq"
                ),
                {"lot": self.lot_id, "start": START_FEN, "step": STEP_FEN},
            )
            return [tuple(row) for row in found]

    async def bids(self) -> list[tuple[str, int, bool]]:
        """Accepted bids: code, steps, whether by a ceiling."""
        return [
            (code, steps, ceiling is not None)
            for _, code, steps, outcome, ceiling in await self.rows()
            if outcome == "accepted"
        ]

    async def log(self) -> PublicLog:
        async with self.database.read() as work:
            return await public_log(work, self.market.lots[0].lot_no, receipt_key())

    async def check(self) -> PublicLog:
        """The log verifies, and the rows about ceilings agree with the contested row."""
        log = await self.log()
        assert verify_log(log) == []
        async with self.database.read() as work:
            counted, standing = (
                await work.session.execute(
                    text(
                        "SELECT ceilings, (SELECT count(*) FROM ceiling WHERE lot_id = :lot AND state = 'standing') "
                        "FROM lot_bidding WHERE lot_id = :lot"
                    ),
                    {"lot": self.lot_id},
                )
            ).one()
        assert counted == standing
        return log
