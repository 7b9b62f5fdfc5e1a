"""Orders through the pages of the court above and the courts below, and the applicant's way up (T-20, T-23)."""

import re
from datetime import timedelta

from sqlalchemy import text

from core.identity import SYSTEM
from tests.web.court_city import City, court_today

DESK = "/supervision/orders"


async def ordered(city: City, **given: str) -> str:
    """中院 designates 昆山 in the case of 虎丘; the page of the order."""
    async with city.database.read(SYSTEM) as work:
        found = await work.session.execute(
            text("SELECT case_no FROM enforcement_case WHERE id = :id"), {"id": city.case_id}
        )
        number = str(found.scalar_one())
    fields = {
        "case_no": number, "kind": "designate", "chosen_court": "0583", "reason": "长期未执行", "panel": "甲、乙、丙",
        "due_on": (court_today() + timedelta(days=30)).isoformat(), **given,
    }  # fmt: skip
    answer = await city.post("middle", DESK, DESK, **fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_T20_an_order_moves_the_asset_and_the_new_court_files_its_case(city: City) -> None:
    assert (await city.get("huqiu", f"/team/assets/{city.asset_no}")).status_code == 200
    page = await ordered(city)
    assert (await city.get("kunshan", f"/team/assets/{city.asset_no}")).status_code == 200
    assert (await city.get("huqiu", f"/team/assets/{city.asset_no}")).status_code == 404
    assert (await city.get("wuzhong", page)).status_code == 404
    for who in ("huqiu", "kunshan", "middle"):
        shown = await city.get(who, page)
        assert shown.status_code == 200
        paper = re.search(rf'href="({page}/papers/[^"]+)"', shown.text)
        assert paper
        assert (await city.get(who, paper[1])).content.startswith(b"%PDF")
        assert page in (await city.get(who, "/court/orders")).text
    assert (await city.post("huqiu", f"{page}/file", page, case_no="x")).status_code in (403, 422)
    wrong = await city.post("kunshan", f"{page}/file", page, case_no="not a number")
    assert wrong.status_code == 422
    filed = await city.post("kunshan", f"{page}/file", page, case_no=f"（{court_today().year}）苏0583执977号")
    assert filed.status_code == 303, filed.text
    assert "已销案" in (await city.get("huqiu", page)).text


async def test_T23_reconsideration_through_the_pages(city: City) -> None:
    page = await ordered(city)
    assert (await city.post("huqiu", f"{page}/reconsider", page, reason="")).status_code == 422
    assert (await city.post("huqiu", f"{page}/reconsider", page, reason="评估即将完成")).status_code == 303
    assert (
        await city.post("huqiu", f"{page}/judge", page, verdict="upheld", judged_why="x")
    ).status_code == 403
    shown = await city.get("middle", page)
    assert "评估即将完成" in shown.text
    judged = await city.post("middle", f"{page}/judge", page, verdict="revoked", judged_why="理由成立")
    assert judged.status_code == 303
    assert (await city.get("huqiu", f"/team/assets/{city.asset_no}")).status_code == 200


async def test_wrong_orders_are_refused_with_words_and_strangers_kept_out(city: City) -> None:
    for wrong in (
        {"panel": "甲"},
        {"chosen_court": "0505"},
        {"due_on": ""},
        {"case_no": "?"},
        {"kind": "find"},
    ):
        fields = {
            "case_no": city.waiting_case_no, "kind": "designate", "chosen_court": "0583", "reason": "x",
            "panel": "甲、乙、丙", "due_on": "2099-01-01",
        }  # fmt: skip
        if wrong == {"chosen_court": "0505"}:
            wrong = {"chosen_court": "0506"}  # the court that has the case already
        answer = await city.post("middle", DESK, DESK, **{**fields, **wrong})
        assert 400 <= answer.status_code < 500, wrong
        assert "尚未提交成功" in answer.text
    for who in ("huqiu", "bidder"):
        assert (await city.get(who, DESK)).status_code == 403
    assert (await city.get("huqiu", "/court/orders/00000000-0000-0000-0000-000000000000")).status_code == 404


async def test_T20_the_applicants_own_page(city: City) -> None:
    empty = await city.get("bidder", "/my/inaction")
    assert "没有以您为申请执行人的在办案件" in empty.text
    async with city.database.begin(SYSTEM) as work:
        await work.session.execute(
            text(
                "INSERT INTO party (id, case_id, role, name, is_natural_person, account_id, is_reachable, claim_fen) "
                "SELECT gen_random_uuid(), :case, 'applicant', '申请人', true, id, true, 0 FROM account "
                "WHERE login = 'bidder'"
            ),
            {"case": city.case_id},
        )
    page = "/my/inaction"
    early = await city.post("bidder", page, page, case=city.case_id, reason="一直没有处置")
    assert early.status_code == 409
    assert "尚未满六个月" in early.text
    async with city.database.begin(SYSTEM) as work:
        await work.session.execute(
            text("UPDATE enforcement_case SET filed_on = filed_on - 200 WHERE id = :id"), {"id": city.case_id}
        )
    assert (
        await city.post("bidder", page, page, case=city.case_id, reason="一直没有处置")
    ).status_code == 303
    assert "审查中" in (await city.get("bidder", page)).text
    desk = await city.get("middle", DESK)
    target = re.search(r'action="(/supervision/inaction/[^"]+)"', desk.text)
    assert target
    decided = await city.post(
        "middle", target[1], DESK, decision="time_limit", reason="情况属实",
        due_on=(court_today() + timedelta(days=30)).isoformat(),
    )  # fmt: skip
    assert decided.status_code == 303, decided.text
    assert "责令限期执行" in (await city.get("bidder", page)).text
    assert "情况属实" in (await city.get("bidder", page)).text
