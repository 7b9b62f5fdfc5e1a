"""`disposal conduct`: moves the clock of a sandbox, and plays its robots. Started by `disposal demo --speed`."""

import argparse
import asyncio
import signal

from core.settings import Settings
from web.commands import CommandFailed, Subparsers, open_database


def register(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "conduct",
        help="推进沙箱时间 · move the clock of a sandbox",
        description="What `disposal demo --speed` starts beside web and worker: the clock goes from one due moment to the next "
        "and waits there until the work is done; robots take part. Works on a sandbox alone, until SIGINT or SIGTERM.",
    )
    parser.set_defaults(handler=conduct)


async def conduct(_arguments: argparse.Namespace, settings: Settings) -> int:
    """Conduct until told to stop."""
    from core.clock import is_sandbox
    from core.sandbox.conductor import Conductor
    from web.commands.worker import import_workers
    from web.sandbox_city.robots import Robots

    import_workers()
    async with open_database(settings) as database:
        async with database.read() as work:
            if not await is_sandbox(work.session):
                raise CommandFailed("this database is no sandbox: its time is real and cannot be moved")
        conductor, robots = Conductor(database), Robots(database)
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, conductor.stopping.set)
        robots.join_in()
        try:
            await conductor.run()
        finally:
            await robots.close()
    return 0
