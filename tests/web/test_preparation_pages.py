"""What is prepared before an auction, on its pages: platform, auxiliary work, papers on quality (B-02, B-04, B-05)."""

import re

from sqlmodel import select

from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from core.identity.sessions import open_session
from disposal_teams.cases.models import Party, PartyRole
from tests.disposal_teams.city import KUNSHAN
from tests.web.listing_desk import Desk


async def party_logs_in(desk: Desk, role: PartyRole, login_role: Role) -> None:
    """The party of this role gets an account and a session, as `desk.tokens[role]`."""
    async with desk.database.begin(SYSTEM) as work:
        account = await open_account(
            work, login=str(role), password_hash="-", display_name=str(role), roles={login_role}
        )
        party = (await work.session.exec(select(Party).where(Party.role == role))).first()
        assert party is not None
        party.account_id = account.id
        desk.tokens[str(role)] = await open_session(work, account.id)


async def test_B02_the_applicant_chooses_and_the_court_sees_it(desk: Desk) -> None:
    await party_logs_in(desk, PartyRole.APPLICANT, Role.CREDITOR)
    page, own = f"{desk.asset}/platform", f"/my/platform/{desk.asset_no}"
    assert (await desk.post("team", f"{page}/ask", page)).status_code == 303
    answer = await desk.post("applicant", own, own, platform="nowhere")
    assert answer.status_code == 422
    assert (await desk.post("applicant", own, own, platform="jd")).status_code == 303
    shown = await desk.get("team", page)
    assert "京东网" in shown.text
    assert "申请执行人共同选择" in shown.text
    assert "法院指定</h2>" not in shown.text
    (party,) = re.findall(r'name="party" value="([^"]+)"', shown.text)
    answer = await desk.post("team", f"{page}/choices", page, party=party, platform="own", on_paper="")
    assert answer.status_code == 422
    answer = await desk.post("team", f"{page}/choices", page, party=party, platform="own", on_paper="卷1")
    assert answer.status_code == 303
    answer = await desk.post("team", f"{page}/designation", page, designated="jd", reason="x")
    assert answer.status_code == 409
    assert "已经选定" in answer.text
    assert (await desk.get("bidder", own)).status_code == 404
    assert (await desk.get("other", page)).status_code == 404


async def test_B04_a_body_is_listed_works_and_is_excluded(desk: Desk) -> None:
    async with desk.database.begin(SYSTEM) as work:
        account = await open_account(
            work,
            login="director",
            password_hash="-",
            display_name="局长",
            roles={Role.BUREAU_DIRECTOR},
            court_code=KUNSHAN,
        )
        desk.tokens["director"] = await open_session(work, account.id)
    listing, page = "/court/auxiliary", f"{desk.asset}/auxiliary"
    assert (await desk.post("director", listing, listing, name="", selected_how="")).status_code == 422
    body = {"name": "苏州影像", "kinds": "pictures", "selected_how": "公开招标"}
    assert (await desk.post("director", listing, listing, **body)).status_code == 303
    assert (await desk.post("team", listing, listing, **body)).status_code == 403
    shown = await desk.get("team", page)
    (body_id,) = re.findall(r'<option value="([0-9a-f-]{36})"', shown.text)
    order = {"body": body_id, "kind": "pictures", "task": "拍摄", "cost": "1,200"}
    assert (await desk.post("team", page, page, **order | {"kind": "storage"})).status_code == 409
    assert (await desk.post("team", page, page, **order)).status_code == 303
    shown = await desk.get("team", page)
    (order_path,) = re.findall(rf'action="({page}/[0-9a-f-]{{36}})"', shown.text)
    done = {"outcome": "done", "billed": "1000", "result": "已交付"}
    assert (await desk.post("team", order_path, page, **done | {"result": ""})).status_code == 422
    assert (await desk.post("team", order_path, page, **done)).status_code == 303
    assert "1,000" in (await desk.get("team", page)).text
    path = f"{listing}/{body_id}/exclude"
    assert (await desk.post("director", path, listing, because="")).status_code == 422
    assert (await desk.post("director", path, listing, because="迟延")).status_code == 303
    assert "迟延" in (await desk.get("team", listing)).text


async def test_B05_the_debtor_is_asked_and_answers(desk: Desk) -> None:
    await party_logs_in(desk, PartyRole.DEBTOR, Role.DEBTOR)
    page = f"{desk.asset}/quality"
    assert (await desk.post("team", page, page, wanted="", days="40")).status_code == 422
    assert (await desk.post("team", page, page, wanted="维修记录", days="7")).status_code == 303
    (demand_id,) = await desk.ids("SELECT id::text FROM quality_demand")
    own = f"/my/quality/{demand_id}"
    assert (await desk.post("debtor", own, own, statement="")).status_code == 422
    shown = await desk.get("debtor", own)
    token = re.search(r'name="csrf" value="([^"]+)"', shown.text)
    assert token is not None
    answer = await desk.client.post(
        own,
        headers=desk._headers("debtor"),
        data={"csrf": token[1], "statement": "另有说明"},
        files={"file": ("a.pdf", b"%PDF-1.7 x", "application/pdf")},
        follow_redirects=False,
    )
    assert answer.status_code == 303, answer.text
    shown = await desk.get("team", page)
    assert "另有说明" in shown.text
    (file,) = re.findall(rf'href="({page}/files/[0-9a-f-]{{36}})"', shown.text)
    assert (await desk.get("team", file)).content == b"%PDF-1.7 x"
    assert (await desk.get("bidder", own)).status_code == 404
    assert (await desk.post("team", page, page, wanted="合格证", days="7")).status_code == 303
    (second,) = await desk.ids("SELECT id::text FROM quality_demand WHERE state = 'open'")
    answer = await desk.post("team", f"{page}/{second}", page, outcome="nothing", statement="")
    assert answer.status_code == 422
    answer = await desk.post("team", f"{page}/{second}", page, outcome="nothing", statement="拒不提交")
    assert answer.status_code == 303


async def test_section_10_no_35_the_director_suggests_and_the_answer_is_noted(desk: Desk) -> None:
    async with desk.database.begin(SYSTEM) as work:
        account = await open_account(
            work,
            login="director",
            password_hash="-",
            display_name="局长",
            roles={Role.BUREAU_DIRECTOR},
            court_code=KUNSHAN,
        )
        desk.tokens["director"] = await open_session(work, account.id)
    page = f"{desk.asset}/suggestions"
    typed = {
        "body_kind": "tax",
        "body": "某税务分局",
        "problem": "完税证明迟延",
        "suggestion": "缩短办理时间",
        "reply_by": await desk.day(60),
    }
    assert (await desk.post("director", page, page, **typed | {"body": ""})).status_code == 422
    assert (await desk.post("team", page, page, **typed)).status_code == 403
    assert (await desk.post("director", page, page, **typed)).status_code == 303
    shown = await desk.get("team", page)
    (path,) = re.findall(rf'action="({page}/[0-9a-f-]{{36}})"', shown.text)
    assert (await desk.post("team", path, page, answer="", answered_on=await desk.day(0))).status_code == 422
    assert (
        await desk.post("team", path, page, answer="已改进", answered_on=await desk.day(0))
    ).status_code == 303
    assert "已改进" in (await desk.get("team", page)).text
