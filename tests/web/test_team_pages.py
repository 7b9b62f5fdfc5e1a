"""The pages of the team, the courts and the supervision: forms work without scripts, courts stay apart (P-03)."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from core.clock import COURT_ZONE
from core.database import Database
from core.identity import SYSTEM, Role
from core.identity.accounts import open_account
from core.identity.sessions import open_session
from core.settings import Settings
from disposal_teams.assets.models import Asset
from disposal_teams.transfers.models import TransferBasis
from disposal_teams.transfers.request import request_transfer
from tests.disposal_teams.city import DIRECTOR, HUQIU, KUNSHAN, MIDDLE, WUZHONG, acting, make_disputed, person
from tests.disposal_teams.messages import deliver_all
from web.app import create_app

STAFF = {
    "huqiu": (HUQIU, {Role.DISPOSAL_TEAM, Role.CASE_OFFICER, Role.BUREAU_DIRECTOR, Role.COMMAND_CENTRE}),
    "wuzhong": (WUZHONG, {Role.DISPOSAL_TEAM, Role.CASE_OFFICER, Role.BUREAU_DIRECTOR}),
    "kunshan": (KUNSHAN, {Role.DISPOSAL_TEAM, Role.CASE_OFFICER, Role.BUREAU_DIRECTOR, Role.COMMAND_CENTRE}),
    "clerk": (HUQIU, {Role.CLERK}),
    "middle": (MIDDLE, {Role.INTERMEDIATE_COURT}),
    "bidder": (None, {Role.BIDDER}),
}


@dataclass(slots=True)
class City:
    """The application with an asset of 虎丘 on which 吴中 waits, and somebody logged in at each court."""

    client: httpx.AsyncClient
    database: Database
    tokens: dict[str, str]
    asset_no: str
    case_id: str
    waiting_case_no: str
    asset_id: Any

    async def get(self, who: str, path: str) -> Any:
        return await self.client.get(path, headers=self._headers(who), follow_redirects=False)

    async def post(self, who: str, path: str, seen_at: str, **fields: str) -> Any:
        shown = await self.get(who, seen_at)
        found = re.search(r'name="csrf" value="([^"]+)"', shown.text)
        assert found, shown.text[:300]
        data = {"csrf": found[1], **fields}
        return await self.client.post(path, headers=self._headers(who), data=data, follow_redirects=False)

    def _headers(self, who: str) -> dict[str, str]:
        return {"cookie": f"session={self.tokens[who]}; lang=zh-CN"}


@pytest.fixture
async def city(database: Database, tmp_path: Any) -> AsyncIterator[City]:
    tokens: dict[str, str] = {}
    async with database.begin(SYSTEM) as work:
        made = await make_disputed(work)
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
        yield City(
            client,
            database,
            tokens,
            made.asset.asset_no,
            str(made.first_case.id),
            made.waiting_case.case_no,
            made.asset.id,
        )
    done.set()
    await life


def court_today() -> date:
    """The calendar day in court."""
    return datetime.now(COURT_ZONE).date()


async def asked(city: City) -> str:
    """吴中 asks 虎丘 for the asset; the id of the request."""
    answer = await city.post(
        "wuzhong",
        "/court/transfers",
        f"/court/transfers/new?asset={city.asset_no}",
        asset_no=city.asset_no,
        case_no=city.waiting_case_no,
        basis="T-10",
        reason="长期未处置",
        claim_fen="900000",
    )
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"].rsplit("/", 1)[1])


async def test_every_page_of_a_court_opens_in_both_languages(city: City) -> None:
    for path in (
        "/team",
        "/team/assets",
        "/team/assets?q=狮山路&state=sealed_effective&kind=real_estate",
        "/team/assets/new",
        f"/team/assets/{city.asset_no}",
        f"/team/assets/{city.asset_no}/survey",
        "/team/cases",
        "/team/cases?q=执",
        f"/team/cases/{city.case_id}",
        "/court",
    ):
        for language in ("zh-CN", "en"):
            headers = {"cookie": f"session={city.tokens['huqiu']}; lang={language}"}
            answer = await city.client.get(path, headers=headers)
            assert answer.status_code == 200, (path, answer.text[:400])
            assert "<h1>" in answer.text


async def test_an_asset_is_registered_with_case_and_seal_by_one_form(city: City) -> None:
    year = court_today().year
    fields = {
        "case_no": f"({year})苏0505执777号",
        "filed_on": f"{year}-01-02",
        "cause": "买卖合同纠纷",
        "claim": "12,345.67",
        "kind": "vehicle",
        "title": "苏E12345小型轿车",
        "registry_no": "苏E12345",
        "sealed_on": f"{year}-01-03",
        "seal_kind": "enforcement",
    }
    answer = await city.post("huqiu", "/team/assets", "/team/assets/new", **fields)
    assert answer.status_code == 303, answer.text
    shown = await city.get("huqiu", answer.headers["location"])
    assert "苏E12345小型轿车" in shown.text
    assert "已查封" in shown.text
    again = await city.post("huqiu", "/team/assets", "/team/assets/new", **fields)
    assert again.status_code == 409
    assert "苏E12345" in again.text
    assert "轮候查封" in again.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("case_no", "随便写"),
        ("case_no", "（2026）苏0506执1号"),
        ("title", ""),
        ("title", "长" * 201),
        ("title", "坏\x07字"),
        ("kind", "spaceship"),
        ("sealed_on", "2026-13-45"),
        ("area_m2", "-3"),
        ("claim", "1e9"),
        ("team_id", "00000000-0000-0000-0000-000000000000"),
        ("team_id", "x' OR 1=1"),
    ],
)
async def test_bad_input_is_told_and_nothing_is_written(city: City, field: str, value: str) -> None:
    fields = {
        "case_no": "（2026）苏0505执778号",
        "filed_on": "2026-01-02",
        "cause": "买卖合同纠纷",
        "kind": "goods",
        "title": "设备一批",
        "seal_kind": "enforcement",
        field: value,
    }
    answer = await city.post("huqiu", "/team/assets", "/team/assets/new", **fields)
    assert answer.status_code in {403, 404, 409, 422}, answer.text
    assert "尚未提交成功" in answer.text
    assert "Traceback" not in answer.text
    async with city.database.read() as work:
        assert (await work.session.execute(text("SELECT count(*) FROM asset"))).scalar_one() == 1


async def test_a_form_without_its_token_is_refused(city: City) -> None:
    answer = await city.client.post(
        "/team/cases", headers={"cookie": f"session={city.tokens['huqiu']}"}, data={"case_no": "x"}
    )
    assert answer.status_code == 403


async def test_P03_another_court_sees_and_does_nothing(city: City) -> None:
    for path in (
        f"/team/assets/{city.asset_no}",
        f"/team/assets/{city.asset_no}/survey",
        f"/team/cases/{city.case_id}",
        f"/court/transfers/{await asked(city)}",
    ):
        assert (await city.get("kunshan", path)).status_code == 404, path
    assert (await city.get("wuzhong", f"/team/assets/{city.asset_no}")).status_code == 404
    for path, fields in (
        (
            f"/team/assets/{city.asset_no}/seals",
            {"case_no": "（2026）苏0583执1号", "registered_on": "2026-01-01"},
        ),
        (f"/team/assets/{city.asset_no}/survey", {"surveyor_names": "x", "surveyed_on": "2026-01-01"}),
        (f"/team/cases/{city.case_id}/parties", {"role": "debtor", "name": "x"}),
    ):
        answer = await city.post("kunshan", path, "/team/cases", **fields)
        assert answer.status_code in {404, 422}, (path, answer.status_code)
    listed = await city.get("kunshan", "/team/assets")
    assert city.asset_no not in listed.text
    searched = await city.get("kunshan", f"/team/assets?q={city.asset_no}&court=0505")
    assert f'href="/team/assets/{city.asset_no}"' not in searched.text


async def test_P03_bidders_and_strangers_do_not_enter(city: City) -> None:
    for path in ("/team", "/team/assets", "/court", "/supervision"):
        assert (await city.get("bidder", path)).status_code == 403
        assert (await city.client.get(path)).status_code == 401
    assert (await city.get("huqiu", "/supervision")).status_code == 403


async def test_P03_reading_across_courts_is_recorded(city: City) -> None:
    assert (await city.get("middle", f"/team/assets/{city.asset_no}")).status_code == 200
    async with city.database.read() as work:
        found = await work.session.execute(
            text("SELECT count(*) FROM audit_event WHERE event = 'asset.read_across_courts'")
        )
        assert found.scalar_one() == 1


async def test_a_clerk_may_look_but_not_seal_survey_or_answer(city: City) -> None:
    assert (await city.get("clerk", f"/team/assets/{city.asset_no}")).status_code == 200
    answer = await city.post(
        "clerk",
        f"/team/assets/{city.asset_no}/survey",
        "/team/cases",
        surveyor_names="x",
        surveyed_on="2026-01-01",
    )
    assert answer.status_code == 403


async def test_A12_the_survey_is_filled_in_judged_and_completed(city: City) -> None:
    page = f"/team/assets/{city.asset_no}/survey"
    today = court_today().isoformat()
    begun = await city.post("huqiu", page, page, surveyor_names="王、陈", surveyed_on=today)
    assert begun.status_code == 303
    refused = await city.post(
        "huqiu",
        f"{page}/lines",
        page,
        **{"finding-title": "单独所有", "kind-title": "photo", "ref-title": "照片1"},
    )
    assert refused.status_code == 422
    assert "单独所有" in refused.text
    evidence = {
        "title": "registry_extract",
        "burdens": "inquiry_reply",
        "occupation": "site_inspection",
        "arrears": "inquiry_reply",
        "defects": "site_inspection",
        "interior": "photo",
        "floor_plan": "document",
        "tax_items": "inquiry_reply",
        "lease": "statement",
    }
    fields: dict[str, str] = {}
    for code, kind in evidence.items():
        fields |= {f"finding-{code}": f"已查明{code}", f"kind-{code}": kind, f"ref-{code}": "卷一"}
    early = await city.post("huqiu", f"{page}/lines", page, complete="1", **fields)
    assert early.status_code == 409
    assert "租赁认定" in early.text
    assert (await city.post("huqiu", f"{page}/lease", page)).status_code == 303
    blocked = await city.post("huqiu", f"{page}/home", page, home_necessary="1")
    assert blocked.status_code == 422
    assert "唯一住房" in blocked.text
    assert (
        await city.post("huqiu", f"{page}/home", page, home_necessary="1", home_rent_months="72")
    ).status_code == 303
    done = await city.post("huqiu", f"{page}/lines", page, complete="1", **fields)
    assert done.status_code == 303, done.text
    async with city.database.read() as work:
        subject = await work.session.get(Asset, city.asset_id)
        assert subject is not None
        assert subject.state == "valuation"
        assert subject.sole_home == "yes_with_rent_deduction"


async def test_T04_the_whole_way_of_a_consent_through_the_pages(city: City) -> None:
    desk = await city.get("wuzhong", "/court")
    assert city.asset_no in desk.text
    transfer_id = await asked(city)
    inbox = await city.get("huqiu", "/court")
    assert transfer_id in inbox.text
    page = f"/court/transfers/{transfer_id}"
    shown = await city.get("huqiu", page)
    letter = re.search(rf'href="({page}/papers/[^"]+)"', shown.text)
    assert letter
    for who in ("huqiu", "wuzhong", "middle"):
        paper = await city.get(who, letter[1])
        assert paper.headers["content-type"] == "application/pdf"
        assert paper.content.startswith(b"%PDF")
    assert (await city.get("kunshan", letter[1])).status_code == 404
    assert (await city.post("huqiu", f"{page}/receive", page)).status_code == 303
    assert (await city.post("wuzhong", f"{page}/consent", page)).status_code == 403
    assert (await city.post("huqiu", f"{page}/consent", page, note="同意")).status_code == 303
    assert (await city.get("wuzhong", f"/team/assets/{city.asset_no}")).status_code == 200
    assert (await city.get("huqiu", f"/team/assets/{city.asset_no}")).status_code == 404
    twice = await city.post("huqiu", f"{page}/consent", "/team/cases")
    assert twice.status_code == 409


async def test_T06_refusal_and_decision_through_the_pages(city: City) -> None:
    transfer_id = await asked(city)
    page = f"/court/transfers/{transfer_id}"
    empty = await city.post("huqiu", f"{page}/refuse", page, code="other", reason="")
    assert empty.status_code == 422
    refused = await city.post("huqiu", f"{page}/refuse", page, code="near_sale", reason="下月上拍")
    assert refused.status_code == 303
    await deliver_all(city.database)
    desk = await city.get("middle", "/supervision")
    assert transfer_id in desk.text
    decide = f"/supervision/transfers/{transfer_id}"
    incomplete = await city.post(
        "middle", f"{decide}/decide", decide, decision="joint", due_on="", reason="x"
    )
    assert incomplete.status_code == 422
    past = await city.post(
        "middle", f"{decide}/decide", decide, decision="joint", due_on="2020-01-01", reason="x"
    )
    assert past.status_code == 409
    done = await city.post(
        "middle",
        f"{decide}/decide",
        decide,
        decision="designate_requester",
        due_on="2099-01-01",
        reason="轮候债权占比较大",
    )
    assert done.status_code == 303
    assert (await city.get("wuzhong", f"/team/assets/{city.asset_no}")).status_code == 200


async def test_A04_a_court_registers_its_waiting_seal_on_an_asset_whose_file_it_may_not_open(
    city: City,
) -> None:
    year = court_today().year
    page = "/court/waiting-seals/new"
    fields = {
        "case_no": f"（{year}）苏0583执5号",
        "registered_on": court_today().isoformat(),
        "seal_kind": "enforcement",
    }
    unknown = await city.post("kunshan", "/court/waiting-seals", page, identifier="苏E00000", **fields)
    assert unknown.status_code == 404
    answer = await city.post("kunshan", "/court/waiting-seals", page, identifier=city.asset_no, **fields)
    assert answer.status_code == 303, answer.text
    assert (await city.get("kunshan", f"/team/assets/{city.asset_no}")).status_code == 404
    assert "昆山法院" in (await city.get("huqiu", f"/team/assets/{city.asset_no}")).text


async def test_unknown_and_malformed_addresses_are_no_faults(city: City) -> None:
    for path in (
        "/team/assets/ZC0",
        "/team/assets/%00",
        "/team/cases/not-an-id",
        "/team/cases/00000000-0000-0000-0000-000000000000",
        "/court/transfers/00000000-0000-0000-0000-000000000000",
        "/team/assets?after=x&state=y&kind=z&q=%00",
        "/team/cases?after=%27&q=%25_%5C",
    ):
        answer = await city.get("huqiu", path)
        assert answer.status_code < 500, path


async def test_names_of_people_are_written_and_never_executed(city: City) -> None:
    page = f"/team/cases/{city.case_id}"
    answer = await city.post(
        "huqiu",
        f"{page}/parties",
        page,
        role="debtor",
        name="<script>alert(1)</script>",
        is_natural_person="1",
    )
    assert answer.status_code == 303
    shown = await city.get("huqiu", page)
    assert "<script>alert" not in shown.text
    wrong = await city.post(
        "huqiu",
        f"{page}/parties",
        page,
        role="debtor",
        name="李四",
        is_natural_person="1",
        identity_number="320508199001011235",
    )
    assert wrong.status_code == 422
    assert "身份证" in wrong.text


async def test_a_request_by_another_way_is_seen_on_both_desks(city: City) -> None:
    async with city.database.begin(person(WUZHONG, *DIRECTOR)) as work:
        subject = await work.session.get(Asset, city.asset_id)
        assert subject is not None
        case = (
            await work.session.execute(
                text("SELECT id FROM enforcement_case WHERE case_no = :no"), {"no": city.waiting_case_no}
            )
        ).scalar_one()
        from disposal_teams.cases.queries import case_of

        await request_transfer(
            acting(work, person(WUZHONG, *DIRECTOR)),
            asset=subject,
            requesting_case=await case_of(work, case),
            basis=TransferBasis.ANY_WAITING_COURT,
            reason="长期未处置",
        )
    for who in ("huqiu", "wuzhong"):
        assert "已商请" in (await city.get(who, "/court")).text
    assert "已商请" in (await city.get("middle", "/supervision")).text
