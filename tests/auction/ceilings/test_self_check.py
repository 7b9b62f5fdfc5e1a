"""A ceiling that anybody touches behind the triggers is found by the scheduled self-check; nobody who bids raises an alarm."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import text

from auction.bidding.ceiling_proof import new_secret
from auction.bidding.ceiling_seal import SealedLimit
from auction.ceilings.lot_desk import ceiling_seal
from auction.closing.close_lots import close_due_lots
from auction.transparency.check_ceilings import check_live_ceilings
from auction.transparency.models import FaultKind
from auction.transparency.self_check import check_everything, check_newest
from core.database import Database, Work
from core.identity import SYSTEM
from tests.auction.ceilings.floor import Floor, price
from tests.auction.transparency.market import publish
from tests.conftest import CourtClock

Open = Callable[..., Awaitable[Floor]]

TOUCHES = {
    "sealed amount": "UPDATE ceiling SET limit_sealed = sha256(limit_sealed) WHERE state = 'standing'",
    "another's amount": (
        "UPDATE ceiling SET limit_sealed = (SELECT limit_sealed FROM ceiling WHERE state = 'exhausted') WHERE state = 'standing'"
    ),
    "another entry": (
        "UPDATE ceiling SET registration_id = (SELECT registration_id FROM ceiling WHERE state = 'exhausted') "
        "WHERE state = 'standing'"
    ),
    "another code": "UPDATE ceiling SET code = 'Z0000' WHERE state = 'standing'",
    "silently withdrawn": (
        "UPDATE ceiling SET state = 'withdrawn', ended_at = set_at WHERE state = 'standing'; "
        "UPDATE lot_bidding SET ceilings = ceilings - 1"
    ),
    "silently used up": (
        "UPDATE ceiling SET state = 'exhausted', ended_at = set_at WHERE state = 'standing'; "
        "UPDATE lot_bidding SET ceilings = ceilings - 1"
    ),
    "not counted, so never asked": "UPDATE lot_bidding SET ceilings = 0",
    "withdrawn one stands again": (
        "UPDATE ceiling SET state = 'standing', ended_at = NULL WHERE state = 'withdrawn'; "
        "UPDATE lot_bidding SET ceilings = ceilings + 1"
    ),
    "its bid is denied": "UPDATE ceiling SET used_seq = 0 WHERE state = 'standing'",
    "row deleted": "DELETE FROM ceiling WHERE state = 'standing'; UPDATE lot_bidding SET ceilings = ceilings - 1",
    "row without a record": (
        'INSERT INTO ceiling SELECT (jsonb_populate_record(ceiling, \'{"seq": 2, "state": "withdrawn"}\')).* '
        "FROM ceiling WHERE state = 'withdrawn'"
    ),
}
"""One is withdrawn, one used up, one stands and leads."""


async def a_contest(floor: Floor) -> None:
    await floor.bid(0, 0)
    await floor.ceiling(1, 6)
    await floor.ceiling(2, 30)


async def touch(work: Work, statements: str) -> None:
    for table in ("ceiling", "lot_bidding", "bid"):
        await work.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
    for statement in statements.split("; "):
        changed = await work.session.execute(text(statement))
        assert changed.rowcount > 0, statement  # type: ignore[attr-defined]


async def test_B47_every_ceiling_that_is_touched_is_found(floor: Floor, database: Database) -> None:
    await floor.ceiling(3, 2)
    await floor.withdraw(3)
    await floor.ceiling(1, 6)
    await floor.ceiling(2, 30)
    await floor.check()
    await publish(database)
    async with database.read(SYSTEM) as work:
        assert await check_everything(work) == [], "an untouched lot raises no alarm"
    missed = []
    for name, statements in TOUCHES.items():
        async with database.read(SYSTEM) as work:
            await touch(work, statements)
            found = await check_everything(work)
            if FaultKind.CEILING_CHANGED not in {finding.kind for finding in found}:
                missed.append(name)
            told = " ".join(finding.detail for finding in found)
            assert "J000" not in told, "a finding names nobody"
    assert missed == []


async def test_B47_a_ceiling_sealed_anew_by_the_holder_of_the_key_is_found(
    floor: Floor, database: Database
) -> None:
    """Even who can seal cannot make another amount fit the commitment that stands in the log."""
    await a_contest(floor)
    entry = floor.market.registration(0, 2)
    for limit in (price(29), price(31), price(30) + 1, price(20_000)):
        sealed = ceiling_seal().seal(SealedLimit(limit, new_secret()), floor.lot_id, entry, 4)
        async with database.read(SYSTEM) as work:
            await work.session.execute(
                text("UPDATE ceiling SET limit_sealed = :sealed WHERE seq = 4"), {"sealed": sealed}
            )
            (finding,) = await check_live_ceilings(work)
            assert (finding.kind, "4" in finding.detail) == (FaultKind.CEILING_CHANGED, True)
            assert str(limit) not in finding.detail


async def test_B47_the_walks_find_it_while_bidding_runs_and_after_the_end(
    open_floor: Open, database: Database, clock: CourtClock
) -> None:
    floor = await open_floor(seconds=3600.0)
    await a_contest(floor)
    await publish(database)
    async with database.begin(SYSTEM) as work:
        assert await check_newest(work) == 0
    await clock.pass_time(timedelta(hours=2))
    async with database.begin(SYSTEM) as work:
        await close_due_lots(work)
    await publish(database)
    async with database.begin(SYSTEM) as work:
        assert await check_newest(work) == 0
    async with database.read(SYSTEM) as work:
        await touch(work, TOUCHES["sealed amount"])
        assert FaultKind.CEILING_CHANGED in {finding.kind for finding in await check_everything(work)}
