"""Registration through the pages: for whom, check, accept; agents, priority, settings, the desks that decide (B-13…B-44)."""

import re
from random import Random
from typing import Any

import pytest
from sqlmodel import select

from auction.agents.models import AgentAppointment
from auction.listing.models import Lot
from auction.priority.models import PriorityClaim
from auction.registration.models import Registration, RegistrationState
from core.database import Database
from core.identity import SYSTEM, Role
from core.notices import Dispatch
from tests.auction.market import published_lot
from tests.auction.registration.desk import PDF
from tests.conftest import CourtClock, Snapshot
from tests.web.pages import PASSWORD, Guest, staff
from tests.web.test_bidder_pages import confirmed_bidder
from tests.working_off import work_off
from web.demo_city.people import identity_number

KUNSHAN, HUQIU = "0583", "0505"
NUMBER = identity_number(Random(404))
PRINCIPAL = {"for_whom": "agent", "people": "1", "kind1": "person", "name1": "欧阳委托", "number1": NUMBER}
PANEL = {"member1": "审判长", "member2": "审判员甲", "member3": "审判员乙"}


@pytest.fixture
def template(published: Snapshot[Lot]) -> str:
    """Every database of this module begins with a published lot."""
    return published.template


@pytest.fixture
async def lot(database: Database, clock: CourtClock) -> Lot:
    """The published lot."""
    return await published_lot(database, clock)


def upload(content: bytes = PDF, name: str = "材料.pdf") -> dict[str, Any]:
    """An uploaded file."""
    return {"file": (name, content, "application/pdf")}


async def entries(database: Database) -> list[Registration]:
    """Every entry."""
    async with database.read(SYSTEM) as work:
        return list(await work.session.exec(select(Registration)))


async def test_B13_answers_are_shown_once_more_before_they_count(
    guest: Guest, database: Database, lot: Lot
) -> None:
    await confirmed_bidder(guest, database, "zhou")
    path = f"/lots/{lot.lot_no}/register"
    for kind in ("self", "agent", "together"):
        shown = await guest.get(f"{path}?for_whom={kind}&people=2")
        assert shown.status_code == 200
        assert ("第 2 位" in shown.text) == (kind != "self")
    bad = await guest.post(f"{path}/check", {**PRINCIPAL, "number1": "1"}, page=path)
    assert (bad.status_code, 'id="number1-error"' in bad.text) == (422, True)
    shown = await guest.post(f"{path}/check", PRINCIPAL, page=path)
    assert shown.status_code == 200
    assert "欧阳委托" in shown.text
    assert NUMBER not in re.sub(r"<input[^>]*>", "", shown.text), "masked where it is read"
    edit = await guest.post(f"{path}/check", {**PRINCIPAL, "edit": "1"}, page=path)
    assert 'value="欧阳委托"' in edit.text
    assert await entries(database) == [], "nothing counts before it is confirmed"


async def test_B13_an_agents_papers_go_to_the_desk_and_the_answer_comes_back(
    guest: Guest, database: Database, lot: Lot
) -> None:
    await confirmed_bidder(guest, database, "zhou")
    path = f"/lots/{lot.lot_no}/register"
    assert (await guest.post(path, {**PRINCIPAL, "accept": "1"}, page=path)).status_code == 303
    assert "等待法院确认代理手续" in (await guest.get(path)).text
    papers = f"{path}/agent-papers"
    for files in (None, upload(b"<script>alert(1)</script>", "委托书.pdf")):
        refused = await guest.post(papers, page=path, files=files)
        assert (refused.status_code, 'id="file-error"' in refused.text) == (422, True)
    assert (await guest.post(papers, page=path, files=upload())).status_code == 303
    assert "已提交，等待法院确认" in (await guest.get(path)).text
    assert "等待法院确认代理手续" in (await guest.get("/my")).text

    async with database.read(SYSTEM) as work:
        appointment = (await work.session.exec(select(AgentAppointment))).one()
    desk = f"/court/agents/{appointment.id}"
    assert (await guest.get(desk)).status_code == 403
    await staff(database, "elsewhere", {Role.CLERK}, HUQIU)
    await guest.log_in("elsewhere")
    assert (await guest.get(desk)).status_code == 404
    assert (await guest.post(desk, {"decision": "confirm"})).status_code == 404
    await staff(database, "clerk", {Role.CLERK}, KUNSHAN)
    await guest.log_in("clerk")
    assert "待确认代理手续" in (await guest.get("/court")).text
    queue = (await guest.get("/court/agents")).text
    assert "欧阳委托" not in queue, "the list names nobody"
    shown = (await guest.get(desk)).text
    assert "欧阳委托" in shown
    assert NUMBER not in shown
    link = re.search(rf"{desk}/files/[0-9a-f-]+", shown)
    assert link is not None
    file = await guest.get(link[0])
    assert file.content == PDF
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.headers["cache-control"] == "private, no-store"
    silent = await guest.post(desk, {"decision": "refuse"}, page=desk)
    assert (silent.status_code, 'id="reason-error"' in silent.text) == (422, True)
    assert (await guest.post(desk, {"decision": "confirm"}, page=desk)).status_code == 303
    again = await guest.post(desk, {"decision": "confirm"}, page="/court/agents")
    assert again.status_code == 409
    (entry,) = await entries(database)
    assert entry.state == RegistrationState.DEPOSIT_PENDING
    await guest.log_in("zhou")
    shown = (await guest.get(path)).text
    assert entry.virtual_account_no in shown
    assert (await guest.post(f"/lots/{lot.lot_no}/demo-payment", page=path)).status_code == 303
    await work_off(database)
    (entry,) = await entries(database)
    assert entry.code is not None
    assert entry.code in (await guest.get(path)).text


async def test_B25_a_claim_goes_to_the_panel_and_its_answer_to_the_person(
    guest: Guest, database: Database, lot: Lot
) -> None:
    page = f"/lots/{lot.lot_no}/priority"
    assert "请先登录" in (await guest.get(page)).text
    await confirmed_bidder(guest, database, "zhou")
    bad = await guest.post(page, {"statement": ""}, page=page)
    assert bad.status_code == 422
    for field in ("kind", "statement", "file"):
        assert f'id="{field}-error"' in bad.text
    claim = {"kind": "co_owner", "holder": "self", "statement": "按份共有，份额百分之五十。"}
    assert (await guest.post(page, claim, page=page, files=upload())).status_code == 303
    assert (await guest.post(page, claim, page=page, files=upload())).status_code == 409
    shown = (await guest.get(page)).text
    assert "等待合议庭审查" in shown
    own_file = re.search(rf"{page}/files/[0-9a-f-]+", shown)
    assert own_file is not None
    assert (await guest.get(own_file[0])).content == PDF

    async with database.read(SYSTEM) as work:
        made = (await work.session.exec(select(PriorityClaim))).one()
    await confirmed_bidder(guest, database, "other")
    assert (await guest.get(own_file[0])).status_code == 404
    desk = f"/court/priority/{made.id}"
    await staff(database, "clerk", {Role.CLERK}, KUNSHAN)
    await guest.log_in("clerk")
    assert (await guest.get(desk)).status_code == 403
    await staff(database, "panel", {Role.PANEL_MEMBER}, KUNSHAN)
    await guest.log_in("panel")
    assert "周明远" not in (await guest.get("/court/priority")).text
    shown = (await guest.get(desk)).text
    assert "周明远" in shown
    assert 'value="1"' in shown, "the default order of B-25"
    file = re.search(rf"{desk}/files/[0-9a-f-]+", shown)
    assert file is not None
    assert (await guest.get(file[0])).content == PDF
    short = await guest.post(desk, {"decision": "confirm", "order": "1", "reason": "属实"}, page=desk)
    assert (short.status_code, "B-03" in short.text) == (422, True)
    decided = await guest.post(
        desk, {"decision": "confirm", "order": "2", "reason": "属实", **PANEL}, page=desk
    )
    assert decided.status_code == 303
    async with database.read(SYSTEM) as work:
        made = (await work.session.exec(select(PriorityClaim))).one()
    paper = f"/documents/{made.document_id}"
    assert (await guest.get(paper)).headers["content-type"] == "application/pdf"
    await guest.log_in("clerk")
    assert (await guest.get(paper)).status_code == 404, "P-01: only the panel and the person read it"
    await guest.log_in("zhou")
    assert (await guest.get(paper)).status_code == 200
    assert "第 2 顺位" in (await guest.get(page)).text
    assert "第 2 顺位" in (await guest.get("/my")).text
    assert (await guest.post(f"{page}/withdraw", page=page)).status_code == 303
    assert (await guest.post(f"{page}/withdraw", page=page)).status_code == 404


async def test_B33_a_withdrawn_entry_can_be_made_again_by_the_pages(
    guest: Guest, database: Database, lot: Lot
) -> None:
    await confirmed_bidder(guest, database, "zhou")
    path = f"/lots/{lot.lot_no}/register"
    freeze = {"accept": "1", "way": "freeze"}
    assert (await guest.post(path, freeze, page=path)).status_code == 303
    assert "冻结保证金" in (await guest.get(path)).text
    assert (await guest.post(f"/lots/{lot.lot_no}/demo-payment", page=path)).status_code == 303
    await work_off(database)
    assert "已冻结" in (await guest.get(path)).text
    assert (await guest.post(f"{path}/withdraw", page=path)).status_code == 303
    assert (await guest.post(f"{path}/withdraw", page="/my")).status_code == 409
    assert "退款完成后可以重新报名" in (await guest.get(path)).text
    await work_off(database)
    assert "您已撤回上次报名" in (await guest.get(path)).text
    assert (await guest.post(path, {"accept": "1"}, page=path)).status_code == 303
    (entry,) = await entries(database)
    assert (entry.state, entry.withdrawals) == (RegistrationState.DEPOSIT_PENDING, 1)


async def test_notices_by_sms_are_chosen_and_the_password_changed(
    guest: Guest, database: Database, lot: Lot
) -> None:
    await confirmed_bidder(guest, database, "zhou")
    page = "/my/settings"
    assert (await guest.post(f"{page}/notices", {"sms_money": "1"}, page=page)).status_code == 303
    shown = (await guest.get(page)).text
    assert re.search(r'name="sms_money" value="1" checked', shown)
    assert not re.search(r'name="sms_entry" value="1" checked', shown)
    path = f"/lots/{lot.lot_no}/register"
    await guest.post(path, {"accept": "1"}, page=path)
    await guest.post(f"/lots/{lot.lot_no}/demo-payment", page=path)
    await work_off(database)
    async with database.read(SYSTEM) as work:
        assert list(await work.session.exec(select(Dispatch.key))) == [], (
            "declined: qualification is told inside only"
        )

    new = "another long password"
    for fields, status, field in (
        ({"old_password": "wrong one", "new_password": new, "again": new}, 403, None),
        ({"old_password": PASSWORD, "new_password": new, "again": "x"}, 422, "again"),
        ({"old_password": PASSWORD, "new_password": "short", "again": "short"}, 422, "new_password"),
        ({"old_password": PASSWORD, "new_password": PASSWORD, "again": PASSWORD}, 422, "new_password"),
    ):
        answer = await guest.post(f"{page}/password", fields, page=page)
        assert answer.status_code == status, answer.text
        assert new not in answer.text
        if field:
            assert f'id="{field}-error"' in answer.text
    fields = {"old_password": PASSWORD, "new_password": new, "again": new}
    assert (await guest.post(f"{page}/password", fields, page=page)).status_code == 303
    assert (await guest.get(page)).status_code == 200, "this session goes on"
    guest.client.cookies.clear()
    refused = await guest.post("/login", {"login": "zhou", "password": PASSWORD}, page="/login")
    assert refused.status_code == 403


async def test_B80_staff_declare_relatives_and_teams_list_helpers(
    guest: Guest, database: Database, lot: Lot
) -> None:
    await staff(database, "judge", {Role.CASE_OFFICER}, KUNSHAN)
    await staff(database, "team", {Role.DISPOSAL_TEAM}, KUNSHAN)
    await guest.log_in("judge")
    page = "/court/declarations"
    assert (
        await guest.post(page, {"relation": "spouse", "name": "某", "number": "1"}, page=page)
    ).status_code == 422
    declared = {"relation": "spouse", "name": "配偶某", "number": NUMBER}
    assert (await guest.post(page, declared, page=page)).status_code == 303
    assert (await guest.post(page, declared, page=page)).status_code == 409
    shown = (await guest.get(page)).text
    assert "配偶某" in shown
    assert NUMBER not in shown
    end = re.search(r'action="(/court/declarations/[0-9a-f-]+/end)"', shown)
    assert end is not None
    assert (await guest.get("/court/barred")).status_code == 403
    await guest.log_in("team")
    assert "配偶某" not in (await guest.get(page)).text
    assert (await guest.post(end[1], page=page)).status_code == 404
    page = "/court/barred"
    for fields in (
        {"kind": "appraiser", "asset_no": ""},
        {"kind": "appraiser", "asset_no": "NOTHING"},
        {"kind": "case_conflict", "case_no": "（2020）苏0583执9号"},
        {"kind": "defaulted"},
    ):
        answer = await guest.post(page, {"name": "某", "number": NUMBER, **fields}, page=page)
        assert answer.status_code == 422, fields
    listed = {"kind": "auxiliary_staff", "name": "辅助某", "number": NUMBER, "organisation": "某公司"}
    assert (await guest.post(page, listed, page=page)).status_code == 303
    shown = (await guest.get(page)).text
    off = re.search(r'action="(/court/barred/[0-9a-f-]+/end)"', shown)
    assert off is not None
    assert (await guest.post(off[1], page=page)).status_code == 303
    assert "没有悔拍记录" in (await guest.get("/court/defaults")).text


async def test_B82_a_refused_bidder_is_told_why_and_only_the_restricted_role_sees_the_hit(
    guest: Guest, database: Database, lot: Lot
) -> None:
    await staff(database, "team", {Role.DISPOSAL_TEAM}, KUNSHAN)
    await staff(database, "risk", {Role.RISK_OFFICER}, KUNSHAN)
    await guest.log_in("team")
    listed = {"kind": "platform_staff", "name": "平台某", "number": NUMBER, "organisation": "平台"}
    assert (await guest.post("/court/barred", listed, page="/court/barred")).status_code == 303
    assert (await guest.get("/court/barred-hits")).status_code == 403
    await confirmed_bidder(guest, database, "zhou")
    path = f"/lots/{lot.lot_no}/register"
    for _ in range(2):
        refused = await guest.post(path, {**PRINCIPAL, "accept": "1"}, page=path)
        assert (refused.status_code, "B-80" in refused.text) == (409, True)
    assert await entries(database) == []
    await guest.log_in("risk")
    shown = (await guest.get("/court/barred-hits")).text
    assert shown.count("平台工作人员") == 1
    assert "欧阳委托" not in shown
