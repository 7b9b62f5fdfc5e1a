"""A sandbox says what it is on every page and answer, and its clock is steered by people who are logged in (B-47)."""

import re
from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from litestar import Litestar

from core.clock import end_permit
from core.database import Database
from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from core.sandbox.control import control_of, make_sandbox
from tests.web.pages import HASH, Guest, in_service


@pytest.fixture
async def trainee(app: Litestar, database: Database) -> AsyncIterator[Guest]:
    """Somebody who is logged in at a sandbox."""
    async with database.begin(SYSTEM) as work:
        await end_permit(work.session)
        await make_sandbox(work, speed=1440)
        await open_account(
            work, login="trainee", password_hash=HASH, display_name="学员", roles={Role.BIDDER}
        )
    async with in_service(app) as client:
        yield await Guest(client, app).log_in("trainee")


async def test_B47_every_page_and_answer_of_a_sandbox_says_that_it_is_one(trainee: Guest) -> None:
    for path in ("/", "/lots", "/my", "/no-such-page"):
        answer = await trainee.get(path)
        assert "训练沙箱" in answer.text
        assert re.fullmatch(r"speed=1440; court-time=\S+", answer.headers["x-sandbox"])
    told = (await trainee.get("/api/v1/time")).json()
    assert told["sandbox"]["speed"] == 1440
    assert datetime.fromisoformat(told["sandbox"]["court_time"]) == datetime.fromisoformat(told["court_time"])
    bid = await trainee.client.post("/api/v1/noop", headers={"authorization": "Bearer nobody"}, content=b"{}")
    assert "x-sandbox" in bid.headers


async def test_B47_real_data_has_neither_mark_nor_control(guest: Guest) -> None:
    answer = await guest.get("/")
    assert "训练沙箱" not in answer.text
    assert "x-sandbox" not in answer.headers
    assert "sandbox" not in (await guest.get("/api/v1/time")).json()
    for path in ("/sandbox", "/sandbox/clock.json"):
        assert (await guest.get(path)).status_code == 404


async def test_the_clock_is_steered_on_its_page(trainee: Guest, database: Database) -> None:
    async def wish(**fields: str) -> str:
        assert (await trainee.post("/sandbox", fields, page="/sandbox")).status_code == 303
        return (await trainee.get("/sandbox")).text

    assert "时间倍速已调整" in await wish(wish="speed", speed="60")
    assert "正在快进" in await wish(wish="next")
    assert "岗位分工已更新" in await wish(wish="seats", seat="panel")
    assert "时间已暂停" in await wish(wish="pause")
    async with database.read(SYSTEM) as work:
        control = await control_of(work)
        assert (control.speed, control.is_paused, control.skips) == (60, True, False)
        assert control.seats_of_people == ["panel"]
