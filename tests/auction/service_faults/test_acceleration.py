"""B-50: a sandbox's speed is never taken for an outage, and its clock waits while nobody can bid."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from auction.service_faults.measure import Vitals, prove_service
from auction.service_faults.models import ServiceFault
from auction.service_faults.sandbox import bridge_switched_off, service_is_away
from auction.service_faults.watch import watch_service
from core.clock import end_permit, send_clock
from core.database import Database
from core.errors import NotFound
from core.identity import SYSTEM
from core.sandbox.control import make_sandbox

DAY_A_MILLISECOND = 86_400_000.0


@pytest.fixture
async def sandbox(database: Database) -> Database:
    async with database.begin(SYSTEM) as work:
        await end_permit(work.session)
        await make_sandbox(work, speed=1440)
    return database


async def pass_days(database: Database, days: int) -> None:
    """Let days pass in milliseconds."""
    async with database.begin(SYSTEM) as work:
        goal = work.now + timedelta(days=days)
        await send_clock(work.session, now=work.now, speed=DAY_A_MILLISECOND, holds_at=goal)
    async with database.read() as work:
        assert work.now > goal - timedelta(days=days)


async def faults(database: Database) -> list[ServiceFault]:
    async with database.begin(SYSTEM) as work:
        await watch_service(work)
        return list(await work.session.exec(select(ServiceFault)))


async def age_the_proof(database: Database) -> None:
    """As if the service had been off for an hour."""
    async with database.begin(SYSTEM) as work:
        await work.session.execute(
            text("UPDATE service_interval SET began_at = began_at - interval '2 hours', "
                 "lasted_until = lasted_until - interval '1 hour'")
        )  # fmt: skip


async def test_B50_days_between_two_proofs_are_no_outage_when_they_pass_in_milliseconds(
    sandbox: Database,
) -> None:
    pool = await sandbox.hot_pool()
    for _ in range(5):
        await prove_service(pool, Vitals())
        await pass_days(sandbox, 20)
    assert not await faults(sandbox)


async def test_the_clock_waits_while_nothing_proves_that_bids_can_be_taken(sandbox: Database) -> None:
    async with sandbox.read(SYSTEM) as work:
        assert await service_is_away(work) == work.now
    await prove_service(await sandbox.hot_pool(), Vitals())
    async with sandbox.read(SYSTEM) as work:
        assert await service_is_away(work) is None
    await age_the_proof(sandbox)
    async with sandbox.read(SYSTEM) as work:
        assert await service_is_away(work) == work.now


@pytest.mark.parametrize("is_bridged", [True, False])
async def test_B50_a_sandbox_switched_off_over_night_was_not_out_of_order(
    sandbox: Database, is_bridged: bool
) -> None:
    await prove_service(await sandbox.hot_pool(), Vitals())
    await age_the_proof(sandbox)
    if is_bridged:
        async with sandbox.begin(SYSTEM) as work:
            await bridge_switched_off(work)
    await prove_service(await sandbox.hot_pool(), Vitals())
    assert bool(await faults(sandbox)) is not is_bridged


async def test_B50_real_time_out_of_service_is_never_bridged(database: Database) -> None:
    async with database.begin(SYSTEM) as work:
        with pytest.raises(NotFound):
            await bridge_switched_off(work)
