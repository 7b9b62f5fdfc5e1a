"""`disposal serve`: the web processes alone, for installations where each service is started apart."""

import argparse
import errno
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from core.settings import Settings, get_settings
from web.commands import CommandFailed, Subparsers

KEEP_ALIVE_S = 75
LAST_ANSWERS_S = 3
HUNG_AFTER_S = 30


def register(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "serve",
        help="只启动网站 · start the web processes only",
        description="Serves pages, API and live streams until SIGINT or SIGTERM. The database must be up and migrated.",
    )
    add_address_options(parser)
    parser.add_argument(
        "--processes", type=int, metavar="N", help="web processes (DISPOSAL_WEB_PROCESSES, 1)"
    )
    parser.set_defaults(handler=serve)


def add_address_options(parser: argparse.ArgumentParser) -> None:
    """`--host` and `--port`."""
    parser.add_argument("--host", help="address to listen on (DISPOSAL_HOST, 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (DISPOSAL_PORT, 8400)")


def ensure_port_free(host: str, port: int) -> None:
    """Raise `CommandFailed` when nothing can listen on the address."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise CommandFailed(
            f"the host {host!r} is unknown: set DISPOSAL_HOST to an address of this machine"
        ) from None
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen()
        except OSError as error:
            raise CommandFailed(_why_not(error, host, port)) from None


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken: stop the other program, or choose another port (DISPOSAL_PORT={port + 1} make run)"
    if error.errno == errno.EACCES:
        return f"port {port} is reserved for root: choose one above 1023 with DISPOSAL_PORT"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine: set DISPOSAL_HOST to one, or to 0.0.0.0 for all"
    return f"cannot listen on {host}:{port} ({error.strerror}): set DISPOSAL_HOST and DISPOSAL_PORT"


@contextmanager
def meeting_place(settings: Settings, processes: int) -> Iterator[None]:
    """A folder in which the web processes meet, told to them by the environment. One process alone meets nobody, unless a
    folder is given: then `web_processes` counts all that meet there, whoever starts them."""
    if settings.meeting_folder is not None or processes == 1:
        yield
        return
    # Not in the data folder: the address of a socket has room for a hundred letters.
    with TemporaryDirectory(prefix="disposal-") as folder:
        os.environ |= {"DISPOSAL_MEETING_FOLDER": folder, "DISPOSAL_WEB_PROCESSES": str(processes)}
        yield


def serve(arguments: argparse.Namespace, settings: Settings) -> int:
    """Serve until told to stop."""
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    from core.embedded_postgres import database_for
    from core.logging import configure_logging

    host = arguments.host or settings.host
    port = settings.port if arguments.port is None else arguments.port
    ensure_port_free(host, port)
    configure_logging(settings, process="web")
    processes = arguments.processes or settings.web_processes
    with database_for(settings) as url, meeting_place(settings, processes):
        os.environ["DISPOSAL_DATABASE_URL"] = url
        get_settings.cache_clear()  # the application is made in this process and reads the address from the environment
        config = uvicorn.Config(
            "web.process:application",
            factory=True,
            host=host,
            port=port,
            workers=processes,
            http="web.road_protocol:RoadProtocol",
            ws="none",
            lifespan="on",
            backlog=2048,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=LAST_ANSWERS_S,
            timeout_worker_healthcheck=HUNG_AFTER_S,
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
        )
        # The server gives the signal back when it has stopped; then the database is still to be stopped in order.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: None)
        listeners = [config.bind_socket()]
        if config.workers > 1:
            Multiprocess(config, sockets=listeners).run()
        else:
            uvicorn.Server(config).run(sockets=listeners)
    return 0
