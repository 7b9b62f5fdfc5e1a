"""The court's pages between the rounds: direct sell-off, and what follows an unsold one."""

from sqlalchemy import text

from core.database import Database
from core.identity import SYSTEM
from tests.auction.market import published_sell_off
from tests.conftest import CourtClock
from tests.web.listing_desk import Desk
from tests.web.pages import Guest
from tests.web.test_bidder_pages import confirmed_bidder

PANEL = {"member1": "审判长", "member2": "审判员甲", "member3": "审判员乙"}


async def test_A21_X09_a_direct_sell_off_and_what_follows_it(desk: Desk) -> None:
    page = f"{desk.asset}/direct-sale"
    parties = await desk.ids("SELECT id FROM party ORDER BY id")
    full = {
        "ground": "agreement",
        "evidence": "双方协议，卷三",
        "price_basis": "agreed",
        "basis": "800,000",
        "basis_note": "协议1号",
        "starting_price": "800000",
        "increment": "3000",
        "deposit": "80000",
        "minutes": "一致同意",
        "decided_on": await desk.day(0),
        **PANEL,
    }
    consents = {f"consent_{party}": "同意书" for party in parties}
    assert "由合议庭成员登录后录入" in (await desk.get("team", page)).text
    assert (await desk.post("team", page, page, **full, **consents)).status_code == 403
    without = await desk.post("panel", page, page, **full)
    assert (without.status_code, 'id="consents-error"' in without.text) == (422, True)
    for wrong in ({"ground": "x"}, {"starting_price": "700000"}, {"basis": "viel"}, {"member3": ""}):
        refused = await desk.post("panel", page, page, **{**full, **consents, **wrong})
        assert refused.status_code == 422
        assert "双方协议，卷三" in refused.text, "nothing typed is lost"
    assert (await desk.post("panel", page, page, **full, **consents)).status_code == 303
    listing = f"{desk.asset}/listing"
    assert "¥800,000.00" in (await desk.get("team", listing)).text
    drafted = await desk.post("team", f"{desk.asset}/draft", listing)
    assert drafted.status_code == 303
    number = drafted.headers["location"].rsplit("/", 1)[1]
    shown = (await desk.get("team", f"/team/lots/{number}")).text
    assert "A-22" in shown
    assert "A-21" in shown
    draft = f"/team/lots/{number}"
    checked = await desk.post("team", f"{draft}/acts/withdraw", draft, ground="paid", reason="债务已清偿")
    assert (checked.status_code, "核对后提交" in checked.text) == (200, True)
    assert "原路退还" not in checked.text, "nobody has seen a draft, nobody has paid for it"

    unsold = f"{desk.asset}/unsold"
    assert "无需办理" in (await desk.get("panel", unsold)).text
    decision = {"choice": "release", "reason": "无人竞买", "decided_on": await desk.day(0), **PANEL}
    assert (await desk.post("panel", unsold, unsold, **decision)).status_code == 409
    async with desk.database.begin(SYSTEM) as work:
        await work.session.execute(text("UPDATE lot SET state = 'selloff_failed', ended_at = court_now()"))
        await work.session.execute(text("UPDATE asset SET state = 'listed'"))
    assert "决定后续处理" in (await desk.get("panel", listing)).text
    for changes in ({"choice": "x"}, {"choice": "second_disposal"}, {"reason": ""}, {"member2": "审判长"}):
        assert (await desk.post("panel", unsold, unsold, **{**decision, **changes})).status_code == 422
    assert (await desk.post("panel", unsold, unsold, **decision)).status_code == 303
    assert "解除查封，退还被执行人" in (await desk.get("team", unsold)).text
    for path in (page, unsold):
        assert (await desk.get("other", path)).status_code == 404
        assert (await desk.get("bidder", path)).status_code == 403


async def test_X05_X06_X07_who_enters_a_sell_off_reads_its_own_rules(
    guest: Guest, database: Database, clock: CourtClock
) -> None:
    lot = await published_sell_off(database, clock)
    assert "预缴款中扣下保证金，其余退还" in (await guest.get(f"/lots/{lot.lot_no}")).text
    await confirmed_bidder(guest, database, "zhou")
    rules = (await guest.get(f"/lots/{lot.lot_no}/register")).text
    for words in ("变卖价须从本人账户全额预缴", "首次出价后竞价 24 小时", "扣下保证金 ¥56,000.00，其余退还"):
        assert words in rules, words
    assert "保证金不退" not in rules
