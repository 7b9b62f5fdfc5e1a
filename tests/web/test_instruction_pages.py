"""Instructions through the pages of two courts: drafted, sent, signed in, worked on, accepted; many; live (T-25, P-03)."""

import asyncio
import re
from contextlib import aclosing
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from core.identity import SYSTEM
from disposal_teams.instructions.models import InstructionKind
from tests.web.court_city import City

BOX = "/court/instructions"
PDF = b"%PDF-1.7 paper"


async def drafted(city: City, **given: str) -> str:
    """虎丘 drafts an instruction to 昆山 from its case; the page of it."""
    form = f"{BOX}/new?case={city.case_id}"
    fields = {
        "case": city.case_id, "kind": "find", "to_court": "0583", "urgency": "urgent",
        "subject": "查找被执行人车辆", "request": "请到昆山某停车场核实车辆。", **given,
    }  # fmt: skip
    answer = await city.post("huqiu", BOX, form, **fields)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def sent(city: City, **given: str) -> str:
    page = await drafted(city, **given)
    assert (await city.post("huqiu", f"{page}/submit", page)).status_code == 303
    return page


async def upload(city: City, who: str, page: str, **fields: str) -> Any:
    shown = await city.get(who, page)
    found = re.search(r'name="csrf" value="([^"]+)"', shown.text)
    assert found
    return await city.client.post(
        f"{page}/attach",
        headers={"cookie": f"session={city.tokens[who]}; lang=zh-CN"},
        data={"csrf": found[1], **fields},
        files={"file": ("记录.pdf", PDF, "application/pdf")},
    )


async def account_of(city: City, login: str) -> str:
    async with city.database.read(SYSTEM) as work:
        found = await work.session.execute(
            text("SELECT id FROM account WHERE login = :login"), {"login": login}
        )
        return str(found.scalar_one())


async def test_T25_two_courts_play_an_instruction_to_its_end(city: City) -> None:
    case = await city.get("huqiu", f"/team/cases/{city.case_id}")
    assert f"{BOX}/new?case={city.case_id}" in case.text
    page = await drafted(city)
    assert (await city.get("kunshan", page)).status_code == 404
    assert (await city.post("huqiu", f"{page}/submit", page)).status_code == 303
    assert (await city.get("wuzhong", page)).status_code == 404
    assert (await city.get("middle", page)).status_code == 200
    inbox = await city.get("kunshan", BOX)
    assert page in inbox.text
    assert "紧急" in inbox.text
    assert "待办指令" in (await city.get("kunshan", "/court")).text
    assert (await city.post("kunshan", f"{page}/sign-in", page)).status_code == 303
    me = await account_of(city, "kunshan")
    assert (await city.post("kunshan", f"{page}/assign", page, assignee=me)).status_code == 303
    assert (await city.post("kunshan", f"{page}/start", page)).status_code == 303
    clocks = [
        re.findall(r'data-countdown="([^"]+)"', (await city.get(who, page)).text)
        for who in ("huqiu", "kunshan", "middle")
    ]
    assert len(clocks[0]) == 1
    assert clocks[0] == clocks[1] == clocks[2]
    assert (await upload(city, "kunshan", page)).status_code == 303
    empty = await city.post("kunshan", f"{page}/report", page, result="done", feedback="")
    assert empty.status_code == 422
    reported = await city.post("kunshan", f"{page}/report", page, result="done", feedback="车辆已找到")
    assert reported.status_code == 303
    seen = await city.get("huqiu", page)
    assert "车辆已找到" in seen.text
    assert (await city.post("huqiu", f"{page}/accept", page)).status_code == 303
    for who in ("huqiu", "kunshan"):
        sheet = await city.get(who, f"{page}/sheet")
        assert sheet.content.startswith(b"%PDF")
        shown = (await city.get(who, page)).text
        assert "已办结" in shown
        assert "全程留痕" in shown
        file = re.search(rf'href="({page}/files/[^"]+)"', shown)
        assert file
        opened = await city.get(who, file[1])
        assert (opened.content, opened.headers["content-disposition"].split(";")[0]) == (PDF, "attachment")
    assert (await city.get("wuzhong", f"{page}/sheet")).status_code == 404
    assert page in (await city.get("huqiu", f"/team/cases/{city.case_id}")).text


async def test_P03_the_file_of_the_case_opens_with_the_instruction_and_closes_with_it(city: City) -> None:
    page = await sent(city)
    assert (await city.get("kunshan", f"/team/cases/{city.case_id}")).status_code == 404
    opened = await city.get("kunshan", f"{page}/dossier")
    assert opened.status_code == 200
    assert "本次查阅已记录" in opened.text
    assert (await city.get("wuzhong", f"{page}/dossier")).status_code == 404
    assert (await city.post("huqiu", f"{page}/withdraw", page, reason="已自行找到")).status_code == 303
    assert (await city.get("kunshan", f"{page}/dossier")).status_code == 403
    async with city.database.read(SYSTEM) as work:
        looks = await work.session.execute(
            text(
                "SELECT count(*) FROM audit_event WHERE event = 'case.read_across_courts' AND case_id = :id"
            ),
            {"id": UUID(city.case_id)},
        )
        assert looks.scalar_one() == 1


async def test_papers_and_approval_of_a_type_through_the_pages(city: City) -> None:
    page = await drafted(city, kind="serve")
    missing = await city.post("huqiu", f"{page}/submit", page)
    assert missing.status_code == 409
    assert "待送达文书" in missing.text
    assert (await upload(city, "huqiu", page, paper="served_paper")).status_code == 303
    assert (await city.post("huqiu", f"{page}/submit", page)).status_code == 303
    late = await upload(city, "huqiu", page)
    assert late.status_code == 409


async def test_the_command_centre_signs_in_and_assigns_many(city: City) -> None:
    pages = [await sent(city) for _ in range(3)]
    ids = [page.rsplit("/", 1)[1] for page in pages]
    shown = await city.get("kunshan", BOX)
    token = re.search(r'name="csrf" value="([^"]+)"', shown.text)
    assert token
    headers = {"cookie": f"session={city.tokens['kunshan']}; lang=zh-CN"}
    me = await account_of(city, "kunshan")
    nothing = await city.client.post(
        f"{BOX}/many", headers=headers, data={"csrf": token[1], "act": "sign_in"}
    )
    assert nothing.status_code == 422
    data = {"csrf": token[1], "act": "assign", "assignee": me, "instruction": ids}
    assert (await city.client.post(f"{BOX}/many", headers=headers, data=data)).status_code == 303
    assert (await city.get("kunshan", f"{BOX}?state=assigned")).text.count(f'href="{BOX}/01') == 3
    stranger = {"cookie": f"session={city.tokens['wuzhong']}; lang=zh-CN"}
    other = re.search(r'name="csrf" value="([^"]+)"', (await city.get("wuzhong", "/court/instructions")).text)
    assert (
        other is None
        or (
            await city.client.post(f"{BOX}/many", headers=stranger, data={**data, "csrf": other[1]})
        ).status_code
        == 404
    )


async def test_filters_pages_and_wrong_addresses_are_no_faults(city: City) -> None:
    await sent(city)
    for query in (
        "box=out", "box=x", "state=closed", "state=draft", "state=zzz", "kind=find&urgency=critical", "overdue=1",
        "number=%25_", f"after={uuid4()}", f"after={uuid4()}&due=2026-01-01T00:00:00%2B00:00", "after=x&due=y",
        f"state=closed&after={uuid4()}",
    ):  # fmt: skip
        for who in ("kunshan", "huqiu", "middle"):
            assert (await city.get(who, f"{BOX}?{query}")).status_code == 200, query
    for path in (
        f"{BOX}/{uuid4()}",
        f"{BOX}/{uuid4()}/panel",
        f"{BOX}/{uuid4()}/live",
        f"{BOX}/new?case={uuid4()}",
    ):
        assert (await city.get("kunshan", path)).status_code == 404
    assert (await city.get("kunshan", f"{BOX}/new")).status_code == 303
    assert (await city.get("bidder", BOX)).status_code == 403
    page = await sent(city)
    assert (await city.post("huqiu", f"{page}/no-such-step", page)).status_code == 404
    for step in ("assign", "return", "extend", "report", "attach"):
        assert 400 <= (await city.post("kunshan", f"{page}/{step}", page)).status_code < 500, step


@pytest.mark.parametrize(
    "kind", [kind for kind in InstructionKind if kind not in ("find", "serve", "entrust")]
)
async def test_types_for_others_are_refused_with_words(city: City, kind: str) -> None:
    answer = await city.post(
        "huqiu", BOX, f"{BOX}/new?case={city.case_id}", case=city.case_id, kind=kind, to_court="0583",
        urgency="normal", subject="x", request="y",
    )  # fmt: skip
    assert answer.status_code in (409, 422)
    assert "尚未提交成功" in answer.text


async def test_an_open_page_learns_of_every_step_at_once(city: City) -> None:
    page = await sent(city)
    instruction_id = UUID(page.rsplit("/", 1)[1])
    hub = city.client._transport.app.state.matters  # type: ignore[attr-defined]
    async with asyncio.timeout(20), aclosing(hub.stream(instruction_id)) as stream:
        first = await anext(stream)
        await hub.channel.listening.wait()
        await city.post("kunshan", f"{page}/sign-in", page)
        second = await anext(stream)
    assert b"event: matter" in first
    assert first.split(b"data:")[1] != second.split(b"data:")[1]
    panel = await city.get("huqiu", f"{page}/panel?seen=sent")
    assert "待分派" in panel.text
    assert "状态刚刚发生变化" in panel.text
    assert "<html" not in panel.text
