"""Courts with people and their sessions, in front of the real application."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import httpx
import pytest

from core.clock import COURT_ZONE
from core.database import Database
from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from core.identity.sessions import open_session
from core.settings import Settings
from disposal_teams.transfers.propose import scan_idle_seals
from tests.disposal_teams.city import HUQIU, KUNSHAN, MIDDLE, WUZHONG, make_disputed
from tests.web.pages import application, in_service

STAFF = {
    "huqiu": (HUQIU, {Role.DISPOSAL_TEAM, Role.CASE_OFFICER, Role.BUREAU_DIRECTOR, Role.COMMAND_CENTRE}),
    "wuzhong": (WUZHONG, {Role.DISPOSAL_TEAM, Role.CASE_OFFICER, Role.BUREAU_DIRECTOR}),
    "kunshan": (KUNSHAN, {Role.DISPOSAL_TEAM, Role.CASE_OFFICER, Role.BUREAU_DIRECTOR, Role.COMMAND_CENTRE}),
    "clerk": (HUQIU, {Role.CLERK}),
    "middle": (MIDDLE, {Role.INTERMEDIATE_COURT}),
    "bidder": (None, {Role.BIDDER}),
}


@dataclass(slots=True)
class City:
    """The application with an asset of 虎丘 on which 吴中 waits, and somebody logged in at each court."""

    client: httpx.AsyncClient
    database: Database
    tokens: dict[str, str]
    asset_no: str
    case_id: str
    waiting_case_no: str
    asset_id: Any

    async def get(self, who: str, path: str) -> Any:
        return await self.client.get(path, headers=self._headers(who), follow_redirects=False)

    async def post(self, who: str, path: str, seen_at: str, **fields: str) -> Any:
        shown = await self.get(who, seen_at)
        found = re.search(r'name="csrf" value="([^"]+)"', shown.text)
        assert found, shown.text[:300]
        data = {"csrf": found[1], **fields}
        return await self.client.post(path, headers=self._headers(who), data=data, follow_redirects=False)

    def _headers(self, who: str) -> dict[str, str]:
        return {"cookie": f"session={self.tokens[who]}; lang=zh-CN"}


@pytest.fixture
async def city(database: Database, tmp_path: Any) -> AsyncIterator[City]:
    tokens: dict[str, str] = {}
    async with database.begin(SYSTEM) as work:
        made = await make_disputed(work)
        await scan_idle_seals(work)
        for login, (court, roles) in STAFF.items():
            account = await open_account(
                work, login=login, password_hash="x", display_name=login, roles=roles, court_code=court
            )
            tokens[login] = await open_session(work, account.id)
    settings = Settings(database_url=database.url, data_dir=tmp_path / "var")
    async with in_service(application(settings, database), raise_errors=False) as client:
        yield City(
            client,
            database,
            tokens,
            made.asset.asset_no,
            str(made.first_case.id),
            made.waiting_case.case_no,
            made.asset.id,
        )


def court_today() -> date:
    """The calendar day in court."""
    return datetime.now(COURT_ZONE).date()


async def asked(city: City) -> str:
    """吴中 asks 虎丘 for the asset; the id of the request."""
    answer = await city.post(
        "wuzhong",
        "/court/transfers",
        f"/court/transfers/new?asset={city.asset_no}",
        asset_no=city.asset_no,
        case_no=city.waiting_case_no,
        basis="T-10",
        reason="长期未处置",
        claim_fen="900000",
    )
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"].rsplit("/", 1)[1])
