"""The court's steps after a sale, and the registration desk, through the real pages."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from auction.listing.models import Lot
from auction.payments.models import PaymentOrder
from core.clock import COURT_ZONE
from core.database import Database
from core.deadlines.queries import deadlines_of
from core.identity import SYSTEM, Role
from core.ledger import trial_balance
from core.settings import get_settings
from disposal_teams.assets.models import Asset, AssetState
from tests.auction.market import pay
from tests.conftest import CourtClock, Snapshot, snapshot
from tests.web.pages import Guest, application, in_service, staff
from tests.web.test_bidder_pages import account_of, person, settlement_of, win
from tests.working_off import sweep, work_off

KUNSHAN, HUQIU = "0583", "0505"


@pytest.fixture(scope="module")
async def sale(
    server_url: str, published: Snapshot[Lot], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Snapshot[Lot]]:
    """A city with a sold lot whose balance is awaited, and the people of two courts."""
    settings = get_settings().model_copy(update={"demo": True, "data_dir": tmp_path_factory.mktemp("sale")})

    async def sell(database: Database, clock: CourtClock) -> Lot:
        app = application(settings, database)
        async with in_service(app) as client:
            lot = await win(Guest(client, app), database, clock, "zhou")
        await staff(database, "officer", {Role.CASE_OFFICER}, KUNSHAN)
        await staff(database, "panel", {Role.PANEL_MEMBER}, KUNSHAN)
        await staff(database, "stranger", {Role.CASE_OFFICER, Role.PANEL_MEMBER}, HUQIU)
        return lot

    async with snapshot(server_url, sell, template=published.template) as city:
        yield city


@pytest.fixture
def template(sale: Snapshot[Lot]) -> str:
    """Every database of this module begins with the sale."""
    return sale.template


@pytest.fixture
def sold(sale: Snapshot[Lot]) -> Lot:
    """The sold lot."""
    return sale.made


async def test_B71_B72_from_payment_to_delivery(
    guest: Guest, database: Database, clock: CourtClock, sold: Lot
) -> None:
    path = f"/team/settlements/{sold.lot_no}"
    await guest.log_in("officer")
    early = await guest.post(f"{path}/ruling", page=path)
    assert (early.status_code, "§11.5" in early.text) == (409, True)
    sale = await settlement_of(database, sold)
    await pay(database, sale.virtual_account_no, sale.balance_fen, "周明远")

    assert "作出成交裁定" in (await guest.get(path)).text
    assert sold.title in (await guest.get("/team/settlements?state=paid_full")).text
    for step in ("ruling", "service", "registry"):
        assert (await guest.post(f"{path}/{step}", page=path)).status_code == 303
        assert (await guest.post(f"{path}/{step}", page=path)).status_code == 409, "a replay changes nothing"
    desk = f"{path}/delivery"
    assert f'href="{desk}"' in (await guest.get(path)).text
    now = (await clock.now()).astimezone(COURT_ZONE)
    good = {
        "delivered_at": f"{now:%Y-%m-%dT%H:%M}",
        "place": "现场",
        "people": "陈某，法院工作人员\n周明远，买受人\n王某，见证人",
        "keys": "钥匙两把",
        "water": "12",
        "power": "340",
    }
    await clock.pass_time(timedelta(minutes=2))
    for field, wrong in (
        ("people", ""),
        ("people", "周明远"),
        ("people", "周明远，买受人"),
        ("people", "陈某，法院工作人员\n周明远，买受人"),
        ("keys", ""),
        ("water", "\x00"),
        ("place", "长" * 201),
        ("delivered_at", "2126-01-01T10:00"),
        ("delivered_at", "2001-01-01T10:00"),
        ("note", "长" * 2001),
    ):
        refused = await guest.post(f"{desk}/deliver", {**good, field: wrong}, page=desk)
        assert (refused.status_code, f'id="{field}-error"' in refused.text) == (422, True), (field, wrong)
    assert (await guest.post(f"{desk}/deliver", good, page=desk)).status_code == 303
    assert (await guest.post(f"{desk}/deliver", good, page=desk)).status_code == 409, (
        "a replay changes nothing"
    )
    assert (await guest.post(f"{desk}/nonsense", page=desk)).status_code == 404
    photo = ("现场.png", b"\x89PNG\r\n\x1a\n" + bytes(20), "image/png")
    files = [("file", photo), ("file", photo)]
    uploaded = await guest.post(f"{desk}/files", {"kind": "photo", "caption": "客厅"}, page=desk, files=files)
    assert uploaded.status_code == 303
    wrong_file = [("file", ("x.exe", b"MZ", "application/pdf"))]
    refused = await guest.post(f"{desk}/files", {"kind": "photo"}, page=desk, files=wrong_file)
    assert (refused.status_code, 'id="file-error"' in refused.text) == (422, True)
    shown = (await guest.get(desk)).text
    assert "钥匙两把" in shown
    assert shown.count("现场照片：客厅") == 2
    assert "标的物交付买受人" in (await guest.get(path)).text
    assert (await guest.post(f"{path}/nonsense", page=path)).status_code == 404

    await guest.log_in("zhou")
    own = (await guest.get(f"/my/purchases/{sold.lot_no}")).text
    assert "所有权已转移" in own
    assert "执行裁定书（拍卖成交）" in own
    assert "成交裁定送达后 15 日内交付" in own, "the promise of the notice"
    found = re.search(rf"/my/purchases/{sold.lot_no}/files/[0-9a-f-]+", own)
    assert found is not None
    photo_answer = await guest.get(found[0])
    assert (photo_answer.content, photo_answer.headers["content-type"]) == (photo[1], "image/png")
    mine = f"/my/purchases/{sold.lot_no}"
    for unclear in ({"receipt": ""}, {"receipt": "reserved"}):
        assert (await guest.post(f"{mine}/receipt", unclear, page=mine)).status_code == 422
    said = {"receipt": "reserved", "reservations": "厨房漏水"}
    assert (await guest.post(f"{mine}/receipt", said, page=mine)).status_code == 303
    assert (await guest.post(f"{mine}/receipt", said, page=mine)).status_code == 409
    await guest.log_in("officer")
    assert "厨房漏水" in (await guest.get(desk)).text


async def test_B34_default_is_declared_by_the_panel_after_the_period(
    guest: Guest, database: Database, clock: CourtClock, sold: Lot
) -> None:
    path = f"/team/settlements/{sold.lot_no}"
    await guest.log_in("officer")
    assert "正在等待：付清价款" in (await guest.get(path)).text
    await guest.log_in("panel")
    shown = (await guest.get(path)).text
    assert "付款期限届满后才能认定悔拍" in shown
    assert " 23:59" in shown, "the last day of the period is named, not the midnight after it"
    early = await guest.post(f"{path}/default", {"reason": "no_loan"}, page=path)
    assert (early.status_code, "B-34" in early.text) == (409, True)
    await clock.travel_to((await settlement_of(database, sold)).balance_due_at + timedelta(minutes=1))
    await sweep(database, "sweep_deadlines")
    await guest.log_in("officer")
    assert (await guest.post(f"{path}/default", {"reason": "no_loan"}, page=path)).status_code == 403
    await guest.log_in("panel")
    for reason in ("", "because", "no_loan\x00"):
        assert (await guest.post(f"{path}/default", {"reason": reason}, page=path)).status_code == 422
    assert (await guest.post(f"{path}/default", {"reason": "no_loan"}, page=path)).status_code == 303
    shown = (await guest.get(path)).text
    assert "未能取得贷款" in shown
    assert "逾期，已处理" in shown, "L-18: nobody has paid"
    await guest.log_in("zhou")
    assert "已认定悔拍" in (await guest.get(f"/my/purchases/{sold.lot_no}")).text
    assert "周明远" not in (await guest.get("/results?outcome=defaulted")).text


async def test_B70_B76_the_buyer_asks_for_time_and_names_a_bank_and_the_director_decides(
    guest: Guest, database: Database, sold: Lot
) -> None:
    await staff(database, "director", {Role.BUREAU_DIRECTOR}, KUNSHAN)
    await staff(database, "cashier", {Role.FINANCE}, KUNSHAN)
    due = (await settlement_of(database, sold)).balance_due_at.astimezone(COURT_ZONE).date()
    until = due + timedelta(days=3)
    mine, path = f"/my/purchases/{sold.lot_no}", f"/team/settlements/{sold.lot_no}"
    await guest.log_in("zhou")
    for field, wrong in (
        ("until", ""),
        ("until", due - timedelta(days=1)),
        ("reason", ""),
        ("reason", "\x00"),
    ):
        data = {"until": until, "reason": "银行放款排期", field: wrong}
        refused = await guest.post(f"{mine}/grace", data, page=mine)
        assert (refused.status_code, f'href="#{field}"' in refused.text) == (422, True), (field, wrong)
    assert (
        await guest.post(f"{mine}/grace", {"until": until, "reason": "排期"}, page=mine)
    ).status_code == 303
    assert (
        await guest.post(f"{mine}/grace", {"until": until, "reason": "排期"}, page=mine)
    ).status_code == 409
    loan = {"bank": "某银行昆山支行", "approval_no": "YS-1", "promised_on": until}
    assert (await guest.post(f"{mine}/loan", {**loan, "bank": ""}, page=mine)).status_code == 422
    assert (await guest.post(f"{mine}/loan", loan, page=mine)).status_code == 303
    assert "某银行昆山支行" in (await guest.get(mine)).text
    await guest.log_in("cashier")
    assert "某银行昆山支行" in (await guest.get("/finance")).text
    await guest.log_in("officer")
    assert "某银行昆山支行" in (await guest.get(path)).text
    assert (await guest.post(f"{path}/grace/grant", {"until": until}, page=path)).status_code == 403
    await guest.log_in("director")
    assert (await guest.post(f"{path}/grace/nonsense", page=path)).status_code == 404
    assert (await guest.post(f"{path}/grace/refuse", {"note": ""}, page=path)).status_code == 422
    assert (await guest.post(f"{path}/grace/grant", {"until": until}, page=path)).status_code == 303
    await guest.log_in("zhou")
    assert "已准予延期" in (await guest.get(mine)).text


async def test_B75_the_officer_notes_an_approval_and_its_refusal_and_the_page_leads_to_the_revocation(
    guest: Guest, sold: Lot
) -> None:
    path = f"/team/settlements/{sold.lot_no}"
    need = {"authority": "金融监管分局", "matter": "股东资格"}
    await guest.log_in("panel")
    assert (await guest.post(f"{path}/approval/need", need, page=path)).status_code == 403
    await guest.log_in("officer")
    for field in need:
        refused = await guest.post(f"{path}/approval/need", {**need, field: ""}, page=path)
        assert (refused.status_code, f'href="#{field}"' in refused.text) == (422, True)
    assert (await guest.post(f"{path}/approval/need", need, page=path)).status_code == 303
    assert "待审批机关答复" in (await guest.get(path)).text
    answer = {"approval": "refused", "answer_no": "3号", "answer": "法律禁止转让"}
    for field in ("approval", "answer_no", "answer"):
        assert (
            await guest.post(f"{path}/approval/answer", {**answer, field: ""}, page=path)
        ).status_code == 422
    assert (await guest.post(f"{path}/approval/answer", answer, page=path)).status_code == 303
    shown = (await guest.get(path)).text
    assert "未获批准" in shown
    assert "依法不能办理权属变更" in shown
    assert (await guest.post(f"{path}/approval/answer", answer, page=path)).status_code == 409
    assert (await guest.post(f"{path}/approval/nonsense", page=path)).status_code == 404


async def test_P03_another_court_finds_no_sale(guest: Guest, sold: Lot) -> None:
    path = f"/team/settlements/{sold.lot_no}"
    await guest.log_in("stranger")
    assert (await guest.get(path)).status_code == 404
    assert sold.title not in (await guest.get("/team/settlements")).text
    for step in ("ruling", "service", "registry", "default", "delivery/propose", "delivery/files"):
        data = {"note": "x", "reason": "other"}
        assert (await guest.post(f"{path}/{step}", data)).status_code == 404
    assert (await guest.get("/team/settlements?state=nonsense")).status_code == 422
    await guest.log_in("zhou")
    for closed in (path, f"{path}/delivery", "/court/evictions", "/team/settlements", "/team/identities"):
        assert (await guest.get(closed)).status_code == 403


async def test_B30_the_desk_confirms_an_identity_once(guest: Guest, database: Database, sold: Lot) -> None:
    await guest.log_in("officer")
    token_page = "/team/identities"
    assert "没有等待确认的实名信息" in (await guest.get(token_page)).text
    guest.client.cookies.clear()
    form = person("newcomer")
    await guest.post("/sign-up", form, page="/sign-up")
    account = await account_of(database, "newcomer")
    await guest.log_in("officer")
    shown = (await guest.get(token_page)).text
    assert "周明远" in shown
    assert str(form["identity_number"]) not in shown, "identity numbers are masked"
    for _ in range(2):
        assert (await guest.post(f"{token_page}/{account.id}/confirm", page=token_page)).status_code == 303
    assert (await guest.post(f"{token_page}/{uuid4()}/confirm", page=token_page)).status_code == 404
    assert (await guest.post(f"{token_page}/x/confirm", page=token_page)).status_code == 404
    await guest.log_in("panel")
    assert (await guest.post(f"{token_page}/{account.id}/confirm")).status_code == 403


async def test_B55_a_delivered_sale_is_revoked_by_its_question_and_nothing_of_it_is_left(
    guest: Guest, database: Database, clock: CourtClock, sold: Lot
) -> None:
    await staff(database, "objection-judge", {Role.OBJECTION_PANEL}, KUNSHAN)
    await staff(database, "cashier", {Role.FINANCE}, KUNSHAN)
    path, question = f"/team/settlements/{sold.lot_no}", f"/team/lots/{sold.lot_no}/acts/revoke"
    sale = await settlement_of(database, sold)
    await pay(database, sale.virtual_account_no, sale.balance_fen, "周明远")
    await guest.log_in("officer")
    for step in ("ruling", "service", "registry"):
        assert (await guest.post(f"{path}/{step}", page=path)).status_code == 303
    await clock.pass_time(timedelta(minutes=2))
    handed = {
        "delivered_at": f"{(await clock.now()).astimezone(COURT_ZONE):%Y-%m-%dT%H:%M}",
        "place": "现场",
        "people": "陈某，法院工作人员\n周明远，买受人\n王某，见证人",
        **dict.fromkeys(("keys", "water", "power"), "无"),
    }
    desk = f"{path}/delivery"
    assert (await guest.post(f"{desk}/deliver", handed, page=desk)).status_code == 303
    assert "周明远" in (await guest.get("/results")).text

    answers = {
        "ground": "misstatement",
        "reason": "公告面积与登记面积相差三成",
        "basis": "（2026）苏0583执异9号裁定",
        "panel": "审判长甲、审判员乙、审判员丙",
        "approver": "执行局局长周某",
    }
    await guest.log_in("objection-judge")
    checking = await guest.post(question, answers, page=question)
    assert (checking.status_code, "核对后提交" in checking.text) == (200, True)
    assert (await settlement_of(database, sold)).state == "delivered", "trying keeps nothing"
    assert (await guest.post(question, {**answers, "step": "confirm"}, page=question)).status_code == 303
    await work_off(database)
    await work_off(database)

    shown = (await guest.get(path)).text
    for words in ("成交已被撤销", "公告面积与登记面积相差三成", "查封恢复 1 项", "恢复登记的协助执行通知书"):
        assert words in shown, words
    paid = f"退还款项 ¥{sale.price_fen / 100:,.2f}"
    assert paid in shown
    assert "/acts/revoke" not in shown, "once"
    await guest.log_in("cashier")
    money = (await guest.get("/finance")).text
    assert "已逾期的退款和支付" not in money
    ledger = (await guest.get(f"/finance/lots/{sold.lot_no}")).text
    assert "成交撤销，保证金恢复" in ledger
    async with database.read(SYSTEM) as work:
        assert {kind: fen for kind, fen in (await trial_balance(work)).items() if fen} == {}
        orders = list(
            await work.session.exec(select(PaymentOrder).where(PaymentOrder.created_at > sale.created_at))
        )
        asset = await work.session.get_one(Asset, sold.asset_id)
        clocks = await deadlines_of(work, lot_id=sold.id)
    back = [order.amount_fen for order in orders if order.state == "executed"]
    assert sum(back) >= sale.price_fen, "everything that was paid has gone back"
    assert asset.state == AssetState.READY_TO_LIST
    assert not [
        clock
        for clock in clocks
        if clock.rule in ("L-18", "L-19", "L-20", "L-21") and clock.state == "running"
    ]
    guest.client.cookies.clear()
    results = (await guest.get("/results?outcome=revoked")).text
    assert sold.title in results
    assert "周明远" not in results, "the buyer of a revoked sale is not published any more"
    public = (await guest.get(f"/lots/{sold.lot_no}")).text
    assert "公示、说明或者展示与标的物实际状况严重不符" in public
    assert "执行裁定书（撤销拍卖成交）" in public
    await guest.log_in("zhou")
    assert "本次成交已被撤销" in (await guest.get(f"/my/purchases/{sold.lot_no}")).text
