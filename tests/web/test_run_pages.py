"""The runs of an asset on the court's pages: each leads to the others, with its clocks and the people who were told."""

import pytest
from sqlmodel import select

from auction.listing.models import Lot
from core.database import Database
from core.identity import SYSTEM, Role
from tests.auction.market import published_lot
from tests.conftest import CourtClock, Snapshot
from tests.web.pages import Guest, staff
from tests.working_off import sweep

KUNSHAN = "0583"


@pytest.fixture
def template(published: Snapshot[Lot]) -> str:
    """Every database of this module begins with a published lot."""
    return published.template


async def test_B20_B26_L13_a_failed_run_and_the_draft_that_follows_lead_to_each_other(
    guest: Guest, database: Database, clock: CourtClock
) -> None:
    lot = await published_lot(database, clock)
    await staff(database, "team", {Role.DISPOSAL_TEAM}, KUNSHAN)
    await guest.log_in("team")
    page = f"/team/lots/{lot.lot_no}"
    shown = (await guest.get(page)).text
    assert "通知情况" in shown, "B-20: who was told stays on the page of a published lot"
    assert "已签收" in shown
    assert lot.starts_at is not None
    assert lot.scheduled_end_at is not None
    await clock.travel_to(lot.starts_at)
    await sweep(database, "open_lots")
    await clock.travel_to(lot.scheduled_end_at)
    await sweep(database, "close_lots")
    async with database.read(SYSTEM) as work:
        draft = (await work.session.exec(select(Lot).where(Lot.previous_lot_id == lot.id))).one()
    assert f'href="/team/lots/{draft.lot_no}"' in (await guest.get(page)).text
    shown = (await guest.get(f"/team/lots/{draft.lot_no}")).text
    assert f'href="{page}"' in shown
    assert "接续上一拍次" in shown
    assert "一拍流拍后再次拍卖" in shown, "L-13: until when"
