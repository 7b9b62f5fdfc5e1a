"""Somebody who practises by form, on a ground whose machines the test moves itself."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar

from auction.practice.ground import PracticeGround
from core.clock import set_clock
from core.identity import SYSTEM
from tests.web.pages import Guest
from web.practice.guest import BIDS, STARTS


@pytest.fixture
def unhurried() -> None:
    """Every test begins with a clean count."""
    STARTS.forget()
    BIDS.forget()


@pytest.fixture
def ground(app: Litestar, guest: Guest) -> PracticeGround:
    """The application's ground, whose machines the test moves itself."""
    ground: PracticeGround = app.state.practice
    ground.wake = lambda: None  # type: ignore[method-assign]
    return ground


async def pass_time(ground: PracticeGround, seconds: float) -> None:
    """Let practice time pass, and the machines and the end have their turn."""
    async with ground.database.begin(SYSTEM) as work:
        await set_clock(work.session, court_time=work.now + timedelta(seconds=seconds))
    await ground.move()


async def begin(guest: Guest) -> Any:
    """Enter a round."""
    answer = await guest.post("/practice/start", page="/login")
    assert (answer.status_code, answer.headers["location"]) == (303, "/practice")
    return await guest.get("/practice")


async def bid(guest: Guest, fen: int, *, once: str | None = None) -> Any:
    """Bid by the form."""
    data = {"amount": f"{fen / 100:.2f}", "once": once or str(uuid4())}
    return await guest.post("/practice/bid", data, page="/login")
