"""A visitor of the real application: follows redirects, keeps cookies, sends the forms that the pages show."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from html import unescape
from typing import Any

from argon2 import PasswordHasher
from httpx import ASGITransport, AsyncClient, Response
from litestar import Litestar

from core.database import Database
from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from core.settings import Settings
from web.app import Application, build, equip

PASSWORD = "a long password"
HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
"""Checked in no time; a real one takes a tenth of a second by design."""


@cache
def _built() -> Application:
    return build()


def application(settings: Settings, database: Database) -> Litestar:
    """The application, built once for all tests of this process: there is one at a time."""
    return equip(_built(), settings, database)


@asynccontextmanager
async def in_service(app: Litestar, *, raise_errors: bool = True) -> AsyncIterator[AsyncClient]:
    """The running application and a client of it, in the test's own event loop.

    The application starts and ends in one task, as a server would do it; fixtures are ended by another task.
    """
    started, ended = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        try:
            async with app.lifespan():
                started.set()
                await ended.wait()
        finally:
            started.set()

    life = asyncio.create_task(live())
    await started.wait()
    transport = ASGITransport(app, raise_app_exceptions=raise_errors)  # type: ignore[arg-type]
    async with AsyncClient(transport=transport, base_url="http://court.test") as client:
        yield client
    ended.set()
    await life


@dataclass(slots=True)
class Guest:
    """Somebody with a browser of the own."""

    client: AsyncClient
    app: Litestar

    async def get(self, path: str) -> Response:
        """Open a page."""
        return await self.client.get(path, headers={"accept-language": "zh-CN"}, follow_redirects=True)

    async def csrf(self, path: str = "/login") -> str:
        """The forgery token of a page."""
        found = re.search(r'name="csrf" value="([^"]+)"', (await self.get(path)).text)
        assert found is not None, path
        return unescape(found[1])

    async def post(
        self, path: str, data: dict[str, Any] | None = None, *, page: str = "/results", files: Any = None
    ) -> Response:
        """Send a form with the token that `page` shows; the answer before any redirect."""
        token = await self.csrf(page)
        return await self.client.post(
            path, data={"csrf": token, **(data or {})}, files=files, follow_redirects=False
        )

    async def log_in(self, login: str) -> "Guest":
        """Log in by the form."""
        self.client.cookies.clear()
        answer = await self.post("/login", {"login": login, "password": PASSWORD}, page="/login")
        assert answer.status_code == 303, answer.text
        return self


async def staff(database: Database, login: str, roles: set[Role], court_code: str) -> None:
    """Somebody of a court who can log in."""
    async with database.begin(SYSTEM) as work:
        await open_account(
            work, login=login, password_hash=HASH, display_name=login, roles=roles, court_code=court_code
        )
