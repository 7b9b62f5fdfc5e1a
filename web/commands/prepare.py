"""`disposal prepare`: newest schema, and the demo city where one is wanted and not there yet. Run before every start."""

import argparse
import importlib.util
import sys
from typing import TYPE_CHECKING

from core.settings import Settings
from web.commands import Subparsers, open_database

if TYPE_CHECKING:
    from core.database import Database


def register(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "prepare",
        help="升级结构并装入演示数据（如需） · migrate, and load the demo city if wanted",
        description="What `disposal run` does before it starts the processes.",
    )
    parser.set_defaults(handler=prepare)


async def prepare(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Migrate; load the demo city when `DISPOSAL_DEMO` is set and it is not there."""
    from migrations.run import upgrade

    async with open_database(settings) as database:
        upgrade(database.plain_url)
        if settings.demo and importlib.util.find_spec("web.commands.demo") is not None:
            from web.commands import demo

            if not await _holds_records(database):
                print(f"  first start: the demo city gets {settings.demo_lots} lots", flush=True)
                await demo.load_demo(database, settings.demo_lots, _show_progress)
    return 0


async def _holds_records(database: "Database") -> bool:
    """Whether anything was ever done here: every use case leaves an audit event."""
    from sqlalchemy import text

    async with database.read() as work:
        return bool(
            (await work.session.execute(text("SELECT EXISTS (SELECT FROM audit_event)"))).scalar_one()
        )


def _show_progress(*parts: object) -> None:
    line = " ".join(map(str, parts))
    print(
        f"\r\033[K  {line}" if sys.stdout.isatty() else f"  {line}",
        end="" if sys.stdout.isatty() else "\n",
        flush=True,
    )
