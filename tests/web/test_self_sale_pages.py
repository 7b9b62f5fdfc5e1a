"""The pages of a debtor's own sale: the debtor asks, the panel decides, the buyer is named, the court releases."""

from sqlalchemy import text

from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from core.identity.sessions import open_session
from tests.web.listing_desk import Desk

PANEL = {"member1": "审判长", "member2": "审判员甲", "member3": "审判员乙"}


async def debtor_on_line(desk: Desk) -> None:
    """The debtor of the case gets an account, and the asset stands before its listing."""
    async with desk.database.begin(SYSTEM) as work:
        account = await open_account(
            work,
            login="debtor",
            password_hash="x",
            display_name="王小明",
            roles={Role.DEBTOR},
            court_code=None,
        )
        desk.tokens["debtor"] = await open_session(work, account.id)
        await work.session.execute(
            text("UPDATE party SET account_id = :id WHERE role = 'debtor'"), {"id": account.id}
        )
        await work.session.execute(text("UPDATE asset SET state = 'ready_to_list'"))


async def test_A26_the_debtor_asks_the_panel_allows_and_the_court_watches(desk: Desk) -> None:
    await debtor_on_line(desk)
    own, page = "/my/self-sales", f"{desk.asset}/self-sale"
    (asset_id,) = await desk.ids("SELECT id FROM asset")
    ask = {
        "asset": str(asset_id),
        "ground": "reasonable_price",
        "price": "2,000,000",
        "reason": "已有意向买受人",
    }
    assert "没有可以申请自行变卖的财产" in (await desk.get("bidder", own)).text
    assert (await desk.post("bidder", own, own, **ask)).status_code == 404
    for wrong in ({"ground": "x"}, {"price": "0"}, {"reason": ""}):
        refused = await desk.post("debtor", own, own, **{**ask, **wrong})
        assert refused.status_code == 422
    assert (await desk.post("debtor", own, own, **ask)).status_code == 303
    assert "待合议庭决定" in (await desk.get("debtor", own)).text
    (sale_id,) = await desk.ids("SELECT id FROM self_sale")

    assert "由合议庭成员登录后录入" in (await desk.get("team", page)).text
    decision = {
        "outcome": "allow",
        "days": "30",
        "minutes": "一致同意",
        "decided_on": await desk.day(0),
        **PANEL,
    }
    target = f"{page}/{sale_id}/decision"
    assert (await desk.post("team", target, page, **decision)).status_code == 403
    for wrong in ({"days": ""}, {"days": "61"}, {"member3": ""}, {"outcome": "x"}):
        refused = await desk.post("panel", target, page, **{**decision, **wrong})
        assert refused.status_code == 422
        assert "一致同意" in refused.text, "nothing typed is lost"
    assert (await desk.post("panel", target, page, **decision)).status_code == 303
    shown = (await desk.get("debtor", own)).text
    (account,) = await desk.ids("SELECT virtual_account_no FROM self_sale")
    assert account in shown
    assert "data-countdown" in shown
    assert account in (await desk.get("team", page)).text

    buyer = {"buyer": "甲", "price": "2000000"}
    assert (await desk.post("bidder", f"{own}/{sale_id}/buyer", own, **buyer)).status_code == 404
    low = await desk.post("debtor", f"{own}/{sale_id}/buyer", own, buyer="甲", price="1")
    assert low.status_code == 422
    assert (await desk.post("debtor", f"{own}/{sale_id}/buyer", own, **buyer)).status_code == 303
    early = await desk.post("team", f"{page}/{sale_id}/release", page)
    assert early.status_code == 409
    assert (await desk.post("team", f"{page}/{sale_id}/nonsense", page)).status_code == 404
    assert (await desk.post("debtor", f"{own}/{sale_id}/withdraw", own)).status_code == 303
    assert "已撤回" in (await desk.get("team", page)).text
    assert (await desk.get("other", page)).status_code == 404
    assert "Take the own sale back" not in (await desk.get("debtor", own, "en")).text
    assert "Own sale" in (await desk.get("debtor", own, "en")).text
