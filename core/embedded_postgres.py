"""The PostgreSQL server that comes with the product, for a first run, small courts and tests.

    with EmbeddedPostgres(settings.data_dir) as url: ...

It listens on a Unix socket that only its owner (and root) can open, never on the network. Larger installations set
`DATABASE_URL` and this module is not used.
"""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from core.child_process import ending_with_me
from core.postgres_place import DatabaseUnavailable, Place, find_place, folders_outside
from core.settings import Settings

__all__ = ["DatabaseUnavailable", "EmbeddedPostgres", "database_for"]

USER = "disposal"
DATABASE = "disposal"
START_SECONDS = 60.0
"""Recovery after a crash replays the log and may take a while; a clean start takes a tenth of a second."""
STOP_SECONDS = 8.0
ORPHAN_SECONDS = 1.0
"""What the processes of a killed server get to notice that it is gone; one that waits for a lock of a dead one never does."""
LOG_KEPT_BYTES = 10_000_000
MEMORY = Path("/dev/shm")  # noqa: S108 - only a folder of our own in it is used
MEMORY_WANTED_BYTES = 3_000_000_000
"""What must be free there; a whole test run takes less than a third of it."""

TUNING = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "jit": "off",
    "huge_pages": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_min_duration_statement": "'1s'",
    "log_lock_waits": "on",
    "log_checkpoints": "off",
    "log_line_prefix": "'%m [%p] '",
    "idle_in_transaction_session_timeout": "'5min'",
    "shared_preload_libraries": "'pg_stat_statements'",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
THROW_AWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
}


class EmbeddedPostgres:
    """One server for the data folder `base`; `start()` finds a running one or starts it, `stop()` ends what it started.

    With `durable=False` nothing is flushed to disk and `stop()` deletes the database: for tests only. A server that was
    started from the main thread ends with this process, however that ends.
    """

    def __init__(self, base: Path, *, durable: bool = True) -> None:
        self.base = base.absolute()
        self.durable = durable
        self.note: str | None = None
        self._place: Place | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owned_base = False

    @classmethod
    def throw_away(cls) -> Self:
        """A server for tests in a temporary folder of its own; also sweeps what killed test runs left behind."""
        for left in (*MEMORY.glob("disposal-test-*"), *Path(tempfile.gettempdir()).glob("disposal-test-*")):
            owner = left.name.split("-")[2]
            if left.stat().st_uid == os.geteuid() and owner.isdecimal() and not psutil.pid_exists(int(owner)):
                _remove(left)
        server = cls(folder_for_tests(), durable=False)
        server._owned_base = True
        return server

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def process_id(self) -> int | None:
        """The postmaster that this object started, while it lives."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def has_ended(self) -> bool:
        """Whether the server that this object started is gone though nobody stopped it."""
        return self._process is not None and self._process.poll() is not None

    def start(self) -> str:
        """Serve, and return the address of the database. Raises `DatabaseUnavailable`."""
        place = self._place = find_place(self.base)
        self.note = place.note
        with _alone(self.base / "postgres.lock"):
            if not _wait_until_settled(place):
                _ensure_initialised(place, durable=self.durable)
                _write_tuning(place, durable=self.durable)
                self._launch(place)
                _ensure_database(place)
        return _address(place, DATABASE)

    def stop(self) -> None:
        """End the server if this object started it; open connections are cut, finished transactions are kept."""
        process, self._process = self._process, None
        if process is not None:
            steps = ((signal.SIGINT, STOP_SECONDS), (signal.SIGQUIT, 3.0), (signal.SIGKILL, 3.0))
            for signal_number, seconds in steps if self.durable else steps[1:]:
                if process.poll() is None:
                    process.send_signal(signal_number)
                try:
                    process.wait(seconds)
                    break
                except subprocess.TimeoutExpired:
                    continue
        if not self.durable and process is not None:
            for folder in (*folders_outside(self.base), self.base / "postgres"):
                shutil.rmtree(folder, ignore_errors=True)
            if self._owned_base:
                shutil.rmtree(self.base, ignore_errors=True)

    def _launch(self, place: Place) -> None:
        began = time.monotonic()
        deadline = began + START_SECONDS
        while True:
            if place.log.exists() and place.log.stat().st_size > LOG_KEPT_BYTES:
                place.log.replace(place.log.with_suffix(".log.1"))
            with place.log.open("ab") as log:
                written = log.tell()
                self._process = subprocess.Popen(
                    [place.binaries / "postgres", "-D", str(place.data)],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=_environment(),
                    start_new_session=True,
                    preexec_fn=ending_with_me(signal.SIGINT if self.durable else signal.SIGQUIT),  # noqa: PLW1509
                    **place.identity(),
                )  # fmt: skip
            while self._process.poll() is None:
                if _read_pid_file(place) == (self._process.pid, "ready"):
                    return
                if time.monotonic() > deadline:
                    self.stop()
                    raise DatabaseUnavailable(
                        f"the database in {place.data} is not ready after {START_SECONDS:.0f} s: see {place.log}"
                    )
                time.sleep(0.01)
            reason = _last_complaint(place.log, written)
            self._process = None
            if "still in use" in reason and time.monotonic() < deadline:
                if time.monotonic() - began > ORPHAN_SECONDS:
                    _end_orphans(place)
                time.sleep(0.1)
                continue
            raise DatabaseUnavailable(
                f"the database in {place.data} does not start ({reason}): restore it from a backup, "
                "or run `make clean` to begin with an empty one"
            )


def folder_for_tests() -> Path:
    """A new temporary folder that the database account can enter.

    It lies in memory where there is plenty of it, since cloning a database takes a twentieth of the time there.
    """
    is_roomy = False
    with suppress(OSError):
        free = min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available)
        is_roomy = free > MEMORY_WANTED_BYTES and os.access(MEMORY, os.W_OK | os.X_OK)
    name = f"disposal-test-{os.getpid()}-"
    folder = Path(tempfile.mkdtemp(prefix=name, dir=MEMORY if is_roomy else None))
    folder.chmod(0o711)
    return folder


@contextmanager
def database_for(settings: Settings) -> Iterator[str]:
    """The address of the configured database: `DATABASE_URL`, or the embedded one (started for the block if need be)."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    with EmbeddedPostgres(settings.data_dir) as url:
        yield url


def _address(place: Place, database: str) -> str:
    return f"postgresql://{USER}@/{database}?host={place.socket}&port=5432"


def _environment() -> dict[str, str]:
    """A clean environment: PGDATA, PGPORT and the like of the caller must not reach the server."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _read_pid_file(place: Place) -> tuple[int, str] | None:
    """(process id, state) of the server as it says itself; None without a usable file."""
    try:
        lines = (place.data / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else "starting"
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _wait_until_settled(place: Place) -> bool:
    """Whether a live server already serves the folder. Clears the mark of one that is gone."""
    deadline = time.monotonic() + START_SECONDS
    while (noted := _read_pid_file(place)) is not None:
        process_id, state = noted
        if not _is_server(process_id, place):
            # Its number may by now belong to another program of ours, which PostgreSQL would take for a live server.
            (place.data / "postmaster.pid").unlink(missing_ok=True)
            return False
        if state == "ready":
            return True
        if time.monotonic() > deadline:
            raise DatabaseUnavailable(
                f"the database server {process_id} neither starts nor stops: see {place.log}"
            )
        time.sleep(0.05)
    return False


def _is_server(process_id: int, place: Place) -> bool:
    try:
        process = psutil.Process(process_id)
        return (
            process.name() == "postgres"
            and process.status() != psutil.STATUS_ZOMBIE
            and (Path(process.cwd()) == place.data.resolve())
        )
    except psutil.AccessDenied:
        return True
    except psutil.NoSuchProcess:
        return False


def _end_orphans(place: Place) -> None:
    """Kill what a dead server has left working in its folder. The next start recovers, as after any crash."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.name() == "postgres" and Path(process.cwd()) == place.data.resolve():
                process.kill()


def _ensure_initialised(place: Place, *, durable: bool) -> None:
    ours = _major_version(place)
    try:
        found = (place.data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        found = ""
    if found:
        if found != ours:
            raise DatabaseUnavailable(
                f"{place.data} was made by PostgreSQL {found}, this version carries {ours}: "
                "restore the dump into a new folder (docs/operations.md), or run `make clean` to begin anew"
            )
        if not (place.data / "global" / "pg_control").is_file():
            raise DatabaseUnavailable(_damaged(place, "global/pg_control is missing"))
        return
    draft = place.data / "new"
    if draft.is_dir():
        # A first start was interrupted: nothing in here has ever served.
        for item in place.data.iterdir():
            shutil.rmtree(item) if item.is_dir() else item.unlink()
    if any(place.data.iterdir()):
        raise DatabaseUnavailable(_damaged(place, "PG_VERSION is missing"))
    _initialise(place, draft, durable=durable)


def _damaged(place: Place, reason: str) -> str:
    return (
        f"the database folder {place.data} is damaged ({reason}): restore it from a backup, "
        "or run `make clean` to begin with an empty one"
    )


def _major_version(place: Place) -> str:
    text = subprocess.run(
        [place.binaries / "postgres", "--version"],
        check=True, capture_output=True, text=True, cwd="/", **place.identity(),
    ).stdout  # fmt: skip
    found = re.search(r"(\d+)", text)
    assert found is not None
    return found[1]


def _initialise(place: Place, draft: Path, *, durable: bool) -> None:
    """Make the database cluster in a draft folder and move it into place, so that an interruption can be told from damage."""
    command: list[str | Path] = [
        place.binaries / "initdb", "-D", draft, "--username", USER, "--auth", "trust", "--encoding", "UTF8",
        "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C", "--no-instructions", "--no-sync",
    ]  # fmt: skip
    result = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd="/", env=_environment(), **place.identity()
    )
    if result.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        reason = " ".join(result.stderr.split())[-300:]
        raise DatabaseUnavailable(f"the database could not be made in {place.data}: {reason}")
    with (draft / "postgresql.conf").open("a") as file:
        file.write("\ninclude_if_exists = 'disposal.conf'\n")
    if durable:
        os.sync()
    # The version file goes last: without it the folder does not count as a database.
    for item in sorted(draft.iterdir(), key=lambda each: each.name == "PG_VERSION"):
        item.rename(place.data / item.name)
    draft.rmdir()


def _write_tuning(place: Place, *, durable: bool) -> None:
    values = {
        **TUNING,
        **(DURABLE if durable else THROW_AWAY),
        "unix_socket_directories": f"'{place.socket}'",
    }
    text = "# Written at every start by core/embedded_postgres.py. Own settings go into postgresql.auto.conf (ALTER SYSTEM).\n"
    text += "".join(f"{name} = {value}\n" for name, value in values.items())
    path = place.data / "disposal.conf"
    path.write_text(text)
    if place.account is not None:
        os.chown(path, place.account.pw_uid, place.account.pw_gid)


def _ensure_database(place: Place) -> None:
    import psycopg

    with psycopg.connect(_address(place, "postgres"), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _last_complaint(log: Path, start: int) -> str:
    with log.open("rb") as file:
        file.seek(start)
        lines = file.read().decode(errors="replace").splitlines()
    for mark in ("PANIC:", "FATAL:", "ERROR:"):
        for line in lines:
            if mark in line:
                return line.partition(mark)[2].strip()
    return lines[-1].strip() if lines else "it ended without a word"


def _remove(base: Path) -> None:
    for folder in (*folders_outside(base), base):
        shutil.rmtree(folder, ignore_errors=True)
