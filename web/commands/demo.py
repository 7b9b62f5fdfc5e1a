"""`disposal demo`: load the demo city into an empty database."""

import argparse

import psycopg
from sqlalchemy import text

from core.database import Database
from core.identity import SYSTEM
from core.settings import Settings, get_settings
from web.commands import CommandFailed, Subparsers, open_database
from web.demo_city.cast import DEMO_LOGINS
from web.demo_city.history import Progress

__all__ = ["DEMO_LOGINS", "load_demo"]

LOADING = "demo.loading"
"""Marks a city that is being made. Found at a start, it tells of an interrupted one, which is thrown away and made anew."""


def register(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "demo",
        help="装入演示城市 · load the demo city",
        description="Loads the eleven Suzhou courts with invented people and lots at every stage into an empty database.",
    )
    parser.add_argument("--lots", type=int, metavar="N", help="lots in the city (DISPOSAL_DEMO_LOTS, 300)")
    parser.set_defaults(handler=demo)


async def demo(arguments: argparse.Namespace, settings: Settings) -> int:
    """Load, and print the logins."""
    from migrations.run import upgrade
    from web.commands.prepare import holds_records

    async with open_database(settings) as database:
        upgrade(database.plain_url)
        if holds_records(database.plain_url):
            raise CommandFailed("the database already holds records: `make clean` empties the embedded one")
        await load_demo(database, arguments.lots or settings.demo_lots, print)
    for login in DEMO_LOGINS:
        print(f"{login.role}  {login.name}  {login.password}")
    return 0


async def load_demo(database: Database, lots: int, progress: Progress) -> None:
    """Load the city into an empty database."""
    from web.demo_city.story import tell_story

    async with database.begin(SYSTEM) as work:
        await work.session.execute(
            text("INSERT INTO timetable_run (job, last_run_at) VALUES (:job, now())"), {"job": LOADING}
        )
    await tell_story(database, lots, get_settings().demo_data, progress)
    async with database.begin(SYSTEM) as work:
        await work.session.execute(text("DELETE FROM timetable_run WHERE job = :job"), {"job": LOADING})


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
        connection.execute("CREATE SCHEMA public")
