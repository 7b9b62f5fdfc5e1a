"""One parent for database, web and workers on one machine: starts them in order, restarts what crashes, stops all.

Its children end with it whatever happens: they are stopped in order on Ctrl-C or SIGTERM, and the kernel ends them
should the supervisor itself be killed.
"""

import fcntl
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from core.child_process import ending_with_me
from core.embedded_postgres import EmbeddedPostgres
from core.settings import PROJECT_ROOT, Settings
from web.commands import CommandFailed
from web.commands.prepare import IS_SANDBOX, is_marked_sandbox, is_prepared
from web.commands.serve import ensure_port_free
from web.sandbox_city.apart import environment_apart

READY_SECONDS = 60.0
STOP_SECONDS = 6.0
"""What children get to finish their work; with the database's own stop it stays under ten seconds."""
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0
"""A child that lived this long has recovered: its next crash is a first one again."""
LOG_KEPT_BYTES = 20_000_000
POLL_SECONDS = 0.1

Say = Callable[[str], None]


def _say(text: str) -> None:
    print(text, flush=True)


@dataclass
class Child:
    """A process that is kept running."""

    name: str
    command: list[str]
    log: Path
    crashes: int = 0
    began: float = 0.0
    restart_at: float | None = None
    log_start: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self, environment: dict[str, str]) -> None:
        """Start the process in a session of its own, so that a Ctrl-C reaches the supervisor alone."""
        if self.log.exists() and self.log.stat().st_size > LOG_KEPT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.log_start = log.tell()
            self.process = subprocess.Popen(
                self.command,
                env=environment, cwd=PROJECT_ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
                preexec_fn=ending_with_me(signal.SIGTERM),  # noqa: PLW1509 - nothing but a system call happens there
            )  # fmt: skip
        self.began, self.restart_at = time.monotonic(), None

    def has_ended(self) -> bool:
        """Whether the process is gone though it should run."""
        return self.process is not None and self.process.poll() is not None

    def plan_restart(self) -> float:
        """Note the crash; returns the seconds until the next start (0.5, 1, 2, 4 … 30)."""
        if time.monotonic() - self.began > STEADY_SECONDS:
            self.crashes = 0
        pause = min(LONGEST_PAUSE, 0.5 * 2.0**self.crashes)
        self.crashes += 1
        self.restart_at = time.monotonic() + pause
        self._end_group()
        self.process = None
        return pause

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def finish(self, deadline: float) -> None:
        """Wait until `deadline` (monotonic), then end the process and all it started."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.05, deadline - time.monotonic()))
        self._end_group()
        self.process.wait()

    def _end_group(self) -> None:
        assert self.process is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def last_words(self) -> str:
        """The last line that this run of the process wrote to its log."""
        try:
            with self.log.open("rb") as file:
                file.seek(max(self.log_start, self.log.stat().st_size - 4000))
                lines = file.read().decode(errors="replace").strip().splitlines()
        except OSError:
            return ""
        return lines[-1][:300] if lines else ""


class Supervisor:
    """Runs the whole service for `settings` until SIGINT or SIGTERM."""

    def __init__(self, settings: Settings, say: Say = _say) -> None:
        self.settings = settings
        self.say = say
        self.stopping = False
        self.children: list[Child] = []
        self._postgres: EmbeddedPostgres | None = None
        self._environment: dict[str, str] = {}

    def run(self) -> int:
        """Start, watch, stop. Raises `CommandFailed` or `DatabaseUnavailable` when it cannot start."""
        began = time.monotonic()
        lock = self._lock_data_folder()
        ensure_port_free(self.settings.host, self.settings.port)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            self._start_database()
            if not self.stopping:
                self._prepare()
            if not self.stopping:
                self._start_children()
                self._wait_until_ready()
            if not self.stopping:
                self._welcome(time.monotonic() - began)
            self._watch()
        finally:
            self._stop()
            os.close(lock)
        return 0

    @property
    def address(self) -> str:
        """Where a person on this machine finds the service."""
        host = "127.0.0.1" if self.settings.host in {"0.0.0.0", "::", ""} else self.settings.host  # noqa: S104
        return self.settings.public_url or f"http://{host}:{self.settings.port}"

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _lock_data_folder(self) -> int:
        folder = self.settings.data_dir
        try:
            (folder / "log").mkdir(parents=True, exist_ok=True)
            descriptor = os.open(folder / "run.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise CommandFailed(
                f"cannot write in {folder} ({error.strerror}): start as its owner, change its owner, "
                "or set DISPOSAL_DATA_DIR to a folder of your own"
            ) from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = os.read(descriptor, 20).decode(errors="replace").strip() or "?"
            os.close(descriptor)
            raise CommandFailed(
                f"the service already runs on {folder} (process {other}): use that one, or stop it first"
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        return descriptor

    def _start_database(self) -> None:
        settings = self.settings
        environment = dict(os.environ)
        if settings.database_url is None:
            self.say("database …")
            self._postgres = EmbeddedPostgres(settings.data_dir)
            url = self._postgres.start()
            if self._postgres.note:
                self.say(f"  {self._postgres.note}")
        else:
            url = settings.database_url
        environment.pop("DATABASE_URL", None)
        if settings.sandbox_speed is not None:
            environment = environment_apart(environment, settings)
        environment.update(
            DISPOSAL_DATABASE_URL=url,
            DISPOSAL_DATA_DIR=str(settings.data_dir),
            DISPOSAL_HOST=settings.host,
            DISPOSAL_PORT=str(settings.port),
            DISPOSAL_DEMO="1" if settings.demo else "0",
            DISPOSAL_DEMO_LOTS=str(settings.demo_lots),
            PYTHONUNBUFFERED="1",
        )
        self._environment = environment

    def _prepare(self) -> None:
        # An ordinary start is spared the seconds that loading the migrations takes. A sandbox has something to do each time.
        url = self._environment["DISPOSAL_DATABASE_URL"]
        if self.settings.sandbox_speed is None and is_prepared(url, demo=self.settings.demo):
            if is_marked_sandbox(url):
                raise CommandFailed(IS_SANDBOX)
            return
        self.say("schema and data …")
        process = subprocess.Popen(
            _command("prepare"),
            env=self._environment, cwd=PROJECT_ROOT, stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=ending_with_me(signal.SIGTERM),  # noqa: PLW1509
        )  # fmt: skip
        while process.poll() is None:
            if self.stopping:
                process.terminate()
                try:
                    process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                return
            time.sleep(POLL_SECONDS / 5)
        if process.returncode != 0 and not self.stopping:
            raise CommandFailed("the database could not be prepared: see the lines above")

    def _start_children(self) -> None:
        self.say("web and workers …")
        logs = self.settings.data_dir / "log"
        self.children = [Child("web", _command("serve"), logs / "web.log")]
        for number in range(1, self.settings.worker_processes + 1):
            name = "worker" if self.settings.worker_processes == 1 else f"worker-{number}"
            self.children.append(Child(name, _command("worker"), logs / f"{name}.log"))
        if self.settings.sandbox_speed is not None:
            self.children.append(Child("conductor", _command("conduct"), logs / "conductor.log"))
        for child in self.children:
            child.start(self._environment)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        web = self.children[0]
        while not self.stopping and not is_healthy(self.settings.host, self.settings.port):
            if web.has_ended() or time.monotonic() > deadline:
                raise CommandFailed(
                    f"the web process does not start: {web.last_words() or 'no word'} (see {web.log})"
                )
            time.sleep(POLL_SECONDS / 2)

    def _welcome(self, seconds: float) -> None:
        self.say(f"\n  网络司法拍卖与财产处置  {self.address}    (ready in {seconds:.1f} s)")
        speed = self.settings.sandbox_speed
        if speed is not None:
            self.say(f"  训练沙箱 training sandbox, {speed:g}× · 时间控制台 clock: {self.address}/sandbox")
        if self.settings.demo:
            for line in _demo_logins(sandbox=speed is not None):
                self.say(f"    {line}")
        self.say(f"  日志 logs: {self.settings.data_dir / 'log'}    停止 stop: Ctrl-C\n")

    def _watch(self) -> None:
        while not self.stopping:
            for child in self.children:
                if child.restart_at is not None:
                    if time.monotonic() >= child.restart_at:
                        child.start(self._environment)
                elif child.has_ended():
                    words = child.last_words()
                    pause = child.plan_restart()
                    self.say(
                        f"{child.name} ended ({words or 'no word'}): again in {pause:.1f} s (see {child.log})"
                    )
            if self._postgres is not None and self._postgres.has_ended():
                # Everything in flight is either committed or undone; the children reconnect by themselves.
                self.say("the database ended: starting it again")
                self._postgres.start()
            time.sleep(POLL_SECONDS)

    def _stop(self) -> None:
        if self.children:
            self.say("stopping …")
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            child.finish(deadline)
        if self._postgres is not None:
            self._postgres.stop()
        if self.children:
            self.say("stopped")


def _command(name: str) -> list[str]:
    return [sys.executable, "-m", "web.cli", name]


def is_healthy(host: str, port: int) -> bool:
    """Whether `/healthz` answers with 200."""
    target = "127.0.0.1" if host in {"0.0.0.0", "::", ""} else host  # noqa: S104
    connection = http.client.HTTPConnection(target, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _demo_logins(*, sandbox: bool) -> list[str]:
    try:
        from web.demo_city.logins import logins_of
    except ImportError:
        return []
    return [f"{login.role:　<10}{login.name}  {login.password}" for login in logins_of(sandbox=sandbox)]
