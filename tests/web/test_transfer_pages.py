"""Transfers of the disposal right through the pages of both courts and the superior (T-04, T-06, A-04)."""

import re

from sqlalchemy import text

from disposal_teams.assets.models import Asset
from disposal_teams.transfers.models import TransferBasis
from disposal_teams.transfers.request import request_transfer
from tests.disposal_teams.city import DIRECTOR, WUZHONG, acting, person
from tests.disposal_teams.messages import deliver_all
from tests.web.court_city import City, asked, court_today


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
    panel = await city.get("wuzhong", f"{page}/panel?seen=received")
    assert "状态刚刚发生变化" in panel.text
    assert (await city.get("kunshan", f"{page}/panel")).status_code == 404
    early = await city.post("wuzhong", f"{page}/confirm", page, remark="")
    assert early.status_code == 409
    empty = await city.post("huqiu", f"{page}/files", page)
    assert empty.status_code == 422
    assert (await city.post("wuzhong", f"{page}/files", page, handed_title="1")).status_code == 403
    handed = {f"handed_{code}": "1" for code in ("title", "seal_papers", "contacts")}
    answer = await city.post("huqiu", f"{page}/files", page, none_keys="由承租人占有", **handed)
    assert answer.status_code == 303
    short = await city.post("wuzhong", f"{page}/missing", page, missing="title", what="缺第二册")
    assert short.status_code == 303
    shown = await city.get("huqiu", page)
    assert "缺第二册" in shown.text
    await city.post("huqiu", f"{page}/files", page, handed_title="1")
    done = await city.post("wuzhong", f"{page}/confirm", page, remark="齐全")
    assert done.status_code == 303
    final = await city.get("middle", page)
    for part in ("完整度 100%", "处置权移交材料清单", "处置法院变更告知书"):
        assert part in final.text


async def test_leave_to_publish_is_given_on_the_page_by_the_other_side_only(city: City) -> None:
    page = f"/court/transfers/{await asked(city)}"
    assert "leave_note" not in (await city.get("huqiu", page)).text
    assert (await city.post("huqiu", f"{page}/leave", page, leave_note="自己同意")).status_code == 403
    assert (await city.post("middle", f"{page}/leave", page, leave_note="")).status_code == 422
    assert (await city.post("wuzhong", f"{page}/leave", page, leave_note="同意先行拍卖")).status_code == 303
    assert "同意先行拍卖" in (await city.get("huqiu", page)).text


async def test_L28_a_proposal_is_dismissed_with_a_reason(city: City) -> None:
    desk = await city.get("wuzhong", "/court")
    found = re.search(r'action="(/court/transfers/proposals/[^"]+)"', desk.text)
    assert found
    assert (await city.post("wuzhong", found[1], "/court", why="")).status_code == 422
    assert (await city.post("kunshan", found[1], "/court/transfers/new", why="x")).status_code == 404
    assert (await city.post("wuzhong", found[1], "/court", why="债权已受偿")).status_code == 303
    assert city.asset_no not in (await city.get("wuzhong", "/court")).text


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
