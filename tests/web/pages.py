"""A visitor of the real application: follows redirects, keeps cookies, sends the forms that the pages show."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from httpx import AsyncClient, Response
from litestar import Litestar

from core.database import Database
from core.identity import SYSTEM, Role
from core.identity.accounts import hash_password, open_account

PASSWORD = "a long password"
HASH = hash_password(PASSWORD)


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
