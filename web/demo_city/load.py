"""Load the demo city into an empty database; begin anew where that was interrupted."""

from collections.abc import Callable

import psycopg
from sqlalchemy import text

from core.clock import PermitPurpose, end_permit, permit_clock
from core.database import Database
from core.identity import SYSTEM
from core.settings import get_settings

LOADING = "demo.loading"
"""Marks a city that is being made. Found at a start, it tells of an interrupted one, which is thrown away and made anew."""


async def load_demo(database: Database, lots: int, progress: Callable[..., None]) -> None:
    """Load the city into an empty database."""
    from web.demo_city.story import tell_story

    async with database.begin(SYSTEM) as work:
        is_ours = await permit_clock(work.session, PermitPurpose.HISTORY)
        await work.session.execute(
            text("INSERT INTO timetable_run (job, last_run_at) VALUES (:job, now())"), {"job": LOADING}
        )
    await tell_story(database, lots, get_settings().demo_data, progress)
    async with database.begin(SYSTEM) as work:
        await work.session.execute(text("DELETE FROM timetable_run WHERE job = :job"), {"job": LOADING})
        if is_ours:
            await end_permit(work.session)


def is_half_made(url: str) -> bool:
    """Whether the making of a city was interrupted here."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT EXISTS (SELECT FROM timetable_run WHERE job = %s)", (LOADING,))
        return found.fetchone() == (True,)


def throw_away(url: str) -> None:
    """Empty a database that holds nothing but a half-made city. The schema is made again by the next migration."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("DROP SCHEMA IF EXISTS dramatiq CASCADE")
        connection.execute("DROP SCHEMA IF EXISTS practice CASCADE")
        connection.execute("CREATE SCHEMA public")
