"""Several assets sold together, on the pages of the court and of the public (A-21, B-03, B-16)."""

import re
from datetime import timedelta

from sqlmodel import select

from auction.listing.models import Lot
from auction.listing.publish_lot import publish_lot
from auction.worth_selling.models import SaleWish, Wish, WishState
from core.clock import COURT_ZONE
from core.database import Database
from core.identity import SYSTEM, Role
from core.ids import new_id
from disposal_teams.cases.queries import parties_of
from tests.auction.direct_sale.test_mixed_direct_sale import goods
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
    for words in ("等2项财产", machine.title, house.title):
        assert lot.lot_no in (await guest.get(f"/lots?q={words}")).text
    assert "对哪一项财产" in (await guest.get(f"/court/objections/new?lot={lot.lot_no}")).text
    change = f"/team/lots/{lot.lot_no}/material-change"
    assert "不再合并拍卖的财产" in (await guest.get(change)).text
    typed = {"reason": "设备另案处置", "sure": "1", "leave_out": str(machine.id)}
    answer = await guest.post(change, typed, page=change)
    assert answer.status_code == 303, answer.text
    assert "合并拍卖的财产</h2>" not in (await guest.get(answer.headers["location"])).text


async def test_A21_B03_the_panel_permits_a_sell_off_of_two_assets_and_the_public_sees_both_prices(
    guest: Guest, database: Database, clock: CourtClock
) -> None:
    async with database.begin(SYSTEM) as work:
        fruit, boxes = await goods(work)
        now = work.now
    await staff(
        database, "desk", {Role.PANEL_MEMBER, Role.DISPOSAL_TEAM, Role.CASE_OFFICER, Role.CLERK}, KUNSHAN
    )
    await guest.log_in("desk")
    path = f"/team/assets/{fruit.asset.asset_no}/direct-sale"
    assert "与下列财产合并变卖" in (await guest.get(path)).text
    typed = {
        "ground": "perishable",
        "evidence": "鲜果连箱，冷库租期将满",
        "price_basis": "market",
        "basis": "80,000",
        "basis_note": "南环桥市场均价",
        "together": str(boxes.asset.id),
        "starting_price": "100,000",
        "increment": "500",
        "deposit": "10,000",
        "minutes": "一致同意连箱变卖。",
        "member1": "甲",
        "member2": "乙",
        "member3": "丙",
        "decided_on": now.astimezone(COURT_ZONE).date().isoformat(),
    }
    refused = await guest.post(path, typed, page=path)
    assert refused.status_code == 422, "without a reason, and without the price of the boxes"
    assert "checked" in refused.text, "what was chosen is kept"
    priced = typed | {"together_because": "loss_of_value", f"basis_{boxes.asset.id}": "20,000"}
    assert (await guest.post(path, priced, page=path)).status_code == 303
    assert "2 项财产" in (await guest.get(path)).text
    listing = f"/team/assets/{fruit.asset.asset_no}/listing"
    answer = await guest.post(f"/team/assets/{fruit.asset.asset_no}/draft", {}, page=listing)
    assert answer.status_code == 303
    async with database.begin(SYSTEM) as work:
        lot = (await work.session.exec(select(Lot))).one()
        ready = await made_ready(at(work, work.now, TEAM), lot, notice_days=10)
        await publish_lot(ready, lot.id)
    await clock.travel_to(ready.now)
    public = (await guest.get(f"/lots/{lot.lot_no}")).text
    for said in (boxes.asset.asset_no, "成交价按市价的比例", "20,000.00"):
        assert said in public, said


async def test_A24_an_accepted_joint_request_ticks_its_assets_for_the_panel_until_a_later_one_asks_otherwise(
    guest: Guest, database: Database, clock: CourtClock
) -> None:
    async with database.begin(SYSTEM) as work:
        made = await pair(work)
    house, machine = made.house.asset, made.machine.asset
    await clock.travel_to(made.team.now)
    await staff(database, "desk", {Role.PANEL_MEMBER, Role.DISPOSAL_TEAM}, KUNSHAN)
    await guest.log_in("desk")
    page = f"/team/assets/{house.asset_no}/listing"
    ticked = re.compile(rf'value="{machine.id}" checked')
    assert not ticked.search((await guest.get(page)).text)

    async def accept(wish: Wish) -> None:
        async with database.begin(SYSTEM) as work:
            party = (await parties_of(work, house.case_id))[0]
            work.session.add(
                SaleWish(
                    id=new_id(), case_id=house.case_id, court_code=house.court_code, party_id=party.id, wish=wish,
                    state=WishState.ACCEPTED, asset_ids=[house.id, machine.id], reason="设备只能随厂房使用",
                    filed_at=work.now, answer="采纳", answered_at=work.now, answered_by_name="某",
                )
            )  # fmt: skip

    await accept(Wish.TOGETHER)
    text = (await guest.get(page)).text
    assert ticked.search(text)
    assert "设备只能随厂房使用" in text
    assert 'value="loss_of_value" selected' in text
    await clock.pass_time(timedelta(minutes=1))
    await accept(Wish.SEPARATELY)
    assert not ticked.search((await guest.get(page)).text)
