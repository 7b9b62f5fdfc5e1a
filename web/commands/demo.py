"""`disposal demo`: load the demo city into an empty database; with `--speed`, serve a sandbox in which time runs."""

import argparse

from core.settings import Settings
from web.commands import CommandFailed, Subparsers, open_database
from web.commands.prepare import holds_records
from web.commands.serve import add_address_options
from web.demo_city.logins import DEMO_LOGINS


def register(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "demo",
        help="装入演示城市；加速沙箱 · load the demo city, or serve a sandbox in accelerated time",
        description="Loads the eleven Suzhou courts with invented people and lots at every stage into an empty database. "
        "With --speed it serves a sandbox instead: a city apart from all other data (data folder `sandbox`, own database and "
        "keys), in which robots sell assets while days pass in minutes, until Ctrl-C.",
    )
    parser.add_argument(
        "--lots", type=int, metavar="N", help="lots in the city (DISPOSAL_DEMO_LOTS, 300; in a sandbox 8)"
    )
    parser.add_argument(
        "--speed",
        type=float,
        metavar="X",
        help="serve a sandbox whose clock runs X times as fast: 1440 is a day a minute",
    )
    add_address_options(parser)
    parser.set_defaults(handler=demo)


def demo(arguments: argparse.Namespace, settings: Settings) -> object:
    """Load and print the logins; or serve the sandbox."""
    if arguments.speed is None:
        return _load(arguments, settings)
    from web.sandbox_city.apart import sandbox_settings
    from web.supervisor import Supervisor

    apart = sandbox_settings(
        settings, speed=arguments.speed, lots=arguments.lots, host=arguments.host, port=arguments.port
    )
    return Supervisor(apart).run()


async def _load(arguments: argparse.Namespace, settings: Settings) -> int:
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
