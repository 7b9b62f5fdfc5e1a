"""What people do by the use cases counts by itself, and a refresh neither loses a change nor makes anybody wait."""

import asyncio
from datetime import timedelta

from sqlalchemy import text

from auction.indicators.figures import figures_of_court
from auction.indicators.refresh import count_again, refresh_all
from auction.indicators.rules import Figure, Period, month_of
from auction.indicators.workers import publish_months, refresh_indicators
from core.database import Database
from core.identity import SYSTEM
from core.outbox.timetable import PERIODIC, run_periodic
from tests.auction.delivery.conftest import Served, served, served_city, template
from tests.auction.market import OFFICER, deliver
from tests.conftest import CourtClock
from tests.disposal_teams.city import KUNSHAN

__all__ = ["served", "served_city", "template"]
JOB = PERIODIC[f"{refresh_indicators.__module__}.refresh_indicators"]
PUBLISH = PERIODIC[f"{publish_months.__module__}.publish_months"]


async def now_of(database: Database) -> dict[str, Figure]:
    """The court's figures of the running month."""
    async with database.read(SYSTEM) as work:
        return await figures_of_court(work, KUNSHAN, Period(month_of(work.now), 1))


async def test_K01_K02_K10_K16_K17_K18_a_sale_by_the_use_cases_counts_step_by_step(
    database: Database, served: Served
) -> None:
    assert await run_periodic(database, JOB)
    figures = await now_of(database)
    assert (figures["K-01"].numerator, figures["K-02"].numerator) == (1, 1)
    assert figures["K-10"].numerator > 0
    assert (figures["K-17"].numerator, figures["K-17"].denominator) == (1, 1)
    assert figures["K-27"].numerator == 2
    assert figures["K-16"].row_count == 1
    assert "K-18" not in figures, "the fifteen days have not ended"
    async with database.begin(OFFICER) as work:
        await deliver(work, served.lot.id)
    assert await run_periodic(database, JOB)
    delivered = (await now_of(database))["K-18"]
    assert (delivered.numerator, delivered.denominator) == (1, 1)
    async with database.begin(SYSTEM) as work:
        await count_again(work)
        assert not (await refresh_all(work)).keys, "the triggers have told of everything"


async def test_K18_time_alone_makes_a_delivery_late(
    database: Database, clock: CourtClock, served: Served
) -> None:
    assert await run_periodic(database, JOB)
    await clock.pass_time(timedelta(days=31))
    assert await run_periodic(database, JOB)
    async with database.read(SYSTEM) as work:
        rows = await work.session.execute(
            text(
                "SELECT numerator, denominator FROM indicator_figure WHERE indicator = 'K-18' AND team_id IS NULL"
            )
        )
        assert [tuple(row) for row in rows] == [(0, 1)]


async def test_K01_the_daily_job_publishes_the_months_that_are_due(
    database: Database, clock: CourtClock, served: Served
) -> None:
    await clock.pass_time(timedelta(days=40))
    assert await run_periodic(database, PUBLISH)
    async with database.read(SYSTEM) as work:
        rows = await work.session.execute(
            text("SELECT count(*) FROM indicator_frozen_fact WHERE indicator = 'K-01'")
        )
        assert rows.scalar_one() == 1
    assert not await run_periodic(database, PUBLISH), "once a day"


async def test_K02_a_change_that_commits_after_a_refresh_began_is_counted_by_the_next(
    database: Database, served: Served
) -> None:
    assert await run_periodic(database, JOB)
    changed, counted = asyncio.Event(), asyncio.Event()

    async def default() -> None:
        async with database.begin(SYSTEM) as work:
            await work.session.execute(
                text("UPDATE lot SET state = 'defaulted' WHERE id = :id"), {"id": served.lot.id}
            )
            changed.set()
            await counted.wait()

    change = asyncio.create_task(default())
    await changed.wait()
    async with asyncio.timeout(20):
        assert await run_periodic(database, JOB), "does not wait for whoever is at work"
    assert (await now_of(database))["K-02"].numerator == 1
    counted.set()
    await change
    assert await run_periodic(database, JOB)
    figures = await now_of(database)
    assert (figures["K-02"].numerator, figures["K-09"].numerator) == (0, 1)
