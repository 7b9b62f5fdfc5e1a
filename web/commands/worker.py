"""`disposal worker`: carries out what use cases have left to do, and the timetable."""

import argparse
import importlib
import pkgutil
from functools import cache

from core.settings import Settings
from web.commands import Subparsers, open_database

PACKAGES = ("core", "disposal_teams", "valuation", "auction")


def register(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "worker",
        help="启动后台任务进程 · start a worker process",
        description="Relays messages, runs background tasks and the timetable until SIGINT or SIGTERM. "
        "Start as many as wanted, on any host.",
    )
    parser.add_argument("--threads", type=int, metavar="N", help="tasks at once (DISPOSAL_WORKER_THREADS, 4)")
    parser.set_defaults(handler=work)


@cache
def import_workers() -> None:
    """Import `workers` of every room, so that its tasks and periodic jobs are known."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            if module.name.rsplit(".", 1)[-1] == "workers":
                importlib.import_module(module.name)


async def work(arguments: argparse.Namespace, settings: Settings) -> int:
    """Work until told to stop; what is running is finished first."""
    from core.broker import WorkerProcess, make_broker
    from core.logging import configure_logging

    configure_logging(settings, process="worker")
    import_workers()
    async with open_database(settings) as database:
        broker = make_broker(database.plain_url, settings.broker_url)
        threads = arguments.threads or settings.worker_threads
        process = WorkerProcess(database, broker, threads=threads, resend_after_s=settings.resend_after_s)
        await process.run()
    return 0
