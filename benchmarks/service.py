"""The service under measurement: an embedded, durable PostgreSQL and one web process, both of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from benchmarks.processor_time import family, parent_of, seconds_of
from core.embedded_postgres import EmbeddedPostgres
from core.settings import PROJECT_ROOT, Settings
from migrations.run import upgrade

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Service:
    """Where the running service is, and its keys."""

    database_url: str
    data_dir: Path
    port: int
    master_key: bytes
    web_process_id: int
    database_process_id: int

    def processor_time(self) -> tuple[float, float]:
        """Processor seconds of the web process and of the database so far."""
        return seconds_of(family(self.web_process_id)), seconds_of(family(self.database_process_id))


@contextmanager
def running_service(processes: int = 1) -> Iterator[Service]:
    """Start database and web process in a folder of their own; stop both at the end."""
    with TemporaryDirectory(prefix="disposal-bench-") as folder:
        settings = Settings(data_dir=Path(folder))
        with EmbeddedPostgres(Path(folder), durable=True) as url:
            upgrade(url)
            port = _free_port()
            environment = os.environ | {
                "DISPOSAL_DATA_DIR": folder,
                "DISPOSAL_DATABASE_URL": url,
                "DISPOSAL_LOG_LEVEL": "WARNING",
            }
            key = settings.encryption_key()
            web = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "web.cli",
                    "serve",
                    "--port",
                    str(port),
                    "--processes",
                    str(processes),
                ],
                cwd=PROJECT_ROOT,
                env=environment,
            )
            try:
                _wait_for(port, web)
                with psycopg.connect(url) as connection:
                    server = parent_of(connection.info.backend_pid)
                yield Service(url, Path(folder), port, key, web.pid, server)
            finally:
                web.terminate()
                web.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, web: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        if web.poll() is not None:
            raise RuntimeError(f"the web process ended with {web.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the web process did not start within 30 s")
