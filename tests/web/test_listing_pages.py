"""The pages of valuation, listing and the public portal: the whole way by forms, and what they refuse."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import select

from auction.listing.models import Lot, LotState
from auction.listing.papers import issue_notice_papers
from core.clock import COURT_ZONE
from core.database import Database
from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from core.identity.sessions import open_session
from core.outbox.timetable import PERIODIC, run_periodic
from core.settings import Settings
from tests.auction.listing.workshop import surveyed_asset
from tests.conftest import CourtClock
from tests.disposal_teams.city import HUQIU, KUNSHAN
from valuation.workers import close_objection_windows
from web.app import create_app

STAFF = {
    "team": (KUNSHAN, {Role.DISPOSAL_TEAM, Role.CASE_OFFICER}),
    "panel": (KUNSHAN, {Role.PANEL_MEMBER}),
    "finance": (KUNSHAN, {Role.FINANCE}),
    "other": (HUQIU, {Role.DISPOSAL_TEAM, Role.CASE_OFFICER, Role.PANEL_MEMBER}),
    "bidder": (None, {Role.BIDDER}),
}


@dataclass(slots=True)
class Desk:
    """The application, people who are logged in, and one surveyed asset of 昆山."""

    client: httpx.AsyncClient
    database: Database
    clock: CourtClock
    tokens: dict[str, str]
    asset_no: str
    tokens_csrf: dict[str, str] = field(default_factory=dict)

    @property
    def asset(self) -> str:
        return f"/team/assets/{self.asset_no}"

    async def get(self, who: str | None, path: str, language: str = "zh-CN") -> Any:
        return await self.client.get(path, headers=self._headers(who, language), follow_redirects=False)

    async def post(self, who: str, path: str, seen_at: str, **fields: str) -> Any:
        shown = await self.get(who, seen_at)
        found = re.search(r'name="csrf" value="([^"]+)"', shown.text)
        csrf = found[1] if found else ""
        return await self.client.post(
            path, headers=self._headers(who), data={"csrf": csrf, **fields}, follow_redirects=False
        )

    def _headers(self, who: str | None, language: str = "zh-CN") -> dict[str, str]:
        cookie = f"lang={language}" if who is None else f"session={self.tokens[who]}; lang={language}"
        return {"cookie": cookie}

    async def ids(self, statement: str) -> list[Any]:
        async with self.database.read() as work:
            return list((await work.session.execute(text(statement))).scalars())

    async def day(self, ahead: int) -> str:
        return (await self.clock.now() + timedelta(days=ahead)).astimezone(COURT_ZONE).date().isoformat()

    async def minute(self) -> str:
        return (await self.clock.now()).astimezone(COURT_ZONE).strftime("%Y-%m-%dT%H:%M")

    async def pass_days(self, days: int) -> None:
        await self.clock.pass_time(timedelta(days=days))
        async with self.database.begin(SYSTEM) as work:  # sessions are longer than this test's calendar
            await work.session.execute(
                text("UPDATE login_session SET expires_at = :later"), {"later": work.now + timedelta(days=1)}
            )


@pytest.fixture
async def desk(database: Database, clock: CourtClock, tmp_path: Any) -> AsyncIterator[Desk]:
    tokens: dict[str, str] = {}
    async with database.begin(SYSTEM) as work:
        made = await surveyed_asset(work)
        for login, (court, roles) in STAFF.items():
            account = await open_account(
                work, login=login, password_hash="x", display_name=login, roles=roles, court_code=court
            )
            tokens[login] = await open_session(work, account.id)
    settings = Settings(database_url=database.url, data_dir=tmp_path / "var")
    app = create_app(settings, database=database)
    ready, done = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        """The application's life in one task of its own, as a server leads it."""
        async with app.lifespan():
            ready.set()
            await done.wait()

    life = asyncio.create_task(live())
    await ready.wait()
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://court.test") as client:
        yield Desk(client, database, clock, tokens, made.asset.asset_no)
    done.set()
    await life


REPORT = {"firm": "某评估公司", "report_no": "评1号", "price": "1,000,000.00", "price_again": "1000000"}


async def value(desk: Desk) -> None:
    """Through the valuation's forms to a fixed price."""
    page = f"{desk.asset}/valuation"
    assert (await desk.post("team", page, desk.asset)).status_code == 303
    (valuation,) = await desk.ids("SELECT id FROM valuation")
    at = f"/team/valuations/{valuation}"
    dates = {"appraised_on": await desk.day(0), "valid_until": await desk.day(300)}
    assert (await desk.post("team", f"{at}/report", page, **REPORT, **dates)).status_code == 303
    assert (await desk.post("team", f"{at}/serve", page, way="post")).status_code == 303
    await desk.clock.pass_time(timedelta(minutes=2))
    for service in await desk.ids("SELECT id FROM result_service WHERE received_at IS NULL"):
        answer = await desk.post(
            "team",
            f"{at}/receipts",
            page,
            service_id=str(service),
            received_at=await desk.minute(),
            proof="回证1",
        )
        assert answer.status_code == 303, answer.text
    early = await desk.post("team", f"{at}/fix", page)
    assert early.status_code == 409
    assert "V-31" in early.text
    await desk.pass_days(20)
    await run_periodic(
        desk.database, next(job for job in PERIODIC.values() if job.run is close_objection_windows)
    )
    shown = await desk.get("team", page)
    assert "参考价已确定" in shown.text
    assert "¥1,000,000.00" in shown.text


PANEL = {
    "starting_price": "700000",
    "increment": "3000",
    "deposit": "70000",
    "member1": "审判长",
    "member2": "审判员甲",
    "member3": "审判员乙",
    "minutes": "合议庭一致同意。",
}


async def draft(desk: Desk) -> str:
    """The panel decides, the team drafts; the lot's number."""
    page = f"{desk.asset}/listing"
    decided = await desk.post("panel", f"{desk.asset}/panel", page, **PANEL, decided_on=await desk.day(0))
    assert decided.status_code == 303, decided.text
    made = await desk.post("team", f"{desk.asset}/draft", page)
    assert made.status_code == 303
    return str(made.headers["location"].rsplit("/", 1)[1])


async def draft_fields(desk: Desk, start: int = 40, length: int = 1) -> dict[str, str]:
    """What the draft's form holds when it is complete."""
    warnings = ("capacity", "agent", "defects", "as_is", "deemed_informed", "real_name", "default")
    return {
        "title": "昆山市某小区1幢101室",
        "summary": "",
        "starts_at": f"{await desk.day(start)}T10:00",
        "ends_at": f"{await desk.day(start + length)}T10:00",
        "balance_due_days": "10",
        "delivery": "court",
        "delivery_days": "15",
        "delivery_text": "本院负责腾退。",
        "qualification": "没有限制。",
        "enforcement_title": "民事判决书",
        "pricing_basis": "评估报告",
        "priority_statement": "没有优先购买权人。",
        "payment_ways": "转账",
        "contact": "昆山法院 12368",
        "no_surplus": "surplus",
        **{f"warning_{code}": "1" for code in warnings},
    }


async def publish(desk: Desk) -> str:
    """All the way to the published notice; the lot's number."""
    await value(desk)
    number = await draft(desk)
    page = f"/team/lots/{number}"
    saved = await desk.post("team", f"{page}/draft", page, **await draft_fields(desk))
    assert saved.status_code == 303, saved.text
    assert (await desk.post("team", f"{page}/notify", page, way="post")).status_code == 303
    await desk.clock.pass_time(timedelta(minutes=2))
    for note in await desk.ids("SELECT id FROM party_notification"):
        answer = await desk.post(
            "team",
            f"{page}/receipts",
            page,
            note_id=str(note),
            kind="received",
            received_at=await desk.minute(),
            proof="回证",
        )
        assert answer.status_code == 303, answer.text
    blocked = await desk.post("team", f"{page}/publish", page)
    assert blocked.status_code == 409
    assert "B-20" in blocked.text
    await desk.pass_days(3)
    done = await desk.post("team", f"{page}/publish", page)
    assert done.status_code == 303, done.text
    return number


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
        (f"{page}/withdraw", {"ground": "paid", "withdrawal_reason": "x"}),
        (f"{desk.asset}/draft", {}),
        (f"{desk.asset}/valuation", {}),
    ):
        assert (await desk.post("other", path, "/team", **more)).status_code == 404, path
        assert (await desk.post("finance", path, "/team", **more)).status_code == 403, path
    assert await desk.ids("SELECT state FROM lot") == [LotState.DRAFT]


async def test_forms_without_their_token_are_refused(desk: Desk) -> None:
    headers = {"cookie": f"session={desk.tokens['team']}; lang=zh-CN"}
    answer = await desk.client.post(f"{desk.asset}/valuation", headers=headers, data={})
    assert answer.status_code == 403
    assert await desk.ids("SELECT id FROM valuation") == []


BAD_REPORTS = [
    {"price": "一百万"},
    {"price": "1e9"},
    {"price": "1000000.001"},
    {"price": "-5"},
    {"price_again": "1000000000"},
    {"price": "99999999999999999999", "price_again": "99999999999999999999"},
    {"firm": ""},
    {"firm": "长" * 81},
    {"report_no": "a\x07b"},
    {"appraised_on": "2026-13-45"},
    {"valid_until": "3000-01-01"},
    {"appraised_on": "0001-01-01"},
]


async def test_bad_reports_come_back_with_what_was_typed(desk: Desk) -> None:
    page = f"{desk.asset}/valuation"
    await desk.post("team", page, desk.asset)
    (valuation,) = await desk.ids("SELECT id FROM valuation")
    for wrong in BAD_REPORTS:
        fields = {**REPORT, "appraised_on": await desk.day(0), "valid_until": await desk.day(300), **wrong}
        answer = await desk.post("team", f"/team/valuations/{valuation}/report", page, **fields)
        assert answer.status_code == 422, (wrong, answer.text[:600])
        assert 'role="alert"' in answer.text
        assert fields["firm"][:80] in answer.text
    assert await desk.ids("SELECT id FROM appraisal_report") == []


BAD_DECISIONS = [
    ({"starting_price": "699999.99"}, "V-40"),
    ({"deposit": "34999.99"}, "B-30"),
    ({"deposit": "140000.01"}, "B-30"),
    ({"member3": ""}, ""),
    ({"member3": "审判长"}, "B-03"),
    ({"minutes": ""}, ""),
    ({"minutes": "长" * 2001}, ""),
    ({"increment": "0"}, ""),
    ({"starting_price": "abc"}, ""),
    ({"decided_on": "2999-01-01"}, ""),
]


async def test_bad_decisions_are_told_with_their_rule(desk: Desk) -> None:
    await value(desk)
    page = f"{desk.asset}/listing"
    for wrong, rule in BAD_DECISIONS:
        fields = {**PANEL, "decided_on": await desk.day(0), **wrong}
        answer = await desk.post("panel", f"{desk.asset}/panel", page, **fields)
        assert answer.status_code == 422, (wrong, answer.text[:600])
        assert rule in answer.text
    assert await desk.ids("SELECT id FROM panel_decision") == []


BAD_DRAFTS = [
    {"title": ""},
    {"title": "长" * 201},
    {"starts_at": "tomorrow"},
    {"starts_at": "2020-01-01T10:00"},
    {"ends_at": "2020-01-01T10:00"},
    {"balance_due_days": "0"},
    {"balance_due_days": "31"},
    {"balance_due_days": "ten"},
    {"delivery": "magic"},
    {"delivery_days": "9999"},
    {"no_surplus": "maybe"},
    {"other": "\u202e"},
    {"qualification": "长" * 1001},
]


async def test_bad_drafts_change_nothing(desk: Desk) -> None:
    await value(desk)
    number = await draft(desk)
    before = await desk.ids("SELECT title || disclosure::text FROM lot")
    page = f"/team/lots/{number}"
    for wrong in BAD_DRAFTS:
        answer = await desk.post("team", f"{page}/draft", page, **{**await draft_fields(desk), **wrong})
        assert answer.status_code == 422, (wrong, answer.text[:600])
        assert 'role="alert"' in answer.text
    assert await desk.ids("SELECT title || disclosure::text FROM lot") == before


async def test_receipts_of_other_lots_and_broken_ones_are_refused(desk: Desk) -> None:
    await value(desk)
    number = await draft(desk)
    page = f"/team/lots/{number}"
    await desk.post("team", f"{page}/draft", page, **await draft_fields(desk))
    await desk.post("team", f"{page}/notify", page, way="post")
    note = str((await desk.ids("SELECT id FROM party_notification"))[0])
    good = {"note_id": note, "kind": "received", "received_at": await desk.minute(), "proof": "x"}
    for wrong, status in (
        ({"note_id": "00000000-0000-0000-0000-000000000000"}, 404),
        ({"note_id": "x"}, 422),
        ({"kind": "eaten"}, 422),
        ({"proof": ""}, 422),
        ({"received_at": "2999-01-01T00:00"}, 422),
        ({"received_at": ""}, 422),
    ):
        answer = await desk.post("team", f"{page}/receipts", page, **{**good, **wrong})
        assert answer.status_code == status, (wrong, answer.text[:300])
    bad_way = await desk.post("team", f"{page}/notify", page, way="pigeon")
    assert bad_way.status_code == 422


async def test_a_notice_is_changed_and_a_lot_withdrawn_by_forms(desk: Desk) -> None:
    number = await publish(desk)
    page = f"/team/lots/{number}"
    refused = await desk.post("team", f"{page}/change", page, reason="", viewing_text="周三")
    assert refused.status_code == 422
    changed = await desk.post("team", f"{page}/change", page, reason="看样改期", viewing_text="周三上午")
    assert changed.status_code == 303
    assert "看样改期" in (await desk.get(None, f"/lots/{number}")).text
    assert (
        await desk.post("team", f"{page}/withdraw", page, ground="", withdrawal_reason="x")
    ).status_code == 422
    gone = await desk.post("team", f"{page}/withdraw", page, ground="paid", withdrawal_reason="债务已清偿")
    assert gone.status_code == 303, gone.text
    shown = await desk.get(None, f"/lots/{number}")
    assert "本次拍卖已撤回" in shown.text
    assert number not in (await desk.get(None, "/lots")).text
    assert number in (await desk.get(None, "/lots?show=ended")).text
