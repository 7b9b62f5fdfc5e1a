"""`disposal demo`: load the demo city into an empty database."""

import argparse

from sqlalchemy import text

from core.database import Database
from core.identity import SYSTEM
from core.settings import Settings, get_settings
from web.commands import CommandFailed, Subparsers, open_database
from web.demo_city.cast import DEMO_LOGINS
from web.demo_city.history import Progress

__all__ = ["DEMO_LOGINS", "load_demo"]

LOADED = "demo.loaded"


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
    """Load the city. A load that was interrupted leaves no `demo.loaded` mark; `prepare` then begins anew."""
    from web.demo_city.story import tell_story

    await tell_story(database, lots, get_settings().demo_data, progress)
    async with database.begin(SYSTEM) as work:
        await work.session.execute(
            text("INSERT INTO timetable_run (job, last_run_at) VALUES (:job, now()) ON CONFLICT DO NOTHING"),
            {"job": LOADED},
        )
