"""A process that has imported everything and forks web and worker processes from itself: a start takes a tenth of a second.

What it starts are the commands `disposal serve` and `disposal worker` themselves, so that only the imports are spared. It
also starts the database server, which ends with it. One line in, one line out:

    web PORT LOG      the process id
    worker LOG        the process id
    postgres          the process id and the address (the server is started again when it is gone)
"""

import functools
import gc
import importlib
import os
import signal
import sys
from pathlib import Path

from core.child_process import end_with_parent
from core.embedded_postgres import DatabaseUnavailable, EmbeddedPostgres


def warm_up() -> None:
    """Do once what every start would do again: imports, the mappers, the signatures of all routes."""
    for name in (
        "uvloop",
        "web.road_protocol",
        "core.broker",
        "pyhanko.sign.signers",
        "pyhanko.sign.validation",
        "typst",
    ):
        importlib.import_module(name)
    from sqlalchemy.orm import configure_mappers

    import web.app
    from core.database import Database
    from core.settings import Settings
    from web.commands.worker import import_workers

    import_workers()
    configure_mappers()
    address = "postgresql://nobody@127.0.0.1:1/nothing"
    # The routes are the same in every life: a web process equips those of the nursery with what it works with.
    web.app.build = functools.cache(web.app.build)
    web.app.create_app(Settings(database_url=address), database=Database(address))
    # A collection in a child would touch, and so copy, everything that it shares with this process.
    gc.collect()
    gc.freeze()


def fork(log: Path, command: list[str]) -> int:
    """Run a command of `disposal` in a child; returns its process id."""
    nursery = os.getpid()
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        os.setsid()
        end_with_parent(nursery, signal.SIGKILL)
        written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for stream in (1, 2):
            os.dup2(written, stream)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        from web.cli import main

        code = main(command)
    finally:
        os._exit(code)


def main() -> None:
    """Serve requests until the input ends."""
    end_with_parent(os.getppid(), signal.SIGKILL)
    server = EmbeddedPostgres(Path(os.environ["DISPOSAL_DATA_DIR"]))
    # Before anything is imported that could ask for the settings of a database that is not there yet.
    os.environ["DATABASE_URL"] = server.start()
    warm_up()
    print("ready", flush=True)
    children: set[int] = set()
    for line in sys.stdin:
        children -= {child for child in children if os.waitpid(child, os.WNOHANG)[0]}
        match line.split():
            case ["web", port, log]:
                child = fork(Path(log), ["serve", "--processes", "1", "--port", port])
                children.add(child)
                print(child, flush=True)
            case ["worker", log]:
                child = fork(Path(log), ["worker"])
                children.add(child)
                print(child, flush=True)
            case ["postgres"]:
                try:
                    if server.process_id is None:
                        server.start()
                    print(server.process_id, os.environ["DATABASE_URL"], flush=True)
                except DatabaseUnavailable as error:
                    print("unavailable", str(error).replace("\n", " "), flush=True)
            case _:
                raise SystemExit(f"what is {line!r}?")
    server.stop()


if __name__ == "__main__":
    main()
