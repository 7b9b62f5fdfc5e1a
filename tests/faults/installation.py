"""A whole installation that is killed bit by bit: database, two web processes, two workers, and who starts them again."""

import asyncio
import base64
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from core.child_process import ending_with_me
from core.settings import PROJECT_ROOT, get_settings

WEBS = WORKERS = 2
WEB = ("serve", "--processes", "1", "--port")
"""Each web process is started apart; they meet in a folder, as those of one `serve` do, so that each lot has one writer."""
READY_S = 60.0
KEEPER_S = 0.01
PAUSE_S = 0.3
RESEND_AFTER_S = 3


@dataclass(slots=True)
class Member:
    """One process of the installation, through all its lives."""

    name: str
    port: int | None = None
    process_id: int | None = None
    lives: int = 0
    began: float = 0.0
    log: Path = Path(os.devnull)

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return is_running(self.process_id)

    def is_ready(self) -> bool:
        """Whether it does its work."""
        if not self.is_alive:
            return False
        if self.port is None:
            return "worker.ready" in self.log.read_text() if self.log.exists() else False
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def is_running(process_id: int | None) -> bool:
    """Whether the process lives (a zombie only waits to be counted)."""
    if process_id is None:
        return False
    try:
        return psutil.Process(process_id).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Installation:
    """Everything below `folder`. `cold`: every start is a new interpreter, as in production; else a fork of the nursery."""

    folder: Path
    cold: bool = False
    watched: bool = False
    url: str = ""
    postmaster: int | None = None
    revivals: int = 0
    members: list[Member] = field(default_factory=list)
    _nursery: subprocess.Popen[str] | None = None
    _environment: dict[str, str] = field(default_factory=dict)
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _cold_ones: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def webs(self) -> list[Member]:
        """The web processes."""
        return [member for member in self.members if member.port is not None]

    @property
    def workers(self) -> list[Member]:
        """The worker processes."""
        return [member for member in self.members if member.port is None]

    async def found(self) -> None:
        """Start the database, with its schema, and nothing else."""
        (self.folder / "log").mkdir(parents=True)
        (self.folder / "meet").mkdir(mode=0o700)
        key = base64.urlsafe_b64encode(get_settings().encryption_key()).decode()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DISPOSAL_")}
        self._environment = kept | {
            "DISPOSAL_DATA_DIR": str(self.folder),
            "DISPOSAL_MEETING_FOLDER": str(self.folder / "meet"),
            "DISPOSAL_WEB_PROCESSES": str(WEBS),
            "DISPOSAL_MASTER_KEY": key,
            "DISPOSAL_LOG_FORMAT": "json",
            "DISPOSAL_LOG_LEVEL": "INFO",
            "DISPOSAL_RESEND_AFTER_S": str(RESEND_AFTER_S),
            "DISPOSAL_MEASURE_SECONDS": "1" if self.watched else "0",
            "DISPOSAL_LEGAL_SETTINGS": str(self._legal_settings()),
            "PYTHONUNBUFFERED": "1",
        }
        self._environment.pop("DATABASE_URL", None)
        self._start_nursery()
        assert await asyncio.to_thread(self._read_line) == "ready", self._last_words()
        await self._start_postgres()
        self._environment["DATABASE_URL"] = self.url
        from migrations.run import upgrade

        await asyncio.to_thread(upgrade, self.url)

    async def start(self) -> float:
        """Start web and worker processes; returns the seconds until all were ready."""
        began = time.monotonic()
        self.members = [Member(f"web-{number}", port=_free_port()) for number in range(WEBS)]
        self.members += [Member(f"worker-{number}") for number in range(WORKERS)]
        for member in self.members:
            await self._start(member)
        await self._until_ready()
        return time.monotonic() - began

    async def stop(self) -> None:
        """End everything in order."""
        for member in self.members:
            if member.is_alive:
                assert member.process_id is not None
                os.kill(member.process_id, signal.SIGTERM)
        deadline = time.monotonic() + 15
        while any(member.is_alive for member in self.members) and time.monotonic() < deadline:
            self._reap()
            await asyncio.sleep(0.02)
        for member in self.members:
            if member.is_alive:
                kill(member.process_id)
        if self._nursery is not None:
            assert self._nursery.stdin is not None
            self._nursery.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(self._nursery.wait, 20)
            self._nursery.kill()
            self._nursery.wait()

    async def _until_ready(self) -> None:
        deadline = time.monotonic() + READY_S
        for member in self.members:
            while not member.is_ready():
                assert time.monotonic() < deadline, f"{member.name} does not start: see {member.log}"
                await asyncio.sleep(KEEPER_S)

    async def keep(self, stopping: asyncio.Event) -> None:
        """Start again whatever has ended, as a supervisor does, until `stopping` is set."""
        while not stopping.is_set():
            self._reap()
            if not is_running(self.postmaster):
                await self._start_postgres()
                self.revivals += 1
            for member in self.members:
                # A supervisor pauses too before it starts again what has just been started.
                if not member.is_alive and time.monotonic() - member.began > PAUSE_S:
                    await self._start(member)
                    self.revivals += 1
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), KEEPER_S)

    def server_processes(self) -> list[int]:
        """The postmaster and everything it has started."""
        try:
            postmaster = psutil.Process(self.postmaster)
            return [each.pid for each in (postmaster, *postmaster.children())]
        except psutil.NoSuchProcess:
            return []

    async def _start_postgres(self) -> None:
        answer = await self._ask("postgres")
        process_id, _, self.url = answer.partition(" ")
        self.postmaster = int(process_id)

    async def _start(self, member: Member) -> None:
        member.lives += 1
        member.began = time.monotonic()
        member.log = self.folder / "log" / f"{member.name}.{member.lives:03}.log"
        what = "worker" if member.port is None else f"web {member.port}"
        if self.cold:
            member.process_id = self._start_cold(member)
        else:
            member.process_id = int(await self._ask(f"{what} {member.log}"))

    def _legal_settings(self) -> Path:
        """Short notice before a lot goes on: the session has minutes, not hours."""
        path = self.folder / "legal.json"
        path.write_text('{"fault_notice_minutes": 1}')
        return path

    def _start_cold(self, member: Member) -> int:
        command = ["worker"] if member.port is None else [*WEB, str(member.port)]
        with member.log.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "web.cli", *command],
                cwd=PROJECT_ROOT, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=ending_with_me(signal.SIGKILL),  # noqa: PLW1509
            )  # fmt: skip
        self._cold_ones[process.pid] = process
        return process.pid

    def _reap(self) -> None:
        for process_id in [pid for pid, process in self._cold_ones.items() if process.poll() is not None]:
            del self._cold_ones[process_id]

    async def _ask(self, line: str) -> str:
        assert self._nursery is not None
        assert self._nursery.stdin is not None
        async with self._asking:
            self._nursery.stdin.write(line + "\n")
            self._nursery.stdin.flush()
            answer = await asyncio.to_thread(self._read_line)
        assert answer, self._last_words()
        assert not answer.startswith("unavailable"), answer
        return answer

    def _start_nursery(self) -> None:
        with (self.folder / "log" / "nursery.log").open("wb") as log:
            self._nursery = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery"],
                cwd=PROJECT_ROOT, env=self._environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                text=True, preexec_fn=ending_with_me(signal.SIGTERM),  # noqa: PLW1509
            )  # fmt: skip

    def _last_words(self) -> str:
        return (self.folder / "log" / "nursery.log").read_text()[-2000:]

    def _read_line(self) -> str:
        assert self._nursery is not None
        assert self._nursery.stdout is not None
        return self._nursery.stdout.readline().strip()


def kill(process_id: int | None) -> None:
    """SIGKILL, if it still runs."""
    if process_id is not None:
        with suppress(ProcessLookupError):
            os.kill(process_id, signal.SIGKILL)
