"""`disposal run`: database, web and workers on one machine, under one supervisor. What `make run` starts."""

import argparse

from core.settings import Settings
from web.commands import Subparsers
from web.commands.serve import add_address_options


def register(subparsers: Subparsers) -> None:
    """Add the commands `run` and, for its own use, `prepare`."""
    parser = subparsers.add_parser(
        "run",
        help="一键启动全部 · start database, web and workers together",
        description="Starts the embedded database (unless DATABASE_URL is set), brings it to the newest schema, loads the "
        "demo city on the first start, then serves and works until Ctrl-C, which stops everything.",
    )
    add_address_options(parser)
    parser.add_argument("--no-demo", action="store_true", help="start without the demo city and its logins")
    parser.add_argument(
        "--lots", type=int, metavar="N", help="lots in the demo city (DISPOSAL_DEMO_LOTS, 300)"
    )
    parser.set_defaults(handler=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Supervise until told to stop."""
    from web.supervisor import Supervisor

    changes: dict[str, object] = {}
    if arguments.host is not None:
        changes["host"] = arguments.host
    if arguments.port is not None:
        changes["port"] = arguments.port
    if arguments.lots is not None:
        changes["demo_lots"] = arguments.lots
    # With a database of one's own the demo has to be asked for (DISPOSAL_DEMO=1); beside it, it is what a newcomer wants.
    changes["demo"] = not arguments.no_demo and (settings.demo or settings.embedded)
    return Supervisor(settings.model_copy(update=changes)).run()
