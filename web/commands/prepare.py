"""`disposal prepare`: newest schema, and the demo city where one is wanted and not there yet. Run before every start."""

import argparse
import sys
from typing import TYPE_CHECKING

import psycopg

from core.settings import Settings
from web.commands import CommandFailed, Subparsers, open_database

if TYPE_CHECKING:
    from core.database import Database

IS_SANDBOX = "this database is a training sandbox: serve it with `disposal demo --speed 1440`"


def register(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "prepare",
        help="升级结构并装入演示数据（如需） · migrate, and load the demo city if wanted",
        description="What `disposal run` does before it starts the processes.",
    )
    parser.set_defaults(handler=prepare)


def is_prepared(url: str, *, demo: bool) -> bool:
    """Whether there is nothing to prepare: newest schema, and (for a demo) something was done here already."""
    from migrations.newest import is_newest

    return is_newest(url) and (not demo or (holds_records(url) and not _is_half_made(url)))


def _is_half_made(url: str) -> bool:
    from web.demo_city.load import is_half_made

    return is_half_made(url)


def holds_records(url: str) -> bool:
    """Whether anything was ever done here: every use case leaves an audit event."""
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT EXISTS (SELECT FROM audit_event)").fetchone() == (True,)


async def prepare(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Migrate; load the demo city when `DISPOSAL_DEMO` is set and nothing was ever done here."""
    from migrations.run import upgrade

    async with open_database(settings) as database:
        upgrade(database.plain_url)
        if settings.sandbox_speed is not None:
            await _prepare_sandbox(database, settings, settings.sandbox_speed)
        elif is_marked_sandbox(database.plain_url):
            raise CommandFailed(
                "this database is a training sandbox: serve it with `disposal demo --speed 1440`"
            )
        elif settings.demo:
            from web.demo_city import load

            if load.is_half_made(database.plain_url):
                print("  the making of the demo city was interrupted: it begins anew", flush=True)
                load.throw_away(database.plain_url)
                upgrade(database.plain_url)
            if not holds_records(database.plain_url):
                print(f"  first start: the demo city gets {settings.demo_lots} lots", flush=True)
                await load.load_demo(database, settings.demo_lots, _show_progress)
    return 0


async def _prepare_sandbox(database: "Database", settings: Settings, speed: float) -> None:
    """Make the sandbox in an empty database; in one that was made before, go on where its clock stood."""
    from auction.service_faults.sandbox import bridge_switched_off
    from core.identity import SYSTEM
    from core.sandbox.control import set_speed
    from web.sandbox_city.make import make_city

    if not is_marked_sandbox(database.plain_url):
        if holds_records(database.plain_url):
            raise CommandFailed("the database holds records: a sandbox needs an empty database of its own")
        print(f"  first start: the sandbox gets {settings.demo_lots} assets", flush=True)
        await make_city(database, speed=speed, lots=settings.demo_lots)
        return
    async with database.begin(SYSTEM) as work:
        await bridge_switched_off(work)
        await set_speed(work, speed)


def is_marked_sandbox(url: str) -> bool:
    """Whether this database is a sandbox."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT EXISTS (SELECT FROM clock_permit WHERE purpose = 'sandbox')")
        return found.fetchone() == (True,)


def _show_progress(*parts: object) -> None:
    line = " ".join(map(str, parts))
    if sys.stdout.isatty():
        print(f"\r\033[K  {line}", end="", flush=True)
    else:
        print(f"  {line}", flush=True)
