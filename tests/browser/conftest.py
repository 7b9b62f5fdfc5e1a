"""The running product in front of a real browser: web and worker processes on a database of their own, and Chromium."""

import asyncio
import base64
import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, StorageState, async_playwright, expect

from core.clock import court_now, set_clock
from core.database import Database
from core.identity import SYSTEM
from core.settings import get_settings
from tests.conftest import cloned_database
from web.demo_city.logins import PASSWORD

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
READY_SECONDS = 120
PATIENCE_MS = 30_000
"""For a machine with other work to do; nothing waits longer than it must."""
expect.set_options(timeout=PATIENCE_MS)
FAILED = pytest.StashKey[bool]()


def chromium() -> str | None:
    """Where the browser is."""
    return os.environ.get("DISPOSAL_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass(slots=True)
class RunningCity:
    """The product as a newcomer starts it, with a clock that the test may move; `folder` holds its keys."""

    url: str
    database_url: str
    folder: Path

    async def travel_to(self, moment: datetime) -> None:
        """Let it be `moment` in court."""
        database = Database(self.database_url, pool_size=1)
        async with database.begin(SYSTEM) as work:
            await set_clock(work.session, court_time=moment)
        await database.close()

    async def now(self) -> datetime:
        """Court time."""
        database = Database(self.database_url, pool_size=1)
        async with database.read() as work:
            now = await court_now(work.session)
        await database.close()
        return now

    async def pass_time(self, length: timedelta) -> None:
        """Let time pass at once."""
        await self.travel_to(await self.now() + length)


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(database_url: str, folder: Path, *names: str, **variables: str) -> Iterator[str]:
    """The address of the product on a prepared database, as the named commands serve it."""
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "DISPOSAL_DATA_DIR": str(folder),
        "DISPOSAL_DEMO": "1",
        "DISPOSAL_PORT": str(port),
        "DISPOSAL_LOG_LEVEL": "WARNING",
        **variables,
    }
    environment.pop("DISPOSAL_DATABASE_URL", None)
    # What a test writes by itself is sealed with the key that the service opens it with.
    (folder / "master_key").write_text(base64.urlsafe_b64encode(get_settings().encryption_key()).decode())
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "web.cli"]
    subprocess.run([*command, "prepare"], cwd=root, env=environment, check=True, timeout=180)
    with (folder / "processes.log").open("wb") as log:
        processes = [
            subprocess.Popen([*command, name], cwd=root, env=environment, stdout=log, stderr=log)
            for name in names
        ]
        try:
            _wait_until_ready(f"http://127.0.0.1:{port}/healthz", folder / "processes.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                try:
                    process.wait(12)
                except subprocess.TimeoutExpired:
                    process.kill()


def skip_without_browser() -> None:
    """Say what to install."""
    if chromium() is None:
        pytest.skip(
            "no Chromium: `apt-get install chromium` (or set DISPOSAL_CHROMIUM) to run the browser tests"
        )


@pytest.fixture(scope="session")
def city(server_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCity]:
    """A small demo city, served by a web and a worker process."""
    skip_without_browser()
    folder = tmp_path_factory.mktemp("city")
    with (
        cloned_database(server_url) as database_url,
        served(database_url, folder, "serve", "worker", DISPOSAL_DEMO_LOTS="24") as url,
    ):
        yield RunningCity(url, database_url, folder)


def _wait_until_ready(address: str, log: Path) -> None:
    import time

    for _ in range(READY_SECONDS * 5):
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"the web process does not answer:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests of the process."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        yield browser
        await browser.close()


@dataclass(slots=True)
class Visitors:
    """Opens windows for people; each has cookies of its own."""

    city: RunningCity
    browser: Browser
    sessions: dict[str, StorageState]
    """The cookies of everybody who has logged in before: a password takes a while to check, by design."""
    contexts: list[BrowserContext] = field(default_factory=list)

    async def open(
        self, login: str | None = None, *, width: int = 1280, locale: str = "zh-CN", dark: bool = False
    ) -> Page:
        """A page of somebody who is logged in as `login` (None: a visitor)."""
        context = await self.browser.new_context(
            base_url=self.city.url,
            viewport={"width": width, "height": 900},
            locale=locale,
            color_scheme="dark" if dark else "light",
            storage_state=self.sessions.get(login or ""),
        )
        context.set_default_timeout(PATIENCE_MS)
        self.contexts.append(context)
        page = await context.new_page()
        if login is not None and login not in self.sessions:
            await page.goto("/login")
            await page.fill("#login", login)
            await page.fill("#password", PASSWORD)
            await page.click("main button")
            await page.wait_for_url(lambda url: "/login" not in url)
            self.sessions[login] = await context.storage_state()
        return page


@pytest.fixture(scope="session")
def sessions() -> dict[str, StorageState]:
    """Who has logged in since the city was founded."""
    return {}


@pytest.fixture
async def visitors(
    city: RunningCity, browser: Browser, sessions: dict[str, StorageState], request: pytest.FixtureRequest
) -> AsyncIterator[Visitors]:
    """Windows, closed at the end of the test; after a failure each says what it showed, and the service what it noted."""
    visitors = Visitors(city, browser, sessions)
    yield visitors
    if request.node.stash.get(FAILED, False):
        for context in visitors.contexts:
            for page in context.pages:
                print(f"--- {page.url}\n{(await page.inner_text('body'))[:1500]}")
        print((city.folder / "processes.log").read_text()[-6000:])
    await asyncio.gather(*(context.close() for context in visitors.contexts))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember whether the test failed, so that the windows say what they showed."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.when == "call":
        item.stash[FAILED] = report.failed
