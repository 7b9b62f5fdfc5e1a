"""Several assets sold together, on the pages of the court and of the public (B-03, B-16)."""

from sqlmodel import select

from auction.listing.models import Lot
from auction.listing.publish_lot import publish_lot
from core.clock import COURT_ZONE
from core.database import Database
from core.identity import SYSTEM, Role
from tests.auction.listing.test_mixed_lots import pair
from tests.auction.listing.workshop import TEAM, at, made_ready
from tests.conftest import CourtClock
from tests.disposal_teams.city import KUNSHAN
from tests.web.pages import Guest, staff


async def test_B03_B16_the_panel_joins_two_assets_the_public_sees_both_and_one_is_taken_out(
    guest: Guest, database: Database, clock: CourtClock
) -> None:
    async with database.begin(SYSTEM) as work:
        made = await pair(work)
    await clock.travel_to(made.team.now)
    await staff(
        database, "desk", {Role.PANEL_MEMBER, Role.DISPOSAL_TEAM, Role.CASE_OFFICER, Role.CLERK}, KUNSHAN
    )
    await guest.log_in("desk")
    house, machine = made.house.asset, made.machine.asset
    page = f"/team/assets/{house.asset_no}/listing"
    assert machine.asset_no in (await guest.get(page)).text
    panel = {
        "starting_price": "1,050,000",
        "increment": "3,000",
        "deposit": "105,000",
        "minutes": "设备与厂房分别拍卖将严重减损价值。",
        "member1": "甲",
        "member2": "乙",
        "member3": "丙",
        "decided_on": made.team.now.astimezone(COURT_ZONE).date().isoformat(),
        "together": str(machine.id),
    }
    path = f"/team/assets/{house.asset_no}/panel"
    assert (await guest.post(path, panel, page=page)).status_code == 422, "without a reason"
    answer = await guest.post(path, panel | {"together_because": "loss_of_value"}, page=page)
    assert answer.status_code == 303
    assert "另有 1 项财产" in (await guest.get(page)).text
    answer = await guest.post(f"/team/assets/{house.asset_no}/draft", {}, page=page)
    assert answer.status_code == 303
    draft = await guest.get(answer.headers["location"])
    assert "合并拍卖的财产" in draft.text
    async with database.begin(SYSTEM) as work:
        lot = (await work.session.exec(select(Lot))).one()
        ready = await made_ready(at(work, work.now, TEAM), lot)
        await publish_lot(ready, lot.id)
    await clock.travel_to(ready.now)
    await guest.log_in("desk")
    public = await guest.get(f"/lots/{lot.lot_no}")
    assert machine.asset_no in public.text
    assert "对哪一项财产" in (await guest.get(f"/court/objections/new?lot={lot.lot_no}")).text
    change = f"/team/lots/{lot.lot_no}/material-change"
    assert "不再合并拍卖的财产" in (await guest.get(change)).text
    typed = {"reason": "设备另案处置", "sure": "1", "leave_out": str(machine.id)}
    answer = await guest.post(change, typed, page=change)
    assert answer.status_code == 303, answer.text
    assert "合并拍卖的财产</h2>" not in (await guest.get(answer.headers["location"])).text
