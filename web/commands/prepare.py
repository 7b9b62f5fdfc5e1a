"""`disposal prepare`: newest schema, and the demo city where one is wanted and not there yet. Run before every start."""

import argparse
import importlib.util
import sys

import psycopg

from core.settings import Settings
from web.commands import Subparsers, open_database


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

    return is_newest(url) and (not demo or holds_records(url))


def holds_records(url: str) -> bool:
    """Whether anything was ever done here: every use case leaves an audit event."""
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT EXISTS (SELECT FROM audit_event)").fetchone() == (True,)


async def prepare(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Migrate; load the demo city when `DISPOSAL_DEMO` is set and nothing was ever done here."""
    from migrations.run import upgrade

    async with open_database(settings) as database:
        upgrade(database.plain_url)
        if settings.demo and importlib.util.find_spec("web.commands.demo") is not None:
            from web.commands import demo

            if not holds_records(database.plain_url):
                print(f"  first start: the demo city gets {settings.demo_lots} lots", flush=True)
                await demo.load_demo(database, settings.demo_lots, _show_progress)
    return 0


def _show_progress(*parts: object) -> None:
    line = " ".join(map(str, parts))
    if sys.stdout.isatty():
        print(f"\r\033[K  {line}", end="", flush=True)
    else:
        print(f"  {line}", flush=True)
