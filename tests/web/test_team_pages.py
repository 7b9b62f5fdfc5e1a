"""The pages of the team and the courts: forms work without scripts, courts stay apart (P-03)."""

import pytest
from sqlalchemy import text

from disposal_teams.assets.models import Asset
from tests.web.court_city import City, asked, court_today


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
        "land_nature": "registry_extract",
        "household": "statement",
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
