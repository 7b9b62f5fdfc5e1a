"""A case is concluded and resumed on its pages (§11.9, T-13, P-05, D-06)."""

import re

from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from core.identity.sessions import open_session
from disposal_teams.assets.models import SealKind
from disposal_teams.assets.queries import asset_by_number
from disposal_teams.assets.seal import record_seal
from tests.disposal_teams.city import HUQIU, acting, days_ago, make_case, person
from tests.web.listing_desk import Desk


async def test_T13_P05_red_lines_lead_to_their_repair_and_a_director_decides(desk: Desk) -> None:
    async with desk.database.begin(SYSTEM) as work:
        asset = await asset_by_number(work, desk.asset_no)
        assert asset is not None
        waiting = await make_case(work, HUQIU, 71, filed_ago=90)
        paid = await make_case(work, HUQIU, 72, filed_ago=90)
        await work.session.flush()
        await record_seal(
            acting(work, person(HUQIU)), asset, case_no=waiting.case_no, registered_on=days_ago(work, 80),
            kind=SealKind.ENFORCEMENT, claim_fen=90_000_000,
        )  # fmt: skip
        director = await open_account(
            work, login="their-director", password_hash="-", display_name="虎丘局长",
            roles={Role.BUREAU_DIRECTOR}, court_code=HUQIU,
        )  # fmt: skip
        desk.tokens["director"] = await open_session(work, director.id)
    page = f"/team/cases/{waiting.id}/conclusion"
    ended = await desk.get("other", f"{page}?way=no_result")
    assert ended.text.count("T-13") >= 4
    assert f"/court/transfers/new?asset={desk.asset_no}" in ended.text
    letter = re.search(r'href="(/court/instructions/new\?[^"]+)"', ended.text)
    assert letter is not None
    form = await desk.get("other", letter[1].replace("&amp;", "&"))
    assert f'value="{desk.asset_no}" selected' in form.text
    assert 'value="participate" selected' in form.text
    assert 'value="0583" selected' in form.text
    assert (await desk.get("team", page)).status_code == 404
    looked = await desk.post(
        "other", f"/team/cases/{waiting.id}/first-court", f"{page}?way=no_result", asset_id=str(asset.id)
    )
    assert looked.status_code == 303
    assert "距今 0 日" in (await desk.get("other", f"{page}?way=no_result")).text
    members = {"member1": "甲", "member2": "乙", "member3": "丙"}
    fields = {
        "way": "no_result",
        "ground": "waiting_only",
        "reason": "仅轮候查封。",
        "minutes": "同意。",
        **members,
    }
    stopped = await desk.post("other", page, f"{page}?way=no_result", **fields)
    assert stopped.status_code in {409, 422}
    assert "商请移送未果" in stopped.text
    case_page = await desk.get("other", f"/team/cases/{waiting.id}")
    assert page in case_page.text
    assert "首次执行" in case_page.text

    page = f"/team/cases/{paid.id}/conclusion"
    full = {
        "way": "fulfilled",
        "ground": "paid_by_debtor",
        "reason": "被执行人自动履行。",
        "other_fen": "1,000,000",
    }
    short = await desk.post("other", page, page, **full)
    assert short.status_code == 422, "how it came is not said"
    assert (await desk.post("other", page, page, **full, other_note="银行转账")).status_code == 303
    assert paid.case_no in (await desk.get("director", "/team/cases")).text
    own = await desk.get("other", page)
    assert 'value="approve"' not in own.text
    shown = await desk.get("director", page)
    (conclusion_id,) = re.findall(r'name="conclusion_id" value="([^"]+)"', shown.text)
    decision = f"{page}/decision"
    refused = await desk.post("director", decision, page, conclusion_id=conclusion_id, verdict="refuse")
    assert refused.status_code == 422
    approved = await desk.post("director", decision, page, conclusion_id=conclusion_id, verdict="approve")
    assert approved.status_code == 303
    done = await desk.get("other", page, language="en")
    assert "Fulfilled" in done.text
    paper = re.search(r'href="(/documents/[^"]+)"', done.text)
    assert paper is not None
    assert (await desk.get("other", paper[1])).status_code == 200
    assert (await desk.get("team", paper[1])).status_code == 404
    again = await desk.post(
        "other", f"/team/cases/{paid.id}/resumption", page, case_no="（2026）苏0505执恢1号",
        resume_ground="property_found", note="车辆",
    )  # fmt: skip
    assert "只恢复一次" in again.text
