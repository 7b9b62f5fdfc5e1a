"""The desk of a court that values and lists: people with their sessions, and the way of an asset to a published lot, by forms."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from core.clock import COURT_ZONE
from core.database import Database
from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from core.identity.sessions import open_session
from core.outbox.timetable import PERIODIC, run_periodic
from core.settings import Settings
from tests.auction.listing.workshop import list_firms, surveyed_asset
from tests.conftest import CourtClock, Snapshot, cloned_database, snapshot
from tests.disposal_teams.city import HUQIU, KUNSHAN
from tests.web.pages import application, in_service
from valuation.workers import close_objection_windows

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


async def _found(database: Database, _clock: CourtClock) -> tuple[dict[str, str], str]:
    """Who is logged in by which token, and the surveyed asset."""
    tokens: dict[str, str] = {}
    async with database.begin(SYSTEM) as work:
        made = await surveyed_asset(work)
        await list_firms(work)
        for login, (court, roles) in STAFF.items():
            account = await open_account(
                work, login=login, password_hash="x", display_name=login, roles=roles, court_code=court
            )
            tokens[login] = await open_session(work, account.id)
    return tokens, made.asset.asset_no


@pytest.fixture(scope="session")
async def surveyed(server_url: str) -> AsyncIterator[Snapshot[tuple[dict[str, str], str]]]:
    """The city that every desk begins with."""
    async with snapshot(server_url, _found) as city:
        yield city


@pytest.fixture
async def desk(
    server_url: str, surveyed: Snapshot[tuple[dict[str, str], str]], tmp_path: Any
) -> AsyncIterator[Desk]:
    """The application on a copy of it."""
    tokens, asset_no = surveyed.made
    with cloned_database(server_url, surveyed.template) as url:
        database = Database(url, pool_size=4)
        settings = Settings(database_url=url, data_dir=tmp_path / "var")
        async with in_service(application(settings, database), raise_errors=False) as client:
            yield Desk(client, database, CourtClock(database), dict(tokens), asset_no)
        await database.close()


REPORT = {"firm": "某评估公司", "report_no": "评1号", "price": "1,000,000.00", "price_again": "1000000"}


APPRAISAL = {"both_ask_for": "appraisal", "step": "begin"}


async def begin_appraisal(desk: Desk) -> None:
    """Start it and let both parties name the same firms."""
    page = f"{desk.asset}/valuation"
    assert (await desk.post("team", f"{page}/start", f"{page}/start", **APPRAISAL)).status_code == 303
    (selection,) = await desk.ids("SELECT id FROM appraiser_selection")
    firms = await desk.ids("SELECT id FROM appraisal_firm ORDER BY licence_no")
    named = {f"firm_{place}": str(firm) for place, firm in enumerate(firms, start=1)}
    for party in await desk.ids("SELECT id FROM party WHERE role IN ('applicant', 'debtor')"):
        answer = await desk.post(
            "team", f"/team/selections/{selection}/choices", page,
            party_id=str(party), paper_ref="卷2", **named,
        )  # fmt: skip
        assert answer.status_code == 303, answer.text


async def value(desk: Desk) -> None:
    """Through the valuation's forms to a fixed price."""
    page = f"{desk.asset}/valuation"
    await begin_appraisal(desk)
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
