"""`disposal demo`: load the demo city into an empty database."""

import argparse

from core.settings import Settings
from web.commands import CommandFailed, Subparsers, open_database
from web.commands.prepare import holds_records
from web.demo_city.logins import DEMO_LOGINS


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
    from web.demo_city.load import load_demo

    async with open_database(settings) as database:
        upgrade(database.plain_url)
        if holds_records(database.plain_url):
            raise CommandFailed("the database already holds records: `make clean` empties the embedded one")
        await load_demo(database, arguments.lots or settings.demo_lots, print)
    for login in DEMO_LOGINS:
        print(f"{login.role}  {login.name}  {login.password}")
    return 0
