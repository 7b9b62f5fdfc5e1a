"""The pages on which a court stops a sale, lets it go on, withdraws or ends it, and what the public sees of it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from auction.listing.models import Lot, LotState
from core.clock import COURT_ZONE
from core.database import Database
from core.identity import SYSTEM, Role
from tests.auction.suspension.standing import sealed_market, standing
from tests.conftest import CourtClock
from tests.web.pages import Guest, staff
from tests.working_off import sweep, work_off
from web.team.stop_questions import QUESTIONS

RULING = {"panel": "审判长甲、审判员乙、审判员丙", "approver": "执行局局长周某"}
SETTLED = {"kind": "suspension", "ground": "settlement", "reason": "双方达成和解", **RULING}


@pytest.fixture
async def lot(database: Database) -> Lot:
    """A lot of 虎丘 that is being bid for."""
    async with database.begin(SYSTEM) as work:
        return (await sealed_market(work, seconds=7200)).lots[0]


async def act(guest: Guest, lot: Lot, name: str, **answers: str) -> Any:
    """Fill in, check, confirm."""
    page = f"/team/lots/{lot.lot_no}/acts/{name}"
    checked = await guest.post(page, answers, page=page)
    assert checked.status_code == 200, re.findall(r"field-error[^>]*>([^<]*)|<p>([^<]*)<", checked.text)
    assert "核对后提交" in checked.text
    for value in answers.values():
        assert value.split("、")[0] in checked.text
    done = await guest.post(page, {**answers, "step": "confirm"}, page=page)
    assert done.status_code == 303, done.text
    return await guest.get(f"/team/lots/{lot.lot_no}")


async def state(database: Database, lot: Lot) -> tuple[str, str]:
    async with database.read(SYSTEM) as work:
        row, bidding = await standing(work, lot.id)
        return row.state, bidding.phase


async def test_B50_an_officer_stops_a_sale_and_lets_it_go_on_and_everybody_sees_it(
    database: Database, clock: CourtClock, guest: Guest, lot: Lot
) -> None:
    await staff(database, "officer", {Role.CASE_OFFICER}, "0505")
    await guest.log_in("officer")
    page = f"/team/lots/{lot.lot_no}"
    offered = (await guest.get(page)).text
    assert all(f"{page}/acts/{name}" in offered for name in ("stop", "end", "bankruptcy"))
    assert f"{page}/acts/resume" not in offered

    wrong = await guest.post(f"{page}/acts/stop", {**SETTLED, "panel": "甲"}, page=f"{page}/acts/stop")
    assert (wrong.status_code, "双方达成和解" in wrong.text) == (422, True)
    checking = await guest.post(f"{page}/acts/stop", SETTLED, page=f"{page}/acts/stop")
    assert (await state(database, lot)) == ("bidding", "open"), "trying a step keeps nothing of it"
    back = await guest.post(f"{page}/acts/stop", {**SETTLED, "step": "back"}, page=f"{page}/acts/stop")
    assert (checking.status_code, "双方达成和解" in back.text) == (200, True)

    stopped = await act(guest, lot, "stop", **SETTLED)
    await work_off(database)
    assert (await state(database, lot)) == ("paused", "paused")
    assert f"{page}/acts/ground-ended" in stopped.text
    for path, words in (
        (f"/lots/{lot.lot_no}", ("本次拍卖已停拍", "当事人达成执行和解", "双方达成和解", "countdown-still")),
        (f"/lots/{lot.lot_no}/panel", ("剩余竞价时间", "恢复时间尚未确定")),
    ):
        shown = (await guest.get(path)).text
        assert [word for word in words if word not in shown] == [], path
        assert re.search(r'countdown-still">0(2:00:00|1:59:\d\d)<', shown), (
            f"{path}: the two hours that were left"
        )
        assert "data-countdown" not in shown, f"{path}: no clock runs"
    moved = (await guest.get(f"/lots/{lot.lot_no}/standing")).text
    assert [word for word in ("已暂停", "双方达成和解", 'id="lot-status"') if word not in moved] == []
    head = (await guest.client.get(f"/lots/{lot.lot_no}/log.json")).json()
    assert head["end_moves"] == []

    async with database.read(SYSTEM) as work:
        stay_id = str((await work.session.execute(text("SELECT id FROM lot_stay"))).scalar_one())
    await act(guest, lot, "ground-ended", stay=stay_id, note="未履行和解协议")
    early = await guest.post(
        f"{page}/acts/resume",
        {"resumes_at": "2020-01-01T10:00", "reason": "申请恢复", "approver": "周某"},
        page=f"{page}/acts/resume",
    )
    assert early.status_code == 409
    await act(guest, lot, "resume", reason="申请恢复执行", approver="周某")
    await work_off(database)
    assert "定于" in (await guest.get(f"/lots/{lot.lot_no}")).text
    assert "data-countdown" in (await guest.get(f"/lots/{lot.lot_no}/panel")).text
    await clock.pass_time(timedelta(days=1, minutes=2))
    await sweep(database, "resume_lots_on_time")
    assert (await state(database, lot)) == ("bidding", "open")
    papers = (await guest.get(f"/lots/{lot.lot_no}")).text
    assert all(title in papers for title in ("执行裁定书（中止拍卖）", "恢复拍卖通知书"))


async def test_B53_ending_asks_for_the_ruling_and_shows_why_it_ended(
    database: Database, guest: Guest, lot: Lot
) -> None:
    await staff(database, "officer", {Role.CASE_OFFICER}, "0505")
    await guest.log_in("officer")
    await act(guest, lot, "end", ground="paid", reason="竞价期间全部清偿", **RULING)
    await work_off(database)
    assert (await state(database, lot)) == (LotState.WITHDRAWN, "closed")
    shown = (await guest.get(f"/lots/{lot.lot_no}")).text
    assert all(word in shown for word in ("债务已经清偿", "执行裁定书（终结拍卖）"))
    assert "/acts/" not in (await guest.get(f"/team/lots/{lot.lot_no}")).text


async def test_P03_nobody_else_may_ask_these_questions(database: Database, guest: Guest, lot: Lot) -> None:
    page = f"/team/lots/{lot.lot_no}/acts"
    for login, roles, court, status in (
        ("finance", {Role.FINANCE}, "0505", 403),
        ("stranger", {Role.CASE_OFFICER}, "0506", 404),
    ):
        await staff(database, login, roles, court)
        await guest.log_in(login)
        for name in QUESTIONS:
            assert (await guest.get(f"{page}/{name}")).status_code == status, name
        assert (await guest.get(f"{page}/nonsense")).status_code == 404


async def test_B54_the_president_above_prolongs_the_stay_of_the_own_court(
    database: Database, clock: CourtClock, guest: Guest, lot: Lot
) -> None:
    await staff(database, "superior", {Role.INTERMEDIATE_COURT}, "05")
    await staff(database, "president", {Role.PRESIDENT}, "05")

    async def day(ahead: int) -> str:
        return (await clock.now() + timedelta(days=ahead)).astimezone(COURT_ZONE).strftime("%Y-%m-%dT%H:%M")

    await guest.log_in("superior")
    until = await day(60)
    order = {"kind": "deferral", "ground": "superior_order", "until": until, "approver": "中院院长"}
    await act(guest, lot, "stop", reason="监督案件审查", **order)
    assert "监督案件审查" in (await guest.get("/court/stays")).text
    await guest.log_in("president")
    listed = (await guest.get("/court/stays")).text
    stay_id = re.search(r'name="stay" value="([^"]+)"', listed)
    assert stay_id is not None
    fields = {"stay": stay_id[1], "until": await day(100), "reason": "案情复杂"}
    assert (await guest.post("/court/stays", fields, page="/court/stays")).status_code == 303
    too_long = await guest.post("/court/stays", {**fields, "until": await day(400)}, page="/court/stays")
    assert (too_long.status_code, "三个月" in too_long.text) == (409, True)
