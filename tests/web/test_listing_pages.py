"""The pages of valuation, listing and the public portal: the whole way by forms."""

from sqlalchemy import text
from sqlmodel import select

from auction.listing.models import Lot, LotState
from auction.listing.papers import issue_notice_papers
from core.identity import SYSTEM
from tests.web.listing_desk import APPRAISAL, PANEL, Desk, draft, draft_fields, publish, value


async def test_an_asset_is_valued_drafted_notified_checked_and_published_by_forms(desk: Desk) -> None:
    number = await publish(desk)
    shown = await desk.get(None, f"/lots/{number}")
    assert shown.status_code == 200
    for words in (
        "昆山市某小区1幢101室",
        "¥700,000.00",
        "¥70,000.00",
        "application/ld+json",
        "一拍",
        "公告期",
    ):
        assert words in shown.text
    assert "王小明" not in shown.text
    again = await desk.post("team", f"/team/lots/{number}/publish", f"/team/lots/{number}")
    assert again.status_code == 409
    assert len(await desk.ids("SELECT id FROM notice_version")) == 1
    for query in (
        "q=昆山 小区",
        "q=%E5%B0%8F%E5%8C%BA&show=upcoming&sort=price_low&kind=real_estate&round=first&court=0583",
    ):
        assert number in (await desk.get(None, f"/lots?{query}")).text
    for query in (
        "q=不存在的街道",
        "show=bidding",
        "kind=vehicle",
        "least=800000",
        "most=1",
        "q=%C3%97%C3%97",
        "within=24",
    ):
        assert number not in (await desk.get(None, f"/lots?{query}")).text


async def test_B40_the_panel_ticks_that_ceilings_are_allowed_and_every_page_says_so(desk: Desk) -> None:
    await value(desk)
    page = f"{desk.asset}/listing"
    assert "允许委托限价" in (await desk.get("panel", page)).text
    fields = {**PANEL, "ceilings": "1", "decided_on": await desk.day(0)}
    assert (await desk.post("panel", f"{desk.asset}/panel", page, **fields)).status_code == 303
    made = await desk.post("team", f"{desk.asset}/draft", page)
    text = (await desk.get("team", made.headers["location"])).text
    assert "<dt>委托限价</dt><dd>允许</dd>" in text


async def test_every_page_opens_in_both_languages(desk: Desk) -> None:
    number = await publish(desk)
    for who, path in (
        (None, "/"),
        (None, "/lots"),
        (None, "/courts"),
        (None, "/guide"),
        (None, f"/lots/{number}"),
        ("team", "/team/lots"),
        ("team", f"/team/lots/{number}"),
        ("team", f"{desk.asset}/valuation"),
        ("team", f"{desk.asset}/listing"),
        ("panel", f"{desk.asset}/listing"),
    ):
        for language in ("zh-CN", "en"):
            answer = await desk.get(who, path, language)
            assert answer.status_code == 200, (path, answer.text[:300])
            assert "<h1>" in answer.text


async def test_papers_are_public_only_when_they_are(desk: Desk) -> None:
    number = await publish(desk)
    async with desk.database.begin(SYSTEM) as work:
        lot = (await work.session.exec(select(Lot).where(Lot.lot_no == number))).one()
        await issue_notice_papers(work, lot_id=lot.id, version=1)
    papers = await desk.ids("SELECT id FROM document WHERE is_public")
    paper = await desk.get(None, f"/documents/{papers[0]}")
    assert paper.status_code == 200
    assert paper.content.startswith(b"%PDF")
    async with desk.database.begin(SYSTEM) as work:
        await work.session.execute(text("UPDATE document SET is_public = false"))
    assert (await desk.get(None, f"/documents/{papers[0]}")).status_code == 404
    assert (await desk.get("bidder", f"/documents/{papers[0]}")).status_code == 404
    assert (await desk.get("other", f"/documents/{papers[0]}")).status_code == 404
    assert (await desk.get("team", f"/documents/{papers[0]}")).status_code == 200
    assert (await desk.get(None, "/documents/none")).status_code in {400, 404}


BROKEN_FILTERS = [
    "show=nonsense",
    "sort=x",
    "kind=boat",
    "round=third",
    "court=9999",
    "least=abc",
    "least=5&most=1",
    "within=1",
    "after=zzz",
    "after=-5-00000000000000000000000000000000",
    "after=99999999999999999999999-00000000000000000000000000000000&sort=price_low",
    "q=" + "长" * 81,
    "q=%00",
    "least=-1",
]


async def test_a_broken_filter_is_told_and_breaks_nothing(desk: Desk) -> None:
    for query in BROKEN_FILTERS:
        answer = await desk.get(None, f"/lots?{query}")
        assert answer.status_code == 422, (query, answer.text[:500])
        assert "Traceback" not in answer.text


async def test_drafts_and_unknown_lots_are_not_found(desk: Desk) -> None:
    await value(desk)
    number = await draft(desk)
    for path in (f"/lots/{number}", "/lots/none", "/lots/%00", "/lots/' OR 1=1"):
        assert (await desk.get(None, path)).status_code in {400, 404}
    assert number not in (await desk.get(None, "/lots?show=all")).text


async def test_P03_other_courts_and_posts_find_nothing_to_do(desk: Desk) -> None:
    await value(desk)
    number = await draft(desk)
    page = f"/team/lots/{number}"
    fields = await draft_fields(desk)
    for path in (page, f"{desk.asset}/valuation", f"{desk.asset}/listing"):
        assert (await desk.get("other", path)).status_code == 404
        assert (await desk.get("bidder", path)).status_code in {401, 403}
        assert (await desk.get(None, path)).status_code in {401, 303}
    for path, more in (
        (f"{page}/draft", fields),
        (f"{page}/notify", {"way": "post"}),
        (f"{page}/publish", {}),
        (f"{page}/acts/withdraw", {"ground": "paid", "reason": "x", "step": "confirm"}),
        (f"{desk.asset}/draft", {}),
        (f"{desk.asset}/valuation/start", APPRAISAL),
    ):
        assert (await desk.post("other", path, "/team", **more)).status_code == 404, path
        assert (await desk.post("finance", path, "/team", **more)).status_code == 403, path
    assert await desk.ids("SELECT state FROM lot") == [LotState.DRAFT]


async def test_forms_without_their_token_are_refused(desk: Desk) -> None:
    headers = {"cookie": f"session={desk.tokens['team']}; lang=zh-CN"}
    answer = await desk.client.post(f"{desk.asset}/valuation/start", headers=headers, data={})
    assert answer.status_code == 403
    assert await desk.ids("SELECT id FROM valuation") == []


async def test_a_notice_is_changed_and_a_lot_withdrawn_by_forms(desk: Desk) -> None:
    number = await publish(desk)
    page = f"/team/lots/{number}"
    refused = await desk.post("team", f"{page}/change", page, reason="", viewing_text="周三")
    assert refused.status_code == 422
    changed = await desk.post("team", f"{page}/change", page, reason="看样改期", viewing_text="周三上午")
    assert changed.status_code == 303
    assert "看样改期" in (await desk.get(None, f"/lots/{number}")).text
    assert (await desk.post("team", f"{page}/acts/withdraw", page, ground="", reason="x")).status_code == 422
    answers = {"ground": "paid", "reason": "债务已清偿"}
    checked = await desk.post("team", f"{page}/acts/withdraw", page, **answers)
    assert (checked.status_code, "核对后提交" in checked.text) == (200, True)
    assert "24 小时内原路退还" in checked.text
    gone = await desk.post("team", f"{page}/acts/withdraw", page, **answers, step="confirm")
    assert gone.status_code == 303, gone.text
    shown = await desk.get(None, f"/lots/{number}")
    assert "本次拍卖已撤回" in shown.text
    assert number not in (await desk.get(None, "/lots")).text
    assert number in (await desk.get(None, "/lots?show=ended")).text
