"""`disposal prepare`: newest schema, and the demo city where one is wanted and not there yet. Run before every start."""

import argparse
import importlib.util
import sys

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


async def prepare(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Migrate; load the demo city when `DISPOSAL_DEMO` is set and it is not there."""
    from migrations.run import upgrade

    async with open_database(settings) as database:
        upgrade(database.plain_url)
        if settings.demo and importlib.util.find_spec("web.commands.demo") is not None:
            from web.commands import demo

            if not await demo.is_loaded(database):
                print(f"  first start: the demo city gets {settings.demo_lots} lots", flush=True)
                await demo.load_demo(database, settings.demo_lots, _show_progress)
    return 0


def _show_progress(done: int, total: int, text: str) -> None:
    if sys.stdout.isatty():
        print(f"\r\033[K  {done}/{total} {text}", end="\n" if done >= total else "", flush=True)
    else:
        print(f"  {done}/{total} {text}", flush=True)
